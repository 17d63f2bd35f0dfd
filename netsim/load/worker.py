"""What the second process runs: texts come in, what they hold goes out.

It only spares the first one work. Whatever is out of the ordinary it leaves to the first
process, which then reads that text itself.
"""

import gc
import pickle
import sys
import traceback
from typing import BinaryIO

from netsim.errors import DocumentError
from netsim.load.documents import documents
from netsim.load.files import TextFile


def greeting() -> bytes:
    """A line that only a process with this very netsim says, not one installed meanwhile."""
    version = sys.modules["netsim"].__version__
    return f"netsim {version} {__file__!r} {sys.version!r}\n".encode(errors="backslashreplace")


def frames() -> int:
    """How many frames are on the stack."""
    return sum(1 for _ in traceback.walk_stack(None))


def answer(file: TextFile) -> bytes | None:
    """What a text holds, pickled; None where the first process has to read it and tell."""
    try:
        read = list(documents(file))
        if any(isinstance(item, DocumentError) for item in read):
            return None
        return pickle.dumps(read, pickle.HIGHEST_PROTOCOL)
    except (RecursionError, MemoryError, pickle.PicklingError):
        return None


def serve(texts: BinaryIO, answers: BinaryIO) -> None:
    """Answers until the first process is gone or has enough."""
    gc.disable()
    answers.write(greeting())
    answers.flush()
    free, digits = pickle.load(texts)  # noqa: S301 - written by the process that started this one
    sys.setrecursionlimit(frames() + free)
    sys.set_int_max_str_digits(digits)
    while files := pickle.load(texts):  # noqa: S301 - as above
        pickle.dump([answer(file) for file in files], answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
