"""What admission says of a pod, or of an object that makes pods, in its namespace.

Only pods are refused. Whatever makes pods is accepted, warned of and audited by its template,
and then its pods are refused one by one.
"""

from dataclasses import dataclass

from netsim.model.written import PodTemplate
from netsim.podsecurity.configuration import Server
from netsim.podsecurity.controls import Violation, refusal_text, violations
from netsim.podsecurity.levels import Level, Settings, Standard
from netsim.podsecurity.pods import Pod, read_pod


@dataclass(frozen=True, slots=True)
class Judged:
    """What a pod does against a standard."""

    standard: Standard
    violations: tuple[Violation, ...] = ()

    @property
    def reasons(self) -> str:
        """The reasons alone, as they are given for many pods at once."""
        return ", ".join(item.refusal.reason for item in self.violations)

    def __str__(self) -> str:
        """The API server's words after `violates` or `would violate`."""
        return f'PodSecurity "{self.standard}": {refusal_text(self.violations)}'

    def __bool__(self) -> bool:
        return bool(self.violations)


@dataclass(frozen=True, slots=True)
class Review:
    """Admission's answer on one object."""

    is_pod: bool
    enforced: Judged
    """What keeps the pod, or the pods that the object makes, from being created."""
    warned: Judged
    audited: Judged
    exempt: str = ""
    """`namespace` or `runtimeClass` where nothing is looked at."""

    @property
    def refusal(self) -> str:
        """Why this very object is refused; empty if it is not."""
        return f"violates {self.enforced}" if self.is_pod and self.enforced else ""

    @property
    def pods_refusal(self) -> str:
        """Why its pods will be refused though it is accepted itself; empty if they are not."""
        return f"violates {self.enforced}" if self.enforced and not self.is_pod else ""

    @property
    def warning(self) -> str:
        """The warning that its author gets; none beside a refusal."""
        return f"would violate {self.warned}" if self.warned and not self.refusal else ""

    @property
    def annotation(self) -> str:
        """What is written into the audit log."""
        return f"would violate {self.audited}" if self.audited else ""


def review(template: PodTemplate, settings: Settings, server: Server) -> Review:
    """Admission's answer on a pod or on what makes pods; raises PodFieldError."""
    is_pod, makes_pods = template.owner.kind == "Pod", template.owner.kind != "PodTemplate"
    enforce, warn, audit = settings.enforce, settings.warn, settings.audit
    exempt = exemption(template, server)
    if exempt:
        return Review(is_pod, Judged(enforce), Judged(warn), Judged(audit), exempt)
    written = read_pod(template.metadata, template.spec, is_template=not is_pod)
    made = read_pod(template.metadata, template.spec) if _is_completed(written) else written
    return Review(
        is_pod,
        judged(made, enforce, server) if makes_pods else Judged(enforce),
        judged(written, warn, server),
        judged(written, audit, server),
    )


def judged(pod: Pod, standard: Standard, server: Server) -> Judged:
    """What a pod does against a standard, as the server applies it."""
    if standard.level is Level.PRIVILEGED:
        return Judged(standard)
    return Judged(standard, violations(pod, standard, newest=server.newest))


def _is_completed(pod: Pod) -> bool:
    """Whether a pod that is made from a template has fields that the template has not."""
    return "hostNetwork" in pod.host_namespaces


def exemption(template: PodTemplate, server: Server) -> str:
    """Why nothing is asked of a pod: `namespace`, `runtimeClass`, or empty."""
    if template.owner.namespace in server.exempt_namespaces:
        return "namespace"
    runtime_class = template.spec.get("runtimeClassName")
    if isinstance(runtime_class, str) and runtime_class in server.exempt_runtime_classes:
        return "runtimeClass"
    return ""
