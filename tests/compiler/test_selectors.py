import pytest

from netsim.compiler.selectors import LabelIndex, all_marks
from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement

NONE, WEB, DB, BLANK = 0, 1, 2, 3
LABELS = (
    Labels(),
    Labels({"app": "web", "tier": "front"}),
    Labels({"app": "db"}),
    Labels({"app": ""}),
)
INDEX = LabelIndex(map(all_marks, LABELS))


def _selected(*requirements: Requirement) -> list[int]:
    answer = INDEX.selected(LabelSelector(requirements), 0b1111, 0)
    return [number for number in range(4) if answer >> number & 1]


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        (Operator.IN, ("web",), [WEB]),
        (Operator.IN, ("db", "web"), [WEB, DB]),
        (Operator.IN, ("",), [BLANK]),
        (Operator.IN, ("gone",), []),
        (Operator.NOT_IN, ("web",), [NONE, DB, BLANK]),
        (Operator.NOT_IN, ("",), [NONE, WEB, DB]),
        (Operator.EXISTS, (), [WEB, DB, BLANK]),
        (Operator.DOES_NOT_EXIST, (), [NONE]),
    ],
)
def test_a_requirement_selects(
    operator: Operator, values: tuple[str, ...], expected: list[int]
) -> None:
    assert _selected(Requirement("app", operator, values)) == expected


def test_requirements_must_all_hold() -> None:
    has_app = Requirement("app", Operator.EXISTS)
    no_tier = Requirement("tier", Operator.DOES_NOT_EXIST)
    assert _selected(has_app, no_tier) == [DB, BLANK]


def test_the_empty_selector_selects_everything_again_and_again() -> None:
    for _ in range(2):
        assert INDEX.selected(EVERYTHING, 0b1111, 0) == 0b1111


def test_only_those_who_are_asked_about_are_selected() -> None:
    not_web = LabelSelector((Requirement("app", Operator.NOT_IN, ("web",)),))
    assert INDEX.selected(not_web, 0b011, 0) == 0b001
    assert INDEX.selected(not_web, 0b101, WEB) == 0b100
    assert INDEX.selected(not_web, 0, 0) == 0


def test_a_key_that_nobody_has_is_missing_everywhere() -> None:
    assert _selected(Requirement("role", Operator.EXISTS)) == []
    assert _selected(Requirement("role", Operator.DOES_NOT_EXIST)) == [NONE, WEB, DB, BLANK]
