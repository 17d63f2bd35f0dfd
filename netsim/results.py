"""The shapes that answers and complaints take, whoever made them."""

from dataclasses import dataclass
from enum import Enum

from netsim.model.ports import PortSet
from netsim.source import Place, Source


class Severity(Enum):
    """How much a finding matters; `NOTE` never changes an exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth saying about the input, with its place."""

    rule: str
    """A stable id in words: `kind-not-modelled`, `duplicate-key`."""
    severity: Severity
    message: str
    source: Source
    place: Place | None = None
    subject: str = ""
    """What it speaks of: `shop/db-guard`, `shop/deploy/web`; empty for the input as a whole."""
    witness: str = ""
    """One flow that shows it: `shop/web -> shop/db on 5432/TCP`; empty where none is needed."""
    fix: str = ""
    """What to change, in one sentence or as YAML; empty where the message says it."""

    def __str__(self) -> str:
        where = str(self.place) if self.place is not None else self.source.file
        return f"{where}: {self.severity.value}: {self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class LintRule:
    """What a family of findings is about: the page that stands behind `Finding.rule`."""

    id: str
    """Words that are never renamed."""
    severity: Severity
    """What its findings have; a rule may report some with a lesser one."""
    summary: str
    """One sentence without a full stop."""
    why: str = ""
    """Why it matters and how to mend it, in paragraphs."""
    bad: str = ""
    """A small manifest that has findings of this rule."""
    good: str = ""
    """The same manifest mended."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A finding that somebody has answered for, and how."""

    finding: Finding
    reason: str
    in_source: bool = True
    """Whether the answer stands beside what was found, and not in a baseline."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What an inspection found, by rules that may have found nothing."""

    command: str
    """What was run, as `netsim lint`."""
    version: str
    rules: tuple[LintRule, ...]
    """Every rule that was asked, and those of findings made while reading."""
    found: tuple[Finding, ...]
    """In the order they are told, with their places."""
    dismissed: tuple[Dismissed, ...] = ()


Cell = str | int


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of plain values, in the order they should be read."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that connections start or end at."""

    id: str
    """What no other node of the network has."""
    label: str
    """Short enough to be read in a picture."""
    namespace: str = ""
    """Empty for what is in none."""
    kind: str = ""
    """`Deployment`, ..., `Pod`, `Namespace`, `Outside` or `Node`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another, on these ports."""

    source: str
    target: str
    ports: PortSet
    change: str = ""
    """`opened`, `closed` or `unchanged` in a network that compares; else empty."""
    pairs: int = 1
    """How many pairs of endpoints it stands for."""
    undecided: str = ""
    """Why the ports may be wrong; empty when they are certain."""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges between them, in a stable order; several edges may join two nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its heading, cut down to the first rows where there are many."""

    heading: str
    table: Table
    left_out: int = 0
    """How many rows more there are."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer to look at: what it says, in one line, then what it is made of."""

    title: str
    tone: str = ""
    """`good`, `bad` or `unsure` where the answer is one of them."""
    lines: tuple[str, ...] = ()
    """Sentences that are said before the tables."""
    sections: tuple[Section, ...] = ()
    text: str = ""
    """The whole as plain text, where there is a better one than lines and tables."""
