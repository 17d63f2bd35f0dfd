"""What is said on stderr: faults, warnings, notes, and wrong usage."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SHOP = Path("fixtures/clusters/shop/manifests")

BROKEN_POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec:
  podSelctor: {}
  policyTypes: [ingress]
"""
POD = "{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: shop}}\n"
WARNED = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.2.3/8}}]}]}
"""


@pytest.fixture
def broken(write: Callable[..., Path]) -> Path:
    return write("kind: [unclosed\n", BROKEN_POLICY, POD)


def test_every_fault_has_a_line_that_begins_with_its_place(run: Run, broken: Path) -> None:
    finished = run("list", "-f", broken, "-q")
    assert finished.code == 2
    document, field, types, summary = finished.err.splitlines()
    assert document.startswith(f"{broken}/a.yaml:2:1: not YAML: ")
    assert field.startswith(
        f"{broken}/b.yaml:6:3: NetworkPolicy shop/p: spec.podSelctor: unknown field"
    )
    assert "did you mean 'podSelector'" in field
    assert types.startswith(f"{broken}/b.yaml:7:")
    assert "spec.policyTypes[0]: 'ingress' is not a policy type" in types
    assert summary == "the answer leaves out 1 object and 1 file that could not be read"


def test_the_rest_of_the_input_is_still_answered(run: Run, broken: Path) -> None:
    finished = run("can", "shop/x", "shop/x", "-p", "80", "-f", broken)
    assert finished.out.startswith("yes: ")
    assert finished.code == 2


def test_lenient_gives_the_exit_code_of_the_answer(run: Run, broken: Path) -> None:
    yes = run("can", "shop/x", "shop/x", "-p", "80", "-f", broken, "--lenient")
    assert yes.code == 0
    assert "leaves out" in yes.err
    words = ["can", "shop/web", "shop/db", "-f", str(SHOP), "-f", str(broken)]
    assert run(*words).code == 2
    assert run(*words, "--lenient").code == 1


def test_a_path_that_is_not_there_is_a_fault(run: Run) -> None:
    finished = run("list", "-f", SHOP / "policy.yaml")
    assert finished.code == 2
    assert "no such file" in finished.err
    assert "policies.yaml" in finished.err
    assert "the answer leaves out 1 file that could not be read" in finished.err


def test_without_manifests_the_usage_says_how(run: Run) -> None:
    finished = run("who", "shop/db")
    assert (finished.code, finished.out) == (2, "")
    assert "add -f PATH" in finished.err
    assert "`netsim who -f manifests/`" in finished.err


def test_manifests_come_from_stdin(run: Run) -> None:
    text = Path(SHOP / "workloads.yaml").resolve().read_text()
    assert run("can", "shop/web", "shop/db", "-f", "-", stdin=text).code == 0
    assert (
        "<stdin>:6:3: NetworkPolicy shop/p" in run("list", "-f", "-", stdin=BROKEN_POLICY).err
    )


def test_notes_are_summed_up_and_shown_on_demand(run: Run, write: Callable[..., Path]) -> None:
    where = write("{apiVersion: v1, kind: Pod, metadata: {name: x}}")
    assert run("list", "-f", where).err.startswith("2 notes on the input (-v shows them)\n")
    shown = run("list", "-f", where, "-v").err
    assert f"{where}/a.yaml:1:" in shown
    assert "[namespace-missing]" in shown
    assert "notes on the input" not in shown


def test_warnings_are_shown_unless_quiet(run: Run, write: Callable[..., Path]) -> None:
    where = write(WARNED)
    assert ": warning: NetworkPolicy shop/p: " in run("get", "policies", "-f", where).err
    assert run("get", "policies", "-f", where, "-q").err == ""


def test_quiet_does_not_hide_faults(run: Run, broken: Path) -> None:
    assert "leaves out" in run("list", "-f", broken, "-q").err


def test_control_characters_of_the_input_do_not_reach_the_terminal(
    run: Run, write: Callable[..., Path]
) -> None:
    evil = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a\\u001b[31m\\nb"}}'
    finished = run("list", "-f", write(evil), "-v")
    assert "\x1b" not in finished.err + finished.out
    assert "a\\x1b[31m" in finished.err


def test_markup_in_the_input_is_printed_as_it_is(run: Run, write: Callable[..., Path]) -> None:
    policy = "{apiVersion: '[bold]x[/]/v1', kind: XNetworkPolicy, metadata: {name: a}}\n"
    pod = "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n"
    out = run("can", "p", "internet", "-f", write(policy + pod), "-q").out
    assert "([bold]x[/]/v1) is not evaluated" in out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["lst"], "Did you mean 'list'?"),
        (["nonsense"], "Use can, explain, list"),
        (["can", "shop/wbe", "shop/db"], "did you mean 'shop/web'"),
        (["can", "shp/web", "shop/db"], "did you mean 'shop'?"),
        (["can", "shop/web", "shop/db", "-p", "http/x"], "unknown protocol 'x'"),
        (["can", "shop/web", "shop/dpl/db"], "unknown kind 'dpl'"),
        (["list", "--form", "shop/web"], "--from"),
        (["list", "-o", "jsno"], "Did you mean 'json'?"),
        (["get", "pds"], "Did you mean 'pods'?"),
        (["get", "netpl"], "Did you mean 'netpol'?"),
        (["list", "--profile", "defualt"], "Did you mean 'default'?"),
        (["list", "--assume", "nonsense"], "'nonsense' is not SWITCH=VALUE"),
        (["list", "--assume", "self_trafic=allow"], "Did you mean 'self_traffic'?"),
        (["list", "--assume", "self_traffic=maybe"], "use allow, evaluate."),
        (["list", "-l", "=x"], "is no label requirement"),
        (["can", "shop/web"], "Missing argument 'TO'"),
    ],
)
def test_wrong_usage_is_answered_with_what_would_be_right(
    run: Run, words: list[str], hint: str
) -> None:
    finished = run(*words, "-f", SHOP)
    assert (finished.code, finished.out) == (2, "")
    assert hint in finished.err


def test_a_wrong_notation_is_shown_with_a_caret(run: Run) -> None:
    finished = run("can", "shop/web", "shop/Db", "-f", SHOP)
    assert finished.err.splitlines()[1:] == ["  shop/Db", "       ^^"]


def test_an_unexpected_exception_asks_for_a_report(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.delenv("NETSIM_DEBUG", raising=False)
    monkeypatch.setattr("netsim.cli.session.load", fail)
    finished = run("list", "-f", SHOP)
    assert finished.code == 70
    assert finished.err.startswith("internal error: RuntimeError: boom\nplease report this")


def test_debugging_shows_where_an_exception_happened(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setenv("NETSIM_DEBUG", "1")
    monkeypatch.setattr("netsim.cli.session.load", fail)
    with pytest.raises(RuntimeError, match="boom"):
        run("list", "-f", SHOP)


def test_an_interrupt_exits_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("netsim.cli.session.load", interrupted)
    assert run("list", "-f", SHOP).code == 130


@pytest.mark.parametrize("command", ["", "can", "explain", "list", "who", "reach", "get"])
def test_every_help_has_examples_and_exit_codes(run: Run, command: str) -> None:
    for flag in ("-h", "--help"):
        finished = run(*command.split(), flag)
        assert finished.code == 0
        assert finished.out.count(f"netsim {command}".rstrip() + " ") >= 3
        assert "Exit codes: 0" in finished.out
