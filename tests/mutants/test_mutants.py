"""The tests are tested: every wrong reading of Kubernetes must be caught."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.wrong_manifests import MANIFEST_MUTANTS
from tests.mutants.wrong_parties import PARTY_MUTANTS
from tests.mutants.wrong_rules import RULE_MUTANTS
from tests.mutants.wrong_shortcuts import SHORTCUT_MUTANTS
from tests.mutants.wrong_tiers import TIER_MUTANTS

MUTANTS = (
    *RULE_MUTANTS,
    *PARTY_MUTANTS,
    *MANIFEST_MUTANTS,
    *SHORTCUT_MUTANTS,
    *TIER_MUTANTS,
)

_ROOT = Path(__file__).parents[2]
_LEAST = 20

Outcome = subprocess.CompletedProcess[str]


def _checked(folder: Path, mutant: Mutant | None) -> Outcome:
    """Runs the compact check on a copy of the package, with or without a mistake in it."""
    package = folder / "netsim"
    shutil.copytree(_ROOT / "netsim", package, ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not None:
        module = package / mutant.module
        module.write_text(_patched(module.read_text(encoding="utf-8"), mutant), "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "tests.mutants.check"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def _patched(text: str, mutant: Mutant) -> str:
    found = text.count(mutant.old)
    if found != 1:
        raise LookupError(f"{mutant.title}: {found} places in {mutant.module}, not one")
    return text.replace(mutant.old, mutant.new)


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """Every mutant that was asked for, running side by side."""
    chosen = {
        item.callspec.params["mutant"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        if "mutant" in item.callspec.params
    }
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield {
            mutant.title: pool.submit(_checked, tmp_path_factory.mktemp("mutant"), mutant)
            for mutant in MUTANTS
            if mutant in chosen
        }


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.title)
def test_every_wrong_reading_is_caught(
    mutant: Mutant, outcomes: dict[str, Future[Outcome]]
) -> None:
    outcome = outcomes[mutant.title].result()
    assert outcome.returncode == 1, "the mutant survived"
    assert "AssertionError" in outcome.stderr, outcome.stderr


def test_the_package_itself_passes_the_same_check(tmp_path: Path) -> None:
    outcome = _checked(tmp_path, None)
    assert outcome.returncode == 0, outcome.stderr


def test_there_are_many_mutants_and_no_two_alike() -> None:
    assert len(MUTANTS) >= _LEAST
    assert len({mutant.title for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.module, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


def test_a_patch_that_no_longer_fits_is_an_error() -> None:
    mutant = Mutant("rotten", "graph.py", "no such text", "")
    with pytest.raises(LookupError, match="0 places"):
        _patched("class Graph: ...", mutant)
