"""Pods with nothing unusual in them, as most of a dump are, read without a word.

A pod of which something is to be said, or might be, is left to the careful reader.
"""

from collections.abc import Mapping, Sequence

from netsim.load.fields import sound_labels
from netsim.load.pods import (
    FINISHED,
    READ_CONTAINERS,
    READ_OWNERS,
    LivePod,
    PodForm,
    first_of_each_family,
)
from netsim.load.powers import CONTAINER_KINDS
from netsim.load.validation import is_dns_label, is_subdomain, parse_address
from netsim.model.networks import Address
from netsim.source import Source

_Object = Mapping[str, object]
_EMPTY: dict[str, object] = {}


def read_plain_pod(value: _Object, source: Source) -> LivePod | None:
    """A pod as `read_pod` reads it, or None where that might say something."""
    metadata, spec, status = map(value.get, ("metadata", "spec", "status"))
    if type(metadata) is not dict or type(spec) is not dict or type(status) is not dict:
        return None
    name, namespace, generated = map(metadata.get, ("name", "namespace", "generateName"))
    if type(name) is not str or type(namespace) is not str or not _is_text(generated):
        return None
    if not is_subdomain(name) or not is_dns_label(namespace):
        return None
    form = _form(metadata, spec)
    addresses = _addresses(status)
    owner = READ_OWNERS.without_a_word(metadata.get("ownerReferences"))
    phase = status.get("phase")
    if form is None or addresses is None or owner is None or not _is_text(phase):
        return None
    return LivePod(namespace, name, form, addresses, phase in FINISHED, owner, source)


def _is_text(value: object) -> bool:
    return value is None or type(value) is str


def _form(metadata: _Object, spec: _Object) -> PodForm | None:
    labels, node = metadata.get("labels"), spec.get("nodeName")
    host_network = spec.get("hostNetwork")
    if not _is_text(node) or (host_network is not None and host_network is not False):
        return None
    found = sound_labels(_EMPTY if labels is None else labels)
    containers = READ_CONTAINERS.without_a_word(
        {kind: spec[kind] for kind in CONTAINER_KINDS if kind in spec}
    )
    if found is None or containers is None:
        return None
    ports, powers = containers
    return PodForm(found, ports, host_network=False, node=str(node or ""), powers=powers)


def _addresses(status: _Object) -> tuple[Address, ...] | None:
    """None where one is not valid."""
    many = status.get("podIPs")
    texts = [status.get("podIP")]
    if many:
        if type(many) is not list or any(type(item) is not dict for item in many):
            return None
        texts = [item.get("ip") for item in many]
    elif many is not None and type(many) is not list:
        return None
    return _parsed(texts)


def _parsed(texts: Sequence[object]) -> tuple[Address, ...] | None:
    found: list[Address] = []
    for text in texts:
        if type(text) is str and text:
            address = parse_address(text)
            if address is None:
                return None
            found.append(address)
        elif not _is_text(text):
            return None
    return first_of_each_family(found)
