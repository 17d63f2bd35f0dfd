"""Three changes to the platform and what a careful engineer says of each, word for word."""

from pathlib import Path

import pytest

from tests.review.conftest import CHANGES, Repository

GOLDEN = Path(__file__).parent / "golden"
STORIES = {
    "dns-forgotten": ("dns-forgotten",),
    "init-job-moved": ("init-job-moved",),
    "database-tightened": ("database-tightened",),
    "one-dash": ("database-tightened", "one-dash"),
}
"""By name: patches, of which the last is reviewed and those before it are in the base."""

each_story = pytest.mark.parametrize("name", STORIES)


def told(platform: Repository, name: str, output: str) -> tuple[int, str]:
    platform.apply(*STORIES[name])
    finished = platform.review("-o", output, base="HEAD")
    assert finished.err == ""
    return finished.code, finished.out


@each_story
@pytest.mark.parametrize("output", ["text", "md"])
def test_the_review_says_what_a_careful_engineer_would(
    platform: Repository, name: str, output: str
) -> None:
    _, out = told(platform, name, output)
    assert out == (GOLDEN / f"{name}.{output}").read_text()


@each_story
def test_only_the_change_that_is_meant_is_clean(platform: Repository, name: str) -> None:
    assert told(platform, name, "text")[0] == (0 if name == "database-tightened" else 1)


def test_every_change_of_the_fixture_is_told_of() -> None:
    patches = {path.stem for path in CHANGES.glob("*.patch")}
    assert patches == {name for names in STORIES.values() for name in names}


def test_forgotten_dns_names_who_lost_it_and_what_mends_it(platform: Repository) -> None:
    _, out = told(platform, "dns-forgotten", "text")
    assert "ai-apps/open-webui -> kube-system/coredns on 53/TCP is denied" in out
    assert "ai-apps/open-webui cannot ask the cluster's DNS on 53/TCP, 53/UDP" in out
    assert "ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]" in out


def test_the_moved_job_loses_the_database_and_nothing_else(platform: Repository) -> None:
    _, out = told(platform, "init-job-moved", "text")
    rows = [line for line in out.splitlines() if line.startswith(("  + ", "  - "))]
    database = "storage/postgresql-cluster-1"
    targets = f"{database}, {database}-initdb, storage/postgresql-cluster-2"
    assert rows == [f"  - storage/init-db-job -> {targets} on 5432/TCP"]
    assert "isolated by storage/postgresql-policy, none of whose rules allows this" in out


def test_one_dash_opens_the_database_to_a_pod_and_the_two_readings_differ(
    platform: Repository,
) -> None:
    _, out = told(platform, "one-dash", "text")
    assert "+ auth/debug -> storage/postgresql-cluster-1," in out
    assert "are alternatives and match 2 workloads; as one item they match 1 workload" in out
    assert "fix: remove the dash before the second selector" in out
