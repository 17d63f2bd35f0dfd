"""Objects that are made quickly are those that the frozen dataclass makes."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from netsim.load.quick import quick_maker
from netsim.model.labels import Labels
from netsim.model.workload import Endpoint
from netsim.source import Source

_GIVEN = ("shop", "db-0", "Pod", Labels({"app": "db"}))


def test_arguments_and_defaults_are_those_of_the_class() -> None:
    make = quick_maker(Endpoint)
    assert make(*_GIVEN) == Endpoint(*_GIVEN)
    assert make(*_GIVEN, node="n1", replicas=None) == Endpoint(
        *_GIVEN, node="n1", replicas=None
    )
    assert repr(make(*_GIVEN)) == repr(Endpoint(*_GIVEN))


def test_an_argument_may_not_be_missing_or_unknown() -> None:
    with pytest.raises(TypeError, match="labels"):
        quick_maker(Endpoint)("shop", "db-0", "Pod")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        quick_maker(Endpoint)(*_GIVEN, colour="red")  # type: ignore[call-arg]


def test_what_is_made_is_of_the_class_and_frozen() -> None:
    made = quick_maker(Source)("a.yaml", 2, ("items", 1))
    assert type(made) is Source
    assert hash(made) == hash(Source("a.yaml", 2, ("items", 1)))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - written just now
    with pytest.raises(FrozenInstanceError):
        made.document = 3  # type: ignore[misc]
