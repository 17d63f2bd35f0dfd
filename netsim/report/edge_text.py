"""All allowed connections as sorted text, one a line, for plain `git diff` to compare."""

from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import fans
from netsim.query.parties import Outside, Subject, range_text, subject_name
from netsim.query.worlds import Worlds


def edge_text(worlds: Worlds) -> str:
    """`SOURCE -> TARGET PORTS`, workload by workload, without addresses of unused families.

    Replica counts and the names of live pods do not show.
    """
    found: dict[tuple[str, str], PortSet] = {}
    families = worlds.directory.families
    for fan in fans(worlds):
        source = _name(fan.source, families)
        for subject, ports, _ in fan.rows:
            target = _name(subject, families)
            if source and target:
                found[source, target] = found.get((source, target), NO_PORTS) | ports
    lines = sorted(f"{source} -> {target} {ports}" for (source, target), ports in found.items())
    return "".join(f"{line}\n" for line in lines)


def _name(subject: Subject, families: set[int]) -> str:
    """The workload, or the addresses; empty where no family is used."""
    if isinstance(subject, Endpoint):
        kind, name = subject.workload
        return f"{subject.namespace}/{name}" if kind else subject.key
    if isinstance(subject, Outside):
        ranges = (it for it in subject.around or subject.ranges)
        return ",".join(range_text(it) for it in ranges if it.first.version in families)
    return subject_name(subject)
