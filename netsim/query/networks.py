"""Rows as a networkx graph, the form that other libraries take."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.names import KINDS
from netsim.query.parties import Subject, subject_name
from netsim.query.tidy import kind_of

if TYPE_CHECKING:
    import networkx as nx

Flow = tuple[Subject, Subject, PortSet, dict[str, str | int]]
"""A source, a target, the ports between them, and what else is said of them."""
_SHORT = {kind: word for word, kind in reversed(KINDS.items())}


def node_names(subjects: Iterable[Subject]) -> Callable[[Subject], str]:
    """A name for each subject that no other one of them has.

    That is `namespace/name`, or `namespace/deploy/name` where several kinds have that name.
    """
    keys = {(it.key, it.kind) for it in subjects if isinstance(it, Endpoint)}
    shared = {key for key, count in Counter(key for key, _ in keys).items() if count > 1}

    def name(subject: Subject) -> str:
        if not isinstance(subject, Endpoint) or subject.key not in shared:
            return subject_name(subject)
        word = _SHORT.get(subject.kind, subject.kind)
        return f"{subject.namespace}/{word}/{subject.name}"

    return name


def multi_digraph(
    flows: Iterable[Flow], others: Iterable[Subject] = ()
) -> "nx.MultiDiGraph[str]":
    """One node for each subject, also of the others, and one edge for each range of ports.

    Nodes have `kind`, `namespace`, `name`, `labels` (a dict) and `replicas` (an int); edges
    have `protocol`, `first`, `last` (both included) and what else is said of the flow. The
    key of an edge is its range, as `5432/TCP`.
    """
    import networkx as nx

    listed = list(flows)
    subjects = [*others, *(end for flow in listed for end in flow[:2])]
    name = node_names(subjects)
    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for subject in dict.fromkeys(subjects):
        result.add_node(name(subject), **_attributes(subject))
    for source, target, ports, said in listed:
        for key, span in _spans(ports):
            result.add_edge(name(source), name(target), key=key, **span, **said)
    return result


def _spans(ports: PortSet) -> Iterator[tuple[str, Mapping[str, str | int]]]:
    for span in ports:
        yield (
            str(span),
            {
                "protocol": span.protocol.value,
                "first": span.first,
                "last": span.last,
            },
        )


def _attributes(subject: Subject) -> dict[str, object]:
    if not isinstance(subject, Endpoint):
        kind = kind_of(subject)
        shown = {"kind": kind, "namespace": "", "name": str(subject)}
        return {**shown, "labels": {}, "replicas": 0}
    return {
        "kind": subject.kind,
        "namespace": subject.namespace,
        "name": subject.name,
        "labels": dict(subject.labels),
        "replicas": subject.replicas,
    }
