"""How fast files are read: kubectl's dumps in JSON and YAML, and manifests written by hand."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from benchmarks.alone import alone
from benchmarks.generate import Shape, write_json, write_yaml
from benchmarks.measure import added_memory, by_itself, peak_share, timed
from benchmarks.row import MEMORY, Row
from benchmarks.setting import Setting
from netsim.load import Loaded, load_snapshot

_MOST_YAML = 8_000_000
"""Bytes that PyYAML's own loader is given in comparison: it reads about a megabyte a second."""
_MOST_YAML_DUMP = 10_000
"""Pods of a YAML dump; larger ones are the same text over and over."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A way in which a cluster is written down, and the plain way to read it."""

    name: str
    shape: Shape
    path: Path
    write: Callable[[Shape, Path], None]
    library: str
    plainly: Callable[[Path], object]
    most_plainly: int


def ingest(setting: Setting) -> Iterator[Row]:
    """Files to a snapshot."""
    for form in _forms(setting):
        by_itself(form.write, form.shape, form.path)
        yield _row(form, setting)
        form.path.unlink()


def _forms(setting: Setting) -> Iterator[_Form]:
    shape, folder = setting.shape, setting.folder
    fat = replace(shape, fat=True)
    whole = 10**12
    yield _Form(
        "load JSON dump",
        fat,
        folder / "dump.json",
        write_json,
        "json.loads",
        _plain_json,
        whole,
    )
    if shape.pods <= _MOST_YAML_DUMP:
        yield _Form(
            "load YAML dump",
            fat,
            folder / "dump.yaml",
            write_yaml,
            "CSafeLoader",
            _plain_yaml,
            _MOST_YAML,
        )
    yield _Form(
        "load YAML manifests",
        shape,
        folder / "manifests.yaml",
        write_yaml,
        "CSafeLoader",
        _plain_yaml,
        _MOST_YAML,
    )


def _row(form: _Form, setting: Setting) -> Row:
    size = form.path.stat().st_size
    timing = timed(lambda: _loaded(form.path), setting.repeats)
    ratios = {MEMORY: size / timing.seconds / setting.bandwidth}
    if size <= form.most_plainly:
        ratios[form.library] = (
            timed(lambda: form.plainly(form.path), 1).seconds / timing.seconds
        )
    return Row(
        form.name,
        form.shape.mode,
        form.shape.pods,
        form.shape.policies,
        timing.seconds,
        memory=added_memory(_itself, _loaded, form.path),
        ratios=ratios,
        note=(
            f"{size / 1e6:,.1f} MB, {size / 1e6 / timing.seconds:,.0f} MB/s of CPU, "
            f"{size / 1e6 / timing.wall_seconds:,.0f} MB/s on the clock; "
            f"peak {peak_share(_itself, _loaded, form.path):.2f} x the snapshot"
        ),
    )


def _itself(path: Path) -> Path:
    return path


def _loaded(path: Path) -> Loaded:
    return load_snapshot([path])


def _plain_json(path: Path) -> object:
    return json.loads(path.read_bytes())


def _plain_yaml(path: Path) -> object:
    with path.open(encoding="utf-8") as file:
        return list(yaml.load_all(file, Loader=yaml.CSafeLoader))


if __name__ == "__main__":
    alone(ingest)
