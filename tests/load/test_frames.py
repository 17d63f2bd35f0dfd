"""Documents of equal keys are read by filling in their scalars, exactly as any other way."""

import re
from collections import Counter
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load.yaml_objects import read_object
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
def filled(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How many documents were filled in, and how many had to be read."""
    found = import_module("netsim.load.yaml_objects")
    frames = import_module("netsim.load.yaml_frames")
    monkeypatch.setattr(frames, "_forms", {})
    read = found.read_framed
    taken: Counter[bool] = Counter()

    def count(*given: object) -> object:
        value = read(*given)
        taken[value is not None] += 1
        return value

    monkeypatch.setattr(found, "read_framed", count)
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


def test_documents_of_equal_keys_are_filled_in(filled: Counter[bool]) -> None:
    read = [
        read_object(DEPLOYMENT.replace("web", name).replace("3", str(number)))
        for number, name in enumerate(["web", "api", "db", "10"])
    ]
    assert filled == {False: 1, True: 3}
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


def test_equal_templates_are_one_value(filled: Counter[bool]) -> None:
    _, *read = (read_object(DEPLOYMENT.replace("name: web", f"name: {name}")) for name in "abc")
    one, other = (value["spec"] for value in read)  # type: ignore[index]
    assert one["template"] is other["template"]
    assert filled[True] == 2


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
def test_documents_of_one_form_read_the_same_in_both_ways(
    text: str, changes: list[list[str]]
) -> None:
    texts = [text, text, *(with_scalars(text, scalars) for scalars in changes)]
    same_in_both_ways("\n---\n".join(texts))
