"""Secrets that a user vouches for: made by hand, or by a chart that is not rendered."""

import click

from netsim.audit.secret_producers import AssumedSecretError, assumed_secret
from netsim.cluster import Cluster
from netsim.lint.context import Context

assume_secret_option = click.option(
    "--assume-secret",
    "assumed_secrets",
    multiple=True,
    metavar="NS/NAME[:KEY,KEY]",
    help="A secret that is there though nothing in the input makes it. Repeatable.",
)


def context_of(cluster: Cluster, assumed: tuple[str, ...]) -> Context:
    """The cluster as rules look at it, with what is assumed; a usage error for what is none."""
    try:
        secrets = tuple(map(assumed_secret, assumed))
    except AssumedSecretError as error:
        raise click.BadParameter(f"{error}.", param_hint="--assume-secret") from None
    objects = (*cluster.objects, *secrets)
    return Context(cluster.worlds.directory, objects, cluster.findings)
