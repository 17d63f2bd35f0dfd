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
    """Print changes of manifests as YAML, to be reviewed and applied."""


for _command in (allow, default_deny, deny, minimize, security_context, tighten):
    suggest.add_command(_command)
