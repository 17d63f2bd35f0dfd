"""How the API server writes lists of names and values in a refusal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.podsecurity.pods import Container, Pod, Route, SecurityContext


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a pod is not allowed: a short reason, what sets it, and where in the pod's spec."""

    reason: str
    detail: str
    routes: tuple[Route, ...] = ()

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


def quoted(items: Iterable[str]) -> str:
    """`"a", "b"`; quotes in an item stay as they are.

    >>> quoted(["a", "b"])
    '"a", "b"'
    """
    return ", ".join(f'"{item}"' for item in items)


def counted(items: Sequence[object], one: str, many: str) -> str:
    """The word for one or for several."""
    return one if len(items) == 1 else many


def named(containers: Sequence[Container]) -> str:
    """`container "a"` or `containers "a", "b"`."""
    names = [item.name for item in containers]
    return f"{counted(names, 'container', 'containers')} {quoted(names)}"


@dataclass(frozen=True, slots=True)
class Setters:
    """Whose security contexts set something bad; false where nobody does."""

    pod: SecurityContext | None
    """The pod's own, if it is one of them."""
    containers: tuple[Container, ...]

    def __bool__(self) -> bool:
        return self.pod is not None or bool(self.containers)

    def __str__(self) -> str:
        parts = ["pod"] if self.pod is not None else []
        if self.containers:
            parts.append(named(self.containers))
        return " and ".join(parts)

    @property
    def contexts(self) -> Iterator[SecurityContext]:
        """All of them."""
        if self.pod is not None:
            yield self.pod
        yield from (item.security for item in self.containers)

    def places(self, field: str) -> tuple[Route, ...]:
        """Where each sets a field."""
        own: tuple[Route, ...] = ()
        if self.pod is not None:
            own = (("securityContext", field),)
        return own + places(field, self.containers)


def setters(pod: Pod, is_bad: Callable[[SecurityContext], bool]) -> Setters:
    """The pod itself and its containers, as far as their contexts are bad."""
    own = pod.security if is_bad(pod.security) else None
    return Setters(own, tuple(item for item in pod.containers if is_bad(item.security)))


def places(field: str, containers: Iterable[Container]) -> tuple[Route, ...]:
    """Where the security context of each container has a field, or would have it."""
    return tuple((*item.route, "securityContext", field) for item in containers)
