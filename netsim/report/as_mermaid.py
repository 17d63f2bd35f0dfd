"""A network as a Mermaid flowchart, which GitHub and GitLab draw inside Markdown."""

import re
from collections.abc import Iterator
from itertools import groupby

from netsim.results import Edge, Network

_UNSAFE = re.compile(r"[^\w ./:,-]|_")
_ARROWS = {"": "-->", "unchanged": "-->", "opened": "==>", "closed": "-.->"}


def as_mermaid(network: Network) -> str:
    """Mermaid text; nodes are numbered, and what they are called is their label.

    What opened has thick arrows, what closed dotted ones.
    """
    return "".join(f"{line}\n" for line in _lines(network))


def _lines(network: Network) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    yield "flowchart LR"
    for number, (namespace, some) in enumerate(groupby(network.nodes, lambda it: it.namespace)):
        boxed = bool(namespace) and network.nodes[0].kind != "Namespace"
        if boxed:
            yield f"  subgraph s{number}[{_quoted(namespace)}]"
        for node in some:
            opening, closing = ("(", ")") if node.kind in {"Outside", "Node"} else ("[", "]")
            margin = "    " if boxed else "  "
            yield f"{margin}{names[node.id]}{opening}{_quoted(node.label)}{closing}"
        if boxed:
            yield "  end"
    for edge in network.edges:
        label = _quoted(_label(edge))
        yield f"  {names[edge.source]} {_ARROWS[edge.change]}|{label}| {names[edge.target]}"


def _label(edge: Edge) -> str:
    sign = {"opened": "opened ", "closed": "closed "}.get(edge.change, "")
    return f"{sign}{edge.ports}{' ?' if edge.undecided else ''}"


def _quoted(text: str) -> str:
    """A label in which Mermaid finds neither markup nor Markdown."""
    return f'"{_UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)}"'
