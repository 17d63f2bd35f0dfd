"""Drafts a first expectation file from what is so today; everything in it holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.addresses import AddressRange
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.names import KINDS
from netsim.query.connections import fans
from netsim.query.expectations.asking import asked
from netsim.query.expectations.facts import InvariantKind
from netsim.query.expectations.outcomes import Status
from netsim.query.expectations.writing import (
    Written,
    comment,
    file_text,
    flow_mapping,
    one_or_list,
    port_texts,
    scalar,
)
from netsim.query.explain import Locate
from netsim.query.parties import Outside, Subject, merged, networks_of
from netsim.query.worlds import Worlds

_KINDS = (
    InvariantKind.DEFAULT_DENY,
    InvariantKind.DNS_REACHABLE,
    InvariantKind.NO_INTERNET_INGRESS,
    InvariantKind.NO_INTERNET_EGRESS,
    InvariantKind.NO_CROSS_NAMESPACE,
)
_MANY = 5
"""More sources than that say little: they are counted."""
_Sources = dict[PortSet, list[Subject]]


def draft(worlds: Worlds, locate: Locate, manifests: Sequence[str]) -> str:
    """The text of a file: what holds of each namespace, and who reaches what is guarded."""
    drafter = _Drafter(worlds, locate)
    tests, allowed = list(drafter.invariants()), []
    for target in drafter.guarded():
        lines, flows = drafter.who_reaches(target)
        tests += lines
        allowed += flows
    text = file_text(
        (
            ("manifests", [f"  - {scalar(item)}" for item in manifests]),
            ("tests", tests),
            ("allowed", allowed),
        )
    )
    head = [
        comment(
            "What holds today. Keep what is meant, mend what is not, and add what is missing."
        ),
        comment(
            "Checked by `netsim test`; only: nothing else passes, on any port, from anyone."
        ),
    ]
    return "\n".join([*head, text])


@dataclass(frozen=True, slots=True)
class _Drafter:
    worlds: Worlds
    locate: Locate

    def invariants(self) -> Iterator[str]:
        """Every named sentence, with all namespaces of which it is true."""
        names = [
            name
            for name in self.worlds.snapshot.namespaces
            if any(pod.namespace == name for pod in self.worlds.directory.running)
        ]
        for kind in _KINDS:
            true = [f"{name}/" for name in names if self._holds(_invariant(kind, [f"{name}/"]))]
            if true:
                targets = ["*"] if len(true) == len(names) > 1 and self._all(kind) else true
                yield f"  - {flow_mapping(_invariant(kind, targets))}"

    def guarded(self) -> Iterator[Endpoint]:
        """Whoever some policy isolates for ingress."""
        for pod in self.worlds.directory.running:
            if self.worlds.graph.isolating(pod, Direction.INGRESS):
                yield pod

    def who_reaches(self, target: Endpoint) -> tuple[list[str], list[str]]:
        """A closed world around a target; where none holds, the flows that pass."""
        sources = self._sources(target)
        inside = {
            pod.namespace
            for pods in sources.values()
            for pod in pods
            if isinstance(pod, Endpoint)
        }
        wide = self._narrowed(target, sources, inside)
        name = self._name(target)
        if wide is None:
            return [], list(self._flows(target, sources))
        lines = [f"  - name: {scalar(f'who reaches {name}')}", f"    to: {scalar(name)}"]
        listed = self._listed(target, sources, wide)
        if not listed:
            return [*lines, "    only: []"], []
        lines.append("    only:")
        return [*lines, *(f"      - {flow_mapping(item)}" for item in listed)], []

    def _flows(self, target: Endpoint, sources: _Sources) -> Iterator[str]:
        """What passes to an open target: from the internet, or from few pods."""
        name = self._name(target)
        public = merged(it for one in self.worlds.directory.internet for it in one.ranges)
        for ports, pods in sources.items():
            outside = merged(
                it for one in pods if isinstance(one, Outside) for it in one.ranges
            )
            inside = [pod for pod in pods if isinstance(pod, Endpoint)]
            names = self._names(inside, set(), target)
            if _within(public, outside):
                names = ["internet"]
            if len(names) > _MANY:
                text = f"{name} is open to {len(names)} endpoints on {ports}"
                yield comment(text, "  ")
                continue
            for source in names:
                for port in port_texts(ports) or ["all"]:
                    yield f"  - {scalar(f'{source} -> {name}:{port}')}"

    def _narrowed(
        self, target: Endpoint, sources: _Sources, inside: set[str]
    ) -> set[str] | None:
        """The fewest namespaces to be named as a whole, so that the world is closed."""
        for wide in (set[str](), inside, {*inside, "*"}):
            if self._closed(target, sources, wide):
                break
        else:
            return None
        for name in sorted(wide - {"*"}):
            if "*" not in wide and self._closed(target, sources, wide - {name}):
                wide = wide - {name}
        return wide

    def _closed(self, target: Endpoint, sources: _Sources, wide: set[str]) -> bool:
        listed = self._listed(target, sources, wide)
        return self._holds({"to": self._name(target), "only": listed})

    def _listed(
        self, target: Endpoint, sources: _Sources, wide: set[str]
    ) -> list[dict[str, Written]]:
        return [
            {
                "from": one_or_list(self._names(pods, wide, target)),
                "port": one_or_list(port_texts(ports) or ["all"]),
            }
            for ports, pods in sources.items()
        ]

    def _sources(self, target: Endpoint) -> _Sources:
        """Who reaches a target, by ports; addresses of families that nobody uses left out."""
        found: _Sources = {}
        for fan in fans(self.worlds, targets=[(target, ALL_PORTS)]):
            for _, ports, undecided in fan.rows:
                if not undecided:
                    found.setdefault(ports, []).extend(self._in_use(fan.source))
        return {ports: subjects for ports, subjects in found.items() if subjects}

    def _in_use(self, subject: Subject) -> Iterator[Subject]:
        if not isinstance(subject, Outside):
            yield subject
            return
        families = self.worlds.directory.families
        ranges = tuple(it for it in subject.ranges if it.first.version in families)
        around = tuple(it for it in subject.around if it.first.version in families)
        if ranges:
            yield Outside(ranges, around)

    def _names(self, pods: Sequence[Subject], wide: set[str], target: Endpoint) -> list[str]:
        there = set(pods)
        itself = {target} if target.single else set()
        running = self.worlds.directory.running
        if "*" in wide and set(running) <= there | itself:
            return ["*", *(text for pod in pods for text in self._addresses(pod))]
        found: dict[str, None] = {}
        for pod in pods:
            if not isinstance(pod, Endpoint):
                found.update(dict.fromkeys(self._addresses(pod)))
                continue
            place = {item for item in running if item.namespace == pod.namespace}
            whole = pod.namespace in wide and place <= there | itself
            found[f"{pod.namespace}/" if whole else self._name(pod)] = None
        return list(found)

    def _addresses(self, subject: Subject) -> list[str]:
        if not isinstance(subject, Outside):
            return []
        public = merged(it for one in self.worlds.directory.internet for it in one.ranges)
        if subject.ranges == public:
            return ["internet"]
        return [
            str(network)
            for item in subject.around or subject.ranges
            for network in networks_of(item)
        ]

    def _name(self, pod: Endpoint) -> str:
        """What this endpoint alone is called."""
        if self.worlds.directory.named(pod.namespace, pod.name, "") == (pod,):
            return pod.key
        words = {kind: word for word, kind in reversed(KINDS.items())}
        return f"{pod.namespace}/{words.get(pod.kind, pod.kind)}/{pod.name}"

    def _all(self, kind: InvariantKind) -> bool:
        return self._holds(_invariant(kind, ["*"]))

    def _holds(self, test: Mapping[str, object]) -> bool:
        return asked(test, self.worlds, self.locate).status is Status.PASSED


def _within(few: Sequence[AddressRange], many: Sequence[AddressRange]) -> bool:
    return bool(few) and all(
        any(
            one.first.version == other.first.version
            and int(other.first) <= int(one.first)
            and int(one.last) <= int(other.last)
            for other in many
        )
        for one in few
    )


def _invariant(kind: InvariantKind, targets: Sequence[str]) -> dict[str, Written]:
    return {"invariant": kind.value, "target": one_or_list(targets)}
