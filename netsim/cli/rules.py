"""`netsim rules`: the rules of lint and audit, and the page of each."""

import click

from netsim.audit import RULES as AUDITING
from netsim.cli.options import TABLE_OUTPUTS, output_option
from netsim.cli.output import Screen
from netsim.inspection import RULES as ANSWERING
from netsim.inspection.choice import unknown_rule
from netsim.lint import RULES
from netsim.report.formats import TABLE_FORMATS, VALUE_FORMATS
from netsim.report.rules import rule_page, rules_table, rules_value

_EVERY = (*RULES, *AUDITING, *ANSWERING)
_OUTPUTS = tuple(word for word in TABLE_OUTPUTS if word != "wide")


def _complete(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[str]:
    return [rule.id for rule in _EVERY if rule.id.startswith(incomplete)]


@click.command()
@click.argument("name", metavar="[ID]", required=False, shell_complete=_complete)
@output_option(_OUTPUTS)
@click.option("--no-color", is_flag=True, help="No colour; NO_COLOR=1 does the same.")
def rules(*, name: str | None, output: str, no_color: bool) -> int:
    """List the rules of lint and audit, or print the page of one: why, what is found and not.

    \b
    Examples:
      netsim rules
      netsim rules half-open

    Exit codes: 0, or 2 wrong usage.
    """
    screen = Screen(plain=no_color)
    chosen = [rule for rule in _EVERY if name in {None, rule.id}]
    if not chosen:
        raise click.UsageError(f"{unknown_rule(str(name), [rule.id for rule in _EVERY])}.")
    if output in VALUE_FORMATS:
        screen.data(VALUE_FORMATS[output](rules_value(chosen)))
    elif output in TABLE_FORMATS:
        screen.data(TABLE_FORMATS[output](rules_table(chosen)))
    elif name is not None:
        screen.data(rule_page(chosen[0]))
    else:
        screen.table(rules_table(chosen))
    return 0
