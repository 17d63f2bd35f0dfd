"""Splits classes that new words tell apart, leaving all that was compiled as it is.

A part gets a new number after all others and inherits whatever its class had: every set that
held the class gets the part as well. Rules and programs name sets and classes by number, so
none of them is touched.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple, TypeVar

from netsim.addresses import AddressSpace, Signature
from netsim.compiler import Compiled
from netsim.compiler.classes import (
    EndpointClass,
    Face,
    Faces,
    Marks,
    PortNumbers,
    port_numbers,
)
from netsim.compiler.overlay import Overlay
from netsim.compiler.residents import Residents
from netsim.compiler.selectors import Mark
from netsim.compiler.sets import ClassId, ClassSet, SetId, SetTable
from netsim.compiler.universe import Universe
from netsim.compiler.vocabulary import Words, with_words
from netsim.errors import GroupedPodsError
from netsim.model.networks import IPBlock
from netsim.model.ports import NamedPort
from netsim.model.profile import Profile, UnknownAddresses
from netsim.model.workload import PER_POD_LABELS, Endpoint

Key = TypeVar("Key")
_NO_BLOCKS: Signature = frozenset()


class _Part(NamedTuple):
    """Those of a class of whom the new words see the same."""

    parent: ClassId
    marks: Marks = ()
    numbers: PortNumbers = ()
    blocks: Signature = _NO_BLOCKS


_FaceParts = tuple[tuple[int, _Part], ...]
"""By address family the part that an endpoint's face belongs to."""


@dataclass(frozen=True, slots=True)
class _Split:
    """Where everyone goes: by place of an endpoint, by range of addresses, the own node."""

    faces: Mapping[int, _FaceParts]
    """Only endpoints that some new word sees; equal values are one object."""
    outside: Mapping[int, tuple[_Part, ...]]
    own_node: _Part

    def sizes(self) -> Counter[_Part]:
        """How many faces of pods each part has, leaving out whom the new words do not see."""
        shared = {id(parts): parts for parts in self.faces.values()}
        result: Counter[_Part] = Counter()
        for number, count in Counter(map(id, self.faces.values())).items():
            for _, part in shared[number]:
                result[part] += count
        others = (self.own_node, *chain.from_iterable(self.outside.values()))
        result.update(dict.fromkeys(others, 0))
        return Counter({part: size for part, size in result.items() if any(part[1:])})


def with_classes_split(compiled: Compiled, words: Words) -> Compiled:
    """The same answers, ready for policies that look at some words more.

    Raises GroupedPodsError where pods of one endpoint would be told apart.
    """
    residents = compiled.residents
    _check_grouped(compiled, words, residents)
    vocabulary = with_words(compiled.vocabulary, words)
    split = _Split(
        _faces(compiled, words, residents),
        _outside(compiled, vocabulary.addresses),
        _own_node(compiled, words),
    )
    sizes = split.sizes()
    numbers = _numbers(sizes, residents.population, len(compiled.classes))
    children = {number: part for part, number in numbers.items() if number != part.parent}
    classes = list(compiled.classes) + [_NOT_YET] * len(children)
    for part, number in numbers.items():
        classes[number] = _looks(compiled.classes[part.parent], part)
    programs = {
        direction: Overlay.over(
            known, {number: known[part.parent] for number, part in children.items()}
        )
        for direction, known in compiled.programs.items()
    }
    grown = replace(
        compiled,
        vocabulary=vocabulary,
        classes=classes,
        faces=Overlay.over(compiled.faces, _moved(split.faces, numbers)),
        own_node=(Face(0, numbers.get(split.own_node, split.own_node.parent)),),
        outside_classes={
            **compiled.outside_classes,
            **{
                family: tuple(numbers.get(part, part.parent) for part in parts)
                for family, parts in split.outside.items()
            },
        },
        programs=programs,
        universe=_universe(compiled.universe, numbers, classes),
    )
    return grown.with_residents(_populated(residents, numbers, sizes))


_NOT_YET = EndpointClass(None, (), (), _NO_BLOCKS)


def _numbers(
    sizes: Counter[_Part], population: Mapping[ClassId, int], count: int
) -> dict[_Part, ClassId]:
    """A part that is its whole class keeps the class's number."""
    found: dict[_Part, ClassId] = {}
    for part, size in sizes.items():
        if size == population.get(part.parent):
            found[part] = part.parent
        else:
            found[part] = ClassId(count)
            count += 1
    return found


def _populated(
    residents: Residents, numbers: Mapping[_Part, ClassId], sizes: Counter[_Part]
) -> Residents:
    population = dict(residents.population)
    for part, number in numbers.items():
        if number != part.parent and part.parent in population:
            population[number] = sizes[part]
            population[part.parent] -= sizes[part]
    return replace(residents, population=population)


def _looks(old: EndpointClass, part: _Part) -> EndpointClass:
    return EndpointClass(
        old.namespace,
        (*old.marks, *part.marks),
        (*old.port_numbers, *part.numbers),
        old.signature | part.blocks,
        old.host,
    )


def _moved(
    faces: Mapping[int, _FaceParts], numbers: Mapping[_Part, ClassId]
) -> dict[int, Faces]:
    """New faces for the endpoints that have left their class."""
    known: dict[int, Faces | None] = {}
    for parts in faces.values():
        if id(parts) not in known:
            moved = tuple(Face(family, numbers.get(it, it.parent)) for family, it in parts)
            left = any(numbers.get(it, it.parent) != it.parent for _, it in parts)
            known[id(parts)] = moved if left else None
    return {
        place: found
        for place, parts in faces.items()
        if (found := known[id(parts)]) is not None
    }


def _faces(compiled: Compiled, words: Words, residents: Residents) -> dict[int, _FaceParts]:
    marks = _marks(words, residents)
    numbers = _port_numbers(words, residents, compiled.profile)
    blocks = _blocks(compiled, words, residents)
    shared: dict[tuple[object, ...], _FaceParts] = {}
    result: dict[int, _FaceParts] = {}
    for place in {**marks, **numbers, **blocks}:
        faces = compiled.faces[place]
        news = (
            marks.get(place, ()),
            numbers.get(place, ()),
            tuple(frozenset(blocks[place].get(it.family, ())) for it in faces)
            if place in blocks
            else None,
        )
        key = (faces, *news)
        parts = shared.get(key)
        if parts is None:
            seen = news[2] or (_NO_BLOCKS,) * len(faces)
            parts = shared[key] = tuple(
                (face.family, _Part(face.class_id, news[0], news[1], held))
                for face, held in zip(faces, seen, strict=True)
            )
        result[place] = parts
    return result


def _marks(words: Words, residents: Residents) -> dict[int, Marks]:
    """By place the new marks that an endpoint bears, if any."""
    asked = {mark: mark for mark in words.marks}
    bare = {mark[0]: mark for mark in words.marks if mark[1] is None}
    found: dict[int, Marks] = {}
    for labels, places in residents.by_labels.items() if asked else ():
        pairs = filter(None, map(asked.get, labels.items()))
        marks = (*pairs, *filter(None, map(bare.get, labels.keys())))
        if marks:
            found.update(dict.fromkeys(places, marks))
    return found


def _port_numbers(
    words: Words, residents: Residents, profile: Profile
) -> dict[int, PortNumbers]:
    """By place what the new port names mean on an endpoint, if anything."""
    found: dict[int, PortNumbers] = {}
    for ports, places in residents.by_ports if words.port_names else ():
        numbers = port_numbers(ports, words.port_names, profile)
        if numbers:
            found.update(dict.fromkeys(places, numbers))
    return found


def _blocks(
    compiled: Compiled, words: Words, residents: Residents
) -> dict[int, dict[int, set[IPBlock]]]:
    """By place and address family the new blocks that hold an endpoint, if any."""
    found: dict[int, dict[int, set[IPBlock]]] = {}
    unknown = compiled.profile.unknown_addresses is UnknownAddresses.MATCH
    for block in words.blocks:
        for place in residents.inside(block):
            found.setdefault(place, {}).setdefault(block.cidr.version, set()).add(block)
        for place in residents.unaddressed if unknown else ():
            if residents.matches(block, place):
                found.setdefault(place, {}).setdefault(0, set()).add(block)
    return found


def _check_grouped(compiled: Compiled, words: Words, residents: Residents) -> None:
    keys = PER_POD_LABELS & {key for key, _ in words.marks}
    for place in residents.several if keys or words.blocks else ():
        endpoint = compiled.snapshot.endpoints[place]
        by_label = keys - endpoint.labels.keys()
        if by_label or any(_cuts(block, endpoint) for block in words.blocks):
            raise GroupedPodsError(endpoint.key)


def _cuts(block: IPBlock, endpoint: Endpoint) -> bool:
    """Whether a block holds the addresses of some of the pods only."""
    answers = {
        address in block.cidr and not any(address in network for network in block.excepts)
        for address, _ in endpoint.pod_addresses
        if address.version == block.cidr.version
    }
    return len(answers) > 1


def _outside(compiled: Compiled, space: AddressSpace) -> dict[int, tuple[_Part, ...]]:
    """Ranges of addresses, cut where new blocks begin or end."""
    old = compiled.vocabulary.addresses
    if space is old:
        return {}
    found: dict[int, tuple[_Part, ...]] = {}
    for family, starts in space.starts.items():
        parts: list[_Part] = []
        whole: dict[ClassId, _Part] = {}
        before, known = old.signatures[family], compiled.outside_classes[family]
        place, borders = -1, (*old.starts[family], None)
        for start, signature in zip(starts, space.signatures[family], strict=True):
            place += start == borders[place + 1]
            parent = known[place]
            if signature is before[place]:
                part = whole.get(parent) or whole.setdefault(parent, _Part(parent))
            else:
                part = _Part(parent, blocks=signature - before[place])
            parts.append(part)
        found[family] = tuple(parts)
    return found


def _own_node(compiled: Compiled, words: Words) -> _Part:
    (face,) = compiled.own_node
    matched = compiled.profile.unknown_addresses is UnknownAddresses.MATCH
    return _Part(face.class_id, blocks=words.blocks if matched else _NO_BLOCKS)


def _universe(
    universe: Universe,
    numbers: Mapping[_Part, ClassId],
    classes: Sequence[EndpointClass],
) -> Universe:
    """The universe with every set grown by the parts of its members."""
    children: dict[ClassId, list[ClassId]] = {}
    bearing: dict[Mark, list[ClassId]] = {}
    by_namespace: dict[str, list[ClassId]] = {}
    by_block: dict[IPBlock, list[ClassId]] = {}
    by_port: dict[NamedPort, dict[tuple[int, ...], list[ClassId]]] = {}
    for part, number in numbers.items():
        item = classes[number]
        for mark in part.marks if number == part.parent else item.marks:
            bearing.setdefault(mark, []).append(number)
        if number != part.parent:
            children.setdefault(part.parent, []).append(number)
            if item.namespace is not None:
                by_namespace.setdefault(item.namespace, []).append(number)
        for block in part.blocks:
            by_block.setdefault(block, []).append(number)
        for (protocol, name), found in part.numbers:
            by_port.setdefault(NamedPort(protocol, name), {}).setdefault(found, []).append(
                number
            )
    sets = _grown(universe, children)
    marks = {
        mark: universe.labels.bearing(mark) | ClassSet.of(numbers)
        for mark, numbers in bearing.items()
    }
    return universe.grown(
        sets=sets,
        by_namespace={
            name: universe.by_namespace[name] | ClassSet.of(found)
            for name, found in by_namespace.items()
        },
        by_block=_numbered(by_block, sets),
        by_port={port: _numbered(groups, sets) for port, groups in by_port.items()},
        labels=universe.labels.extended(marks),
    )


def _grown(universe: Universe, children: Mapping[ClassId, list[ClassId]]) -> SetTable:
    """The same numbers for sets that have the parts of their members as well."""
    table, grown = universe.sets, dict[SetId, ClassSet]()
    for parents, numbers in universe.holding(sorted(children)):
        parts = ClassSet.of(part for parent in parents for part in children[parent])
        for number in numbers:
            grown[number] = table[number].followed_by(parts)
    return table.with_sets(grown)


def _numbered(groups: Mapping[Key, list[ClassId]], sets: SetTable) -> dict[Key, SetId]:
    return {key: sets.number(ClassSet.of(numbers)) for key, numbers in groups.items()}
