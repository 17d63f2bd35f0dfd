"""The Hypothesis profiles, and the keeper of clusters on which a property failed."""

import hashlib
import os
from collections.abc import Generator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, settings
from hypothesis.errors import HypothesisException

from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from tests.properties.manifests import manifests

settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=1_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOUND = FIXTURES / "found"
FOLDERS = [
    folder
    for title in ("as-deployed", "manifests", "proposed")
    for folder in sorted(FIXTURES.glob(f"clusters/*/{title}"))
]
"""Every cluster in fixtures, as it is and as it is proposed."""


class Witness:
    """Remembers the last cluster a property looked at, which is the smallest that failed."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.profile = Profile()

    def saw(self, snapshot: Snapshot, profile: Profile | None = None) -> None:
        """To be called with every generated cluster, before it is judged."""
        self.snapshot, self.profile = snapshot, profile or Profile()

    def file(self, folder: Path, title: str) -> Path | None:
        """Writes the cluster as manifests, the settings it was judged under as comments."""
        if self.snapshot is None:
            return None
        text = yaml.safe_dump_all(manifests(self.snapshot), sort_keys=False)
        default = Profile().settings()
        assumed = [
            f"# assume {switch}={setting}\n"
            for switch, setting in self.profile.settings().items()
            if default[switch] != setting
        ]
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        path = folder / f"{title.removeprefix('test_')}-{digest}.yaml"
        path.write_text("".join(assumed) + text, encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def witness() -> Witness:
    """Tell it each generated cluster; where the test fails the last one is kept."""
    return Witness()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A cluster on which a property failed becomes a case that is replayed for ever."""
    report = yield
    keeper = getattr(item, "funcargs", {}).get("witness")
    if isinstance(keeper, Witness) and call.when == "call":
        raised = call.excinfo.value if call.excinfo is not None else None
        if report.failed and not isinstance(raised, HypothesisException):
            path = keeper.file(FOUND, item.name)
            report.sections.append(("generated cluster", f"kept as {path}"))
        keeper.snapshot = None
    return report
