"""Where a value was written: which file, which document, which route inside it.

Models carry a Source, never a line number; the line is looked up when it is printed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A value's origin; `document` counts from 1 and counts empty documents too."""

    file: str
    document: int = 1
    route: tuple[str | int, ...] = ()

    def at(self, *keys: str | int) -> "Source":
        """The place of a value inside this one."""
        return Source(self.file, self.document, (*self.route, *keys))

    @property
    def path(self) -> str:
        """The field path as the API server writes it: `spec.ingress[0].from[1]`.

        >>> Source("p.yaml", 1, ("spec", "ingress", 0, "from")).path
        'spec.ingress[0].from'
        """
        return field_path(self.route)


@dataclass(frozen=True, slots=True)
class Place:
    """A line in a file, counted from 1; `line` 0 means only the file is known."""

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


def field_path(route: tuple[str | int, ...]) -> str:
    """A route as Kubernetes prints field paths, list indices in brackets."""
    text = ""
    for step in route:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
