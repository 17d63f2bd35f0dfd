"""Changes of policies that were tried out before they are suggested."""

from netsim.suggest.edits import Edit, Proposal
from netsim.suggest.simulation import applied, simulated

__all__ = ["Edit", "Proposal", "applied", "simulated"]
