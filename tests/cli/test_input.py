import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "fixtures" / "clusters" / "shop" / "manifests"
Run = Callable[..., Any]

BROKEN_POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec:
  podSelctor: {}
  policyTypes: [ingress]
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text("kind: [unclosed\n")
    (tmp_path / "b.yaml").write_text(BROKEN_POLICY)
    (tmp_path / "c.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\n"
    )
    return tmp_path


def test_all_faults_are_told_with_file_and_line(run: Run, broken: Path) -> None:
    finished = run("list", "-f", broken)
    assert finished.code == 2
    errors = [line for line in finished.err.splitlines() if line.startswith("error:")]
    assert f"{broken}/a.yaml:2:1: not YAML" in errors[0]
    assert f"{broken}/b.yaml:" in errors[1]
    assert "NetworkPolicy shop/p: spec.podSelctor: unknown field" in errors[1]
    assert "did you mean 'podSelector'" in errors[1]
    assert "spec.policyTypes[0]: 'ingress' is not a policy type" in errors[2]
    assert "leaves out" in finished.err


def test_the_rest_of_the_input_is_still_answered(run: Run, broken: Path) -> None:
    finished = run("can", "shop/x", "shop/x", "-p", "80", "-f", broken)
    assert finished.out.startswith("yes: ")
    assert finished.code == 2


def test_lenient_gives_the_answers_exit_code(run: Run, broken: Path) -> None:
    assert run("can", "shop/x", "shop/x", "-p", "80", "-f", broken, "--lenient").code == 0


def test_a_path_that_is_not_there_is_an_error(run: Run) -> None:
    finished = run("list", "-f", SHOP / "policy.yaml")
    assert finished.code == 2
    assert "no such file" in finished.err
    assert "policies.yaml" in finished.err


def test_without_manifests_the_usage_says_so(run: Run) -> None:
    finished = run("list")
    assert finished.code == 2
    assert "--filename" in finished.err


def test_manifests_come_from_stdin(run: Run) -> None:
    text = (SHOP / "workloads.yaml").read_text()
    assert run("can", "shop/web", "shop/db", "-f", "-", stdin=text).code == 0


def test_a_fault_in_stdin_has_its_line(run: Run) -> None:
    assert (
        "<stdin>:6:3: NetworkPolicy shop/p" in run("list", "-f", "-", stdin=BROKEN_POLICY).err
    )


def test_notes_are_summed_up_and_shown_on_demand(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n")
    assert "2 notes on the input (-v shows them)" in run("list", "-f", tmp_path).err
    assert "[namespace-missing]" in run("list", "-f", tmp_path, "-v").err
    assert run("list", "-f", tmp_path, "-q").err == ""


def test_an_undecided_answer_exits_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
        "metadata: {name: l7, namespace: shop}\n"
    )
    finished = run("can", "shop/web", "shop/api", "-f", SHOP, "-f", tmp_path, "-q")
    assert finished.code == 3
    assert "CiliumNetworkPolicy shop/l7" in finished.out
    listed = run("list", "-f", SHOP, "-f", tmp_path, "-q")
    assert listed.code == 3
    assert "undecided: CiliumNetworkPolicy shop/l7" in listed.err


def test_strict_makes_an_assumption_undecided(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: p, namespace: monitoring}\n"
        "spec: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}\n"
    )
    words = [
        "can",
        "monitoring/prometheus",
        "shop/db",
        "-p",
        "9187",
        "-f",
        SHOP,
        "-f",
        tmp_path,
    ]
    assert run(*words).code == 1
    assert "assumes unknown_addresses=no-match" in run(*words).out
    assert run(*words, "--strict").code == 3
    assert run(*words, "--assume", "unknown_addresses=match").code == 0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("nonsense", "SWITCH=VALUE"),
        ("self_trafic=allow", "self_traffic"),
        ("self_traffic=maybe", "allow, evaluate"),
    ],
)
def test_a_wrong_assumption_says_what_is_possible(run: Run, setting: str, words: str) -> None:
    finished = run("list", "-f", SHOP, "--assume", setting)
    assert finished.code == 2
    assert words in finished.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["lst", "-f", "."], "Did you mean 'list'"),
        (["can", "shop/wbe", "shop/db"], "did you mean 'shop/web'"),
        (["can", "shp/web", "shop/db"], "'shop'"),
        (["list", "--form", "shop/web"], "--from"),
    ],
)
def test_a_misspelling_is_offered_right(run: Run, words: list[str], hint: str) -> None:
    finished = run(*words, "-f", SHOP)
    assert finished.code == 2
    assert hint in finished.err


def test_colour_is_off_where_it_is_not_wanted(run: Run) -> None:
    assert "\x1b" not in run("can", "shop/web", "shop/db", "-f", SHOP, "--no-color").out


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{sys.executable} -m netsim list -f {SHOP} | head -1"
    finished = subprocess.run(
        ["/bin/bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.stdout.startswith("SOURCE")
    assert finished.stderr == ""


def test_help_does_not_load_the_compiler() -> None:
    code = (
        "import sys; sys.argv = ['netsim', '--help']\n"
        "from netsim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'yaml', 'numpy', 'networkx', 'msgspec', 'rich', 'netsim.cluster'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["", "can", "explain", "list", "who", "reach", "get"])
def test_every_help_has_examples(run: Run, command: str) -> None:
    finished = run(*command.split(), "-h")
    assert finished.code == 0
    assert finished.out.count("netsim ") >= 3


def test_the_plugin_names_itself_as_kubectl_does(tmp_path: Path) -> None:
    plugin = tmp_path / "kubectl-netsim"
    plugin.write_text(f"#!{sys.executable}\nfrom netsim.cli import main\nmain()\n")
    plugin.chmod(0o755)
    finished = subprocess.run(
        [str(plugin), "can"], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert "Usage: kubectl netsim can" in finished.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(run: Run, shell: str) -> None:
    assert "netsim" in run("completion", shell).out


def test_every_command_and_option_is_in_the_reference(run: Run) -> None:
    reference = (ROOT / "docs" / "cli.md").read_text()
    for command in ("can", "explain", "list", "who", "reach", "get", "completion"):
        assert f"## netsim {command}\n" in reference
        described = reference.split(f"## netsim {command}\n")[1].split("\n## ")[0]
        options = {
            word.strip(",") for word in run(command, "-h").out.split() if word[:2] == "--"
        }
        assert all(option in described for option in options)
