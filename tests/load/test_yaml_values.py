from collections.abc import Callable

import pytest

from netsim.load import Loaded
from netsim.load.yaml_values import plain_value
from netsim.model.labels import Labels

Load = Callable[[dict[str, str | bytes]], Loaded]

POD = (
    "apiVersion: v1\nkind: Pod\n"
    "metadata:\n  name: web\n  namespace: shop\n  labels: {app: web}\n"
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("Off", False),
        ("~", None),
        ("010", 8),
        ("0o14", 12),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("08", 8.0),
        ("12e3", 12000.0),
        (".5", 0.5),
        ("-3", -3),
        ("+3", 3),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("1e400", "1e400"),
        ("0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        (".", "."),
        ("<<", "<<"),
        ("=", "="),
        ("99999999999999999999", 1e20),
        (".inf", float("inf")),
    ],
)
def test_a_plain_scalar_means_what_kubectl_takes_it_for(text: str, value: object) -> None:
    found = plain_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "value",
    ["!!int x", "!!int ''", "!!bool maybe", "!!float x", "!!null x", "!!map x", "!!seq x"],
)
def test_a_core_tag_on_another_value_is_a_fault(load: Load, value: str) -> None:
    (error,) = load({"t.yaml": f"a: {value}\n"}).errors
    assert str(error).partition("t.yaml")[2].startswith(":1:4: not YAML")


@pytest.mark.parametrize(
    ("tagged", "value"),
    [("!!int '5'", "5"), ("!!float 5", "5"), ("!!bool 'y'", "true"), ("!!str 5", "'5'")],
)
def test_a_core_tag_decides_the_type(load: Load, tagged: str, value: str) -> None:
    shown = load({"t.yaml": POD.replace("{app: web}", f"[{tagged}]")}).errors
    same = load({"t.yaml": POD.replace("{app: web}", f"[{value}]")}).errors
    assert [error.problem for error in shown] == [error.problem for error in same]


@pytest.mark.parametrize(
    ("key", "name"),
    [("1", "1"), ("y", "true"), ("1.5", "1.5"), ("1e3", "1000"), ("0x10", "16")],
)
def test_a_key_is_spelt_as_kubectl_spells_it(load: Load, key: str, name: str) -> None:
    loaded = load({"p.yaml": POD.replace("{app: web}", f"{{{key}: x}}")})
    assert loaded.snapshot.endpoints[0].labels == Labels({name: "x"})


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}"])
def test_a_key_that_is_no_scalar_is_a_fault(load: Load, key: str) -> None:
    assert "a key must be a scalar" in str(load({"k.yaml": f"? {key}\n: c\n"}).errors[0])
