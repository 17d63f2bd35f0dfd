"""What machine this is, and how fast it moves memory and runs Python by itself."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.measure import timed

_LIBRARIES = ("numpy", "msgspec", "PyYAML", "networkx")
_CPUS = Path("/proc/cpuinfo")
_ARRAY_BYTES = 1 << 28
_LOOPS = 2_000_000


@dataclass(frozen=True, slots=True)
class Machine:
    """All that a table of seconds must say to be understood elsewhere."""

    cores: int
    processor: str
    memory: int
    system: str
    python: str
    libraries: Mapping[str, str]
    bandwidth: float
    """Bytes a second, read and written, of numpy's AND of two large arrays into a third."""
    loop: float
    """Seconds of two million rounds of a small Python loop."""

    def __str__(self) -> str:
        libraries = ", ".join(f"{name} {number}" for name, number in self.libraries.items())
        return (
            f"{self.cores} cores of {self.processor}, {self.memory / 1e9:.0f} GB; "
            f"{self.system}, Python {self.python}, {libraries}; "
            f"memory {self.bandwidth / 1e9:.1f} GB/s (AND of large arrays, one thread); "
            f"{_LOOPS:,} rounds of a Python loop {self.loop:.3f} s"
        )


def machine(array_bytes: int = _ARRAY_BYTES) -> Machine:
    """The machine this runs on; takes a second or two to measure."""
    return Machine(
        cores=os.cpu_count() or 1,
        processor=_processor(),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        libraries={name: version(name) for name in _LIBRARIES},
        bandwidth=bandwidth(array_bytes),
        loop=timed(_loop, 5).best,
    )


def bandwidth(array_bytes: int = _ARRAY_BYTES) -> float:
    """Bytes a second; two arrays are read and one is written, all far larger than caches."""
    words = array_bytes // 8
    left, right = np.full(words, 3, dtype=np.uint64), np.full(words, 5, dtype=np.uint64)
    result = np.zeros(words, dtype=np.uint64)
    best = timed(lambda: np.bitwise_and(left, right, out=result), 5).best
    return 3 * words * 8 / max(best, 1e-9)


def _loop() -> int:
    total = 0
    for number in range(_LOOPS):
        total ^= number
    return total


def _processor() -> str:
    if _CPUS.exists():
        for line in _CPUS.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    print(machine())  # noqa: T201 - a script
