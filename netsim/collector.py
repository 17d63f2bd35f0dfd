"""Pauses Python's garbage collector while millions of objects are made that all stay alive.

Each of its passes walks every object there is; in a long load or compilation that would be
most of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Leaves the collector as it was, also when an exception passes.

    What was made meanwhile is old at once: freezing and unfreezing moves it to the oldest
    generation without the pass over all of it that would come next.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
