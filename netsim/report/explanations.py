"""Explanations as tables and as plain values."""

from netsim.query.explanation import Citation, End, Explanation, PairExplanation, TierStep
from netsim.report.shapes import verdict_fields
from netsim.report.values import (
    Value,
    endpoint_value,
    envelope,
    party_value,
    place_value,
    policy_value,
    ports_value,
)
from netsim.results import Table


def explanation_table(explanation: Explanation) -> Table:
    """One row for each end of each part."""
    rows = tuple(
        (
            part.source,
            part.target,
            str(part.ports),
            end.direction.value,
            end.status.value,
            end.because,
            str(end.rule.place) if end.rule else "",
        )
        for part in explanation.parts
        for end in (part.egress, part.ingress)
    )
    columns = ("SOURCE", "TARGET", "PORTS", "DIRECTION", "ANSWER", "BECAUSE", "PLACE")
    return Table(columns, rows)


def explanation_value(explanation: Explanation) -> dict[str, Value]:
    """An explanation as plain values: the verdict and the reason of every part."""
    fields = verdict_fields(explanation.question, explanation.verdict)
    return envelope(
        "Explanation",
        **fields,
        parts=[_part_value(part) for part in explanation.parts],
        notes=[
            {"endpoint": endpoint_value(note.endpoint), "text": note.text}
            for note in explanation.notes
        ],
        suggestion=explanation.suggestion or None,
    )


def _part_value(part: PairExplanation) -> dict[str, Value]:
    return {
        "source": party_value(part.pair.source),
        "target": party_value(part.pair.target),
        "via": part.via or None,
        "ports": ports_value(part.ports),
        "allowed": part.allowed,
        "egress": _end_value(part.egress),
        "ingress": _end_value(part.ingress),
    }


def _end_value(end: End) -> dict[str, Value]:
    nearest: Value = None
    if end.nearest is not None:
        nearest = {
            "rule": _citation_value(end.nearest.rule),
            "dimension": end.nearest.dimension,
            "hint": end.nearest.hint,
        }
    return {
        "status": end.status.value,
        "because": end.because,
        "rule": None if end.rule is None else _citation_value(end.rule),
        "isolatedBy": [_citation_value(item) for item in end.isolated_by],
        "nearest": nearest,
        "tiers": [_step_value(item) for item in end.tiers],
    }


def _step_value(step: TierStep) -> dict[str, Value]:
    """What one tier said; the rule is null where none matched."""
    return {
        "tier": step.tier.label,
        "action": None if step.action is None else step.action.value,
        "said": step.said,
        "rule": None if step.rule is None else _citation_value(step.rule),
    }


def _citation_value(citation: Citation) -> dict[str, Value]:
    """A written rule: policy, field path, place."""
    return {
        "policy": policy_value(citation.policy),
        "tier": citation.tier.label,
        "priority": citation.priority,
        "path": citation.path,
        **place_value(citation.place),
    }
