"""Parties of a question as the peers that a NetworkPolicy names them by."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from netsim.compiler.classes import is_node
from netsim.model.flow import OwnNode
from netsim.model.labels import EVERYTHING, LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import Peer, PodPeer
from netsim.model.profile import IPBlockMatchesPods
from netsim.model.workload import Endpoint
from netsim.names import AddressRangeText, EndpointText, SelectedEndpoints, Special
from netsim.query.directory import Directory
from netsim.query.parties import Outside, Subject, networks_of
from netsim.suggest.distinguishing import in_namespace, telling_pods


def peers_of(
    text: EndpointText, subjects: Sequence[Subject], home: str, directory: Directory
) -> tuple[Peer, ...]:
    """The peers of a rule in namespace `home` that mean some parties; empty where none can.

    What was asked by a selector or by addresses is written so; other pods by their labels, and
    who is on the host network by address.
    """
    profile = directory.graph.compiled.profile
    blocks = list(_blocks(text, subjects, directory))
    endpoints = [item for item in subjects if isinstance(item, Endpoint)]
    hosts = [item for item in endpoints if is_node(item, profile)]
    pods = [item for item in endpoints if not is_node(item, profile)]
    if blocks and profile.ipblock_matches_pods is IPBlockMatchesPods.YES:
        hosts, pods = [], []
    if any(isinstance(item, OwnNode) for item in subjects):
        return ()
    if not all(item.addresses for item in hosts):
        return ()
    if pods and isinstance(text, SelectedEndpoints):
        found = [_selected(text.selector, text.namespace, home), *blocks]
    else:
        found = [*_pods(pods, home, directory), *blocks]
    found += [IPBlock(ip_network(it)) for item in hosts for it in item.addresses]
    return tuple(dict.fromkeys(found))


def _selected(pods: LabelSelector, namespace: str | None, home: str) -> PodPeer:
    if namespace is None:
        return PodPeer(pods, EVERYTHING)
    return PodPeer(pods, None if namespace == home else in_namespace(namespace))


def _pods(pods: Sequence[Endpoint], home: str, directory: Directory) -> Iterator[Peer]:
    for namespace in dict.fromkeys(item.namespace for item in pods):
        here = [item for item in pods if item.namespace == namespace]
        yield _selected(telling_pods(here, directory), namespace, home)


def _blocks(
    text: EndpointText, subjects: Sequence[Subject], directory: Directory
) -> Iterator[Peer]:
    outside = [item for item in subjects if isinstance(item, Outside)]
    if not outside:
        return
    if isinstance(text, AddressRangeText):
        yield IPBlock(text.network)
    elif text is Special.INTERNET:
        yield from directory.internet_blocks
    else:
        for item in outside:
            for span in item.around or item.ranges:
                yield from (IPBlock(network) for network in networks_of(span))
