"""Manifests in every style that people and programs write, and damaged ones."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load.yaml_events import read_events
from netsim.load.yaml_lines import read_document
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import WHOLE
from netsim.load.yaml_values import decoded
from tests.load.both_ways import same_in_both_ways

FIXTURES = Path(__file__).parents[2] / "fixtures"
LIST = """\
apiVersion: v1
items:
- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      a: |
        {"a": [*b, !c]}
    labels:
      app: web
    name: a
  spec:
    volumes:
    - name: x
- kind: ConfigMap
  apiVersion: v1
  data: {}
kind: List
metadata:
  resourceVersion: ""
"""
TEXTS = [LIST, *(path.read_text() for path in sorted(FIXTURES.rglob("*.yaml")))]

ANY = st.recursive(
    st.sampled_from(
        ["web", "y", "010", "", "a: b", "a #b", "-", "{{ x }}", "*", "!x", "é", "0x1", "x\ny"]
    )
    | st.integers(-1, 99)
    | st.booleans()
    | st.none(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["a", "b-c", "1", "y", "é", "a b"]), inner, max_size=2
        )
    ),
    max_leaves=5,
)
FIELDS = ["name", "labels", "containers", "ports", "template", "spec", "selector", "x", "env"]
PART = st.recursive(
    ANY,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
    ),
    max_leaves=6,
)
OBJECT = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from(["v1", "apps/v1", "networking.k8s.io/v1"]),
        "kind": st.sampled_from(["Pod", "Service", "Deployment", "NetworkPolicy", "ConfigMap"]),
        "metadata": st.fixed_dictionaries(
            {"name": st.sampled_from(["a", "b", "7"])}, optional={"labels": PART, "x": PART}
        ),
    },
    optional={"spec": PART, "status": PART, "data": PART},
)


@st.composite
def rendered(draw: st.DrawFn, value: object, column: int) -> str:
    """A value as it could be written after a key that stands left of a column."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        return "\n" + draw(fields(value, column))
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        dash = column - draw(st.sampled_from([0, 0, 2])) if column else 0
        lines = [f"{' ' * dash}- {draw(rendered(item, dash + 2)).lstrip()}" for item in value]
        return "\n" + "\n".join(lines)
    if isinstance(value, str) and draw(st.integers(0, 9)) == 0:
        body = value.replace("\n", "\n" + " " * (column + 1))
        return f"{draw(st.sampled_from(['|', '>-', '|+']))}\n{' ' * (column + 1)}{body}"
    mark = draw(st.sampled_from(["", "", "", "", "", "", "&a ", "!!str ", "!x "]))
    return mark + draw(in_line(value))


@st.composite
def in_line(draw: st.DrawFn, value: object) -> str:
    """A value in flow style, quoted or not whether that is right or wrong."""
    if isinstance(value, dict):
        pairs = [f"{key}: {draw(in_line(item))}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(draw(in_line(item)) for item in value)}]"
    if value is None:
        return draw(st.sampled_from(["", "~", "null"]))
    text = str(value)
    return draw(st.sampled_from([text, text, f'"{text}"', f"'{text}'"]))


@st.composite
def fields(draw: st.DrawFn, value: Mapping[str, object], column: int) -> str:
    lines = []
    for key, item in draw(st.permutations(list(value.items()))):
        written = draw(rendered(item, column + draw(st.sampled_from([2, 2, 2, 1, 4]))))
        gap = draw(st.sampled_from(["", "", "", "", "", "# note\n", "\n", "   # note\n"]))
        end = draw(st.sampled_from(["", "", "", "", " # why", "  "])) if written else ""
        lines.append(f"{gap}{' ' * column}{key}: {written}{end if '|' not in written else ''}")
        if not draw(st.integers(0, 30)):
            lines.append(lines[-1])
    return "\n".join(lines)


@st.composite
def manifests(draw: st.DrawFn) -> str:
    objects = draw(st.lists(OBJECT, min_size=1, max_size=3))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["List", "PodList"]))
        return draw(fields({"kind": kind, "apiVersion": "v1", "items": objects}, 0)) + "\n"
    return "\n---\n".join(draw(fields(item, 0)) for item in objects) + "\n"


@settings(max_examples=200, deadline=None)
@given(manifests())
def test_manifests_in_any_style_read_the_same_in_both_ways(text: str) -> None:
    same_in_both_ways(text)


@settings(max_examples=200, deadline=None)
@given(OBJECT.flatmap(lambda value: fields(value, 0)))
def test_lines_and_events_mean_what_yaml_means(text: str) -> None:
    try:
        ((value, _),) = decoded(text)
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        value = None
    for read in (read_document, read_events):
        try:
            found = read(text, WHOLE)
        except (UnusualError, RecursionError):
            continue
        assert found == value


AWKWARD = ["~", "[]", "{}", "''", "yes", "!x", "{{ .V }}", "&a", "*a", "\t", ": :", '"', "'"]
AWKWARD += ["- ", "? ", "|\n", "#", " #", "\n", "  ", "---\n", "<<: ", "[a]: b", "items:\n"]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text: str = draw(st.sampled_from(TEXTS))[:4000]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 1, 2, 20]))
        text = text[:start] + draw(st.sampled_from([*AWKWARD, ""])) + text[start + gone :]
    return text


@settings(max_examples=150, deadline=None)
@given(damaged())
def test_damaged_manifests_read_the_same_in_both_ways(text: str) -> None:
    same_in_both_ways(text)
