"""What an object's fields hold, without trusting their types; containers with their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netsim.model.written import PodTemplate
from netsim.source import Source

_KINDS = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class Part:
    """An object inside an object, with its place."""

    value: Mapping[str, object]
    source: Source

    def text(self, key: str) -> str:
        """A string of it; empty where there is none."""
        value = self.value.get(key)
        return value if isinstance(value, str) else ""

    def part(self, *keys: str) -> "Part":
        """An object further in; empty where the route does not lead to one."""
        value: object = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return Part(value if isinstance(value, Mapping) else {}, self.source.at(*keys))

    def parts(self, *keys: str) -> "Iterator[Part]":
        """The objects of a list further in."""
        inner = self.part(*keys[:-1])
        items = inner.value.get(keys[-1])
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, Mapping):
                yield Part(item, inner.source.at(keys[-1], index))

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The strings of a list further in."""
        items = self.part(*keys[:-1]).value.get(keys[-1])
        every = items if isinstance(items, list) else ()
        return tuple(item for item in every if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a template."""

    part: Part
    role: str
    """The list that it stands in, as `initContainers`."""

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        return self.part.text("name")

    @property
    def is_sidecar(self) -> bool:
        """An init container that keeps running."""
        return self.role == "initContainers" and self.part.text("restartPolicy") == "Always"

    @property
    def runs_on(self) -> bool:
        """Whether it runs as long as its pod, and not before."""
        return self.role == "containers" or self.is_sidecar


def spec_of(template: PodTemplate) -> Part:
    """A template's spec with its place."""
    return Part(template.spec, template.source)


def ends_by_itself(template: PodTemplate) -> bool:
    """Whether its pods are not started again for ever."""
    return spec_of(template).text("restartPolicy") in {"Never", "OnFailure"}


def containers(template: PodTemplate) -> Iterator[Container]:
    """Every container: those of initialisation first, then the others."""
    spec = spec_of(template)
    for role in _KINDS:
        for part in spec.parts(role):
            yield Container(part, role)
