"""Connections that one end allows by name and the other refuses."""

from collections.abc import Iterator

from netsim.compiler.programs import Program
from netsim.compiler.rules import CompiledRule, Tier
from netsim.compiler.sets import ClassId, ClassSet
from netsim.lint.context import Context, flow_text, listed
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, PodPeer, RuleRef
from netsim.model.ports import NO_PORTS, PortRange, PortSet, Protocol
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
    by_ref: dict[RuleRef, list[CompiledRule]] = {}
    for item in context.accepting:
        if item.tier is Tier.NETWORK_POLICY and item.ref.index is not None:
            by_ref.setdefault(item.ref, []).append(item)
    meetings = _Meetings(context)
    for ref, rules in by_ref.items():
        policy_, direction, index = context.policy_of(ref), ref.direction, ref.index
        if policy_ is None or index is None:
            continue
        written = policy_.rules[direction][index]
        peers = [item for item in written.peers if isinstance(item, PodPeer)]
        if len(peers) < len(written.peers):
            continue
        named = all(item.pods.requirements for item in peers)
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
            policy_.source.at("spec", direction.value, index),
            str(policy_.ref),
            f"spec.{direction.value}[{index}] allows what the {other} of "
            f"{listed(item.key for item in refused)} refuses",
            witness=witness,
            fix=f"allow it in a policy on the {other} of {refused[0].key} as well",
        )


def _refused(
    context: Context, meetings: "_Meetings", direction: Direction, rules: list[CompiledRule]
) -> tuple[list[Endpoint], bool, str] | None:
    """Peers that get nothing through, whether others do, and a flow that is refused."""
    sets = context.graph.compiled.sets
    passing: set[ClassId] = set()
    refused: dict[ClassId, tuple[ClassSet, PortSet]] = {}
    for item in rules:
        for peer in sets[item.peers]:
            if meetings.meets(direction, peer, sets[item.subjects], item.ports):
                passing.add(peer)
            else:
                refused.setdefault(peer, (sets[item.subjects], item.ports))
    left = [peer for peer in refused if peer not in passing]
    subjects = context.members(it for peer in left for it in refused[peer][0])
    peers = [item for item in context.members(left) if not item.host_network]
    others = [item for item in peers if any(item is not it for it in subjects)]
    if not others:
        return None
    first = others[0]
    subject = next(item for item in subjects if item is not first)
    ends = (subject.key, first.key)
    source, target = ends if direction is Direction.EGRESS else ends[::-1]
    ports = refused[left[0]][1]
    return others, bool(passing), f"{flow_text(source, target, ports)}: refused"


class _Meetings:
    """What the other end accepts; asked once for all classes that obey the same rules."""

    def __init__(self, context: Context) -> None:
        self._graph = context.graph
        self._known: dict[tuple[int, ClassSet, PortSet], bool] = {}

    def meets(
        self, direction: Direction, peer: ClassId, subjects: ClassSet, ports: PortSet
    ) -> bool:
        """Whether a peer accepts any of the ports from, or to, any of the subjects."""
        other = Direction.INGRESS if direction is Direction.EGRESS else Direction.EGRESS
        program: Program = self._graph.compiled.programs[other][peer]
        if not program:
            return True
        key = (id(program), subjects, ports)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = any(
                cell.ports != NO_PORTS
                and bool(cell.peers & subjects)
                and bool(cell.ports & ports)
                for cell in self._graph.cells(program)
            )
        return found


CHECKS = (half_open,)
