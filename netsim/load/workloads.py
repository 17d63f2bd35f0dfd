"""Reads the objects that own pods: where their template is and how many pods they make."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from netsim.load.fields import Field
from netsim.load.pods import NO_OWNER, Owner, PodForm, read_form, read_owner
from netsim.load.selectors import read_selector, selects
from netsim.model.labels import Labels
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet, Job, ... with the form of its pods."""

    namespace: str
    name: str
    kind: str
    form: PodForm
    replicas: int | None
    first_ordinal: int
    owner: Owner
    source: Source


WORKLOAD_KINDS = frozenset(
    {
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "ReplicationController",
    }
)
_SELECTOR_REQUIRED = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"})


def read_workload(manifest: Field, kind: str, namespace: str, name: str) -> Workload | None:
    """A workload, or None for a partial object such as a patch, which is said."""
    spec = manifest.get("spec").as_object()
    if kind == "CronJob":
        spec = spec.get("jobTemplate").as_object().get("spec").as_object()
    template = spec.get("template")
    if not isinstance(template.value, Mapping):
        if not template.missing:
            template.as_object()
        message = f"{manifest.subject} has no pod template: a partial object, not an endpoint"
        manifest.report.warn("workload-without-template", message, manifest.source)
        return None
    owner = read_owner(manifest)
    replicas = _replicas(spec, kind)
    if replicas == 0 and owner == NO_OWNER:
        message = f"{manifest.subject} has no replicas; it is kept as an endpoint"
        manifest.report.note("workload-without-replicas", message, spec.source.at("replicas"))
    form = _with_added_labels(read_form(template.as_object()), kind, name)
    if kind in _SELECTOR_REQUIRED:
        _check_selector(spec, form, manifest)
    return Workload(
        namespace=namespace,
        name=name,
        kind=kind,
        form=form,
        replicas=replicas,
        first_ordinal=spec.get("ordinals").as_object().get("start").integer() or 0,
        owner=owner,
        source=manifest.source,
    )


def _replicas(spec: Field, kind: str) -> int | None:
    if kind == "DaemonSet":
        return None
    field = spec.get("parallelism" if kind in {"Job", "CronJob"} else "replicas")
    number = field.integer()
    if number is not None and number < 0:
        field.fault(f"{number} is negative")
    return 1 if number is None else number


def _with_added_labels(form: PodForm, kind: str, name: str) -> PodForm:
    """The labels that the Job controller puts on every pod of a Job."""
    if kind != "Job":
        return form
    added = {"batch.kubernetes.io/job-name": name, "job-name": name}
    return msgspec.structs.replace(form, labels=Labels({**added, **form.labels}))


def _check_selector(spec: Field, form: PodForm, manifest: Field) -> None:
    selector = spec.get("selector")
    if selector.missing and manifest.get("apiVersion").value != "apps/v1":
        return
    if selector.missing:
        message = f"{manifest.subject}: spec.selector is missing, which the API server rejects"
        manifest.report.warn("selector-missing", message, spec.source)
    elif not selects(read_selector(selector), form.labels):
        message = f"{manifest.subject}: spec.selector does not match its own pod template"
        manifest.report.warn("selector-misses-template", message, spec.source.at("selector"))
