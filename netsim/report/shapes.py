"""Verdicts and connections as tables, and verdicts as plain values."""

from collections.abc import Callable, Sequence

from netsim.model.workload import Endpoint
from netsim.query.connections import Connection
from netsim.query.parties import Outside, Subject, range_text, subject_name
from netsim.query.verdict import PairVerdict, Verdict
from netsim.report.values import (
    Value,
    assumption_value,
    envelope,
    party_value,
    ports_value,
)
from netsim.results import Table

_FEW = 3


def short_name(subject: Subject) -> str:
    """As `subject_name`, but few ranges of addresses, and without holes for pods' addresses."""
    if not isinstance(subject, Outside):
        return subject_name(subject)
    texts = [range_text(item) for item in subject.around or subject.ranges]
    if len(texts) > _FEW:
        texts[_FEW - 1 :] = [f"{len(texts) - _FEW + 1} more ranges"]
    return ", ".join(texts)


def connections_table(
    rows: Sequence[Connection],
    *,
    wide: bool = False,
    exact: bool = False,
    marks: Callable[[Subject], tuple[str, ...]] = lambda _: (),
) -> Table:
    """One row for each connection; wide adds kinds, exact spells out ranges of addresses.

    Where `marks` has words on some end, there are columns for them.
    """
    name = subject_name if exact else short_name
    undecided = any(row.undecided for row in rows)
    marked = any(marks(row.source) or marks(row.target) for row in rows)
    return Table(
        connection_columns(wide=wide, undecided=undecided, marked=marked),
        tuple(
            (
                name(row.source),
                name(row.target),
                str(row.ports),
                *((kind_of(row.source), kind_of(row.target)) if wide else ()),
                *(
                    (", ".join(marks(row.source)), ", ".join(marks(row.target)))
                    if marked
                    else ()
                ),
                *(("; ".join(row.undecided),) if undecided else ()),
            )
            for row in rows
        ),
    )


def connection_columns(*, wide: bool, undecided: bool, marked: bool = False) -> tuple[str, ...]:
    """The names of the columns that connections have."""
    kinds = ("SOURCE KIND", "TARGET KIND") if wide else ()
    marks = ("SOURCE MARKS", "TARGET MARKS") if marked else ()
    reason = ("UNDECIDED",) if undecided else ()
    return ("SOURCE", "TARGET", "PORTS", *kinds, *marks, *reason)


def kind_of(subject: Subject) -> str:
    """The kind of workload; `-` for what is none."""
    return subject.kind if isinstance(subject, Endpoint) else "-"


def verdict_table(verdict: Verdict) -> Table:
    """One row for each pair of the question."""
    rows = tuple(
        (
            subject_name(item.pair.source),
            subject_name(item.pair.target),
            "any" if item.pair.asked is None else str(item.pair.asked),
            item.outcome.value,
            str(item.allowed),
        )
        for item in verdict.pairs
    )
    return Table(("SOURCE", "TARGET", "ASKED", "ANSWER", "OPEN"), rows)


def verdict_value(question: str, verdict: Verdict) -> dict[str, Value]:
    """A verdict as plain values."""
    return envelope("Verdict", **verdict_fields(question, verdict))


def verdict_fields(question: str, verdict: Verdict) -> dict[str, Value]:
    """What verdicts and explanations have in common."""
    return {
        "question": question,
        "outcome": verdict.outcome.value,
        "pairs": [_pair_value(item) for item in verdict.pairs],
        "assumptions": [assumption_value(item) for item in verdict.assumptions],
        "reasons": list(verdict.reasons),
    }


def _pair_value(item: PairVerdict) -> dict[str, Value]:
    asked = item.pair.asked
    return {
        "source": party_value(item.pair.source),
        "target": party_value(item.pair.target),
        "via": item.pair.via or None,
        "asked": None if asked is None else ports_value(asked),
        "allowed": ports_value(item.allowed),
        "outcome": item.outcome.value,
        "assumptions": [assumption_value(one) for one in item.assumptions],
        "reasons": list(item.reasons),
    }
