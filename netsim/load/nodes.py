"""Reads Node objects: their labels and their addresses."""

from netsim.load.fields import Field
from netsim.load.validation import parse_address
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.workload import Node

_INTERNAL = "InternalIP"


def read_node(manifest: Field, name: str, labels: Labels) -> Node | None:
    """A node, or None with a note where no address of it is known.

    Entries of `status.addresses` that are host names are not addresses.
    """
    internal: list[Address] = []
    others: list[Address] = []
    for item in manifest.get("status").as_object().get("addresses").items():
        entry = item.as_object()
        found = parse_address(entry.get("address").text() or "")
        if found is not None:
            kind = entry.get("type").text()
            (internal if kind == _INTERNAL else others).append(found)
    if not internal and not others:
        message = f"{manifest.subject} has no known address; it is no endpoint"
        manifest.report.note("node-without-address", message, manifest.source)
        return None
    addresses = tuple(dict.fromkeys((*internal, *others)))
    return Node(name, labels, addresses, manifest.source)
