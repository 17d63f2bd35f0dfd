"""Documents of plain lines are read by nesting their lines, exactly as any other way."""

import re
from collections import Counter
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load.yaml_objects import read_object
from netsim.load.yaml_shapes import Shape
from netsim.load.yaml_values import decoded
from tests.load.both_ways import same_in_both_ways
from tests.load.test_quick_styles import OBJECT, TEXTS, fields

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web  # the shop's
  namespace: shop
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: main
        image: "registry.example/web:1.0"
        args: [serve]
        ports:
        - containerPort: 8080
          name: http
"""
SCALARS = ["a", "web", "7", "1.5", "true", "y", "~", '""', "'x'", '"010"', "010", "12e3", "- a"]
SCALARS += ["[a, b]", "[]", "{}", "{a: b}", "{a: 1, a: 2}", "&a x", "*a", "!x y", "|", ">-"]
SCALARS += ["a: b", "a #b", "# none", '"a', "'it''s'", "it's", "{{ x }}", "<1>", '"<1>"', "é"]
SCALARS += [
    "<<",
    "@x",
    "a\n      b",
    "a\n  b: c",
    "[a,\n b]",
    '"a\n   b"',
    "\n    - a",
    "%",
    "`",
]
VALUE = re.compile(r"(?<=: |\- )[^\n:]+$", re.MULTILINE)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How many documents were read by nesting their lines, and how many were not."""
    found = import_module("netsim.load.yaml_objects")
    read = found.read_blocks
    taken: Counter[bool] = Counter()

    def count(text: str, shape: Shape) -> object:
        taken[False] += 1
        value = read(text, shape)
        taken.update({True: 1, False: -1})
        return value

    monkeypatch.setattr(found, "read_blocks", count)
    return taken


def with_scalars(text: str, scalars: list[str]) -> str:
    """The text with other values in some lines."""
    places = list(VALUE.finditer(text))
    for number, scalar in enumerate(scalars):
        if places:
            place = places[number * 7 % len(places)]
            text = f"{text[: place.start()]}{scalar}{text[place.end() :]}"
            places = list(VALUE.finditer(text))
    return text


def test_documents_of_plain_lines_are_read_by_their_lines(taken: Counter[bool]) -> None:
    read = [
        read_object(DEPLOYMENT.replace("web", name).replace("3", str(number)))
        for number, name in enumerate(["web", "api", "db", "10"])
    ]
    assert +taken == {True: 4}
    assert read[1] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "api"}},
            "template": {
                "metadata": {"labels": {"app": "api"}},
                "spec": {
                    "containers": [
                        {"name": "main", "ports": [{"containerPort": 8080, "name": "http"}]}
                    ]
                },
            },
        },
    }
    assert read[3]["metadata"] == {"name": 10, "namespace": "shop"}  # type: ignore[index]


ODD_LINES = [
    "  - x",
    "   odd: 1",
    "      odd: 1",
    "- x",
    "odd:",
    "...",
    "---",
    "  name: again",
    "    name: again",
    "  paused: yes\n  paused: no",
    "    odd:\n    - a\n    b: c",
    "    odd:\n      - a\n     - b",
    "    odd:\n      - a\n      b: c",
    "    odd:\n    - - a",
    "    odd:\n    -",
    "    odd:\n    - a: b\n      c:\n      - d\n     e: f",
    "    1: a\n    01: b",
    "    ? a",
    "\todd: 1",
    "",
    "  # a comment",
    " ",
]


@pytest.mark.parametrize("odd", ODD_LINES)
def test_no_line_changes_what_stands_around_it(odd: str) -> None:
    lines = DEPLOYMENT.splitlines()
    for place in range(len(lines) + 1):
        text = "\n".join([*lines[:place], odd, *lines[place:], ""])
        same_in_both_ways(f"{DEPLOYMENT}---\n{text}---\n{DEPLOYMENT}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("replicas: 3", "replicas: true"),
        ("replicas: 1", "replicas: true"),
        ("containerPort: 1", "containerPort: true"),
        ("containerPort: 1", "containerPort: 1.0"),
        ("containerPort: 1", 'containerPort: "1"'),
        ("app: web", "app: 1"),
    ],
)
def test_scalars_that_python_takes_for_equal_are_told_apart(one: str, other: str) -> None:
    key = one.partition(":")[0]
    texts = [re.sub(rf"(?m)\b{key}: .*$", line, DEPLOYMENT) for line in (one, one, other, one)]
    for text in texts:
        ((value, _),) = decoded(text)
        found = read_object(text)
        assert repr(found["spec"]["replicas"]) == repr(value["spec"]["replicas"])  # type: ignore[index]
    same_in_both_ways("---\n".join(texts))


@pytest.mark.parametrize("scalar", SCALARS)
def test_no_scalar_changes_what_stands_around_it(scalar: str) -> None:
    places = list(VALUE.finditer(DEPLOYMENT))
    assert len(places) > 10
    for place in places:
        text = f"{DEPLOYMENT[: place.start()]}{scalar}{DEPLOYMENT[place.end() :]}"
        same_in_both_ways(f"{DEPLOYMENT}---\n{DEPLOYMENT}---\n{text}---\n{text}")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(TEXTS).map(lambda text: text[:4000])
    | OBJECT.flatmap(lambda value: fields(value, 0)),
    st.lists(st.lists(st.sampled_from(SCALARS), max_size=3), min_size=3, max_size=4),
)
def test_documents_of_plain_lines_read_the_same_in_both_ways(
    text: str, changes: list[list[str]]
) -> None:
    texts = [text, text, *(with_scalars(text, scalars) for scalars in changes)]
    same_in_both_ways("\n---\n".join(texts))
