import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run
from tests.live.api_server import ApiServer

__all__ = ["Run", "run"]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """A running API server, and a kubeconfig that leads to it."""
    if shutil.which("kubectl") is None and "CI" not in os.environ:
        pytest.skip("kubectl is not installed")
    found = ApiServer()
    home = tmp_path / "home"
    home.mkdir()
    with found.running():
        monkeypatch.setenv("KUBECONFIG", str(found.kubeconfig(home / "config")))
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("KUBECACHEDIR", str(home / "cache"))
        yield found
