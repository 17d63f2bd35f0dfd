"""Every module has its place in the picture; `lint-imports` checks the contracts themselves."""

import ast
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "netsim"


def _layers() -> list[str]:
    text = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(item["layers"] for item in contracts if item["type"] == "layers")
    return layers


def _imported(path: Path) -> set[str]:
    """Modules that a file imports from, at its top or inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    plain = {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_every_module_has_a_layer() -> None:
    placed = {name.strip() for layer in _layers() for name in layer.split("|")}
    there = {path.stem for path in _PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    there |= {path.parent.name for path in _PACKAGE.glob("*/__init__.py")}
    assert there <= placed


def test_the_judge_sees_nothing_but_the_model() -> None:
    files = ("reference.py", "reference_matching.py")
    named = {name for file in files for name in _imported(_PACKAGE / file)}
    own = {name for name in named if name.startswith("netsim")}
    assert own
    others = {name for name in own if not name.startswith("netsim.model.")}
    assert others == {"netsim.reference_matching"}


@pytest.mark.parametrize(
    "path", sorted((_PACKAGE / "model").glob("*.py")), ids=lambda path: path.stem
)
def test_the_model_needs_only_the_standard_library(path: Path) -> None:
    third_party = {"click", "msgspec", "networkx", "numpy", "rich", "yaml"}
    assert {name.partition(".")[0] for name in _imported(path)}.isdisjoint(third_party)
