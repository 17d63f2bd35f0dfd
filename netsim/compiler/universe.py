"""The classes of a snapshot, and the sets of them that rules are written in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from netsim.compiler.classes import EndpointClass
from netsim.compiler.rules import EndpointSet
from netsim.compiler.selectors import LabelIndex
from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.ports import NamedPort
from netsim.model.workload import Namespace


@dataclass(frozen=True, slots=True)
class Universe:
    """All classes, indexed by what rules ask for: namespace, labels, blocks, port names."""

    everyone: EndpointSet
    by_namespace: Mapping[str, EndpointSet]
    by_block: Mapping[IPBlock, EndpointSet]
    by_port: Mapping[NamedPort, Mapping[tuple[int, ...], EndpointSet]]
    pod_labels: LabelIndex
    namespace_labels: LabelIndex
    namespace_names: tuple[str, ...]

    def pods_of(self, namespace: str, pods: LabelSelector) -> EndpointSet:
        """Pods of one namespace that a selector picks."""
        members = self.by_namespace.get(namespace, 0)
        return EndpointSet(members & self.pod_labels.selected(pods))

    def pods_in(self, namespaces: LabelSelector, pods: LabelSelector) -> EndpointSet:
        """Pods that a selector picks, in every namespace that another selector picks."""
        chosen = self.namespace_labels.selected(namespaces)
        members = reduce(
            or_,
            (
                self.by_namespace.get(name, 0)
                for number, name in enumerate(self.namespace_names)
                if chosen >> number & 1
            ),
            0,
        )
        return EndpointSet(members & self.pod_labels.selected(pods))

    def inside(self, block: IPBlock) -> EndpointSet:
        """Classes whose address the block holds."""
        return self.by_block.get(block, EndpointSet(0))

    def resolving(self, port: NamedPort) -> Iterator[tuple[EndpointSet, tuple[int, ...]]]:
        """Classes that declare a port name, grouped by the numbers it has on them."""
        for numbers, members in self.by_port.get(port, {}).items():
            yield members, numbers


def universe_of(
    classes: Iterable[EndpointClass], namespaces: Mapping[str, Namespace]
) -> Universe:
    """Indexes numbered classes; only classes that are pods have a namespace and labels."""
    numbered = list(enumerate(classes))
    by_namespace: dict[str, EndpointSet] = {}
    by_block: dict[IPBlock, EndpointSet] = {}
    by_port: dict[NamedPort, dict[tuple[int, ...], EndpointSet]] = {}
    for number, item in numbered:
        bit = 1 << number
        if item.namespace is not None:
            by_namespace[item.namespace] = _with(by_namespace.get(item.namespace), bit)
        for block in item.signature:
            by_block[block] = _with(by_block.get(block), bit)
        for (protocol, name), numbers in item.port_numbers:
            groups = by_port.setdefault(NamedPort(protocol, name), {})
            groups[numbers] = _with(groups.get(numbers), bit)
    return Universe(
        everyone=EndpointSet((1 << len(numbered)) - 1),
        by_namespace=by_namespace,
        by_block=by_block,
        by_port=by_port,
        pod_labels=LabelIndex(item.labels for _, item in numbered),
        namespace_labels=LabelIndex(item.labels for item in namespaces.values()),
        namespace_names=tuple(namespaces),
    )


def _with(members: EndpointSet | None, bit: int) -> EndpointSet:
    return EndpointSet((members or 0) | bit)
