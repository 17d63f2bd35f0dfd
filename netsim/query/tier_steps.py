"""What each tier said of a connection, from the first asked to the one that decided."""

from collections.abc import Callable, Iterator

from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.graph import Graph, Side
from netsim.model.flow import Party
from netsim.model.policy import RuleRef
from netsim.model.ports import PortSet
from netsim.query.explanation import Citation, TierStep

_VERBS = {Action.ACCEPT: "accepts", Action.DENY: "denies", Action.PASS: "passes"}

Cite = Callable[[RuleRef], Citation]


def tier_steps(  # noqa: PLR0913 - what is said of one end, and how to cite it
    graph: Graph, side: Side, subject: Party, ports: PortSet, cite: Cite, *, beside: bool
) -> tuple[TierStep, ...]:
    """The steps of one end; empty where no cluster-wide policy is about it that way.

    `beside` means a pod and its node: NetworkPolicies have no say.
    """
    face = graph.compiled.faces_of(subject)[0]
    program = graph.program(side.direction, face.class_id)
    asked = {rule.tier for rule in program}
    if asked <= {Tier.NETWORK_POLICY}:
        return ()
    isolating = dict.fromkeys(
        str(rule.ref.policy) for rule in graph.isolating(subject, side.direction)
    )
    if beside:
        asked -= {Tier.NETWORK_POLICY}
    else:
        asked |= {Tier.NETWORK_POLICY}
    return tuple(_steps(side, asked, tuple(isolating), (ports, cite)))


def _steps(
    side: Side,
    asked: set[Tier],
    isolating: tuple[str, ...],
    words: tuple[PortSet, Cite],
) -> Iterator[TierStep]:
    matched = {rule.tier: rule for rule in (*side.passed, side.rule) if rule is not None}
    for tier in sorted(asked):
        rule = matched.get(tier)
        if tier is Tier.NETWORK_POLICY:
            yield _of_namespace(rule, isolating, words[1])
        elif rule is None:
            yield TierStep(tier, None, None, "no rule matches")
        else:
            yield _of_tier(rule, words)
        if rule is not None and rule.action is not Action.PASS:
            return


def _of_tier(rule: CompiledRule, words: tuple[PortSet, Cite]) -> TierStep:
    ports, cite = words
    cited = cite(rule.ref)
    priority = "" if cited.priority is None else f"priority {cited.priority} "
    said = f"{priority}`{rule.ref.policy.name}` {_VERBS[rule.action]} {ports}"
    return TierStep(rule.tier, rule.action, cited, said)


def _of_namespace(
    rule: CompiledRule | None, isolating: tuple[str, ...], cite: Cite
) -> TierStep:
    tier = Tier.NETWORK_POLICY
    if rule is None:
        return TierStep(tier, None, None, "not isolated")
    if rule.action is Action.ACCEPT:
        cited = cite(rule.ref)
        return TierStep(tier, rule.action, cited, f"allowed by {cited.policy} {cited.path}")
    return TierStep(tier, rule.action, None, f"isolated by {', '.join(isolating)}, no rule")
