"""What lint says of a cluster is true of it: judged by compiling anew, and by the reference."""

import re
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.compiler import compile_snapshot, compile_together
from netsim.edges import differences
from netsim.graph import Graph
from netsim.lint import lint
from netsim.lint.context import Context
from netsim.lint.peers import implied
from netsim.model.flow import Flow, Party
from netsim.model.labels import LabelSelector
from netsim.model.policy import Direction, NetworkPolicy, RuleRef
from netsim.model.ports import PortRange, Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.names import parse_port
from netsim.query.directory import Directory
from netsim.query.endpoints import selects
from netsim.reference import Reference
from netsim.results import Finding

_WITNESS = re.compile(r"(\S+) -> (\S+) on (.+?)(: refused)?")


def found(snapshot: Snapshot, profile: Profile, rules: Iterable[str]) -> list[Finding]:
    context = Context(Directory(Graph(compile_snapshot(snapshot, profile))), ())
    return list(lint(context, set(rules)))


def same_edges(before: Snapshot, after: Snapshot, profile: Profile) -> bool:
    one, other = compile_together([before, after], profile)
    return next(differences(Graph(one), Graph(other)), None) is None


@given(kube.snapshots(), kube.profiles())
def test_redundant_rules_may_all_go_at_once(snapshot: Snapshot, profile: Profile) -> None:
    findings = found(snapshot, profile, ["rule-redundant"])
    gone = {(it.subject, *it.source.route[1:3]) for it in findings}
    redundant = {it.subject for it in found(snapshot, profile, ["policy-redundant"])}
    kept = tuple(_without(it, gone) for it in snapshot.policies if str(it.ref) not in redundant)
    assert same_edges(snapshot, replace(snapshot, policies=kept), profile)


def _without(item: NetworkPolicy, gone: set[tuple[str | int, ...]]) -> NetworkPolicy:
    return replace(
        item,
        rules={
            direction: tuple(
                rule
                for index, rule in enumerate(rules)
                if (str(item.ref), direction.value, index) not in gone
            )
            for direction, rules in item.rules.items()
        },
    )


@given(kube.snapshots(), kube.profiles())
def test_policies_without_effect_may_go(snapshot: Snapshot, profile: Profile) -> None:
    for item in found(snapshot, profile, ["policy-without-effect"]):
        kept = tuple(it for it in snapshot.policies if str(it.ref) != item.subject)
        assert same_edges(snapshot, replace(snapshot, policies=kept), profile)


@given(kube.snapshots(), kube.profiles(), st.data())
def test_a_rule_written_twice_is_redundant(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    chosen = [it for it in snapshot.policies if it.rules.get(Direction.INGRESS)]
    if not chosen:
        return
    item = data.draw(st.sampled_from(chosen))
    rules = item.rules[Direction.INGRESS]
    twice = replace(item, rules={**item.rules, Direction.INGRESS: (*rules, rules[0])})
    policies = tuple(twice if it is item else it for it in snapshot.policies)
    doubled = replace(snapshot, policies=policies)
    compiled = compile_snapshot(doubled, profile)
    first = RuleRef(item.ref, Direction.INGRESS, 0)
    effective = any(it.ref == first for it in compiled.rules_of.get(item.ref, ()))
    names = {
        it.subject for it in found(doubled, profile, ["rule-redundant", "policy-redundant"])
    }
    assert not effective or str(item.ref) in names


@given(kube.snapshots(), kube.profiles())
def test_every_witness_is_as_it_says(snapshot: Snapshot, profile: Profile) -> None:
    context = Context(Directory(Graph(compile_snapshot(snapshot, profile))), ())
    judge = Reference(snapshot, profile)
    for item in lint(context):
        match = _WITNESS.fullmatch(item.witness)
        sources, targets = (
            (_parties(context, match[1]), _parties(context, match[2])) if match else ([], [])
        )
        if match is None or not sources or not targets:
            continue
        answers = [
            all(judge.allows(Flow(source, target, *port)) for port in _ports(match[3]))
            if match[4] is None
            else not any(judge.allows(Flow(source, target, *port)) for port in _ports(match[3]))
            for source in sources
            for target in targets
        ]
        assert any(answers), item


def _parties(context: Context, name: str) -> list[Party]:
    try:
        return [ip_address(name)]
    except ValueError:
        return [it for it in context.directory.running if it.key == name]


def _ports(text: str) -> list[tuple[Protocol, int]]:
    if text == "all ports":
        text = "1/TCP, 65535/TCP, 53/UDP, 9/SCTP"
    found_ports = []
    for part in text.split(", "):
        numbers, _, protocol = part.partition("/")
        for number in numbers.split(","):
            span = parse_port(f"{number}/{protocol.lower()}")
            assert isinstance(span, PortRange)
            found_ports += [(span.protocol, span.first), (span.protocol, span.last)]
    return found_ports


@given(kube.selectors(), kube.selectors(), st.lists(kube.labels(), min_size=1, max_size=9))
def test_what_one_selector_implies_of_another_holds(
    broad: LabelSelector, narrow: LabelSelector, everything: list[object]
) -> None:
    if implied(broad, narrow):
        for labels in everything:
            assert selects(broad, labels) or not selects(narrow, labels)  # type: ignore[arg-type]
