from collections.abc import Callable
from pathlib import Path

import pytest

from netsim.load import Loaded, load_snapshot

Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads files written from their contents, by name, as one folder."""

    def write_and_load(files: dict[str, str | bytes]) -> Loaded:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_snapshot([tmp_path])

    return write_and_load
