"""Findings as SARIF 2.1.0, for code scanning of GitHub, GitLab and editors.

One result for each rule and subject: further places of one are its related locations.
`partialFingerprints` holds the rule and the subject only, so that a result is the same one
after lines have moved. Source: OASIS, SARIF version 2.1.0 with errata 01.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

from netsim.report.values import Value
from netsim.results import Dismissed, Finding, Findings, LintRule, Severity

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_FINGERPRINT = "netsim/v1"

_Key = tuple[str, str]


def as_sarif(findings: Findings) -> str:
    """The text of a SARIF log with one run."""
    rules = _described(findings)
    places = {rule.id: place for place, rule in enumerate(rules)}
    results = [_result(group, places) for group in _grouped(findings.found)]
    results += (_dismissed(item, places) for item in findings.dismissed)
    driver: dict[str, Value] = {
        "name": "netsim",
        "semanticVersion": findings.version,
        "rules": [_rule(rule) for rule in rules],
    }
    run: dict[str, Value] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"{findings.command.replace(' ', '/')}/"},
        "results": results,
    }
    log: dict[str, Value] = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def fingerprint(rule: str, subject: str) -> str:
    """What makes a result the same one as yesterday."""
    return sha256(f"{rule}\0{subject}".encode("utf-8", "surrogatepass")).hexdigest()


def _described(findings: Findings) -> list[LintRule]:
    """The rules asked and, for findings of others, a rule of that name."""
    known = {rule.id: rule for rule in findings.rules}
    every = [*findings.found, *(item.finding for item in findings.dismissed)]
    for item in every:
        known.setdefault(item.rule, LintRule(item.rule, item.severity, item.rule))
    return list(known.values())


def _grouped(found: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[_Key, list[Finding]] = {}
    for item in found:
        groups.setdefault((item.rule, _subject(item)), []).append(item)
    return list(groups.values())


def _subject(item: Finding) -> str:
    """What a finding speaks of; where it names nothing, the field it stands at."""
    return item.subject or f"{PurePath(item.source.file).as_posix()} {item.source.path}"


def _rule(rule: LintRule) -> dict[str, Value]:
    help_text = "\n\n".join(part for part in (rule.why, _example(rule)) if part)
    value: dict[str, Value] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if rule.why:
        value["fullDescription"] = {"text": rule.why}
    if help_text:
        value["help"] = {"text": help_text, "markdown": help_text}
    return value


def _example(rule: LintRule) -> str:
    parts = (("Found", rule.bad), ("Mended", rule.good))
    return "\n\n".join(
        f"{title}:\n\n```yaml\n{text.strip()}\n```" for title, text in parts if text
    )


def _result(group: Sequence[Finding], places: dict[str, int]) -> dict[str, Value]:
    first, *others = group
    worst = min((item.severity for item in group), key=_RANKS.__getitem__)
    value: dict[str, Value] = {
        "ruleId": first.rule,
        "ruleIndex": places[first.rule],
        "level": _LEVELS[worst],
        "message": {"text": "\n".join(_sentence(item) for item in group)},
        "locations": [_location(first)],
        "partialFingerprints": {_FINGERPRINT: fingerprint(first.rule, _subject(first))},
    }
    if others:
        value["relatedLocations"] = [
            {"id": number, **_location(item), "message": {"text": item.message}}
            for number, item in enumerate(others, start=1)
        ]
    witnesses: list[Value] = [item.witness for item in group if item.witness]
    if witnesses:
        value["properties"] = {"witnesses": witnesses}
    return value


def _dismissed(item: Dismissed, places: dict[str, int]) -> dict[str, Value]:
    kind = "inSource" if item.in_source else "external"
    suppression: dict[str, Value] = {"kind": kind, "justification": item.reason}
    return {**_result([item.finding], places), "suppressions": [suppression]}


def _sentence(item: Finding) -> str:
    parts = [item.message]
    if item.witness:
        parts.append(f"Flow: {item.witness}")
    if item.fix:
        parts.append(f"Fix: {item.fix}")
    return "\n".join(parts)


def _location(item: Finding) -> dict[str, Value]:
    value: dict[str, Value] = {}
    file = item.place.file if item.place is not None else item.source.file
    if file and not file.startswith("<"):
        physical: dict[str, Value] = {"artifactLocation": {"uri": _uri(file)}}
        if item.place is not None and item.place.line:
            region: dict[str, Value] = {"startLine": item.place.line}
            if item.place.column:
                region["startColumn"] = item.place.column
            physical["region"] = region
        value["physicalLocation"] = physical
    if item.subject:
        name = {"fullyQualifiedName": item.subject}
        value["logicalLocations"] = [dict[str, Value](name)]
    return value


def _uri(file: str) -> str:
    """A relative reference as it was given, an absolute path as a file URI."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
