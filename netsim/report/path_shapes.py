"""Chains of hops and what follows from them, as tables and as plain values."""

from collections.abc import Sequence

from netsim.query.chains import BlastRadius, ChokePoints, Path, Paths, Stop
from netsim.report.shapes import short_name
from netsim.report.values import (
    Value,
    endpoint_value,
    envelope,
    party_value,
    policy_value,
    ports_value,
)
from netsim.results import Table


def path_line(path: Path) -> str:
    """A chain in one line, addresses outside in short."""
    steps = "".join(f" -> {short_name(it.target)} ({it.ports})" for it in path.hops)
    return f"{short_name(path.hops[0].source)}{steps}"


def paths_table(answer: Paths) -> Table:
    """One row for each hop; paths and hops are counted from 1."""
    return Table(
        ("PATH", "HOP", "SOURCE", "TARGET", "PORTS", "ALIKE"),
        tuple(
            (
                number,
                place,
                short_name(hop.source),
                short_name(hop.target),
                str(hop.ports),
                hop.alike,
            )
            for number, path in enumerate(answer.paths, 1)
            for place, hop in enumerate(path.hops, 1)
        ),
    )


def paths_value(answer: Paths) -> dict[str, Value]:
    """Paths as plain values."""
    found: list[Value] = [
        {
            "hops": [
                {
                    "source": party_value(hop.source),
                    "target": party_value(hop.target),
                    "ports": ports_value(hop.ports),
                    "alike": hop.alike,
                }
                for hop in path.hops
            ]
        }
        for path in answer.paths
    ]
    return envelope("Paths", paths=found, undecided=list(answer.undecided))


def transit_table(stops: Sequence[Stop]) -> Table:
    """One row for everybody reached, the nearest first."""
    return Table(
        ("TARGET", "HOPS", "VIA", "PORTS"),
        tuple(
            (short_name(it.subject), it.hops, short_name(it.via), str(it.ports)) for it in stops
        ),
    )


def transit_value(stops: Sequence[Stop], undecided: Sequence[str]) -> dict[str, Value]:
    """What is reached hop by hop, as plain values."""
    found: list[Value] = [
        {
            "target": party_value(stop.subject),
            "hops": stop.hops,
            "via": party_value(stop.via),
            "ports": ports_value(stop.ports),
        }
        for stop in stops
    ]
    return envelope("Transit", stops=found, undecided=list(undecided))


def choke_table(answer: ChokePoints) -> Table:
    """One row for each workload, or workloads alike, and each rule."""
    return Table(("KIND", "NAME"), tuple((it["kind"], it["name"]) for it in answer.to_dicts()))


def choke_value(answer: ChokePoints) -> dict[str, Value]:
    """Choke points as plain values."""
    rules: list[Value] = [
        {
            "policy": policy_value(ref.policy),
            "direction": ref.direction.value,
            "index": ref.index,
        }
        for ref in answer.rules
    ]
    return envelope(
        "ChokePoints",
        workloads=[[endpoint_value(it) for it in some] for some in answer.endpoints],
        rules=rules,
        cut=[[endpoint_value(it) for it in some] for some in answer.cut],
        undecided=list(answer.undecided),
    )


def blast_table(answer: BlastRadius) -> Table:
    """One row for each workload, those that reach most first."""
    return Table(
        ("WORKLOAD", "KIND", "DIRECT", "REACHED", "OUTSIDE"),
        tuple(
            (
                row.subject.key,
                row.subject.kind,
                row.direct,
                row.reached,
                "yes" if row.outside else "no",
            )
            for row in answer.rows
        ),
    )


def blast_value(answer: BlastRadius) -> dict[str, Value]:
    """A ranking as plain values."""
    rows: list[Value] = [
        {
            "workload": endpoint_value(row.subject),
            "direct": row.direct,
            "reached": row.reached,
            "outside": row.outside,
        }
        for row in answer.rows
    ]
    return envelope("BlastRadius", rows=rows, undecided=list(answer.undecided))
