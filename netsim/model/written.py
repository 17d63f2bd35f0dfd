"""Objects as they are written, for questions that look at more of them than policies do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netsim.source import Source


@dataclass(frozen=True, slots=True)
class WrittenObject:
    """An object of any kind with its fields as they were decoded, no type checked.

    The values of secrets are left out, and so are `status`, `metadata.managedFields` and what
    `kubectl apply` remembers of an earlier text.
    """

    kind: str
    api_version: str
    namespace: str
    """Empty for an object of the whole cluster."""
    name: str
    value: Mapping[str, object]
    source: Source

    @property
    def key(self) -> str:
        """`namespace/name`, or the name alone where there is no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def title(self) -> str:
        """`Deployment shop/web`, as messages say it; the file where there is no name."""
        return f"{self.kind} {self.key if self.name else self.source.file}"

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What no two objects share: group, kind, namespace and name."""
        return self.group, self.kind, self.namespace, self.name

    def at(self, *route: str) -> object:
        """The value at the end of a route of keys; None where it does not lead anywhere."""
        value: object = self.value
        for key in route:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What a pod is made from: the template in a workload, or a pod itself."""

    owner: WrittenObject
    """The object that the template is written in."""
    route: tuple[str, ...]
    """From that object to its template; empty for a Pod."""
    metadata: Mapping[str, object]
    spec: Mapping[str, object]
    controller: tuple[str, str] = ("", "")
    """Kind and name of what controls the object, as a ReplicaSet controls a pod."""

    @property
    def source(self) -> Source:
        """Where the pod's spec is written."""
        return self.owner.source.at(*self.route, "spec")


TEMPLATE_ROUTES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        (
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
            "DaemonSet",
            "Job",
            "ReplicationController",
        ),
        ("spec", "template"),
    ),
}
"""Where each kind of Kubernetes' own has its pod template."""
_GROUPS = frozenset({"", "apps", "batch", "extensions"})


def pod_templates(objects: Iterable[WrittenObject]) -> Iterator[PodTemplate]:
    """The template of every object that has one, in the order of the objects."""
    for item in objects:
        template = pod_template(item)
        if template is not None:
            yield template


def pod_template(item: WrittenObject) -> PodTemplate | None:
    """The object's template; None for other kinds and for partial objects."""
    route = TEMPLATE_ROUTES.get(item.kind)
    if route is None or item.group not in _GROUPS:
        return None
    template = item.at(*route)
    if not isinstance(template, Mapping):
        return None
    metadata, spec = _mapping(template.get("metadata")), _mapping(template.get("spec"))
    return PodTemplate(item, route, metadata, spec, _controller(item))


def _controller(item: WrittenObject) -> tuple[str, str]:
    references = item.at("metadata", "ownerReferences")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, Mapping) and reference.get("controller") is True:
            return str(reference.get("kind") or ""), str(reference.get("name") or "")
    return "", ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
