"""What must hold before a workload is deployed: six boxes, each with its reasons.

A box is open where a finding of its rules speaks of the workload, as an error or a warning,
and nobody answers for it. So the boxes and the commands that find never disagree.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from netsim.audit import audit
from netsim.audit.dependencies import needs
from netsim.audit.secret_resolution import Answer, Secrets
from netsim.audit.templates import server
from netsim.audit.workloads import is_serving
from netsim.inspection import sort_out
from netsim.lint import lint
from netsim.lint.context import SYSTEM_NAMESPACES, Context
from netsim.model.policy import Direction
from netsim.model.workload import Endpoint
from netsim.model.written import PodTemplate
from netsim.results import Dismissed, Finding, Severity
from netsim.source import Source


class State(Enum):
    """What becomes of a box or of a reason."""

    DONE = "done"
    OPEN = "open"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a box is ticked or open, and where that is written."""

    state: State
    text: str
    source: Source | None = None
    rule: str = ""
    """The rule that found it; empty where nothing is found."""


@dataclass(frozen=True, slots=True)
class Box:
    """One requirement of a checklist."""

    title: str
    state: State
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The boxes of one workload."""

    kind: str
    key: str
    boxes: tuple[Box, ...]

    @property
    def open(self) -> int:
        """How many boxes are open."""
        return sum(box.state is State.OPEN for box in self.boxes)


_LABELS = frozenset({"namespace-not-restricted", "pod-security-label-invalid"})
_CONTEXTS = frozenset(
    {"security-context-required", "pod-security-rejects-pods", "pod-security-rejects-again"}
    | {"pod-field-unreadable"}
)
_NETWORK = frozenset({"dependency-denied"})
_DNS = frozenset({"dns-unreachable"})
_ASKED_SECRETS = frozenset(
    {"secret-missing", "secret-in-other-namespace", "secret-key-missing"}
    | {"credential-in-plain-text"}
)
_MADE_SECRETS = frozenset(
    {"secret-in-plain-text", "sealed-secret-not-sealed", "sealed-secret-scope"}
    | {"secret-made-twice", "credential-in-plain-text"}
)
_RESOURCES = frozenset({"resources-missing", "limit-below-request"})
_PROBES = frozenset({"probe-missing"})
_AUDITED = (
    _LABELS | _CONTEXTS | _NETWORK | _ASKED_SECRETS | _MADE_SECRETS | _RESOURCES | _PROBES
)


class _Workload:
    """One template with what is found about it."""

    def __init__(self, context: Context, template: PodTemplate, found: "_Found") -> None:
        self.context = context
        self.template = template
        self.found = found
        owner = template.owner
        named = context.directory.named(owner.namespace, owner.name, owner.kind)
        self.endpoints: tuple[Endpoint, ...] = named
        self.is_system = owner.namespace in SYSTEM_NAMESPACES

    def reasons(
        self,
        rules: frozenset[str],
        subjects: Iterable[str] = (),
        least: Severity = Severity.WARNING,
    ) -> list[Reason]:
        """What rules say of the workload, or of other subjects; `least` opens a box."""
        owner = self.template.owner
        wanted = frozenset(subjects) or {owner.title}
        return list(self.found.reasons(rules, wanted, least))


class _Found:
    """Findings that nobody answers for, and those that somebody does."""

    def __init__(self, context: Context) -> None:
        every = [*audit(context, _AUDITED), *lint(context, _DNS)]
        told = sort_out(every, context.objects, asked=(), known=())
        rules = _AUDITED | _DNS
        self._found = [item for item in told.found if item.rule in rules]
        self._dismissed = told.dismissed
        self.secrets = tuple(Secrets(context).resolved())

    def reasons(
        self, rules: frozenset[str], wanted: frozenset[str] | set[str], least: Severity
    ) -> Iterator[Reason]:
        """Those of some rules about some subjects."""
        for item in self._found:
            if item.rule in rules and item.subject in wanted:
                yield _reason(item, least)
        for answered in self._dismissed:
            if answered.finding.rule in rules and answered.finding.subject in wanted:
                yield _answered(answered)


def checklists(context: Context, templates: Iterable[PodTemplate]) -> Iterator[Checklist]:
    """The checklist of each workload."""
    found = _Found(context)
    for template in templates:
        workload = _Workload(context, template, found)
        boxes = tuple(make(workload) for make in _BOXES)
        yield Checklist(template.owner.kind, template.owner.key, boxes)


def _namespace(workload: _Workload) -> Box:
    title = "Namespace has the labels of Pod Security restricted"
    name = workload.template.owner.namespace
    namespace = workload.context.snapshot.namespaces.get(name)
    if workload.is_system:
        return Box(title, State.NOT_NEEDED, (_fine(f"{name} runs parts of the cluster"),))
    if namespace is None or namespace.synthesised:
        text = f"no Namespace {name} is in the input, so its labels are not known"
        return _box(title, [Reason(State.OPEN, text)])
    settings = server(workload.context).settings(namespace.labels)
    found = workload.reasons(_LABELS, {name}, Severity.NOTE)
    return _box(title, found, f"namespace {name} enforces {settings.enforce}", namespace.source)


def _security_context(workload: _Workload) -> Box:
    text = (
        "runAsNonRoot, allowPrivilegeEscalation, capabilities.drop and seccompProfile are set"
    )
    found = workload.reasons(_CONTEXTS)
    return _box("Security context is defined", found, text, workload.template.source)


def _network(workload: _Workload) -> Box:
    title = "NetworkPolicy covers ingress, DNS and the services that are needed"
    found = [it for item in workload.endpoints[:1] for it in _isolation(workload, item)]
    found += workload.reasons(_DNS, least=Severity.ERROR)
    found += workload.reasons(_NETWORK)
    for need in needs(workload.context, workload.template):
        if need.allowed:
            found.append(_fine(f"{need.flow}: allowed", need.address.source))
    if not workload.endpoints:
        found.append(Reason(State.OPEN, "no running pod of it is in the input"))
    return _box(title, found)


def _isolation(workload: _Workload, item: Endpoint) -> Iterator[Reason]:
    if workload.context.is_node(item):
        yield _fine("it is on its node's network, where no policy selects it", item.source)
        return
    ways = [way for way in Direction if workload.context.isolated(item, way)]
    if not ways:
        yield Reason(State.OPEN, "no policy selects it, so everybody may reach it", item.source)
    for way in ways:
        rules = workload.context.graph.isolating(item, way)
        policies = [workload.context.policy_of(it.ref) for it in rules]
        first = next((it for it in policies if it is not None), None)
        names = ", ".join(str(it.ref) for it in policies if it is not None)
        place = first.source if first is not None else item.source
        yield _fine(f"{way.value} is isolated by {names or 'a policy'}", place)
    for way in Direction if ways else ():
        if way not in ways:
            yield _fine(f"note: no policy isolates its {way.value}", item.source)


def _secrets(workload: _Workload) -> Box:
    title = "Secrets are sealed and in the namespace that asks for them"
    owner = workload.template.owner
    asked = [
        item
        for item in workload.found.secrets
        if (item.reference.owner.kind, item.reference.owner.key) == (owner.kind, owner.key)
    ]
    makers = {it.maker.title for item in asked for it in item.made_by}
    found = workload.reasons(_ASKED_SECRETS)
    if makers:
        found += workload.reasons(_MADE_SECRETS, makers)
    made = {item.reference.key: item for item in asked if item.answer is Answer.FOUND}
    for key, item in made.items():
        found.append(_fine(f"{key} is made by {item.made_by[0].origin}", item.reference.source))
    return _box(title, found, "it asks for no secret", workload.template.source)


def _resources(workload: _Workload) -> Box:
    text = "every container has memory and CPU requests and a memory limit"
    found = workload.reasons(_RESOURCES)
    return _box("Resource requests and limits are set", found, text, workload.template.source)


def _probes(workload: _Workload) -> Box:
    title = "Health checks are set: livenessProbe and readinessProbe"
    if not is_serving(workload.template):
        kind = workload.template.owner.kind
        return Box(title, State.NOT_NEEDED, (_fine(f"pods of this {kind} end by themselves"),))
    found = workload.reasons(_PROBES)
    return _box(title, found, "both probes are there", workload.template.source)


_BOXES: tuple[Callable[[_Workload], Box], ...] = (
    _namespace,
    _security_context,
    _network,
    _secrets,
    _resources,
    _probes,
)


def _box(title: str, found: list[Reason], good: str = "", source: Source | None = None) -> Box:
    is_open = any(item.state is State.OPEN for item in found)
    if not found and good:
        found = [_fine(good, source)]
    return Box(title, State.OPEN if is_open else State.DONE, tuple(found))


def _reason(item: Finding, least: Severity) -> Reason:
    order = list(Severity)
    is_open = order.index(item.severity) <= order.index(least)
    state = State.OPEN if is_open else State.DONE
    text = f"note: {item.message}" if state is State.DONE else item.message
    return Reason(state, text, item.source, item.rule)


def _answered(item: Dismissed) -> Reason:
    found = item.finding
    text = f"answered for ({item.reason}): {found.message}"
    return Reason(State.DONE, text, found.source, found.rule)


def _fine(text: str, source: Source | None = None) -> Reason:
    return Reason(State.DONE, text, source)
