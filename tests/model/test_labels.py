import pytest

from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement


def test_labels_are_a_mapping_in_key_order() -> None:
    labels = Labels({"tier": "db", "app": "web"})
    assert list(labels.items()) == [("app", "web"), ("tier", "db")]
    assert labels["tier"] == "db"
    assert len(labels) == 2
    assert "role" not in labels


def test_labels_are_values() -> None:
    one, other = Labels({"a": "1", "b": "2"}), Labels({"b": "2", "a": "1"})
    assert one == other
    assert hash(one) == hash(other)
    assert one != Labels({"a": "1"})
    assert one != {"a": "1", "b": "2"}


def test_labels_are_not_touched_by_later_changes_to_what_they_were_made_from() -> None:
    written = {"app": "web"}
    labels = Labels(written)
    written["app"] = "db"
    assert labels["app"] == "web"


def test_labels_print_as_kubectl_prints_them() -> None:
    labels = Labels({"tier": "db", "app": "web"})
    assert str(labels) == "app=web,tier=db"
    assert repr(labels) == "Labels({'app': 'web', 'tier': 'db'})"
    assert str(Labels()) == ""


@pytest.mark.parametrize(
    ("requirement", "text"),
    [
        (Requirement("app", Operator.EXISTS), "app"),
        (Requirement("app", Operator.DOES_NOT_EXIST), "!app"),
        (Requirement("app", Operator.IN, ("web",)), "app=web"),
        (Requirement("app", Operator.IN, ("api", "web")), "app in (api,web)"),
        (Requirement("app", Operator.NOT_IN, ("web",)), "app!=web"),
        (Requirement("app", Operator.NOT_IN, ("api", "web")), "app notin (api,web)"),
    ],
)
def test_a_requirement_prints_as_kubectl_takes_it(requirement: Requirement, text: str) -> None:
    assert str(requirement) == text


def test_a_selector_prints_its_requirements() -> None:
    one = Requirement("app", Operator.IN, ("web",))
    other = Requirement("tier", Operator.EXISTS)
    assert str(LabelSelector((one, other))) == "app=web,tier"
    assert str(EVERYTHING) == "{}"
