"""What `netsim` promises: sorted, importable, documented; and documented in every module."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import netsim
from netsim import strategies

_PACKAGE = Path(__file__).parents[2] / "netsim"
_MODULES = sorted(_PACKAGE.rglob("*.py"))
_PROMISED = [(module, name) for module in (netsim, strategies) for name in module.__all__]


@pytest.mark.parametrize("module", [netsim, strategies], ids=lambda module: module.__name__)
def test_public_names_are_sorted_and_listed_once(module: ModuleType) -> None:
    constants = [name for name in module.__all__ if name.isupper()]
    classes = [name for name in module.__all__ if name[0].isupper() and name not in constants]
    functions = [name for name in module.__all__ if name[0].islower()]
    assert module.__all__ == [*sorted(constants), *sorted(classes), *sorted(functions)]
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize(
    ("module", "name"), _PROMISED, ids=[f"{m.__name__}.{name}" for m, name in _PROMISED]
)
def test_public_names_exist_and_are_documented(module: ModuleType, name: str) -> None:
    value = getattr(module, name)
    if not name.isupper():
        assert value.__doc__
        assert value.__doc__.strip()


def test_what_type_checkers_see_is_what_is_promised() -> None:
    tree = ast.parse((_PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("netsim.")
        for alias in node.names
    }
    assert seen == set(netsim.__all__)


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.stat().st_size:
        assert ast.get_docstring(tree), "the module has no docstring"
    assert [node.name for node in _public(tree) if not ast.get_docstring(node)] == []


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes, and public methods of public classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    item
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name[0] != "_"
                )
