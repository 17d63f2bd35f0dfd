"""Opens expectation files: read whole, or refused with every fault."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from netsim.errors import LoadError
from netsim.load.expectation_files import expectation_document, manifest_paths, placed
from netsim.load.fields import Report
from netsim.query.expectations.facts import ExpectationFile
from netsim.query.expectations.reading import read_expectations


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read without a fault."""

    path: Path
    content: ExpectationFile

    def manifests(self) -> list[Path]:
        """The files and folders that it names; raises LoadError where a pattern finds none."""
        patterns = [(item.text, item.source) for item in self.content.manifests]
        return manifest_paths(self.content.file, patterns)


def opened(path: str | PathLike[str], namespace: str = "default") -> Opened:
    """Reads a file; `namespace` is where names without a slash belong. Raises LoadError."""
    report = Report()
    content = read_expectations(expectation_document(Path(path)), report, namespace)
    if report.errors:
        raise LoadError(tuple(placed(error) for error in report.errors))
    return Opened(Path(path), content)
