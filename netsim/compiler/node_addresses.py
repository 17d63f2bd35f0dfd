"""Which addresses a label selector over Node objects means."""

from collections.abc import Iterable

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.tiers import blocks_of_nodes
from netsim.model.workload import Node


def node_blocks(selector: LabelSelector, nodes: Iterable[Node]) -> tuple[IPBlock, ...]:
    """The addresses of the nodes that a selector picks, each as a block."""
    return blocks_of_nodes(node for node in nodes if _picks(selector, node.labels))


def _picks(selector: LabelSelector, labels: Labels) -> bool:
    return all(_holds(requirement, labels) for requirement in selector.requirements)


def _holds(requirement: Requirement, labels: Labels) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case Operator.IN:
            return value in requirement.values
        case Operator.NOT_IN:
            return value not in requirement.values
        case Operator.EXISTS:
            return value is not None
        case Operator.DOES_NOT_EXIST:
            return value is None
