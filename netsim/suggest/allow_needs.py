"""What the pods of a template need in their own namespace."""

from collections.abc import Iterator

from netsim.audit.containers import Part, containers, spec_of
from netsim.audit.secret_references import template_references
from netsim.model.written import PodTemplate


def needed(template: PodTemplate) -> Iterator[tuple[str, str]]:
    """Kind and name of each object that must be there, or the pods do not start."""
    for item in template_references(template):
        if not item.optional:
            yield "Secret", item.name
    spec = spec_of(template)
    for container in containers(template):
        for source in container.part.parts("envFrom"):
            yield from _required("ConfigMap", source.part("configMapRef"))
        for variable in container.part.parts("env"):
            yield from _required("ConfigMap", variable.part("valueFrom", "configMapKeyRef"))
    for volume in spec.parts("volumes"):
        yield from _of_volume(volume)
    account = spec.text("serviceAccountName") or spec.text("serviceAccount")
    if account not in {"", "default"}:
        yield "ServiceAccount", account


def _of_volume(volume: Part) -> Iterator[tuple[str, str]]:
    yield from _required("ConfigMap", volume.part("configMap"))
    for source in volume.parts("projected", "sources"):
        yield from _required("ConfigMap", source.part("configMap"))
    yield from _required(
        "PersistentVolumeClaim", volume.part("persistentVolumeClaim"), "claimName"
    )


def _required(kind: str, part: Part, field: str = "name") -> Iterator[tuple[str, str]]:
    name = part.text(field)
    if name and part.value.get("optional") is not True:
        yield kind, name
