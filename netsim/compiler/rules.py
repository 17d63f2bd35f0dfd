"""The one compiled form: who, with whom, on which ports, and what then.

Every policy kind is lowered to these rules. Tiers are tried in order; within a tier the first
matching rule decides; past the last tier the default is to accept.
"""

from typing import NamedTuple

from netsim.compiler.sets import SetId
from netsim.model.policy import Direction, RuleRef
from netsim.model.ports import PortSet
from netsim.model.tiers import Action, Tier

__all__ = ["Action", "CompiledRule", "Tier"]


class CompiledRule(NamedTuple):
    """Connections between some subjects and some peers on some ports, because of one rule.

    A tuple, because clusters have tens of thousands and a dataclass takes three times as long
    to make.
    """

    tier: Tier
    order: int
    """Within the tier: the priority of a cluster-wide policy; accepts before denials else."""
    direction: Direction
    subjects: SetId
    peers: SetId
    ports: PortSet
    action: Action
    ref: RuleRef
    turn: int = 0
    """Among rules of one order, where the profile lets some action come first."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """Smaller ranks are asked first."""
        return self.tier, self.order, self.turn
