"""A network as a Graphviz graph: namespaces are clusters, edges carry their ports."""

from collections.abc import Iterator
from itertools import groupby

from netsim.results import Edge, Network

_STYLES = {
    "": 'color="#444444"',
    "unchanged": 'color="#999999"',
    "opened": 'color="#d55e00" penwidth=2',
    "closed": 'color="#0072b2" style=dashed',
}


def as_dot(network: Network) -> str:
    """DOT text; nodes are numbered, and what they are called is their label.

    >>> print(as_dot(Network((), ())), end="")
    digraph netsim {
      rankdir=LR;
      node [shape=box fontname="sans-serif"];
      edge [fontname="sans-serif" fontsize=10];
    }
    """
    return "".join(f"{line}\n" for line in _lines(network))


def _lines(network: Network) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    yield "digraph netsim {"
    yield "  rankdir=LR;"
    yield '  node [shape=box fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif" fontsize=10];'
    for number, (namespace, some) in enumerate(groupby(network.nodes, lambda it: it.namespace)):
        lines = [
            f"{names[node.id]} [label={_quoted(node.label)}{_shape(node.kind)}];"
            for node in some
        ]
        boxed = bool(namespace) and network.nodes[0].kind != "Namespace"
        if boxed:
            yield f"  subgraph cluster_{number} {{"
            yield f"    label={_quoted(namespace)};"
        yield from (f"{'    ' if boxed else '  '}{line}" for line in lines)
        if boxed:
            yield "  }"
    for edge in network.edges:
        yield f"  {names[edge.source]} -> {names[edge.target]} [{_said(edge)}];"
    yield "}"


def _said(edge: Edge) -> str:
    sign = {"opened": "+ ", "closed": "- "}.get(edge.change, "")
    label = f"{sign}{edge.ports}{' ?' if edge.undecided else ''}"
    tip = f" tooltip={_quoted(edge.undecided)}" if edge.undecided else ""
    return f"label={_quoted(label)} {_STYLES[edge.change]}{tip}"


def _shape(kind: str) -> str:
    return {"Outside": " shape=ellipse", "Node": " shape=ellipse"}.get(kind, "")


def _quoted(text: str) -> str:
    """A string in which Graphviz finds neither an escape nor an HTML entity."""
    safe = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'
