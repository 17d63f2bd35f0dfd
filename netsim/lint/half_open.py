"""Connections that one end allows by name and the other refuses."""

from collections.abc import Iterator

from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassSet, SetId
from netsim.lint.context import Context, flow_text, listed
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy, PodPeer, RuleRef
from netsim.model.ports import PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.results import Severity

_DNS = PortSet.of(PortRange(Protocol.UDP, 53, 53), PortRange(Protocol.TCP, 53, 53))
_PODS = manifests(pod("shop/web", "app: web"), pod("shop/db", "app: db"))
_OUT = policy(
    "shop/web",
    """
    podSelector: {matchLabels: {app: web}}
    policyTypes: [Egress]
    egress:
    - to: [{podSelector: {matchLabels: {app: db}}}]
      ports: [{port: 5432}]
    """,
)


def _let_in(port: int) -> str:
    return policy(
        "shop/db",
        f"""
        podSelector: {{matchLabels: {{app: db}}}}
        ingress:
        - from: [{{podSelector: {{matchLabels: {{app: web}}}}}}]
          ports: [{{port: {port}}}]
        """,
    )


@rule(
    "half-open",
    Severity.WARNING,
    bad=manifests(_PODS, _OUT, _let_in(5433)),
    good=manifests(_PODS, _OUT, _let_in(5432)),
)
def half_open(context: Context) -> Iterator[Observation]:
    """One end allows a connection and the other end refuses all of it.

    A connection passes only if the source's egress and the target's ingress both accept it.
    It is told of rules that name pods: where a peer that the rule names by a pod label is
    refused on every port of the rule, or where all its peers are.
    """
    meetings = _Meetings(context)
    for policy_, ref, rules in _by_rule(context):
        direction, index = ref.direction, ref.index
        peers = context.rule_peers(policy_, ref)
        if not all(isinstance(item, PodPeer) for item in peers):
            continue
        named = all(isinstance(item, PodPeer) and item.pods.requirements for item in peers)
        if not named and all(item.ports <= _DNS for item in rules):
            continue  # the DNS pods that are meant may be outside the input
        found = _refused(context, meetings, direction, rules)
        if found is None:
            continue
        refused, passed, witness = found
        if passed and not named:
            continue
        other = "ingress" if direction is Direction.EGRESS else "egress"
        yield Observation(
            policy_.place_of(ref),
            str(policy_.ref),
            f"spec.{direction.value}[{index}] allows what the {other} of "
            f"{listed(item.key for item in refused)} refuses",
            witness=witness,
            fix=f"allow it in a policy on the {other} of {refused[0].key} as well",
        )


def _by_rule(
    context: Context,
) -> Iterator[tuple[NetworkPolicy, RuleRef, list[CompiledRule]]]:
    """Every written rule that allows something, with what it was compiled to."""
    found: dict[RuleRef, list[CompiledRule]] = {}
    for item in context.accepting:
        if item.tier is Tier.NETWORK_POLICY:
            found.setdefault(item.ref, []).append(item)
    for ref, rules in found.items():
        policy_ = context.policy_of(ref)
        if policy_ is not None:
            yield policy_, ref, rules


def _refused(
    context: Context, meetings: "_Meetings", direction: Direction, rules: list[CompiledRule]
) -> tuple[list[Endpoint], bool, str] | None:
    """Peers that get nothing through, whether others do, and a flow that is refused."""
    sets = context.graph.compiled.sets
    passing = tried = 0
    for item in rules:
        tried |= sets[item.peers].bits
        passing |= meetings.passing(direction, item)
    left = list(ClassSet.shifted(tried & ~passing, 0))
    refused = next((it for it in rules if left and left[0] in sets[it.peers]), None)
    if refused is None:
        return None
    peers = [item for item in context.members(left) if not context.is_node(item)]
    subjects = context.members(sets[refused.subjects])
    others = [item for item in peers if any(item is not it for it in subjects)]
    if not others:
        return None
    first = others[0]
    subject = next(item for item in subjects if item is not first)
    ends = (subject.key, first.key)
    source, target = ends if direction is Direction.EGRESS else ends[::-1]
    witness = f"{flow_text(source, target, refused.ports)}: refused"
    return others, bool(passing & tried), witness


class _Meetings:
    """What the other end accepts, for all its classes at once.

    A class refuses a connection if it is isolated and no rule of any tier accepts it.
    """

    def __init__(self, context: Context) -> None:
        compiled = context.graph.compiled
        self._sets = compiled.sets
        self._open = dict.fromkeys(Direction, compiled.everyone.bits)
        self._accepting: dict[Direction, dict[SetId, list[CompiledRule]]] = {
            way: {} for way in Direction
        }
        for item in compiled.rules:
            if item.ref.index is None:
                self._open[item.direction] &= ~self._sets[item.subjects].bits
            elif item.action is Action.ACCEPT:
                of_peers = self._accepting[item.direction]
                of_peers.setdefault(item.peers, []).append(item)
        self._known: dict[SetId, int] = {}
        self._met: dict[tuple[Direction, SetId], list[CompiledRule]] = {}

    def passing(self, direction: Direction, rule_: CompiledRule) -> int:
        """The classes that accept something of what a rule allows, as bits."""
        other = Direction.INGRESS if direction is Direction.EGRESS else Direction.EGRESS
        found = self._open[other]
        wanted = self._bits(rule_.peers) & ~found
        for item in self._meeting(other, rule_.subjects) if wanted else ():
            subjects = self._bits(item.subjects)
            if wanted & subjects and item.ports & rule_.ports:
                found |= subjects
                wanted &= ~subjects
        return found

    def _bits(self, number: SetId) -> int:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._sets[number].bits
        return found

    def _meeting(self, other: Direction, subjects: SetId) -> list[CompiledRule]:
        """The rules of the other end that accept any of some subjects."""
        found = self._met.get((other, subjects))
        if found is None:
            bits = self._bits(subjects)
            found = self._met[other, subjects] = [
                item
                for peers, rules in self._accepting[other].items()
                if self._bits(peers) & bits
                for item in rules
            ]
        return found


CHECKS = (half_open,)
