"""Outcomes of expectations as text, TAP, JUnit, plain values and findings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from netsim.query.expectations.outcomes import Checked, Status, Witness
from netsim.query.explanation import explanation_lines
from netsim.report.explanations import explanation_value
from netsim.report.formats import as_json, as_yaml, visible
from netsim.report.values import Value, envelope, place_value
from netsim.results import Finding, Findings, LintRule, Severity

RULES = (
    LintRule(
        "expectation-failed",
        Severity.ERROR,
        "What an expectation file says does not hold",
        "A promise that the team wrote down is broken by the manifests. Mend the policy that "
        "the explanation names or, where the change is meant, the expectation.",
    ),
    LintRule(
        "expectation-undecided",
        Severity.ERROR,
        "Whether an expectation holds cannot be known",
        "Something that netsim does not evaluate may change the answer. `undecided: ok` waives "
        "it.",
    ),
    LintRule(
        "expectation-holds-again",
        Severity.ERROR,
        "An expectation that is marked xfail holds",
        "Remove `xfail`, so that the promise is kept from now on.",
    ),
)
_RULE_OF = {
    Status.FAILED: "expectation-failed",
    Status.UNDECIDED: "expectation-undecided",
    Status.XPASSED: "expectation-holds-again",
}
_ORDER = (Status.FAILED, Status.UNDECIDED, Status.XPASSED, Status.XFAILED, Status.PASSED)


def checked_lines(item: Checked) -> list[str]:
    """An outcome as people read it: where it is promised, one flow, and why that flow is so."""
    word = item.status.value.upper()
    if item.status.failed and not item.broken:
        word = f"{item.expectation.severity.value.upper()} ({item.status.value})"
    lines = [f"{word} {item.place}: {item.expectation.name}"]
    if item.witness is not None and item.status is not Status.XFAILED:
        lines += [f"  {line}" for line in witness_lines(item.witness)]
    if item.status is Status.XFAILED:
        lines.append(f"  {item.expectation.xfail}")
    return [visible(line) for line in lines]


def witness_lines(witness: Witness) -> list[str]:
    """The flow that shows it, the way it takes, and the rules at both ends."""
    lines = [sentence(witness)]
    lines += [f"  step {number}: {step}" for number, step in enumerate(witness.path, start=1)]
    if witness.explanation is not None:
        lines += explanation_lines(witness.explanation)[1:]
    return lines


def sentence(witness: Witness) -> str:
    """What is wrong, and how often."""
    more = f" (and {witness.more} more like it)" if witness.more else ""
    return f"{witness.sentence}{more}"


def summary(run: Iterable[Checked]) -> str:
    """How many of each: `1 failed, 26 passed`."""
    counts = Counter(item.status for item in run)
    told = [f"{counts[status]} {status.value}" for status in _ORDER if counts[status]]
    return ", ".join(told) or "no tests"


def as_text(run: Sequence[Checked], *, everything: bool = False) -> str:
    """What failed, then the summary; with `everything` each test has at least a line."""
    shown = [item for item in run if everything or item.status.failed]
    lines = [line for item in shown for line in checked_lines(item)]
    return "\n".join([*lines, summary(run)]) + "\n"


def as_tap(run: Sequence[Checked]) -> str:
    """Test Anything Protocol, version 13; what may fail is a TODO."""
    lines = ["TAP version 13", f"1..{len(run)}"]
    for number, item in enumerate(run, start=1):
        good = "not ok" if item.status.failed or item.status is Status.XFAILED else "ok"
        name = visible(item.expectation.name).replace("#", "\\#")
        lines.append(f"{good} {number} - {name}{_todo(item)}")
        if item.status.failed:
            lines += [f"  {line}" for line in _diagnostics(item)]
    return "\n".join(lines) + "\n"


def _todo(item: Checked) -> str:
    if item.status is Status.XFAILED:
        return f" # TODO {visible(item.expectation.xfail)}"
    if item.status.failed and not item.broken:
        return f" # TODO severity {item.expectation.severity.value}"
    return ""


def _diagnostics(item: Checked) -> Iterator[str]:
    value: dict[str, Value] = {"at": str(item.place)}
    if item.witness is not None:
        value["message"] = sentence(item.witness)
        value["explanation"] = [visible(line) for line in witness_lines(item.witness)[1:]]
    yield "---"
    yield from as_yaml(value).rstrip("\n").split("\n")
    yield "..."


def as_junit(run: Sequence[Checked]) -> str:
    """JUnit XML, one suite a file, every test listed; what cannot be known is an error."""
    root = Element("testsuites", {"name": "netsim test", **_figures(run)})
    files: dict[str, list[Checked]] = {}
    for item in run:
        files.setdefault(item.expectation.source.file, []).append(item)
    for file, items in files.items():
        suite = SubElement(root, "testsuite", {"name": visible(file), **_figures(items)})
        for item in items:
            _add_case(suite, item)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def _figures(items: Sequence[Checked]) -> dict[str, str]:
    broken = [item for item in items if item.broken]
    undecided = sum(item.status is Status.UNDECIDED for item in broken)
    return {
        "tests": str(len(items)),
        "failures": str(len(broken) - undecided),
        "errors": str(undecided),
        "skipped": str(sum(item.status is Status.XFAILED for item in items)),
    }


def _add_case(suite: Element, item: Checked) -> None:
    file = item.expectation.source.file
    fields = {"classname": visible(file), "name": visible(item.expectation.name)}
    fields |= {"file": visible(item.place.file), "line": str(item.place.line)}
    case = SubElement(suite, "testcase", fields)
    text = "\n".join(_printable(line) for line in checked_lines(item))
    if item.broken and item.witness is not None:
        tag = "error" if item.status is Status.UNDECIDED else "failure"
        told = {"message": visible(sentence(item.witness)), "type": item.status.value}
        SubElement(case, tag, told).text = text
    elif item.status is Status.XFAILED:
        SubElement(case, "skipped", {"message": visible(item.expectation.xfail)})
    elif item.status.failed:
        SubElement(case, "system-out").text = text


def _printable(line: str) -> str:
    """XML has no place for these two even when escaped."""
    return line.translate({0xFFFE: None, 0xFFFF: None})


def run_value(run: Sequence[Checked]) -> dict[str, Value]:
    """Every outcome as plain values."""
    counts = Counter(item.status for item in run)
    figures: dict[str, Value] = {status.value: counts[status] for status in _ORDER}
    return envelope("TestRun", counts=figures, tests=[_value(item) for item in run])


def run_json(run: Sequence[Checked]) -> str:
    """A versioned document."""
    return as_json(run_value(run))


def _value(item: Checked) -> dict[str, Value]:
    witness = item.witness
    value: Value = None
    if witness is not None:
        said = witness.explanation
        value = {
            "sentence": witness.sentence,
            "flow": witness.flow or None,
            "more": witness.more,
            "path": list(witness.path),
            "explanation": None if said is None else explanation_value(said),
        }
    return {
        "name": item.expectation.name,
        "status": item.status.value,
        "severity": item.expectation.severity.value,
        "xfail": item.expectation.xfail or None,
        **place_value(item.place),
        "witness": value,
    }


def findings_of(run: Iterable[Checked], version: str) -> Findings:
    """Broken promises as findings, for every format that findings have."""
    found = tuple(_finding(item) for item in run if item.status.failed)
    return Findings("netsim test", version, RULES, found)


def _finding(item: Checked) -> Finding:
    witness = item.witness or Witness(item.status.value)
    place = witness.policy_place
    decided = f"; see {place}" if place is not None else ""
    return Finding(
        rule=_RULE_OF[item.status],
        severity=item.expectation.severity,
        message=f"{item.expectation.name}: {sentence(witness)}{decided}",
        source=item.expectation.source,
        place=item.place,
        subject=item.expectation.name,
        witness=witness.flow,
    )
