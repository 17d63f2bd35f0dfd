"""What the policies of a snapshot look at: labels, port names, address blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netsim.addresses import address_space
from netsim.compiler.classes import PortName, Vocabulary
from netsim.compiler.node_addresses import node_blocks
from netsim.compiler.selectors import Mark, asked_marks
from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import Peer, PodPeer
from netsim.model.ports import NamedPort
from netsim.model.tiers import NetworksPeer, NodePeer, Policy, TierPeer
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
    marks: set[Mark] = set()
    blocks: set[IPBlock] = set()
    names: set[PortName] = set()
    for policy in policies:
        subject = policy.subject
        _learn(subject.pods if isinstance(subject, PodPeer) else subject, marks)
        for rules in policy.rules.values():
            for rule in rules:
                for peer in rule.peers:
                    if isinstance(peer, PodPeer):
                        _learn(peer.pods, marks)
                    else:
                        blocks.update(_blocks(peer, nodes))
                for port in rule.ports:
                    if isinstance(port, NamedPort):
                        names.add((port.protocol, port.name))
    return Words(frozenset(marks), frozenset(names), frozenset(blocks))


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


def _learn(selector: LabelSelector, marks: set[Mark]) -> None:
    """Adds what a selector looks at."""
    for requirement in selector.requirements:
        marks.update(asked_marks(requirement))
