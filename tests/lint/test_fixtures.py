"""What lint says of the clusters in fixtures: nothing of the clean ones, no more of others."""

from collections import Counter
from pathlib import Path

import pytest

import netsim
from netsim.lint import RULES
from netsim.results import Finding

FIXTURES = Path(__file__).parents[2] / "fixtures"
CLUSTERS = FIXTURES / "clusters"
CLEAN = sorted((FIXTURES / "lint").glob("*.yaml"))


def findings(path: Path) -> tuple[Finding, ...]:
    return netsim.load(path).lint()


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_every_rule_is_silent_on_a_clean_cluster(path: Path) -> None:
    assert findings(path) == ()


def test_there_is_a_clean_cluster_with_policies() -> None:
    assert [path.stem for path in CLEAN] == ["clinic"]
    assert len(netsim.load(CLEAN[0]).snapshot.policies) > 9


def test_the_shop_lacks_one_default_deny_and_shows_its_web_to_the_internet() -> None:
    assert [(it.rule, it.subject) for it in findings(CLUSTERS / "shop" / "manifests")] == [
        ("namespace-without-default-deny", "Namespace monitoring"),
        ("internet-ingress", "shop/web-guard"),
        ("metadata-reachable", "Namespace monitoring"),
    ]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (
            "manifests",
            {
                "namespace-without-default-deny": 9,
                "metadata-reachable": 9,
                "dns-unreachable": 3,
                "half-open": 1,
                "pod-not-isolated": 1,
                "sensitive-port-open": 1,
                "system-namespace-exposed": 1,
            },
        ),
        (
            "proposed",
            {
                "internet-egress": 1,
                "internet-ingress": 1,
                "metadata-reachable": 1,
                "namespace-without-default-deny": 1,
                "system-namespace-exposed": 1,
            },
        ),
    ],
)
def test_the_platform_has_what_was_read_and_found_to_be_so(
    folder: str, expected: dict[str, int]
) -> None:
    found = findings(CLUSTERS / "ai-security-platform" / folder)
    assert Counter(item.rule for item in found) == expected


def test_the_platform_refuses_its_database_what_it_allows() -> None:
    cluster = netsim.load(CLUSTERS / "ai-security-platform" / "manifests")
    (item,) = cluster.lint(select=["half-open"])
    assert item.subject == "storage/postgresql-policy"
    assert item.witness.endswith("on 5432/TCP: refused")


def test_asking_some_rules_gives_what_asking_all_gives_of_them() -> None:
    cluster = netsim.load(CLUSTERS / "ai-security-platform" / "as-deployed")
    everything = cluster.lint()
    assert everything
    for rule in RULES:
        asked = cluster.lint(select=[rule.id])
        assert asked == tuple(item for item in everything if item.rule == rule.id)
