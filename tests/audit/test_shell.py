"""Scripts cut into commands: what is one, what guards it, what stops at the first failure."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.audit.shell import script_of


def names(text: str) -> list[str]:
    script = script_of(["sh", "-c", text])
    assert script is not None
    return [item.name for item in script.commands]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a; b & c\nd", ["a", "b", "c", "d"]),
        ("a && b || c", ["a", "b", "c"]),
        ("a | b", ["a", "b"]),
        ("/usr/bin/psql -c 'a; b'", ["psql"]),
        ('psql -c "a; $(b; c) \\" d"', ["psql"]),
        ("A=1 B=2 psql x", ["psql"]),
        ("a # don't; b\nc", ["a", "c"]),
        ("echo a#b; c", ["echo", "c"]),
        ("psql <<EOF\nit's; b\nEOF\nc", ["psql", "c"]),
        ("psql <<-'END' > x\nb\n\tEND\nc", ["psql", "c"]),
        ("a \\\n  b\nc", ["a", "c"]),
        ("a 2>&1 >/dev/null; b >&2", ["a", "b"]),
        ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
        ("while ! a; do b; done; c", ["a", "b", "c"]),
        ("(a; b); c", ["a", "b", "c"]),
        ("f() { a; }; f", ["a", "f"]),
        ("for i in $(seq 9); do a; done; b", ["a", "b"]),
        ("case $x in p) a ;; q|r) b ;; esac; c", ["a", "b", "c"]),
        ("case $x in\n(p) case y in z) a;; esac ;;\n*) b\nesac\nc", ["a", "b", "c"]),
        ("while a; do b; done < x > y; c", ["a", "b", "c"]),
    ],
)
def test_a_text_is_cut_into_commands(text: str, commands: list[str]) -> None:
    assert names(text) == commands


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("a; z", False),
        ("a || exit 1; z", True),
        ("a && b; z", True),
        ("if a; then z; fi", True),
        ("until a; do z; done", True),
        ("until ! a; do z; done", True),
        ("if x; then a; fi; z", False),
        ("{ a; } || exit 1; z", True),
        ("(a; b) && z", True),
        ("{ a; b; }; z", False),
        ("{ if x; then a; fi; } || z", True),
    ],
)
def test_what_looks_at_a_failure(text: str, *, guarded: bool) -> None:
    script = script_of(["sh", "-c", text])
    assert script is not None
    assert next(it for it in script.commands if it.name == "a").guarded is guarded


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        (["sh", "-c", "a; b"], False),
        (["/bin/bash", "-ec", "a; b"], True),
        (["bash", "-e", "-c", "a; b"], True),
        (["bash", "-o", "errexit", "-c", "a; b"], True),
        (["bash", "-o", "pipefail", "-c", "a; b"], False),
        (["bash", "-euo", "pipefail", "-c", "a; b"], True),
        (["sh", "-c", "set -e; a"], True),
        (["sh", "-c", "echo hello\nset -eu\na"], True),
        (["sh", "-c", "set -o errexit\na"], True),
        (["sh", "-c", "set -x\na"], False),
        (["sh", "-c", "set -e\nset +e\na"], False),
        (["bash", "-ec", "set +o errexit; a"], False),
        (["sh", "-c", "a\nset -e\nb"], False),
        (["/usr/bin/env", "bash", "-c", "a"], False),
    ],
)
def test_what_stops_a_script(words: Sequence[str], *, stops: bool) -> None:
    script = script_of(words)
    assert script is not None
    assert script.stops is stops


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["psql", "-c", "a"],
        ["sh"],
        ["sh", "-c"],
        ["sh", "/run.sh"],
        ["sh", "-c", "echo 'x"],
        ["sh", "-c", "if a; then b"],
    ],
)
def test_what_is_no_script_or_cannot_be_read(words: Sequence[str]) -> None:
    assert script_of(words) is None


@given(st.text(alphabet="ab \n;&|(){}'\"$\\#<>`!-=1"))
def test_no_text_is_too_odd(text: str) -> None:
    script = script_of(["sh", "-c", text])
    assert script is None or all(item.words for item in script.commands)
