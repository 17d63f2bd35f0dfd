"""`netsim drift`: what runs against what is written."""

import click

from netsim.cli.options import TEXT_OUTPUTS, output_option
from netsim.cli.session import EXIT_CODES, Reading, put, with_reading
from netsim.comparison import diff
from netsim.errors import LoadError
from netsim.load import locate
from netsim.query.drift import Drift, drift_of
from netsim.query.verdict import Outcome
from netsim.report.drifts import drift_lines, drift_table, drift_value
from netsim.report.values import fault_value

_USAGE = (
    "give the manifests with -f, and the cluster as a capture or with --live, as in "
    "`{command} prod.json.gz -f k8s/` or `{command} --live -f k8s/`."
)


@click.command()
@click.argument("capture", metavar="[CAPTURE]", required=False)
@output_option(TEXT_OUTPUTS)
@with_reading
def drift(reading: Reading, *, capture: str | None, output: str) -> int:
    """Compare what is in Git with what runs: policies, workloads, and who can reach whom.

    CAPTURE is a file that `netsim capture` wrote; --live reads the cluster now. Policies are
    the same if they say the same. Flows are shown between parties that both sides know.

    \b
    Examples:
      netsim drift --live -f k8s/
      netsim drift prod.json.gz -f k8s/ -o json

    Exit codes: 0 no drift, 1 drift, 2 wrong usage or unreadable input, 3 undecided.
    """
    given = [*reading.filenames, *([capture] if capture else [])]
    live = bool(click.get_current_context().params.get("live"))
    if len(given) < 2 or live is bool(capture):  # noqa: PLR2004 - two sides
        path = click.get_current_context().command_path
        raise click.UsageError(_USAGE.format(command=path))
    *written, running = given
    left = reading.told(reading.loaded(*written))
    right = reading.loaded(running)
    if right.errors and not right.counts:
        raise LoadError(right.errors)
    reading.told(right)
    found = drift_of(left.snapshot, right.snapshot, diff(left, right), locate)
    if output == "text":
        for text, style in drift_lines(found):
            reading.screen.line(text, style)
    else:
        faults = [fault_value(error) for error in reading.faults]
        put(
            reading.screen,
            output,
            lambda: drift_table(found, exact=output in {"wide", "csv"}),
            lambda: {**drift_value(found), "faults": faults},
        )
    for reason in found.diff.reasons if output != "text" else ():
        reading.screen.message(f"undecided: {reason}", "yellow")
    return _code(found)


def _code(found: Drift) -> int:
    if found.policies or found.diff.differs:
        return EXIT_CODES[Outcome.DENIED]
    return EXIT_CODES[Outcome.UNDECIDED if found.diff.reasons else Outcome.ALLOWED]
