"""The core touches nothing outside: what import contracts cannot see, read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_PACKAGE = Path(__file__).parents[2] / "netsim"
_EDGES = {"load", "live", "fleet", "cli", "strategies", "pytest_plugin.py"}
"""Where files are read, text is written, and chance is welcome."""
_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint"}
_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"}
_MODULES = {"datetime", "random", "secrets", "socket", "subprocess", "tempfile", "time", "uuid"}
_ENVIRONMENT = {"environ", "getenv"}

_CORE = sorted(
    path for path in _PACKAGE.rglob("*.py") if path.relative_to(_PACKAGE).parts[0] not in _EDGES
)


def impurities(tree: ast.AST) -> Iterator[str]:
    """What a module does besides computing."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in _CALLS:
                yield f"line {node.lineno}: calls {called}()"
            case ast.Attribute(attr=attribute) if attribute in _METHODS | _ENVIRONMENT:
                yield f"line {node.lineno}: uses .{attribute}"
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.partition(".")[0] in _MODULES:
                        yield f"line {node.lineno}: imports {alias.name}"
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in _MODULES:
                yield f"line {node.lineno}: imports {module}"


@pytest.mark.parametrize("path", _CORE, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_the_core_only_computes(path: Path) -> None:
    assert list(impurities(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_the_core_is_found() -> None:
    assert {"graph.py", "reference.py"} <= {path.name for path in _CORE}


@pytest.mark.parametrize(
    "line",
    [
        "print('x')",
        "open('f')",
        "import time",
        "import os.path, random",
        "from datetime import datetime",
        "path.read_text()",
        "os.environ['HOME']",
        "from subprocess import run",
    ],
)
def test_what_is_impure_is_told(line: str) -> None:
    assert list(impurities(ast.parse(line)))


def test_what_is_pure_is_left_alone() -> None:
    pure = "from os import PathLike\nimport bisect\nprinted = str(1)\n"
    assert list(impurities(ast.parse(pure))) == []
