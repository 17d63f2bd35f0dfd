from tests.cli.conftest import Run, process

__all__ = ["Run", "process"]
