"""The command line: `netsim` and `kubectl netsim`.

Data goes to stdout, messages to stderr. Exit codes: 0 yes, same or clean, 1 no or
differs, 2 wrong usage or unreadable input, 3 undecided.
"""

import io
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

import netsim
from netsim.collector import collector_paused
from netsim.errors import NetsimError

_COMMANDS = {
    "can": ("can", "Answer whether FROM may open connections to TO."),
    "explain": ("explain", "Say why: both ends, the deciding rules, file and line."),
    "list": ("list_rows", "List every allowed connection."),
    "who": ("who", "List who can reach TO."),
    "reach": ("reach", "List what FROM can reach."),
    "diff": ("diff", "Say what opens and closes between two states, and why."),
    "snapshot": ("snapshot", "Write all allowed edges as text to keep in Git."),
    "capture": ("capture", "Read a live cluster into a file for -f."),
    "drift": ("drift", "Compare manifests with what runs."),
    "fleet": ("fleet", "Answer about many captures at once."),
    "report": ("report", "Write an HTML file to look at, offline."),
    "exposure": ("exposure", "Tell who could reach each workload, new pods included."),
    "paths": ("paths", "List the shortest chains of connections from FROM to TO."),
    "blast": ("blast", "Rank workloads by how many others they reach hop by hop."),
    "get": ("get", "Show what was understood: pods, policies, namespaces, ..."),
    "test": ("test", "Hold expectation files against manifests."),
    "review": ("review", "Say what a change moves, breaks and newly gets wrong."),
    "expectations": ("expectations", "Write or import an expectation file."),
    "lint": ("lint", "Find mistakes in policies, with places, witnesses and fixes."),
    "audit": ("audit", "Find what lets isolation fail beside policies: Pod Security, ..."),
    "checklist": ("checklist", "Tick what a secure deployment of WORKLOAD needs."),
    "admit": ("admit_file", "Say what Pod Security admission answers for new objects."),
    "suggest": ("suggest", "Suggest edits of policies and security contexts, tried out."),
    "rules": ("rules", "List the rules of lint and audit, or explain one."),
    "completion": ("completion", "Print a shell completion script."),
}
"""Each command's function in the module of its name, and its line in the overview."""

_UNREADABLE, _INTERNAL, _INTERRUPTED = 2, 70, 130


class _LazyGroup(click.Group):
    """Imports a command's module when that command is used, and not for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS:
            function, _ = _COMMANDS[cmd_name]
            module = import_module(f"netsim.cli.{cmd_name}")
            command: click.Command = getattr(module, function)
            return command
        if ctx.resilient_parsing or cmd_name.startswith("-"):
            return None
        near = get_close_matches(cmd_name, _COMMANDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Use {', '.join(_COMMANDS)}."
        raise click.UsageError(f"No such command {cmd_name!r}.{hint}", ctx)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(netsim.__version__, message="netsim %(version)s")
def cli() -> None:
    """Who can talk to whom under these NetworkPolicies, and why.

    \b
    FROM and TO are endpoints:
      ns/pod  ns/workload      a pod or workload by name
      ns/deploy/name           a workload of one kind (deploy, sts, ds, job, cj, rs, rc, pod)
      ns/svc/name              the pods behind a Service; its port is translated
      ns/                      every endpoint of a namespace
      ns/app=web,tier!=db      endpoints by label; */... for all namespaces; * for all
      10.0.0.7  10.0.0.0/8     an address or a CIDR
      internet dns apiserver metadata node

    \b
    Examples:
      netsim can shop/web shop/db --port 5432/tcp -f manifests/
      netsim explain ai-apps/ storage/svc/postgresql-cluster-rw -f manifests/
      kubectl get all,netpol,ns -A -o yaml | netsim list -f -

    Exit codes: 0 yes, 1 no or differs, 2 wrong usage or unreadable input, 3 undecided.
    """


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller, as with `>&-`
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with collector_paused():  # nearly everything lives until the answer is printed
        code = _run()
    sys.exit(code)


def _run() -> int:
    try:
        code = cli.main(prog_name=_program(), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except NetsimError as error:
        _tell(error)
        return _UNREADABLE
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except Exception as error:
        if os.environ.get("NETSIM_DEBUG"):
            raise
        fault = f"internal error: {type(error).__name__}: {error}"
        hint = "please report this; NETSIM_DEBUG=1 shows where it happened"
        click.echo(f"{fault}\n{hint}", err=True)
        return _INTERNAL
    return code if isinstance(code, int) else 0


def _tell(error: NetsimError) -> None:
    from netsim.report.formats import visible

    first, *rest = str(error).split("\n")
    for line in (f"error: {first}", *rest):
        click.echo(visible(line), err=True)


def _program() -> str:
    return "kubectl netsim" if Path(sys.argv[0]).name.startswith("kubectl-netsim") else "netsim"
