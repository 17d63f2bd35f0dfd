"""Pods with nothing unusual in them, as most of a dump are, read without a word.

A pod of which something is to be said, or might be, is left to the careful reader.
"""

from netsim.load.plain_values import (
    Object,
    OddError,
    is_text,
    plain_labels,
    plain_names,
    plain_object,
    sure,
)
from netsim.load.pods import (
    FINISHED,
    READ_CONTAINERS,
    READ_OWNERS,
    LivePod,
    PodForm,
    first_of_each_family,
)
from netsim.load.powers import CONTAINER_KINDS
from netsim.load.validation import parse_address
from netsim.model.networks import Address
from netsim.source import Source


def read_plain_pod(value: Object, source: Source) -> LivePod | None:
    """A pod as `read_pod` reads it, or None where that might say something."""
    try:
        metadata = plain_object(value.get("metadata"))
        status = plain_object(value.get("status"))
        names, phase = plain_names(metadata), status.get("phase")
        form = plain_form(metadata, plain_object(value.get("spec")))
        owner = sure(READ_OWNERS.without_a_word(metadata.get("ownerReferences")))
        addresses = _addresses(status)
    except OddError:
        return None
    if not is_text(phase):
        return None
    return LivePod(*names, form, addresses, phase in FINISHED, owner, source)


def plain_form(metadata: Object, spec: Object) -> PodForm:
    """What a pod and its template have in common; raises OddError."""
    node, host_network = spec.get("nodeName"), spec.get("hostNetwork")
    if not is_text(node) or (host_network is not None and host_network is not False):
        raise OddError
    containers = {kind: spec[kind] for kind in CONTAINER_KINDS if kind in spec}
    ports, powers = sure(READ_CONTAINERS.without_a_word(containers))
    labels = plain_labels(metadata.get("labels"))
    return PodForm(labels, ports, host_network=False, node=str(node or ""), powers=powers)


def _addresses(status: Object) -> tuple[Address, ...]:
    many = status.get("podIPs")
    if not many and (many is None or type(many) is list):
        one = _address(status.get("podIP"))
        return () if one is None else (one,)
    if type(many) is not list:
        raise OddError
    found = [_address(plain_object(item).get("ip")) for item in many]
    return first_of_each_family([address for address in found if address is not None])


def _address(text: object) -> Address | None:
    """None where there is no text, or an empty one."""
    if not text and is_text(text):
        return None
    found = parse_address(text) if type(text) is str else None
    if found is None:
        raise OddError
    return found
