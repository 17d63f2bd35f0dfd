"""`netsim completion`: shell completion scripts."""

import click
from click.shell_completion import get_completion_class

from netsim.cli.options import Word


@click.command()
@click.argument("shell", type=Word(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print a shell completion script.

    \b
    Examples:
      netsim completion bash > ~/.local/share/bash-completion/completions/netsim
      source <(netsim completion zsh)
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    root = ctx.find_root()
    click.echo(found(root.command, {}, "netsim", "_NETSIM_COMPLETE").source())
    return 0
