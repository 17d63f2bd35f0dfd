"""Who gets through by one written rule."""

from collections.abc import Iterable, Iterator

from netsim.compiler.sets import ClassId
from netsim.lint.context import SYSTEM_NAMESPACES, Context
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, PodPeer, Rule, RuleRef
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint


def is_open_to_pods(written: Rule) -> bool:
    """Whether a rule names every pod of every namespace."""
    return any(
        isinstance(peer, PodPeer)
        and peer.namespaces is not None
        and not peer.namespaces.requirements
        and not peer.pods.requirements
        for peer in written.peers
    )


def is_open_to_all(written: Rule) -> bool:
    """Whether a rule has no peers at all: everybody."""
    return any(isinstance(peer, AnyPeer) for peer in written.peers)


def passing_source(
    context: Context, item: NetworkPolicy, index: int
) -> tuple[Endpoint, Endpoint, PortSet] | None:
    """A workload of another namespace that gets through by a rule for ingress."""
    rules = context.graph.compiled.rules_of.get(item.ref, ())
    for compiled in rules:
        if (compiled.ref.direction, compiled.ref.index) != (Direction.INGRESS, index):
            continue
        targets = context.members(context.graph.compiled.sets[compiled.subjects])
        for target in targets[:1]:
            for source in context.workloads:
                if source.namespace == item.namespace:
                    continue
                ports = context.graph.ports(source, target) & compiled.ports
                if ports:
                    return source, target, ports
    return None


def granted_outside(
    context: Context, direction: Direction, classes: Iterable[ClassId]
) -> Iterator[tuple[NetworkPolicy, int, PortSet, Endpoint]]:
    """Every written rule that opens ports to, or from, some of these classes of addresses.

    With the ports that indeed get through, and one pod that the rule is for.
    """
    wanted = list(classes)
    sets = context.graph.compiled.sets
    found: dict[RuleRef, tuple[PortSet, Endpoint]] = {}
    for compiled in context.accepting:
        if compiled.ref.direction is not direction or compiled.ref.index is None:
            continue
        item = context.policy_of(compiled.ref)
        reached = [it for it in wanted if it in sets[compiled.peers]]
        if item is None or not reached or item.namespace in SYSTEM_NAMESPACES:
            continue
        ports, subject = _opened(context, direction, sets[compiled.subjects], reached)
        ports &= compiled.ports
        if ports and subject is not None:
            known, first = found.get(compiled.ref, (NO_PORTS, subject))
            found[compiled.ref] = (known | ports, first)
    for ref, (ports, subject) in found.items():
        granting = context.policy_of(ref)
        if granting is not None and ref.index is not None:
            yield granting, ref.index, ports, subject


def _opened(
    context: Context, direction: Direction, subjects: Iterable[ClassId], reached: list[ClassId]
) -> tuple[PortSet, Endpoint | None]:
    """What is open between the first of some classes that has pods and others."""
    for subject in subjects:
        members = [it for it in context.members([subject]) if not context.is_node(it)]
        if members:
            ports = NO_PORTS
            for other in reached:
                ends = (subject, other) if direction is Direction.EGRESS else (other, subject)
                ports |= context.graph.class_ports(*ends)
            return ports, members[0]
    return NO_PORTS, None
