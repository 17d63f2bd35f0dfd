"""Whole clusters, and the settings they can be judged under."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from netsim.cluster import Cluster
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.policy import NetworkPolicy
from netsim.model.ports import ContainerPort, Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import ClusterPolicy
from netsim.model.workload import (
    NAMESPACE_NAME_LABEL,
    Endpoint,
    Namespace,
    Service,
    ServicePort,
    ServiceType,
)
from netsim.source import Source
from netsim.strategies.endpoints import NAMESPACES, endpoints
from netsim.strategies.labels import labels
from netsim.strategies.policies import policies
from netsim.strategies.tiers import cluster_policies, nodes

_SOURCE = Source("<generated>")

Item = TypeVar("Item")


def snapshots(
    *,
    namespaces: Sequence[str] = NAMESPACES,
    max_endpoints: int = 4,
    max_policies: int = 4,
    max_cluster_policies: int = 0,
) -> st.SearchStrategy[Snapshot]:
    """Valid snapshots: sorted, names unique, no address held by two running pods.

    With cluster-wide policies there are Node objects as well.
    """
    bare = st.builds(
        _snapshot,
        st.tuples(*(_namespaces(name) for name in sorted(namespaces))),
        _several(endpoints(namespaces=namespaces), _identity, range(1, max_endpoints + 1)),
        _several(policies(namespaces=namespaces), _name, range(max_policies + 1)),
    )
    if not max_cluster_policies:
        return bare
    wide = _several(
        cluster_policies(namespaces=namespaces),
        lambda item: item.ref,
        range(1, max_cluster_policies + 1),
    )
    return _mixed(bare, wide)


def clusters(
    *, max_endpoints: int = 4, max_policies: int = 4, with_dns: bool = False
) -> st.SearchStrategy[Cluster]:
    """Clusters under the default profile; `with_dns` adds kube-dns behind no policy."""
    found = snapshots(max_endpoints=max_endpoints, max_policies=max_policies)
    return (found.map(_with_dns) if with_dns else found).map(Cluster)


def profiles() -> st.SearchStrategy[Profile]:
    """The default profile half of the time, else any combination of settings."""
    default = Profile()
    settings: dict[str, st.SearchStrategy[Any]] = {
        switch: st.sampled_from(type(getattr(default, switch))) for switch in default.settings()
    }
    return st.just(default) | st.builds(Profile, **settings)


def _namespaces(name: str) -> st.SearchStrategy[Namespace]:
    bare = Labels({NAMESPACE_NAME_LABEL: name})
    written = labels().map(
        lambda found: Namespace(name, Labels({**found, **bare}), synthesised=False, source=None)
    )
    return written | st.just(Namespace(name, bare, synthesised=True, source=None))


def _several(
    items: st.SearchStrategy[Item], identity: Callable[[Item], Hashable], sizes: Iterable[int]
) -> st.SearchStrategy[list[Item]]:
    """Lists of each size as likely as any other: long ones are where things meet."""
    return st.one_of(
        [st.lists(items, min_size=size, max_size=size, unique_by=identity) for size in sizes]
    )


def _snapshot(
    spaces: Iterable[Namespace],
    members: Iterable[Endpoint],
    rules: Iterable[NetworkPolicy],
) -> Snapshot:
    return Snapshot(
        namespaces={space.name: space for space in spaces},
        endpoints=tuple(_housed(sorted(members, key=_identity))),
        policies=tuple(sorted(rules, key=_name)),
    )


@st.composite
def _mixed(
    draw: st.DrawFn,
    bare: st.SearchStrategy[Snapshot],
    wide: st.SearchStrategy[list[ClusterPolicy]],
) -> Snapshot:
    snapshot, machines = draw(bare), draw(nodes())
    return replace(
        snapshot,
        cluster_policies=tuple(sorted(draw(wide), key=lambda item: item.rank)),
        nodes=machines,
        endpoints=(*(node.endpoint for node in machines), *snapshot.endpoints),
    )


def _housed(members: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """Of running pods with the same address only the first one keeps it."""
    taken: set[Address] = set()
    for item in members:
        own = not (item.host_network or item.finished)
        if own and taken.intersection(item.addresses):
            yield replace(item, addresses=(), pod_addresses=())
            continue
        if own:
            taken.update(item.addresses)
        yield item


def _identity(endpoint: Endpoint) -> tuple[str, str, str]:
    return endpoint.namespace, endpoint.name, endpoint.kind


def _name(policy: NetworkPolicy) -> tuple[str, str]:
    return policy.namespace, policy.name


def _with_dns(snapshot: Snapshot) -> Snapshot:
    system = "kube-system"
    space = Namespace(
        system, Labels({NAMESPACE_NAME_LABEL: system}), synthesised=False, source=_SOURCE
    )
    label = Labels({"k8s-app": "kube-dns"})
    ports = (("dns", 53, Protocol.UDP), ("dns-tcp", 53, Protocol.TCP))
    coredns = Endpoint(
        namespace=system,
        name="coredns",
        kind="Deployment",
        labels=label,
        ports=tuple(ContainerPort(*port, container="coredns") for port in ports),
        replicas=2,
        source=_SOURCE,
    )
    service = Service(
        namespace=system,
        name="kube-dns",
        type=ServiceType.CLUSTER_IP,
        selector=label,
        ports=tuple(ServicePort(*port, target=port[0]) for port in ports),
        source=_SOURCE,
    )
    return replace(
        snapshot,
        namespaces=dict(sorted({**snapshot.namespaces, system: space}.items())),
        endpoints=tuple(sorted((*snapshot.endpoints, coredns), key=_identity)),
        services=(*snapshot.services, service),
    )
