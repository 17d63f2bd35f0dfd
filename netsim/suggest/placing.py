"""Where a new object is to be written: beside those that it belongs with."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import PurePath

from netsim.errors import RewriteError
from netsim.model.written import WrittenObject
from netsim.suggest.edits import Edit


def place_for(
    edit: Edit,
    objects: Iterable[WrittenObject],
    is_open: Callable[[str], bool],
    is_there: Callable[[str], bool],
) -> str:
    """The file for a new object, which may not exist yet.

    It is the one with most objects of its kind and namespace; else a new file named after it,
    in the folder with most objects of its namespace, or of all. `is_open` says which files can
    be edited, `is_there` which names are taken. Raises RewriteError where nothing can.
    """
    ref = edit.ref
    every = [it for it in objects if is_open(it.source.file)]
    near = [it for it in every if it.namespace == ref.namespace]
    alike = Counter(it.source.file for it in near if it.kind == ref.kind)
    if alike:
        return _most(alike)
    folders = Counter(str(PurePath(it.source.file).parent) for it in near or every)
    if not folders:
        raise RewriteError(str(ref), "no YAML file was read beside which it could stand")
    folder = PurePath(_most(folders))
    stem = ref.name if near else f"{ref.namespace}-{ref.name}"
    names = (f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml" for number in count(1))
    return next(path for name in names if not is_there(path := str(folder / name)))


def _most(found: Counter[str]) -> str:
    """Of equals the first by name."""
    return min(found, key=lambda name: (-found[name], name))
