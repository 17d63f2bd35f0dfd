"""What the policies of a snapshot look at: labels, port names, address blocks."""

from collections.abc import Iterable, Iterator

from netsim.compiler.addresses import address_space
from netsim.compiler.classes import PortName, Vocabulary
from netsim.compiler.selectors import Mark, asked_marks
from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import NetworkPolicy, PodPeer, Rule
from netsim.model.ports import NamedPort


def vocabulary_of(policies: Iterable[NetworkPolicy]) -> Vocabulary:
    """Everything that can tell two parties apart."""
    selectors: set[LabelSelector] = set()
    blocks: set[IPBlock] = set()
    names: set[PortName] = set()
    for policy in policies:
        selectors.add(policy.subject)
        for rule in _rules(policy):
            selectors |= {peer.pods for peer in rule.peers if isinstance(peer, PodPeer)}
            blocks |= {peer for peer in rule.peers if isinstance(peer, IPBlock)}
            names |= {
                (port.protocol, port.name) for port in rule.ports if isinstance(port, NamedPort)
            }
    return vocabulary(_marks(selectors), names, blocks)


def vocabulary(
    marks: Iterable[Mark], names: Iterable[PortName], blocks: Iterable[IPBlock]
) -> Vocabulary:
    """A vocabulary of some words."""
    asked = frozenset(marks)
    keys = frozenset(key for key, value in asked if value is None)
    return Vocabulary(asked, keys, frozenset(names), address_space(blocks))


def _rules(policy: NetworkPolicy) -> Iterator[Rule]:
    for rules in policy.rules.values():
        yield from rules


def _marks(selectors: Iterable[LabelSelector]) -> Iterator[Mark]:
    for selector in selectors:
        for requirement in selector.requirements:
            yield from asked_marks(requirement)
