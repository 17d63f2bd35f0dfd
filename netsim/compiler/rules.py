"""The one compiled form: who, with whom, on which ports, and what then.

Every policy kind is lowered to these rules. Tiers are tried in order; within a tier the first
matching rule decides; past the last tier the default is to accept.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from netsim.compiler.sets import SetId
from netsim.model.policy import Direction, RuleRef
from netsim.model.ports import PortSet


class Tier(IntEnum):
    """The layers of policy, in the order they are asked."""

    ADMIN = 0
    NETWORK_POLICY = 1
    BASELINE = 2


class Action(Enum):
    """What a matching rule does with a connection."""

    ACCEPT = "accept"
    DENY = "deny"
    PASS = "pass"  # noqa: S105 - an action of the API
    """Leave the tier undecided."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """Connections between some subjects and some peers on some ports, because of one rule."""

    tier: Tier
    order: int
    direction: Direction
    subjects: SetId
    peers: SetId
    ports: PortSet
    action: Action
    ref: RuleRef

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller ranks are asked first."""
        return self.tier, self.order
