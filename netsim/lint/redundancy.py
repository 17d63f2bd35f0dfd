"""What can go: proved by compiling the cluster again without it."""

from collections.abc import Iterable, Iterator

from netsim.compiler.programs import Program, cells_of
from netsim.compiler.rules import Action, Tier
from netsim.compiler.sets import ClassSet, SetId
from netsim.lint.context import Context
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy, RuleRef
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.results import Severity

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
    redundant = {item.ref for item in _redundant(context, proof)}
    for item in reversed(context.policies):
        if item.ref in redundant:
            continue
        matching = _matching(context, item)
        for direction, rules in item.rules.items():
            for index in reversed(range(len(rules))):
                ref = RuleRef(item.ref, direction, index)
                if ref in matching and proof.may_go(item, ref):
                    proof.remove(item, ref)
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
    So are those with a rule that matches nothing, which the rules on selectors and ports tell.
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
    for item in reversed(context.policies):
        if not any(item.rules.values()) or not context.selected(item):
            continue
        if _refs(item) != _matching(context, item):
            continue
        if proof.stays_isolated(item) and proof.may_go(item):
            proof.remove(item)
            yield item


def _refs(item: NetworkPolicy) -> set[RuleRef]:
    """Every rule of a policy."""
    return {
        RuleRef(item.ref, direction, index)
        for direction, rules in item.rules.items()
        for index in range(len(rules))
    }


def _matching(context: Context, item: NetworkPolicy) -> set[RuleRef]:
    """Those that match anything."""
    return _refs(item) & {it.ref for it in context.graph.compiled.rules_of.get(item.ref, ())}


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
        if not proof.stays_isolated(item) and proof.may_go(item):
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
        self._known: dict[SetId, int] = {}
        self._gone: set[int] = set()

    def remove(self, item: NetworkPolicy, ref: RuleRef | None = None) -> None:
        """Takes a policy, or one of its rules, away from what is compared from now on."""
        self._gone |= self._rules(item, ref)

    def may_go(self, item: NetworkPolicy, ref: RuleRef | None = None) -> bool:
        """Whether all answers stay the same without a policy, or without one of its rules."""
        lost = self._rules(item, ref)
        return all(
            self._same(program, lost)
            for direction in item.rules
            for program in self._programs(item, direction)
        )

    def stays_isolated(self, item: NetworkPolicy) -> bool:
        """Whether other policies isolate the same pods in the same directions."""
        lost = self._rules(item, None) | self._gone
        return all(
            any(it.ref.index is None and id(it) not in lost for it in program)
            for direction in item.rules
            for program in self._programs(item, direction)
        )

    def _rules(self, item: NetworkPolicy, ref: RuleRef | None) -> set[int]:
        """What a policy, or one of its rules, is compiled to, by identity."""
        rules = self._compiled.rules_of.get(item.ref, ())
        return {id(it) for it in rules if ref is None or it.ref == ref}

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

    def _same(self, program: Program, lost: set[int]) -> bool:
        before = tuple(it for it in program if id(it) not in self._gone)
        after = tuple(it for it in before if id(it) not in lost)
        if len(before) == len(after):
            return True
        if any(it.tier is not Tier.NETWORK_POLICY for it in before):
            return self._cells(before) == self._cells(after)
        if any(it.ref.index is None for it in after):
            accepts = (it for it in before if id(it) in lost and it.action is Action.ACCEPT)
            return self._accept(after, [(it.peers, it.ports) for it in accepts])
        return self._accept(before, [(self._compiled.universe.everyone, ALL_PORTS)])

    def _accept(self, program: Program, wanted: list[tuple[SetId, PortSet]]) -> bool:
        """Whether the rules of one tier accept all of some connections, denials coming last."""
        left = [(self._bits(peers), ports) for peers, ports in wanted]
        for it in program:
            if not left:
                break
            if it.action is Action.ACCEPT:
                peers = self._bits(it.peers)
                left = [part for one in left for part in _remainder(*one, peers, it.ports)]
        return not left

    def _bits(self, number: SetId) -> int:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._compiled.sets[number].bits
        return found

    def _cells(self, program: Program) -> dict[PortSet, ClassSet]:
        compiled = self._compiled
        cells = cells_of(program, compiled.universe.everyone, compiled.sets)
        return {cell.ports: cell.peers for cell in cells}


def _remainder(
    peers: int, ports: PortSet, taken: int, on: PortSet
) -> Iterator[tuple[int, PortSet]]:
    """Connections with some peers on some ports, without those with others on others."""
    both = peers & taken
    if not both or not ports & on:
        yield peers, ports
        return
    if peers != both:
        yield peers & ~taken, ports
    rest = ports - on
    if rest:
        yield both, rest


CHECKS = (rule_redundant, policy_redundant, policy_without_effect, duplicate_policy_name)
