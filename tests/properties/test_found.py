"""Every cluster that once told the evaluators apart is replayed, under every single switch."""

from pathlib import Path

import pytest

import netsim
from netsim.model.profile import Profile
from tests.conftest import FOUND
from tests.properties.comparison import disagreements

_FILES = sorted(FOUND.glob("*.yaml"))


def _profiles(file: Path) -> list[Profile]:
    """The default, the one that the file names, and every one that differs in one switch."""
    named = default = Profile()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("# assume "):
            switch, _, setting = line.removeprefix("# assume ").partition("=")
            named = named.with_setting(switch, setting)
    others = [
        default.with_setting(switch, setting)
        for switch in default.settings()
        for setting in default.others(switch)
    ]
    return [default, named, *others]


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_engine_and_judge_agree_on(file: Path) -> None:
    snapshot = netsim.load(file).snapshot
    assert snapshot.endpoints
    for profile in _profiles(file):
        assert next(disagreements(snapshot, profile), None) is None


def test_there_are_files_to_replay() -> None:
    assert _FILES
