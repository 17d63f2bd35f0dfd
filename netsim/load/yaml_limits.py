"""What a small YAML text may not do: nest beyond the stack, or expand beyond memory."""

import re

from yaml.constructor import ConstructorError
from yaml.nodes import CollectionNode, MappingNode, Node

_DEEP = 1000
_INDENTED = re.compile(rf"^[ \t?:-]{{{_DEEP},}}", re.MULTILINE)
_MOST_NODES = 500_000
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&\S", re.MULTILINE)
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\S", re.MULTILINE)


def may_be_deep(text: str) -> bool:
    """False only where nesting cannot exhaust the stack of a parser written in C."""
    opened = sum(text.count(pair[0]) - text.count(pair) for pair in ("{}", "[]"))
    return opened > _DEEP or _INDENTED.search(text) is not None


def may_have_aliases(text: str) -> bool:
    """False only where no value can stand for another one."""
    return _ANCHOR.search(text) is not None and _ALIAS.search(text) is not None


def check_expansion(node: Node, length: int) -> None:
    """Refuses anchors that contain themselves or that would be copied without end.

    A text of some length has fewer values than that, unless aliases multiply them.
    """
    most = max(_MOST_NODES, length)
    if _expanded(node, {}) > most:
        problem = f"aliases expand to more than {most} values"
        raise ConstructorError(None, None, problem, node.start_mark)


def _expanded(node: Node, sizes: dict[int, int]) -> int:
    """How many nodes there are once every alias is replaced by what it stands for."""
    if not isinstance(node, CollectionNode):
        return 1
    known = sizes.get(id(node))
    if known == 0:
        problem = "an anchor contains itself"
        raise ConstructorError(None, None, problem, node.start_mark)
    if known is None:
        sizes[id(node)] = 0
        known = 1 + sum(_expanded(child, sizes) for child in _children(node))
        sizes[id(node)] = known
    return known


def _children(node: CollectionNode) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value)
