"""Every exception, in one tree.

NetsimError
├── InputError               what was given cannot be read; carries a Source
│   ├── DocumentError        not YAML or JSON; line and column from the parser
│   └── ManifestError        a field is missing, of the wrong type, or contradicts another
├── NotationError            an endpoint, port or flow that does not parse; text and span
├── UnknownEndpointError     no such pod, workload or namespace; carries the nearest names
├── AmbiguousEndpointError   several; carries them
├── UnprovedError            the simulation of a suggestion shows another effect than promised
├── GroupedPodsError         a new policy would tell pods apart that are one endpoint
├── UndecidedError           netsim cannot know, and does not guess; carries the reasons
├── MissingExtraError        an optional package is not installed; says which extra has it
├── RewriteError             an edit cannot be made in the text of its file
├── LiveClusterError         kubectl could not read a cluster; carries its last lines
└── LoadError                every InputError of one load, in file order

An exception holds objects and composes its sentence in `__str__`: what is wrong, where, and
what would be right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netsim.source import Place, Source


class NetsimError(Exception):
    """Anything that netsim raises on purpose."""


@dataclass(eq=False)
class InputError(NetsimError):
    """A fault in what was given, with the place it was written and, if known, its line."""

    source: Source
    problem: str
    """What is wrong, and what would be right, as a sentence without a full stop."""
    place: Place | None = None
    """Filled in by the loader, which still has the text at hand."""

    @property
    def where(self) -> str:
        """`file:line:column`, or the file and document number when no line is known."""
        if self.place is not None:
            return str(self.place)
        if self.source.document > 1:
            return f"{self.source.file} document {self.source.document}"
        return self.source.file

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(eq=False)
class DocumentError(InputError):
    """A file that is not YAML or JSON text, or a document that does not parse."""


@dataclass(eq=False)
class ManifestError(InputError):
    """An object that the API server would reject.

    `kind` is the server's error type: Required, Invalid, NotSupported, Forbidden,
    Duplicate, TooLong, or Decode for what fails before validation.
    """

    kind: str = "Invalid"
    subject: str = ""
    """The object, as `NetworkPolicy shop/db-guard`."""
    rule: str = ""
    """The id of the validation rule in docs/semantics.md, as `V13`."""

    def __str__(self) -> str:
        subject = f"{self.subject}: " if self.subject else ""
        path = f"{self.source.path}: " if self.source.route else ""
        return f"{self.where}: {subject}{path}{self.problem}"


@dataclass(eq=False)
class LoadError(NetsimError):
    """All faults of one load, in file order."""

    errors: tuple[InputError, ...]

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@dataclass(eq=False)
class NotationError(NetsimError):
    """A text that is no endpoint, port or flow; printed with a caret under the span."""

    text: str
    problem: str
    start: int = 0
    end: int | None = None

    def __str__(self) -> str:
        end = len(self.text) if self.end is None else self.end
        caret = " " * self.start + "^" * max(1, end - self.start)
        return f"{self.problem}\n  {self.text}\n  {caret}"


@dataclass(eq=False)
class UnknownEndpointError(NetsimError):
    """Nothing in the input answers to this name."""

    text: str
    what: str
    """What was looked for, as `pod or workload`."""
    nearest: tuple[str, ...] = ()
    hint: str = ""

    def __str__(self) -> str:
        message = f"no {self.what} {self.text!r} in the input"
        if self.nearest:
            message += f"; did you mean {_alternatives(self.nearest)}?"
        return f"{message}; {self.hint}" if self.hint else message


@dataclass(eq=False)
class AmbiguousEndpointError(NetsimError):
    """Several things in the input answer to this name."""

    text: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.text!r} is ambiguous: use {_alternatives(self.candidates)}"


@dataclass(eq=False)
class GroupedPodsError(NetsimError):
    """Pods were made one endpoint because nothing told them apart; now something would."""

    endpoint: str

    def __str__(self) -> str:
        return (
            f"the pods of {self.endpoint} are one endpoint, which the policy would tell apart: "
            "load the manifests again, with the policy among them"
        )


@dataclass(eq=False)
class UnprovedError(NetsimError):
    """A suggestion that was tried out does something else than it promises: it is not made."""

    title: str
    problem: str
    """As `it would open`."""
    flows: tuple[str, ...]

    def __str__(self) -> str:
        return "\n  ".join(
            [f"{self.title}: not suggested, because {self.problem}:", *self.flows]
        )


@dataclass(eq=False)
class MissingExtraError(NetsimError):
    """Something that is asked for needs a package that was not installed with netsim."""

    what: str
    extra: str
    module: str

    def __str__(self) -> str:
        return (
            f"{self.what} needs the package {self.module!r}: "
            f"pip install 'netsim-k8s[{self.extra}]'"
        )


@dataclass(eq=False)
class RewriteError(NetsimError):
    """An edit cannot be made in the text that it is about; no file was written."""

    where: str
    """The file, and the line where it is known."""
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}; nothing is written"


@dataclass(eq=False)
class LiveClusterError(NetsimError):
    """A live cluster could not be read to the end; nothing of it is used."""

    program: str
    """What was called, as `kubectl`."""
    problem: str
    lines: tuple[str, ...] = ()
    """What it said last."""

    def __str__(self) -> str:
        return "\n  ".join([f"{self.program}: {self.problem}", *self.lines])


@dataclass(eq=False)
class UndecidedError(NetsimError):
    """The answer depends on something that netsim cannot evaluate."""

    question: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.question}: undecided: {'; '.join(self.reasons)}"


def _alternatives(names: Sequence[str]) -> str:
    quoted = [f"{name!r}" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
