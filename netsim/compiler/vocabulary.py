"""What the policies of a snapshot look at: labels, port names, address blocks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.addresses import address_space
from netsim.compiler.classes import PortName, Vocabulary
from netsim.compiler.node_addresses import node_blocks
from netsim.compiler.selectors import Mark, asked_marks
from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import Peer, PodPeer, Rule
from netsim.model.ports import NamedPort
from netsim.model.tiers import (
    NetworksPeer,
    NodePeer,
    Policy,
    TierPeer,
    TierRule,
)
from netsim.model.workload import Node


@dataclass(frozen=True, slots=True)
class Words:
    """What some policies look at."""

    marks: frozenset[Mark]
    port_names: frozenset[PortName]
    blocks: frozenset[IPBlock]

    def __bool__(self) -> bool:
        return bool(self.marks or self.port_names or self.blocks)

    def __or__(self, other: "Words") -> "Words":
        return Words(
            self.marks | other.marks,
            self.port_names | other.port_names,
            self.blocks | other.blocks,
        )

    def beyond(self, known: Vocabulary) -> "Words":
        """Those that a vocabulary does not have."""
        return Words(
            self.marks - known.marks,
            self.port_names - known.port_names,
            self.blocks - known.addresses.blocks,
        )


def words_of(policies: Iterable[Policy], nodes: Sequence[Node] = ()) -> Words:
    """Everything that can tell two parties apart to some policies of a cluster with nodes."""
    selectors: set[LabelSelector] = set()
    blocks: set[IPBlock] = set()
    names: set[PortName] = set()
    for policy in policies:
        subject = policy.subject
        selectors.add(subject.pods if isinstance(subject, PodPeer) else subject)
        for rule in _rules(policy):
            for peer in rule.peers:
                if isinstance(peer, PodPeer):
                    selectors.add(peer.pods)
                else:
                    blocks.update(_blocks(peer, nodes))
            names |= {
                (port.protocol, port.name) for port in rule.ports if isinstance(port, NamedPort)
            }
    return Words(frozenset(_marks(selectors)), frozenset(names), frozenset(blocks))


def _blocks(peer: Peer | TierPeer, nodes: Sequence[Node]) -> Iterable[IPBlock]:
    match peer:
        case IPBlock():
            return (peer,)
        case NetworksPeer(blocks):
            return blocks
        case NodePeer(selector):
            return node_blocks(selector, nodes)
        case _:
            return ()


def vocabulary_of(words: Words) -> Vocabulary:
    """Words made ready to look parties up by."""
    return Vocabulary(words.marks, words.port_names, address_space(words.blocks))


def with_words(known: Vocabulary, added: Words) -> Vocabulary:
    """A vocabulary with more words."""
    space = known.addresses
    addresses = space.with_blocks(added.blocks) if added.blocks else space
    names = known.port_names | added.port_names
    return Vocabulary(known.marks | added.marks, names, addresses)


def _rules(policy: Policy) -> Iterator[Rule | TierRule]:
    for rules in policy.rules.values():
        yield from rules


def _marks(selectors: Iterable[LabelSelector]) -> Iterator[Mark]:
    for selector in selectors:
        for requirement in selector.requirements:
            yield from asked_marks(requirement)
