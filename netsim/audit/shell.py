"""Scripts given to a shell on the command line, cut into commands: a heuristic, not a shell.

Quotes, comments, here-documents and `;`, `&&`, `||`, `|`, `&` are understood; `if`, `for`,
`while`, `until`, `case`, functions, groups and subshells are told by their words. Nothing is
expanded. A text that does not come out even is no script, and nothing is said of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "zsh"})
_TOKEN = re.compile(
    r"""(?P<blank>(?:[ \t\r]|\\\n)+)
      | (?P<comment>(?<![^\s;&|()])\#[^\n]*)
      | (?P<heredoc><<-?[ \t]*(?P<mark>'[^'\n]*'|"[^"\n]*"|\\?[A-Za-z_][A-Za-z0-9_]*))
      | (?P<operator>&&|\|\||;;&?|;&|\d*>&\d*|&>>?|\n|[;&|()])
      | (?P<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|`[^`]*`|\$\((?:[^()]|\([^()]*\))*\)
          |[<>]&[\w-]*|\\.|[^\s;&|()'"`\\])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN = frozenset({"if", "for", "while", "until", "case", "{", "select"})
_CLOSE = frozenset({"fi", "done", "esac", "}"})
_CONDITIONS = frozenset({"if", "elif", "while", "until"})
_HEADED = frozenset({"for", "select"})
_NEXT = frozenset({";;", ";&", ";;&"})
_LOOKING = frozenset({"||", "&&"})
_BEGIN = frozenset({"then", "do", "else", "!", "time"})
_ASSIGNED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command of a script, by its words as they are written."""

    words: tuple[str, ...]
    guarded: bool
    """Its failure is looked at: a condition, or followed by `||` or `&&`."""
    piped: bool
    """Its failure is lost in a pipe."""
    loops: tuple[str, ...] = ()
    """The words of the compound commands it stands in, outermost first."""

    @property
    def name(self) -> str:
        """The program, without its path and assignments before it."""
        plain = [word for word in self.words if not _ASSIGNED.match(word)]
        return PurePosixPath(plain[0].strip("'\"")).name if plain else ""

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Script:
    """What a shell is given to run."""

    text: str
    commands: tuple[Command, ...]
    stops: bool
    """Whether the first command that fails ends it."""


def script_of(words: Sequence[str]) -> Script | None:
    """The script in a container's command and args; None where there is none.

    >>> script_of(["sh", "-ec", "psql -c x; echo done"]).stops
    True
    >>> script_of(["/bin/app", "-c", "file"]) is None
    True
    """
    shell = next((i for i, it in enumerate(words) if PurePosixPath(it).name in _SHELLS), None)
    if shell is None or shell > 1:
        return None
    return _after_options(words[shell + 1 :])


def _after_options(words: Sequence[str]) -> Script | None:
    stops, runs, takes_name = False, False, False
    for word in words:
        if takes_name:
            stops, takes_name = stops or word == "errexit", False
        elif word.startswith(("-", "+")):
            flags = "" if word.startswith("--") else word[1:]
            stops = stops or (word.startswith("-") and "e" in flags)
            runs, takes_name = runs or "c" in flags, flags.endswith("o")
        else:
            return _script(word, stops=stops) if runs else None
    return None


def _script(text: str, *, stops: bool) -> Script | None:
    commands = _commands(text)
    if commands is None:
        return None
    for item in commands:
        if item.name == "set":
            stops = _sets_errexit(item.words, before=stops)
        elif not is_harmless(item):
            break
    return Script(text, tuple(commands), stops)


_PREPARING = frozenset(
    {"", "set", "echo", "export", "printf", ":", "true", "umask", "sleep"}
    | {"exit", "exec", "return", "break", "continue", "false"}
)
"""Commands that do not fail, or whose failure does not matter."""


def is_harmless(command: Command) -> bool:
    """Whether nothing is lost when it fails and the script goes on."""
    return command.name in _PREPARING


def _sets_errexit(words: Sequence[str], *, before: bool) -> bool:
    """Whether the first failure ends a script from a `set` on; `before` is how it was."""
    rest = list(words[1:])
    for sign, value in (("-", True), ("+", False)):
        short = rf"\{sign}[A-Za-z]*e[A-Za-z]*"
        named = "errexit" in rest and any(word.startswith(sign) for word in rest)
        if named or any(re.fullmatch(short, word) for word in rest):
            return value
    return before


class _Reader:
    """Puts words together to commands, and knows which compound commands are open."""

    def __init__(self) -> None:
        self.found: list[Command] = []
        self.open: list[str] = []
        self._begun: list[int] = []
        """How many commands there were when each was opened."""
        self._words: list[str] = []
        self._condition = False
        self._heading = False
        """Between `for` and what it is to run."""
        self._pattern = False
        """Between `case`, or the end of one of its parts, and the `)` of a pattern."""
        self._closed: int | None = None
        """Just after a compound command: where its own commands begin."""

    def word(self, word: str) -> None:
        """Takes a word, which may be one of the shell's own where a command begins."""
        if self._closed is not None and word not in _CLOSE:
            return  # a redirection of all that it holds
        if self._words or word not in _OPEN | _CLOSE | _BEGIN | {"elif"}:
            self._words.append(word)
        elif word in _OPEN:
            self._opens(word)
            self._condition = word in _CONDITIONS
            self._heading = word in _HEADED
            self._pattern = word == "case"
        elif word in _CLOSE:
            self._closes()
            self._pattern = False
        elif word != "!":
            self._condition = word == "elif"

    def operator(self, operator: str) -> None:
        """Ends a command, or opens or closes a group."""
        if self._pattern:
            self._words, self._pattern = [], operator != ")"
            return
        if operator == "(":
            if not self._words:
                self._opens("(")
            self._words = []
            return
        if self._words and not self._heading:
            guarded = self._condition or operator in _LOOKING
            words, loops = tuple(self._words), tuple(self.open)
            self.found.append(Command(words, guarded, operator == "|", loops))
        elif self._closed is not None:
            self._answered(self._closed, operator)
        self._words, self._heading, self._closed = [], False, None
        self._pattern = operator in _NEXT and self.open[-1:] == ["case"]
        if operator == ")" and self.open[-1:] == ["("]:
            self._closes()

    def _opens(self, word: str) -> None:
        self.open.append(word)
        self._begun.append(len(self.found))

    def _closes(self) -> None:
        if self.open:
            self.open.pop()
            self._closed = self._begun.pop()

    def _answered(self, start: int, operator: str) -> None:
        """What comes after a compound command looks at the failure of what it holds."""
        for index, item in enumerate(self.found[start:], start):
            guarded = item.guarded or operator in _LOOKING
            piped = item.piped or operator == "|"
            self.found[index] = replace(item, guarded=guarded, piped=piped)


def _commands(text: str) -> list[Command] | None:
    reader = _Reader()
    for token in _tokens(text):
        if token is None:
            return None
        kind, value = token
        if kind == "word":
            reader.word(value)
        else:
            reader.operator(value)
    return None if reader.open else reader.found


def _tokens(text: str) -> Iterator[tuple[str, str] | None]:
    """Words and operators, a newline at the end; None where the text does not come out even."""
    position, marks = 0, list[str]()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            yield None
            return
        position = match.end()
        if match["heredoc"]:
            marks.append(match["mark"].strip("'\"\\"))
        elif match["word"]:
            yield "word", match["word"]
        elif match["operator"] and not re.search(r">", match["operator"]):
            if match["operator"] == "\n" and marks:
                position = _after_documents(text, position, marks)
                marks = []
            yield "operator", match["operator"]
    yield "operator", "\n"


def _after_documents(text: str, position: int, marks: Sequence[str]) -> int:
    for mark in marks:
        end = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t]*$", re.MULTILINE).search(
            text, position
        )
        position = len(text) if end is None else min(end.end() + 1, len(text))
    return position
