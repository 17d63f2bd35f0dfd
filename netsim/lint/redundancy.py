"""What can go: proved by compiling the cluster again without it."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from netsim.compiler.programs import Program, cells_of
from netsim.compiler.sets import ClassSet
from netsim.lint.context import Context
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy, PolicyRef, RuleRef
from netsim.model.ports import PortSet
from netsim.results import Severity

Gone = PolicyRef | RuleRef
"""A policy, or one of its rules."""

_PODS = manifests(pod("shop/web", "app: web"), pod("shop/db", "app: db"))
_GUARD = """
podSelector: {matchLabels: {app: db}}
ingress:
- from: [{podSelector: {matchLabels: {app: web}}}]
"""
_TWICE = (
    _GUARD + "- from: [{podSelector: {matchLabels: {app: web}}}]\n  ports: [{port: 5432}]\n"
)


@rule(
    "rule-redundant",
    Severity.WARNING,
    bad=manifests(_PODS, policy("shop/db", _TWICE)),
    good=manifests(_PODS, policy("shop/db", _GUARD)),
)
def rule_redundant(context: Context) -> Iterator[Observation]:
    """A rule allows only what other rules allow already.

    Proved: the cluster compiled without it has the same connections, whatever the other ends
    allow. Rules that match nothing at all are told of by the rules on selectors and ports.
    """
    proof = _Proof(context)
    gone: set[Gone] = {item.ref for item in _redundant(context, proof)}
    for item in reversed(context.policies):
        if item.ref in gone:
            continue
        compiled = context.graph.compiled.rules_of.get(item.ref, ())
        written = {(it.ref.direction, it.ref.index) for it in compiled}
        for direction, rules in item.rules.items():
            for index in reversed(range(len(rules))):
                ref = RuleRef(item.ref, direction, index)
                if (direction, index) in written and proof.same_answers(item, gone, ref):
                    gone.add(ref)
                    yield Observation(
                        item.place_of(ref),
                        str(item.ref),
                        f"spec.{direction.value}[{index}] of {item.ref} allows only what other "
                        "rules allow already",
                        fix="remove the rule: every connection stays as it is",
                    )


@rule(
    "policy-redundant",
    Severity.WARNING,
    bad=manifests(_PODS, policy("shop/db", _GUARD), policy("shop/db-too", _GUARD)),
    good=manifests(_PODS, policy("shop/db", _GUARD)),
)
def policy_redundant(context: Context) -> Iterator[Observation]:
    """Everything that a policy does is done by other policies.

    Proved: without it the same pods are isolated and the same connections allowed. Policies
    without any rule, such as a default-deny, are left alone: they are there for pods to come.
    """
    for item in _redundant(context, _Proof(context)):
        yield Observation(
            item.source,
            str(item.ref),
            f"{item.ref} does only what other policies do already",
            fix="remove the policy: every connection stays as it is",
        )


def _redundant(context: Context, proof: "_Proof") -> Iterator[NetworkPolicy]:
    """Policies that can all go together; of two that do the same, the later one."""
    gone: set[Gone] = set()
    for item in reversed(context.policies):
        if not any(item.rules.values()) or not context.selected(item):
            continue
        if _stays_isolated(context, item, gone) and proof.same_answers(item, gone, item.ref):
            gone.add(item.ref)
            yield item


def _stays_isolated(context: Context, item: NetworkPolicy, gone: set[Gone]) -> bool:
    compiled = context.graph.compiled
    mine = [it for it in compiled.rules_of.get(item.ref, ()) if it.ref.index is None]
    return bool(mine) and all(
        any(
            other.ref.index is None
            and other.ref.policy != item.ref
            and other.ref.policy not in gone
            for other in compiled.programs[it.direction][class_id]
        )
        for it in mine
        for class_id in compiled.sets[it.subjects]
    )


@rule(
    "policy-without-effect",
    Severity.WARNING,
    bad=manifests(_PODS, policy("shop/open", "podSelector: {}\ningress: [{}]")),
    good=manifests(
        _PODS,
        policy(
            "shop/open",
            """
            podSelector: {}
            ingress:
            - from: [{podSelector: {}}]
            """,
        ),
    ),
)
def policy_without_effect(context: Context) -> Iterator[Observation]:
    """A policy neither forbids nor allows anything.

    Proved: without it every pod answers as before, because it allows everything to pods that
    nothing else isolates.
    """
    proof = _Proof(context)
    for item in context.policies:
        if not any(item.rules.values()) or not context.selected(item):
            continue
        if _stays_isolated(context, item, set()):
            continue
        if proof.same_answers(item, set(), item.ref):
            yield Observation(
                item.source,
                str(item.ref),
                f"{item.ref} changes nothing: what it allows is allowed without it",
                fix="remove the policy, or say what it is to restrict",
            )


@rule(
    "duplicate-policy-name",
    Severity.ERROR,
    bad=manifests(
        _PODS, policy("shop/db", _GUARD), policy("shop/db", "podSelector: {}\ningress: []")
    ),
    good=manifests(
        _PODS, policy("shop/db", _GUARD), policy("shop/all", "podSelector: {}\ningress: []")
    ),
)
def duplicate_policy_name(context: Context) -> Iterator[Observation]:
    """Two different policies have one namespace and name, so that the last one wins.

    `kubectl apply` overwrites the first by the second without a word; which is the second
    depends on the order of files.
    """
    for item in context.said:
        found = context.written(item.source)
        here = found is not None and found.kind == "NetworkPolicy"
        if item.rule == "object-repeated" and item.severity is Severity.WARNING and here:
            key = found.key if found is not None else ""
            yield Observation(item.source, key, item.message, fix="give one another name")


class _Proof:
    """Compares what pods answer with and without some rules, class by class.

    A rule is compiled by itself, so to compile without it is to leave its compiled rules out.
    """

    def __init__(self, context: Context) -> None:
        self._compiled = context.graph.compiled

    def same_answers(
        self, item: NetworkPolicy, gone: AbstractSet[Gone], candidate: Gone
    ) -> bool:
        """Whether a rule or a policy may go as well, among what is left of the others."""
        return all(
            self._same(program, gone, candidate)
            for direction in item.rules
            for program in self._programs(item, direction)
        )

    def _programs(self, item: NetworkPolicy, direction: Direction) -> Iterable[Program]:
        """What the policy's subjects obey, each program once."""
        rules = self._compiled.rules_of.get(item.ref, ())
        programs = self._compiled.programs[direction]
        found: dict[int, Program] = {}
        for one in rules:
            if one.ref.direction is direction and one.ref.index is None:
                for class_id in self._compiled.sets[one.subjects]:
                    found.setdefault(id(programs[class_id]), programs[class_id])
        return found.values()

    def _same(self, program: Program, gone: AbstractSet[Gone], candidate: Gone) -> bool:
        before = tuple(it for it in program if not {it.ref, it.ref.policy} & gone)
        after = tuple(it for it in before if candidate not in {it.ref, it.ref.policy})
        return len(before) == len(after) or self._cells(before) == self._cells(after)

    def _cells(self, program: Program) -> dict[PortSet, ClassSet]:
        compiled = self._compiled
        cells = cells_of(program, compiled.universe.everyone, compiled.sets)
        return {cell.ports: cell.peers for cell in cells}


CHECKS = (rule_redundant, policy_redundant, policy_without_effect, duplicate_policy_name)
