"""The classes of a snapshot, indexed by what rules ask for, and the sets rules are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from netsim.addresses import Signature
from netsim.compiler.classes import EndpointClass, PortName
from netsim.compiler.overlay import Overlay
from netsim.compiler.selectors import LabelIndex, all_marks
from netsim.compiler.sets import NOBODY, ClassId, ClassSet, SetId, SetTable, union
from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.ports import NamedPort
from netsim.model.workload import Namespace

if TYPE_CHECKING:
    from netsim.compiler.holders import Holders


@dataclass(frozen=True, slots=True)
class Universe:
    """All classes by namespace, labels, blocks and port names; sets are worked out once."""

    sets: SetTable
    everyone: SetId
    outside: SetId
    """Whoever is no pod to rules: addresses outside and nodes."""
    hosts: SetId
    """Pods on the host network; empty where the profile sees them as nodes."""
    by_namespace: Mapping[str, ClassSet]
    by_block: Mapping[IPBlock, SetId]
    by_port: Mapping[NamedPort, Mapping[tuple[int, ...], SetId]]
    labels: LabelIndex
    namespace_labels: LabelIndex
    namespace_names: tuple[str, ...]
    _own: dict[tuple[str, LabelSelector], SetId] = field(default_factory=dict)
    _across: dict[tuple[LabelSelector, LabelSelector], SetId] = field(default_factory=dict)
    _chosen: dict[LabelSelector, ClassSet] = field(default_factory=dict)
    _common: dict[tuple[SetId, SetId], SetId] = field(default_factory=dict)
    _holders: "list[Holders]" = field(default_factory=list, repr=False, compare=False)

    def pods_of(self, namespace: str, pods: LabelSelector) -> SetId:
        """Pods of one namespace that a selector picks."""
        key = (namespace, pods)
        found = self._own.get(key)
        if found is None:
            here = self.by_namespace.get(namespace, NOBODY)
            found = self._own[key] = self.sets.number(self._picked(pods, here))
        return found

    def pods_in(self, namespaces: LabelSelector, pods: LabelSelector) -> SetId:
        """Pods that a selector picks, in every namespace that another selector picks."""
        key = (namespaces, pods)
        found = self._across.get(key)
        if found is None:
            everywhere = self._of_namespaces(namespaces)
            found = self._across[key] = self.sets.number(self._picked(pods, everywhere))
        return found

    def inside(self, block: IPBlock) -> SetId:
        """Classes whose address the block holds."""
        return self.by_block.get(block, SetId(0))

    def resolving(self, port: NamedPort) -> Iterable[tuple[tuple[int, ...], SetId]]:
        """The numbers that a port name has, each with the classes on which it has them."""
        return self.by_port.get(port, {}).items()

    def united(self, sets: Sequence[SetId]) -> SetId:
        """Members of any of some sets."""
        if self.everyone in sets:
            return self.everyone
        known = self.sets.sets
        if len(sets) == 2:  # noqa: PLR2004 - as most lists that name more than one peer
            one, other = sets
            return self.sets.number(known[one] | known[other])
        return self.sets.number(union([known[item] for item in sets]))

    def common(self, one: SetId, other: SetId) -> SetId:
        """Members of both sets."""
        if one == self.everyone:
            return other
        if other == self.everyone:
            return one
        key = (one, other)
        found = self._common.get(key)
        if found is None:
            known = self.sets.sets
            found = self._common[key] = self.sets.number(known[one] & known[other])
        return found

    def without_hosts(self, members: SetId) -> SetId:
        """Those that are not on the host network."""
        if not self.hosts:
            return members
        return self.sets.number(self.sets[members] - self.sets[self.hosts])

    def grown(
        self,
        *,
        sets: SetTable,
        labels: LabelIndex,
        by_namespace: Mapping[str, ClassSet],
        by_block: Mapping[IPBlock, SetId],
        by_port: Mapping[NamedPort, Mapping[tuple[int, ...], SetId]],
    ) -> "Universe":
        """The same numbers for sets of a table that has more members in some of them."""
        return replace(
            self,
            sets=sets,
            labels=labels,
            by_namespace=Overlay.over(self.by_namespace, by_namespace),
            by_block=Overlay.over(self.by_block, by_block),
            by_port=Overlay.over(self.by_port, by_port),
            _own=dict(self._own),
            _across=dict(self._across),
            _chosen={},
            _common={},
            _holders=[],
        )

    def holding(
        self, members: Sequence[ClassId]
    ) -> Iterator[tuple[tuple[ClassId, ...], list[SetId]]]:
        """Some of the classes at a time, with every set that holds just those of them.

        Sets that are younger than the index over the others come one by one.
        """
        from netsim.compiler.holders import Holders  # numpy, without which most do

        if not self._holders:
            self._holders.append(Holders(self.sets.sets))
        (known,) = self._holders
        yield from known.holding(members)
        for number in range(known.count, len(self.sets.sets)):
            item = self.sets.sets[number]
            held = tuple(member for member in members if member in item)
            if held:
                yield held, [SetId(number)]

    def _picked(self, pods: LabelSelector, among: ClassSet) -> ClassSet:
        if not pods.requirements or not among:
            return among
        start, bits = among.first << 3, int.from_bytes(among.octets, "little")
        return ClassSet.shifted(self.labels.selected(pods, bits, start), start)

    def _of_namespaces(self, selector: LabelSelector) -> ClassSet:
        found = self._chosen.get(selector)
        if found is None:
            every = (1 << len(self.namespace_names)) - 1
            places = ClassSet.shifted(self.namespace_labels.selected(selector, every, 0), 0)
            names = (self.namespace_names[place] for place in places)
            found = union(self.by_namespace.get(name, NOBODY) for name in names)
            self._chosen[selector] = found
        return found


def universe_of(
    classes: Sequence[EndpointClass], namespaces: Mapping[str, Namespace]
) -> Universe:
    """Indexes numbered classes; only classes that are pods have a namespace and labels."""
    by_namespace: dict[str, list[ClassId]] = {}
    outside: list[ClassId] = []
    by_signature: dict[Signature, list[ClassId]] = {}
    by_port: dict[PortName, dict[tuple[int, ...], list[ClassId]]] = {}
    for number, item in enumerate(classes):
        class_id = ClassId(number)
        if item.namespace is not None:
            by_namespace.setdefault(item.namespace, []).append(class_id)
        else:
            outside.append(class_id)
        by_signature.setdefault(item.signature, []).append(class_id)
        for port_name, numbers in item.port_numbers:
            by_port.setdefault(port_name, {}).setdefault(numbers, []).append(class_id)
    by_block: dict[IPBlock, list[ClassId]] = {}
    for signature, ids in by_signature.items():
        for block in signature:
            by_block.setdefault(block, []).extend(ids)
    sets = SetTable()
    return Universe(
        sets=sets,
        everyone=sets.number(ClassSet.shifted((1 << len(classes)) - 1, 0)),
        outside=sets.number(ClassSet.ascending(outside)),
        hosts=sets.number(
            ClassSet.ascending([place for place, item in enumerate(classes) if item.host])
        ),
        by_namespace={name: ClassSet.ascending(ids) for name, ids in by_namespace.items()},
        by_block={block: sets.number(ClassSet.of(ids)) for block, ids in by_block.items()},
        by_port={
            NamedPort(protocol, name): {
                numbers: sets.number(ClassSet.ascending(ids)) for numbers, ids in groups.items()
            }
            for (protocol, name), groups in by_port.items()
        },
        labels=LabelIndex(item.marks for item in classes),
        namespace_labels=LabelIndex(all_marks(item.labels) for item in namespaces.values()),
        namespace_names=tuple(namespaces),
    )
