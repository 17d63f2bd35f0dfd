"""What rows of data frames have in common: two ends and one range of ports."""

from collections.abc import Iterator

from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, Subject, subject_name
from netsim.views import Record

ENDS: dict[str, type] = {
    "source": str,
    "source_namespace": str,
    "source_name": str,
    "source_kind": str,
    "target": str,
    "target_namespace": str,
    "target_name": str,
    "target_kind": str,
}
PORTS: dict[str, type] = {"protocol": str, "first": int, "last": int}


def ends_record(source: Subject, target: Subject) -> Record:
    """The cells of ENDS."""
    return (*_end(source), *_end(target))


def port_records(ports: PortSet) -> Iterator[Record]:
    """The cells of PORTS, once for each range; an empty set is one range that is empty."""
    if not ports:
        yield "", 0, 0
    for span in ports:
        yield span.protocol.value, span.first, span.last


def kind_of(subject: Subject) -> str:
    """The kind of workload, `Outside` for addresses, `Node` for the own node."""
    if isinstance(subject, Endpoint):
        return subject.kind
    return "Outside" if isinstance(subject, Outside) else "Node"


def _end(subject: Subject) -> Record:
    if isinstance(subject, Endpoint):
        return subject.key, subject.namespace, subject.name, subject.kind
    return subject_name(subject), "", "", kind_of(subject)
