"""What every container should have: requests, limits and probes."""

from collections.abc import Iterator, Mapping

from netsim.audit.containers import Container, Part, containers, ends_by_itself
from netsim.audit.quantities import quantity
from netsim.audit.templates import distinct
from netsim.lint.context import SYSTEM_NAMESPACES, Context
from netsim.lint.fragments import manifests, pod
from netsim.lint.rule import Observation, rule
from netsim.model.written import PodTemplate
from netsim.results import Severity

_SERVING = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod"}
)
_WANTED = (("requests", "memory"), ("requests", "cpu"), ("limits", "memory"))
_LIMITED = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
  - name: web
    image: web
    resources:
      requests: {memory: 512Mi, cpu: 200m}
      limits: {memory: 2Gi, cpu: 1000m}
    readinessProbe: {httpGet: {path: /ready, port: 8080}}
    livenessProbe: {httpGet: {path: /live, port: 8080}}
"""
_RANGE = """\
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec:
  limits:
  - {type: Container, default: {memory: 1Gi}, defaultRequest: {memory: 128Mi, cpu: 100m}}
"""


@rule(
    "resources-missing",
    Severity.WARNING,
    bad=pod("shop/web", "app: web"),
    good=manifests(_RANGE, pod("shop/web", "app: web")),
)
def resources_missing(context: Context) -> Iterator[Observation]:
    """A container has no memory limit, or does not request memory or CPU.

    Without a memory limit one pod may take its node's memory, and others are ended for it.
    Without requests the scheduler puts pods where there is no room. Init containers, which
    end, are left out; a limit counts as a request, and what a LimitRange of the namespace
    fills in counts. A CPU limit is not asked for.
    """
    for template, container in _lasting(context):
        given = _given(context, template, container)
        lacking = [f"{kind}.{what}" for kind, what in _WANTED if not given[kind].get(what)]
        if lacking:
            message = f"{_name(template, container)} has no {', '.join(lacking)}"
            source = container.part.source.at("resources")
            fix = "set resources: {requests: {memory: 512Mi, cpu: 200m}, limits: {memory: 2Gi}}"
            severity = _severity(template)
            yield Observation(source, template.owner.title, message, fix=fix, severity=severity)


@rule(
    "limit-below-request",
    Severity.ERROR,
    bad=_LIMITED.replace("2Gi", "256Mi"),
    good=_LIMITED,
)
def limit_below_request(context: Context) -> Iterator[Observation]:
    """A container requests more than its limit, which the API server rejects.

    Whatever the units: `1Gi` is more than `1000M`.
    """
    for template in distinct(context):
        for container in containers(template):
            resources = container.part.part("resources")
            limits = resources.part("limits").value
            for what, asked in resources.part("requests").value.items():
                wanted, most = quantity(asked), quantity(limits.get(what))
                if wanted is not None and most is not None and wanted > most:
                    message = (
                        f"{_name(template, container)} requests {asked} of {what}, more than "
                        f"its limit of {limits[what]}"
                    )
                    place = resources.source.at("requests", str(what))
                    yield Observation(place, template.owner.title, message)


@rule(
    "probe-missing",
    Severity.WARNING,
    bad=_LIMITED.replace("    livenessProbe: {httpGet: {path: /live, port: 8080}}\n", ""),
    good=_LIMITED,
)
def probe_missing(context: Context) -> Iterator[Observation]:
    """No container of a serving pod has a readiness probe, or none a liveness probe.

    Without a readiness probe traffic comes before the pod can serve; without a liveness probe
    a pod that hangs stays. Jobs, pods that end and init containers need none. It is enough if
    one container of a pod has each.
    """
    for template in distinct(context):
        if not is_serving(template):
            continue
        here = [it for it in containers(template) if it.runs_on]
        lacking = [
            probe
            for probe in ("readinessProbe", "livenessProbe")
            if here and not any(it.part.part(probe).value for it in here)
        ]
        if lacking:
            message = f"{template.owner.title} has no {' and no '.join(lacking)}"
            yield Observation(
                here[0].part.source,
                template.owner.title,
                message,
                severity=_severity(template),
            )


def is_serving(template: PodTemplate) -> bool:
    """Whether its pods are to run on."""
    return template.owner.kind in _SERVING and not ends_by_itself(template)


def _lasting(context: Context) -> Iterator[tuple[PodTemplate, Container]]:
    for template in distinct(context):
        for container in containers(template):
            if container.runs_on:
                yield template, container


def _given(
    context: Context, template: PodTemplate, container: Container
) -> Mapping[str, Mapping[str, object]]:
    """Requests and limits as admission leaves them, and those of the pod as a whole."""
    own, whole = container.part.part("resources"), Part(template.spec, template.source)
    limits = {**whole.part("resources", "limits").value, **own.part("limits").value}
    requests = {**whole.part("resources", "requests").value, **own.part("requests").value}
    for limit in _ranges(context, template.owner.namespace):
        limits = {**limit.part("default").value, **limits}
        requests = {**limit.part("defaultRequest").value, **requests}
    return {"limits": limits, "requests": {**limits, **requests}}


def _ranges(context: Context, namespace: str) -> Iterator[Part]:
    for item in context.objects_of.get(("LimitRange", namespace), ()):
        for limit in Part(item.value, item.source).parts("spec", "limits"):
            if limit.text("type") == "Container":
                yield limit


def _name(template: PodTemplate, container: Container) -> str:
    owner = template.owner
    return f'{owner.title}: container "{container.name}"'


def _severity(template: PodTemplate) -> Severity | None:
    return Severity.NOTE if template.owner.namespace in SYSTEM_NAMESPACES else None


CHECKS = (resources_missing, limit_below_request, probe_missing)
