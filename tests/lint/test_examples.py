"""Each rule's own page is its test: the bad example is found, the good one is not."""

import pytest
import yaml

import netsim
from netsim.cluster import Cluster
from netsim.lint import CHECKS, RULES
from netsim.lint.context import Context
from netsim.lint.rule import Check
from netsim.results import Finding, Severity

TOLD_WHILE_READING = {"same-priority-conflict"}
"""Lint passes on what the loader says, whose own tests find it."""

each_rule = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.id)
each_rule_of_lint = pytest.mark.parametrize(
    "check",
    [check for check in CHECKS if check.rule.id not in TOLD_WHILE_READING],
    ids=lambda check: check.rule.id,
)


def cluster(text: str) -> Cluster:
    return netsim.from_objects(yaml.safe_load_all(text))


def found(check: Check, text: str) -> list[Finding]:
    loaded = cluster(text)
    return list(
        check.findings(Context(loaded.worlds.directory, loaded.objects, loaded.findings))
    )


@each_rule_of_lint
def test_the_bad_example_is_found(check: Check) -> None:
    items = found(check, check.rule.bad)
    assert {item.rule for item in items} == {check.rule.id}
    assert check.rule.severity in {item.severity for item in items}
    assert all(item.subject and item.message for item in items)


@each_rule
def test_the_good_example_is_not_found(check: Check) -> None:
    assert found(check, check.rule.good) == []


@each_rule
def test_a_page_says_what_and_why(check: Check) -> None:
    assert check.rule.summary
    assert check.rule.why.endswith(".")


@each_rule
def test_nothing_is_found_where_nothing_is(check: Check) -> None:
    assert found(check, "") == []


def test_ids_are_words_and_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert all(name.replace("-", "").isalpha() and name.islower() for name in ids)


@pytest.mark.parametrize("name", sorted(TOLD_WHILE_READING))
def test_what_is_told_while_reading_is_passed_on(name: str) -> None:
    (check,) = (check for check in CHECKS if check.rule.id == name)
    loaded = cluster(check.rule.bad)
    place = loaded.objects[-1].source.at("spec", "priority")
    said = Finding(name, Severity.WARNING, "both have priority 10", place)
    context = Context(loaded.worlds.directory, loaded.objects, (said,))
    (item,) = check.findings(context)
    assert (item.subject, item.message) == ("ClusterNetworkPolicy shut", said.message)
