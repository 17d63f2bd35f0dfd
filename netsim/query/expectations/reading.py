"""Reads a decoded expectation file; every fault has its line, and the nearest known word."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from netsim.load.documents import Document
from netsim.load.fields import Field, Report
from netsim.load.validation import shown
from netsim.model.policy import Direction
from netsim.query.expectations.facts import (
    Claim,
    ClosedWorld,
    Ends,
    Expectation,
    ExpectationFile,
    ExpectedDiff,
    FlowSet,
    Invariant,
    InvariantKind,
    Listed,
    ManifestPattern,
    Passing,
)
from netsim.query.expectations.notations import Notations
from netsim.results import Severity

VERSION = 1

_WHOLE = frozenset(
    {"version", "manifests", "define", "tests", "allowed", "denied", "expect_diff"}
)
_COMMON = frozenset({"name", "severity", "xfail", "allow_empty", "undecided", "except"})
_FORMS = {
    "only": _COMMON | {"from", "to", "only"},
    "invariant": _COMMON | {"invariant", "target", "direction"},
    "expect": _COMMON | {"from", "to", "port", "expect", "transitive"},
}
_EVERY = frozenset().union(*_FORMS.values())
_Word = TypeVar("_Word", bound=Enum)


class _Verb(Enum):
    ALLOW = "allow"
    DENY = "deny"


class _Undecided(Enum):
    OK = "ok"
    FAIL = "fail"


def read_expectations(
    document: Document, report: Report, namespace: str = "default"
) -> ExpectationFile:
    """What a document says; faults go to the report, and what is faulty is left out.

    `namespace` is where names without a slash belong.
    """
    subject = ""
    field = Field(document.value, document.source, subject, report)
    whole = field.as_object(_WHOLE)
    version = whole.get("version")
    if version.missing:
        version.fault(f"is required: {VERSION}", kind="Required")
    elif version.value != VERSION or isinstance(version.value, bool):
        version.fault(f"must be {VERSION}", kind="NotSupported")
    notations = Notations(namespace)
    notations.define(whole.get("define"))
    expectations = [
        *_tests(whole.get("tests"), notations),
        *_short(whole.get("allowed"), notations, allowed=True),
        *_short(whole.get("denied"), notations, allowed=False),
    ]
    return ExpectationFile(
        file=document.source.file,
        manifests=tuple(_patterns(whole.get("manifests"))),
        expectations=tuple(expectations),
        expect_diff=_expected_diff(whole.get("expect_diff"), notations),
    )


def _patterns(field: Field) -> Iterator[ManifestPattern]:
    for item in field.items():
        text = item.text()
        if text:
            yield ManifestPattern(text, item.source)
        elif text is not None or item.missing:
            item.fault("a file, folder or glob is required", kind="Required")


def _short(field: Field, notations: Notations, *, allowed: bool) -> Iterator[Expectation]:
    for item in field.items():
        flows = notations.flow(item)
        if flows is not None:
            name = " ".join(str(item.value).split())
            yield Expectation(name, Passing(flows, allowed), item.source)


def _tests(field: Field, notations: Notations) -> Iterator[Expectation]:
    for item in field.items():
        if not isinstance(item.value, Mapping):
            item.fault("a test is an object: {name, from, to, port, expect}", kind="Decode")
            continue
        found = _test(item, notations)
        if found is not None:
            yield found


def _test(item: Field, notations: Notations) -> Expectation | None:
    value = item.value
    keys = set(value) if isinstance(value, Mapping) else set()
    forms = [form for form in _FORMS if form in keys]
    if len(forms) > 1:
        item.get(forms[1]).fault(f"{forms[0]} and {forms[1]} exclude each other")
        return None
    name = item.get("name").text()
    item.subject = f"test {shown(name)}" if name else ""
    item = item.as_object(_FORMS[forms[0]] if forms else _EVERY)
    if not forms:
        if not keys - _EVERY:
            problem = "is required: allow or deny; or give only, or an invariant"
            item.get("expect").fault(problem, kind="Required")
        return None
    claim = _claim(forms[0], item, notations)
    severity = _word(item.get("severity"), Severity) or Severity.ERROR
    undecided = _word(item.get("undecided"), _Undecided)
    excepted = None if item.get("except").missing else notations.ends(item.get("except"))
    reason = item.get("xfail")
    if reason.value == "":
        reason.fault("a reason is required", kind="Required")
    xfail = reason.text() or ""
    allow_empty = item.get("allow_empty").boolean()
    if claim is None:
        return None
    return Expectation(
        name=name or _sentence(claim),
        claim=claim,
        source=item.source,
        severity=severity,
        xfail=xfail,
        allow_empty=allow_empty,
        undecided_ok=undecided is _Undecided.OK,
        excepted=excepted,
    )


def _claim(form: str, item: Field, notations: Notations) -> Claim | None:
    if form == "only":
        return _closed_world(item, notations)
    if form == "invariant":
        return _invariant(item, notations)
    return _passing(item, notations)


def _passing(item: Field, notations: Notations) -> Passing | None:
    flows = _flows(item, notations)
    verb = _word(item.get("expect"), _Verb)
    transitive = item.get("transitive").boolean()
    if transitive and verb is _Verb.ALLOW:
        item.get("transitive").fault("only what is denied can be so through others as well")
    if flows is None or verb is None:
        return None
    return Passing(flows, verb is _Verb.ALLOW, transitive)


def _flows(item: Field, notations: Notations) -> FlowSet | None:
    sources, targets = notations.ends(item.get("from")), notations.ends(item.get("to"))
    ports = notations.ports(item.get("port"))
    if sources is None or targets is None or ports is None:
        return None
    return FlowSet(sources, targets, ports)


def _closed_world(item: Field, notations: Notations) -> ClosedWorld | None:
    inward = item.get("from").missing
    if not inward and not item.get("to").missing:
        problem = "only is about one end: give to and list sources, or from and list targets"
        item.get("from").fault(problem)
        return None
    subject = notations.ends(item.get("to" if inward else "from"))
    field = item.get("only")
    if field.missing:
        field.fault("a list is required; [] where nothing may pass", kind="Required")
    key = "from" if inward else "to"
    listed = [_listed(one, key, notations) for one in field.items()]
    if subject is None or None in listed:
        return None
    return ClosedWorld(subject, inward, tuple(one for one in listed if one is not None))


def _listed(item: Field, key: str, notations: Notations) -> Listed | None:
    known = item.as_object(frozenset({key, "port"}))
    peer, ports = notations.ends(known.get(key)), notations.ports(known.get("port"))
    if peer is None or ports is None:
        return None
    return Listed(peer, ports, item.source)


def _invariant(item: Field, notations: Notations) -> Invariant | None:
    kind = _word(item.get("invariant"), InvariantKind)
    target = notations.ends(item.get("target"))
    field = item.get("direction")
    direction = _word(field, Direction)
    if direction and kind not in {InvariantKind.ISOLATED, InvariantKind.DEFAULT_DENY, None}:
        field.fault("goes with isolated and default-deny only")
    if kind is None or target is None:
        return None
    return Invariant(kind, target, (direction,) if direction else tuple(Direction))


def _word(field: Field, words: type[_Word]) -> _Word | None:
    """One of some words; None if missing or none of them, which is told."""
    text = field.text()
    if text is None:
        return None
    known = [str(word.value) for word in words]
    if text in known:
        return words(text)
    near = get_close_matches(text, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    field.fault(f"must be one of {', '.join(known)}{hint}", kind="NotSupported")
    return None


def _expected_diff(field: Field, notations: Notations) -> ExpectedDiff | None:
    if field.missing:
        return None
    known = field.as_object(frozenset({"added", "removed"}))
    added, removed = (
        tuple(_changes(known.get(side), notations)) for side in ("added", "removed")
    )
    return ExpectedDiff(added, removed, field.source)


def _changes(field: Field, notations: Notations) -> Iterator[FlowSet]:
    for item in field.items():
        if isinstance(item.value, str):
            flows = notations.flow(item)
        else:
            flows = _flows(item.as_object(frozenset({"from", "to", "port"})), notations)
        if flows is not None:
            yield flows


def _sentence(claim: Claim) -> str:
    """The name of a test that has none."""

    def text(sources: Ends, targets: Ends, ports: str) -> str:
        return f"{sources.text} -> {targets.text}{f':{ports}' if ports else ''}"

    match claim:
        case Passing(flows, allowed):
            verb = _Verb.ALLOW if allowed else _Verb.DENY
            return f"{verb.value} {text(flows.sources, flows.targets, flows.ports.text)}"
        case ClosedWorld(subject, inward):
            return f"only {'these to' if inward else 'this from'} {subject.text}"
        case Invariant(kind, target):
            return f"{kind.value} {target.text}"
