"""What only a process of its own can show: start-up, pipes, colours, the plugin's name."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

SHOP = ROOT / "fixtures" / "clusters" / "shop" / "manifests"
CAN = ("can", "shop/api", "shop/db", "-f", SHOP)
HEAVY = {"yaml", "numpy", "networkx", "msgspec", "rich", "netsim.cluster", "netsim.compiler"}
CLAIMS = {"FORCE_COLOR", "TTY_COMPATIBLE"}


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "NETSIM": f"{sys.executable} -m netsim"},
        capture_output=True,
        text=True,
        check=False,
    )


def in_terminal(words: tuple[str | Path, ...], **environment: str) -> str:
    """What the command writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": "80", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "netsim", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the terminal is gone with its last user
                break
            if not piece:
                break
            text += piece
        running.wait()
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


@pytest.fixture(autouse=True)
def _without_colour_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_the_module_runs(process: Run) -> None:
    finished = process(*CAN)
    assert (finished.code, finished.err) == (0, "")
    assert finished.out == "yes: shop/api can reach shop/db on 5432/TCP\n"


def test_the_version_is_told(process: Run) -> None:
    assert process("--version").out.startswith("netsim 0.")


def test_without_a_command_help_is_shown(process: Run) -> None:
    finished = process()
    assert "Commands:" in finished.out + finished.err


def test_help_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys; sys.argv = ['netsim', '--help']\n"
        "from netsim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ["can", "shop/api", "shop/db"],
        ["list"],
        ["list", "-o", "json"],
        ["list", "-o", "csv"],
        ["who", "shop/db"],
        ["reach", "shop/web", "-o", "md"],
        ["get", "pods"],
    ],
    ids=" ".join,
)
def test_answers_that_are_not_for_a_terminal_load_no_heavy_library(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['netsim', *{words!r}, '-f', {str(SHOP)!r}]\n"
        "from netsim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "unwanted = {'numpy', 'networkx', 'rich', 'netsim.query.explain'}\n"
        "print('loaded', sorted(unwanted & set(sys.modules)), file=sys.stderr)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in CLAIMS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stderr.splitlines()[-1] == "loaded []"
    assert finished.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import netsim; netsim.load",
        "from netsim import load; load",
        "from netsim import load, Cluster; import netsim.load; load",
        "import netsim.load; import netsim; netsim.load",
        "from netsim.load import load_snapshot; from netsim import load; load",
        "import netsim.load.documents; import netsim; netsim.load",
        "import netsim.cluster; import netsim; netsim.load",
        "from netsim import *; load",
    ],
)
def test_load_is_the_function_whatever_is_imported_first(code: str) -> None:
    before, _, expression = code.rpartition("; ")
    program = f"{before}; found = {expression}; print(type(found).__name__, found.__module__)"
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.stdout == "function netsim.cluster\n", finished.stderr


def test_a_closed_pipe_ends_quietly_and_not_as_an_answer() -> None:
    finished = shell(f'$NETSIM list -f {SHOP} -o json | true; echo "${{PIPESTATUS[0]}}"')
    assert finished.stdout == "141\n"
    assert finished.stderr == ""


def test_head_gets_its_lines() -> None:
    finished = shell(f"$NETSIM list -f {SHOP} | head -1")
    assert finished.stdout.split() == ["SOURCE", "TARGET", "PORTS"]
    assert finished.stderr == ""


def test_a_full_disk_is_an_error_and_not_an_answer() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    finished = shell(f"$NETSIM list -f {SHOP} > /dev/full")
    assert finished.returncode == 2
    assert finished.stderr == "error: the answer cannot be written: No space left on device\n"


def test_closed_streams_do_not_matter() -> None:
    assert shell(f"$NETSIM can shop/web shop/db -f {SHOP} >&-").returncode == 1
    assert shell(f"$NETSIM can shop/web shop/db -f {SHOP} 2>&-").stdout.startswith("no: ")


def test_names_beyond_the_encoding_are_escaped(process: Run, tmp_path: Path) -> None:
    finished = process("list", "-f", tmp_path / "é", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert finished.code == 2
    assert "\\xe9: no such file" in finished.err


def test_interrupting_exits_with_130_and_no_traceback() -> None:
    ours, theirs = pty.openpty()
    # started in the background, a process would hand on that it ignores the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "netsim", "list", "-f", "-"],
        cwd=ROOT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith("reading manifests from the terminal")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    signal.signal(signal.SIGINT, before)
    os.close(ours)
    os.close(theirs)
    assert (running.returncode, out, err.strip()) == (130, "", "")


def test_colour_is_for_terminals() -> None:
    assert "\x1b[32m" in in_terminal(CAN)
    assert "\x1b" not in shell(f"$NETSIM can shop/api shop/db -f {SHOP}").stdout


@pytest.mark.parametrize(
    ("flags", "environment"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--no-color",), {})],
)
def test_colour_can_be_refused(flags: tuple[str, ...], environment: dict[str, str]) -> None:
    assert "\x1b" not in in_terminal((*CAN, *flags), **environment)
    assert "\x1b" not in in_terminal(("get", "pods", "-f", SHOP, *flags), **environment)


def test_colour_can_be_forced(process: Run) -> None:
    assert "\x1b[32m" in process(*CAN, FORCE_COLOR="1").out
    assert "\x1b" not in process(*CAN, FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b" not in process(*CAN, "--no-color", FORCE_COLOR="1").out
    data = process("list", "-f", SHOP, "-o", "json", FORCE_COLOR="1").out
    assert data.startswith("{\n")
    assert "\x1b" not in data


def test_tables_fit_the_terminal_and_are_whole_elsewhere(process: Run) -> None:
    drawn = in_terminal(("get", "policies", "-f", SHOP), NO_COLOR="1")
    assert max(map(len, drawn.splitlines())) <= 80
    assert len(drawn.splitlines()) > 6
    whole = process("get", "policies", "-f", SHOP, COLUMNS="80").out.splitlines()
    assert len(whole) == 6
    assert max(map(len, whole)) > 80
    wide = in_terminal(("get", "policies", "-f", SHOP, "-o", "wide"), NO_COLOR="1")
    assert len(wide.splitlines()) == 6


def test_the_plugin_names_itself_as_kubectl_does(tmp_path: Path) -> None:
    plugin = tmp_path / "kubectl-netsim"
    plugin.write_text(f"#!{sys.executable}\nfrom netsim.cli import main\nmain()\n")
    plugin.chmod(0o755)
    finished = subprocess.run(
        [str(plugin), "can", "a", "b"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Usage: kubectl netsim can" in finished.stderr
    assert "`kubectl netsim can -f manifests/`" in finished.stderr


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(process: Run, name: str) -> None:
    finished = process("completion", name)
    assert finished.code == 0
    assert "_NETSIM_COMPLETE" in finished.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("netsim ex", ["explain", "exposure", "expectations"]),
        ("netsim get p", ["pods", "policies"]),
        (f"netsim can -f {SHOP} shop/w", ["shop/web"]),
        (f"netsim list -f {SHOP} --to mon", ["monitoring/", "monitoring/prometheus"]),
        ("netsim can inter", ["internet"]),
        (f"netsim can -f {SHOP}/nowhere shop/w", []),
        ("netsim nothing x", None),
    ],
)
def test_words_are_completed(words: str, expected: list[str] | None) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "netsim"],
        cwd=ROOT,
        env={
            **os.environ,
            "_NETSIM_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stderr == ""
    found = [line.removeprefix("plain,") for line in finished.stdout.split()]
    if expected is not None:
        assert found == expected
