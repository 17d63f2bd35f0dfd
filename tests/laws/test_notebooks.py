"""Notebooks are short, assert what they claim, and are stored as they are written."""

import ast
from pathlib import Path

import nbformat
import pytest

_FOLDER = Path(__file__).parents[2] / "notebooks"
_NOTEBOOKS = sorted(_FOLDER.glob("*.ipynb"))
_MOST_CELLS = 25

each_notebook = pytest.mark.parametrize("path", _NOTEBOOKS, ids=lambda path: str(path.name))


def _trees(path: Path) -> list[ast.Module]:
    cells = nbformat.read(path, as_version=4).cells
    return [ast.parse(cell.source) for cell in cells if cell.cell_type == "code"]


@each_notebook
def test_notebook_is_stored_without_output(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@each_notebook
def test_notebook_is_valid_short_and_in_python(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) <= _MOST_CELLS
    assert notebook.metadata.kernelspec.language == "python"


@each_notebook
def test_notebook_asserts_and_defines_no_function(path: Path) -> None:
    nodes = [node for tree in _trees(path) for node in ast.walk(tree)]
    assert any(isinstance(node, ast.Assert) for node in nodes)
    assert not any(isinstance(node, ast.FunctionDef | ast.Lambda) for node in nodes)


@each_notebook
def test_index_names_the_notebook(path: Path) -> None:
    assert f"({path.name})" in (_FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_notebooks_are_found() -> None:
    assert len(_NOTEBOOKS) == 9
