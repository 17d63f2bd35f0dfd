"""Loads with the quick ways of reading YAML and without them."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from netsim.load import Loaded, load_snapshot
from netsim.load.yaml_scanner import UnusualError

DOCUMENTS = import_module("netsim.load.documents")


def said(loaded: Loaded) -> tuple[object, ...]:
    findings = sorted(map(repr, loaded.findings))
    errors = sorted(f"{error!r} {error}" for error in loaded.errors)
    return loaded.snapshot, findings, errors, loaded.counts


def refuse(_: str) -> object:
    raise UnusualError


def in_both_ways(path: Path) -> tuple[Loaded, Loaded]:
    quick = load_snapshot([path])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DOCUMENTS, "list_items", lambda _: None)
        patch.setattr(DOCUMENTS, "read_object", refuse)
        plain = load_snapshot([path])
    return quick, plain


def same_in_both_ways(text: str) -> Loaded:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.yaml"
        path.write_text(text, newline="")
        quick, plain = in_both_ways(path)
    assert said(quick) == said(plain)
    return quick
