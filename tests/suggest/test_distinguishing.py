"""Which labels a selector names."""

from collections.abc import Mapping

import pytest

from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.suggest.distinguishing import common_key, telling

PRIMARY = {
    "app": "pg",
    "role": "primary",
    "cnpg.io/instanceRole": "primary",
    "cnpg.io/instanceName": "pg-1",
}
REPLICA = {
    "app": "pg",
    "role": "replica",
    "cnpg.io/instanceRole": "replica",
    "cnpg.io/instanceName": "pg-2",
}


def equal(**labels: str) -> LabelSelector:
    return LabelSelector(
        tuple(sorted(Requirement(key, Operator.IN, (it,)) for key, it in labels.items()))
    )


def without(selector: LabelSelector, *keys: str) -> LabelSelector:
    absent = (Requirement(key, Operator.DOES_NOT_EXIST) for key in keys)
    return LabelSelector(tuple(sorted([*selector.requirements, *absent])))


@pytest.mark.parametrize(
    ("wanted", "others", "chosen"),
    [
        ({"zone": "a", "app": "web"}, [], equal(app="web")),
        ({"app": "web", "part": "x"}, [{"app": "web"}], equal(part="x")),
        (
            {"app": "web", "part": "x"},
            [{"app": "web"}, {"part": "x"}],
            equal(app="web", part="x"),
        ),
        (
            dict.fromkeys("abcd", "1"),
            [dict.fromkeys(some, "1") for some in ("abc", "abd", "acd", "bcd")],
            equal(a="1", b="1", c="1", d="1"),
        ),
        (PRIMARY, [REPLICA], equal(**{"cnpg.io/instanceName": "pg-1"})),
        # no more is said than must be, though more could be
        (
            {"app": "web"},
            [{"app": "web", "track": "canary"}],
            without(equal(app="web"), "track"),
        ),
        ({}, [{"app": "web"}, {"job": "x"}], without(equal(), "app", "job")),
        # two steady labels before one of a release
        (
            {"app": "web", "part": "x", "version": "1"},
            [{"app": "web", "version": "2"}, {"part": "x", "version": "2"}],
            equal(app="web", part="x"),
        ),
        (
            {"app": "web", "version": "1"},
            [{"app": "web", "version": "2"}],
            equal(version="1"),
        ),
        # a role is a state where an operator gives it out, else a label as any other
        (
            {"app": "a", "role": "primary"},
            [{"app": "a", "role": "replica"}],
            equal(role="primary"),
        ),
        (
            {"app": "a", "role": "primary"},
            [{"app": "a", "role": "replica", "job": "x"}],
            without(equal(app="a"), "job"),
        ),
        ({"role": "web", "zone": "a"}, [{"role": "db", "zone": "a"}], equal(role="web")),
        # twins cannot be told apart
        ({"app": "web"}, [{"app": "web"}], equal(app="web")),
        ({"version": "1"}, [{"version": "1"}], equal(version="1")),
        # a key that is made up anew tells nothing
        (
            {"app": "web"},
            [{"app": "web", "pod-template-hash": "abc"}],
            equal(app="web"),
        ),
    ],
)
def test_the_fewest_labels_that_hold_the_longest_are_chosen(
    wanted: Mapping[str, str], others: list[Mapping[str, str]], chosen: LabelSelector
) -> None:
    assert telling([wanted], others) == chosen


def test_several_are_told_by_the_values_that_they_have() -> None:
    wanted = [{"app": "a", "x": "1"}, {"app": "b", "x": "1"}]
    found = telling(wanted, [{"app": "c", "x": "1"}])
    assert found == LabelSelector((Requirement("app", Operator.IN, ("a", "b")),))
    assert common_key(wanted, [{"app": "c", "x": "1"}]) == found


def test_of_very_many_labels_none_is_named_that_is_not_needed() -> None:
    wanted = {f"k{number:02}": "1" for number in range(20)}
    needed = {"k05", "k11", "k13", "k19"}
    others = [{key: "1" for key in wanted if key != left} for left in sorted(needed)]
    found = telling([wanted], others)
    assert {item.key for item in found.requirements} == needed


def test_what_changes_while_a_pod_runs_is_no_common_key() -> None:
    assert common_key([{"role": "primary"}], [{"role": "replica"}]) is None
