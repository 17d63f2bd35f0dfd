"""Texts read by two processes, where there is so much YAML that this wins.

The second process reads ahead; the first takes up what was read in the order of the input, and
reads itself whenever it would have to wait. Whatever goes wrong with the second process, the
first one reads all that it left.
"""

import os
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from typing import IO, TYPE_CHECKING

from netsim.errors import InputError
from netsim.load.documents import Read, documents
from netsim.load.files import TextFile
from netsim.load.json_captures import CaptureFile
from netsim.load.json_values import looks_like_json
from netsim.load.yaml_captures import YamlCapture

if TYPE_CHECKING:
    from subprocess import Popen

_ENOUGH = 8 << 20
"""Characters of YAML, beside the text that is next, from which on a second process wins."""
_BATCH = 1 << 19
"""Characters that the second process is given at once."""
_AHEAD = 16 << 20
"""Characters that are held to be read ahead."""
_PIPE = 1 << 20
"""Bytes that wait in a pipe, so that an answer is taken from it at once."""
_LONGEST_GREETING = 1 << 12
THREAD = "netsim reading ahead"
_CODE = """\
import pickle, sys
texts, answers = sys.stdin.buffer, sys.stdout.buffer
sys.path[:] = pickle.load(texts)
from netsim.load.worker import serve
serve(texts, answers)
"""

Input = TextFile | CaptureFile | YamlCapture | InputError


@dataclass(slots=True, eq=False)
class Turn:
    """An input, and how far its reading is."""

    found: Input
    size: int = 0
    is_open: bool = False
    """Whether the second process may take it; false once one of the two has."""
    is_away: bool = False
    """Whether the second process is reading it."""
    answer: bytes | None = None
    """What the second process read."""
    read: list[Read] | None = None
    """What was read here before its turn."""

    def documents(self) -> Iterable[Read]:
        """What a text holds, read now unless it was read ahead."""
        if self.read is not None:
            return self.read
        if self.answer is not None:
            return _unpickled(self.answer)
        return documents(self.found) if isinstance(self.found, TextFile) else ()


def in_turn(inputs: Iterator[Input]) -> Generator[Turn, None, None]:
    """Every input in its turn; to be closed if it is left early."""
    if not _may_start():
        yield from map(_turn, inputs)
        return
    queue = Queue(inputs)
    try:
        while (turn := queue.next()) is not None:
            yield turn
    finally:
        queue.close()


def _turn(found: Input) -> Turn:
    """JSON is read so quickly that it is never sent away."""
    if not isinstance(found, TextFile):
        return Turn(found)
    return Turn(found, len(found.text), is_open=not looks_like_json(found.text))


def _unpickled(answer: bytes) -> list[Read]:
    import pickle

    read: list[Read] = pickle.loads(answer)  # noqa: S301 - written by a process of our own
    return read


def _may_start() -> bool:
    """A second CPU, and a Python to start: where Python is built in, it may be no Python."""
    frozen = getattr(sys, "frozen", False)
    is_python = "python" in Path(sys.executable or "").name
    return os.name == "posix" and is_python and not frozen and _cpus() > 1


def _cpus() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_Second = tuple["Popen[bytes]", Thread]
"""The second process, and the thread that talks to it."""


class Queue:
    """The inputs to come; whoever reads one of them takes it under a lock."""

    def __init__(self, inputs: Iterator[Input]) -> None:
        self._inputs = inputs
        self._turns: deque[Turn] = deque()
        self._held = 0
        self._unread = 0
        """Characters of YAML that neither process has taken."""
        self._to_come = 0
        """Bytes of the file that is read in parts, which nobody holds yet."""
        self._changed = Condition()
        self._second: _Second | None = None
        self._was_started = False
        self._ended = False

    def next(self) -> Turn | None:
        """The first one, once what the second process has of it is here; None at the end."""
        self._fill()
        with self._changed:
            if not self._turns:
                return None
            turn = self._turns.popleft()
            self._held -= turn.size
            self._take(turn)
        while (other := self._meanwhile(turn)) is not None:
            other.read = list(other.documents())
            self._fill()
        return turn

    def _fill(self) -> None:
        while self._wants_more() and (found := next(self._inputs, None)) is not None:
            turn = _turn(found)
            self._to_come = turn.found.to_come if isinstance(turn.found, TextFile) else 0
            with self._changed:
                self._turns.append(turn)
                self._held += turn.size
                self._unread += turn.size if turn.is_open else 0
                self._changed.notify_all()
        if not self._was_started and self._beside_first() >= _ENOUGH:
            self._was_started = True
            self._second = _second(self)

    def _wants_more(self) -> bool:
        """How much of a long file is to come is known, and not read only to find that out."""
        ahead = self._held_ahead()
        return ahead < (_AHEAD if self._second is not None or not self._to_come else 1)

    def _held_ahead(self) -> int:
        """Without the first, however long: a long text is not alone because of its length."""
        return self._held - (self._turns[0].size if self._turns else 0)

    def _beside_first(self) -> int:
        """How much there is to read beside the one that is read here next."""
        first = self._turns[0] if self._turns else None
        unread = self._unread - (first.size if first is not None and first.is_open else 0)
        return unread + self._to_come

    def _take(self, turn: Turn) -> None:
        self._unread -= turn.size if turn.is_open else 0
        turn.is_open = False

    def _meanwhile(self, turn: Turn) -> Turn | None:
        """Another one to read here while the second process is at this one."""
        with self._changed:
            while turn.is_away:
                other = next((other for other in self._turns if other.is_open), None)
                if other is not None:
                    self._take(other)
                    return other
                self._changed.wait()
        return None

    def batch(self) -> list[Turn]:
        """What the second process reads next; waits for it, and is empty at the end."""
        found: list[Turn] = []
        with self._changed:
            while not self._ended and not any(turn.is_open for turn in self._turns):
                self._changed.wait()
            size = 0
            for turn in self._turns if not self._ended else ():
                if turn.is_open and size < _BATCH:
                    self._take(turn)
                    turn.is_away = True
                    size += turn.size
                    found.append(turn)
        return found

    def take_back(self, batch: Iterable[Turn], answers: Iterable[bytes | None]) -> None:
        """What was sent away, with what was read of it; None is left to be read here."""
        with self._changed:
            for turn, answer in zip(batch, answers, strict=True):
                turn.answer, turn.is_away = answer, False
            self._changed.notify_all()

    def close(self) -> None:
        """Leaves no process behind."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._second is not None:
            _stop(*self._second)


def _second(queue: Queue) -> _Second | None:
    """None where no process or no thread can be had."""
    from subprocess import DEVNULL, PIPE, Popen
    from traceback import walk_stack

    command = [sys.executable, "-I", "-c", _CODE]
    # What nests so deeply that only one of two processes could read it is not sent away.
    free = (sys.getrecursionlimit() - sum(1 for _ in walk_stack(None))) // 2
    limits = free, sys.get_int_max_str_digits()
    try:
        process = Popen(  # noqa: S603 - the Python that runs this, and nothing that was given
            command, bufsize=_PIPE, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, pipesize=_PIPE
        )
    except OSError:
        return None
    thread = Thread(target=_talk, args=(process, queue, limits), name=THREAD, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        _stop(process, None)
        return None
    return process, thread


def _stop(process: "Popen[bytes]", thread: Thread | None) -> None:
    process.kill()
    if thread is not None:
        thread.join()
    with suppress(OSError), process:
        pass


def _talk(process: "Popen[bytes]", queue: Queue, limits: tuple[int, int]) -> None:
    """Ends when nothing is left to read, or at whatever goes wrong."""
    import pickle

    from netsim.load.worker import greeting

    texts, answers = process.stdin, process.stdout
    if texts is None or answers is None:
        return
    batch: list[Turn] = []
    try:
        _send([*map(str, sys.path)], texts)
        if answers.readline(_LONGEST_GREETING) != greeting():
            return
        _send(limits, texts)
        while batch := queue.batch():
            _send([turn.found for turn in batch], texts)
            queue.take_back(batch, pickle.load(answers))  # noqa: S301 - from our own process
            batch = []
    except (OSError, EOFError, ValueError, MemoryError, pickle.PickleError):
        pass
    finally:
        queue.take_back(batch, [None] * len(batch))


def _send(value: object, texts: IO[bytes]) -> None:
    import pickle

    pickle.dump(value, texts, pickle.HIGHEST_PROTOCOL)
    texts.flush()
