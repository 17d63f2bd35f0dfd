"""The command line: `netsim` and `kubectl netsim`.

Data goes to stdout, messages to stderr. Exit codes: 0 yes or clean, 1 no, 2 wrong usage or
unreadable input, 3 undecided.
"""

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from netsim.errors import NetsimError, UndecidedError

_COMMANDS = {
    "can": ("netsim.cli.can", "can"),
    "explain": ("netsim.cli.explain", "explain"),
    "list": ("netsim.cli.rows", "list_rows"),
    "who": ("netsim.cli.rows", "who"),
    "reach": ("netsim.cli.rows", "reach"),
    "get": ("netsim.cli.get", "get"),
    "completion": ("netsim.cli.completion", "completion"),
}
_SUMMARIES = {
    "can": "Answer whether FROM may open connections to TO.",
    "explain": "Say why: both ends, the deciding rules, file and line.",
    "list": "List every allowed connection.",
    "who": "List who can reach TO.",
    "reach": "List what FROM can reach.",
    "get": "Show what was understood: pods, policies, namespaces, ...",
    "completion": "Print a shell completion script.",
}
_UNDECIDED, _INTERRUPTED, _INTERNAL = 3, 130, 70


class _LazyGroup(click.Group):
    """Imports a command's module when that command is used, and not for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            near = get_close_matches(cmd_name, _COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {cmd_name!r}.{hint}", ctx)
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    None, "--version", package_name="netsim-k8s", message="netsim %(version)s"
)
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
      internet dns metadata node

    \b
    Examples:
      netsim can shop/web shop/db --port 5432/tcp -f manifests/
      netsim explain ai-apps/ storage/svc/postgresql-cluster-rw -f manifests/
      kubectl get all,netpol,ns -A -o yaml | netsim list -f -

    Exit codes: 0 yes, 1 no, 2 wrong usage or unreadable input, 3 undecided.
    """


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    try:
        code = cli.main(prog_name=_program(), standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UndecidedError as error:
        click.echo(f"undecided: {error}", err=True)
        sys.exit(_UNDECIDED)
    except NetsimError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(_INTERRUPTED)
    except Exception as error:
        if os.environ.get("NETSIM_DEBUG"):
            raise
        text = f"internal error: {type(error).__name__}: {error}"
        click.echo(
            f"{text}\nplease report this; NETSIM_DEBUG=1 shows where it happened", err=True
        )
        sys.exit(_INTERNAL)
    sys.exit(code if isinstance(code, int) else 0)


def _program() -> str:
    return "kubectl netsim" if Path(sys.argv[0]).name.startswith("kubectl-netsim") else "netsim"
