"""How long and how much: CPU and wall seconds, and the memory of a process of its own."""

import gc
import resource
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import ParamSpec, TypeVar

_Input = TypeVar("_Input")
_Prepared = TypeVar("_Prepared")
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_STATUS = Path("/proc/self/status")
_FORGET = Path("/proc/self/clear_refs")
_FORGET_PEAK = "5"
_LONG = 5.0
"""Seconds above which a second call would tell little."""
_KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one call, over several calls."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """The median CPU time: other programs on the machine disturb it least."""
        return median(self.cpu)

    @property
    def best(self) -> float:
        """The least CPU time."""
        return min(self.cpu)

    @property
    def wall_seconds(self) -> float:
        """The median time on the clock."""
        return median(self.wall)


def timed(work: Callable[[], object], repeats: int = 3) -> Timing:
    """Calls `work` several times, or once where that takes long; its results are dropped."""
    cpu, wall = [], []
    for _ in range(repeats):
        gc.collect()
        started, clock = _cpu(), perf_counter()
        result = work()
        cpu.append(_cpu() - started)
        wall.append(perf_counter() - clock)
        del result
        if wall[-1] > _LONG:
            break
    return Timing(tuple(cpu), tuple(wall))


def _cpu() -> float:
    """Of this process and of those that it started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def by_itself(
    work: Callable[_Given, _Result], *args: _Given.args, **named: _Given.kwargs
) -> _Result:
    """What `work` returns, called in a fresh process: memory that it leaves in pieces is gone.

    It must stand at the top of a module, since the process finds it by name.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **named).result()


def added_memory(
    prepare: Callable[[_Input], _Prepared], work: Callable[[_Prepared], object], given: _Input
) -> int:
    """Bytes that `work` adds, at its peak, to a fresh process that holds what was prepared.

    The larger of what the system and what Python's allocator counts, in a process each: to the
    system it is nothing new when memory that preparing left behind is used again. Both
    functions must stand at the top of a module, since the processes find them by name.
    """
    counts = (_resident_added, _allocated_added)
    return max(by_itself(count, prepare, work, given) for count in counts)


def _allocated_added(
    prepare: Callable[[_Input], _Prepared], work: Callable[[_Prepared], object], given: _Input
) -> int:
    prepared = prepare(given)
    gc.collect()
    tracemalloc.start()
    result = work(prepared)
    added = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return added


def peak_share(
    prepare: Callable[[_Input], _Prepared], work: Callable[[_Prepared], object], given: _Input
) -> float:
    """How many times what `work` leaves is its peak, in a fresh process, by Python's count."""
    return by_itself(_peak_share, prepare, work, given)


def _peak_share(
    prepare: Callable[[_Input], _Prepared], work: Callable[[_Prepared], object], given: _Input
) -> float:
    prepared = prepare(given)
    gc.collect()
    tracemalloc.start()
    result = work(prepared)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return most / left


def _resident_added(
    prepare: Callable[[_Input], _Prepared], work: Callable[[_Prepared], object], given: _Input
) -> int:
    prepared = prepare(given)
    gc.collect()
    before = resident()
    _forget_peak()
    result = work(prepared)
    added = peak() - before
    del result
    return max(0, added)


def resident() -> int:
    """Bytes of memory this process holds now; where the system does not say, its peak."""
    return _told_by_linux("VmRSS") or peak()


def peak() -> int:
    """The most bytes this process ever held, or since the peak was forgotten."""
    told = _told_by_linux("VmHWM")
    if told is not None:
        return told
    unit = 1 if sys.platform == "darwin" else _KIBIBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _told_by_linux(name: str) -> int | None:
    if not _STATUS.exists():
        return None
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * _KIBIBYTE
    return None


def _forget_peak() -> None:
    if _FORGET.exists():
        _FORGET.write_text(_FORGET_PEAK, encoding="ascii")
