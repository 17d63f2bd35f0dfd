"""One line of the table: what was measured, on which cluster, and against what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

REFERENCE = "judge"
PLAIN = "plain matrix"
MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement; `seconds` are of CPU time unless the note says otherwise."""

    name: str
    cluster: str
    """Which kind of cluster: a `Mode`, or `workloads`, or `fixture`."""
    pods: int
    policies: int
    seconds: float
    memory: int | None = None
    """Bytes that the work added to a fresh process that held only its input."""
    classes: int | None = None
    rules: int | None = None
    ratios: Mapping[str, float] = field(default_factory=dict)
    """Against `REFERENCE` and `PLAIN`, how many times longer they took; against `MEMORY`, the
    share of the machine's memory bandwidth that was used. Others are named by what they are.
    """
    note: str = ""
