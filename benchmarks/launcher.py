"""Runs a command as the child of a small process, and prints what it took.

A process inherits the peak memory of the one that starts it, so a large one cannot measure it.
Prints CPU seconds, wall seconds, peak memory in the system's unit, and the exit code.
"""

import os
import sys
import time


def main() -> None:
    """The command's output is thrown away."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the benchmark's own command
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    sys.stdout.write(f"{cpu} {wall} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main()
