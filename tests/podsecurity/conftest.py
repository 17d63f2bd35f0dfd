import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """Answers of the API server's own code, one on each line."""
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]
