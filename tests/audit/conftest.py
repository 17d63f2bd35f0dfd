from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

import netsim
from netsim.audit import audit
from netsim.lint.context import Context
from netsim.results import Finding

PLATFORM = Path(__file__).parents[2] / "fixtures" / "clusters" / "ai-security-platform"

Look = Callable[[str], Context]
Audit = Callable[..., list[Finding]]


def context_of(text: str) -> Context:
    objects: Iterator[dict[str, object]] = yaml.safe_load_all(text)
    cluster = netsim.from_objects(objects, lenient=True)
    return Context(cluster.worlds.directory, cluster.objects, cluster.findings)


@pytest.fixture
def look() -> Look:
    """Manifests as rules look at them."""
    return context_of


@pytest.fixture
def audited() -> Audit:
    """What some rules find in manifests."""

    def found(text: str, *ids: str) -> list[Finding]:
        return list(audit(context_of(text), ids or None))

    return found


@pytest.fixture(scope="session")
def platform() -> Context:
    """The platform with what makes its secrets."""
    cluster = netsim.load(PLATFORM / "manifests", PLATFORM.parents[1] / "secrets")
    return Context(cluster.worlds.directory, cluster.objects, cluster.findings)
