"""`netsim suggest`: changes of manifests, as YAML to be reviewed."""

import click

from netsim.cli.suggest_allow import allow
from netsim.cli.suggest_default_deny import default_deny
from netsim.cli.suggest_deny import deny
from netsim.cli.suggest_minimize import minimize
from netsim.cli.suggest_security_context import security_context
from netsim.cli.suggest_tighten import tighten


@click.group()
def suggest() -> None:
    """Print changes of manifests as YAML, to be reviewed and applied.

    Each is tried out first and told with exactly what it opens and closes. With --patch the
    commands that change policies print a patch, with --write they edit the files.

    \b
    Examples:
      netsim suggest allow shop/web shop/db --port 5432 -f manifests/
      netsim suggest deny shop/api shop/db -f manifests/ --option 1 --write
      netsim suggest tighten shop --flows flows.csv -f manifests/ --patch | git apply
      netsim suggest default-deny shop --expectations prod.netsim.yaml -f manifests/
      netsim suggest minimize -f manifests/
    """


for _command in (allow, default_deny, deny, minimize, security_context, tighten):
    suggest.add_command(_command)
