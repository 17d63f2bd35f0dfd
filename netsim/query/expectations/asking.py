"""One promise, asked for in a program instead of a file."""

from collections.abc import Mapping

from netsim.errors import LoadError
from netsim.load.documents import Document
from netsim.load.fields import Report
from netsim.query.expectations.checking import check
from netsim.query.expectations.outcomes import Checked
from netsim.query.expectations.reading import VERSION, read_expectations
from netsim.query.explain import Locate
from netsim.query.worlds import Worlds
from netsim.source import Source

ASKED = "<test>"
"""What stands in the place of a file."""


def asked(
    test: Mapping[str, object], worlds: Worlds, locate: Locate, namespace: str = "default"
) -> Checked:
    """The outcome of a test with the fields it would have in a file; raises LoadError."""
    report = Report()
    document = Document(Source(ASKED), {"version": VERSION, "tests": [dict(test)]})
    content = read_expectations(document, report, namespace)
    if report.errors:
        raise LoadError(tuple(report.errors))
    return check(content.expectations[0], worlds, locate)
