"""Paths and blast radius as tables and as plain values."""

from netsim.query.paths import BlastRadius, Paths
from netsim.report.shapes import short_name
from netsim.report.values import Value, endpoint_value, envelope, party_value, ports_value
from netsim.results import Table


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
