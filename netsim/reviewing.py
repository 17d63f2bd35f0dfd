"""Reviews a change: joins what moved, the promises of the team, and lint."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from netsim.cluster import Cluster
from netsim.collector import collector_paused
from netsim.comparison import diff
from netsim.inspection.novelty import novel
from netsim.lint import RULES
from netsim.load import locate
from netsim.model.workload import Endpoint
from netsim.query.diff import FlowChange
from netsim.query.expectations.checking import check
from netsim.query.expectations.expected_changes import (
    ExpectedChange,
    expected_changes,
    without_former,
)
from netsim.query.expectations.facts import ExpectationFile, ExpectedDiff
from netsim.query.expectations.outcomes import Checked
from netsim.query.expectations.sameness import said
from netsim.query.expected import beyond_rows
from netsim.query.explain import explain
from netsim.query.explanation import Explanation
from netsim.query.parties import Subject
from netsim.query.questions import Pair, Question
from netsim.query.relocations import Settled, renamed_rows, settled
from netsim.query.review import Promise, Relocation, Review, Unmoved
from netsim.query.verdict import judge
from netsim.source import Place


def review(
    before: Cluster,
    after: Cluster,
    expectations: Iterable[ExpectationFile] = (),
    *,
    former: Iterable[ExpectationFile] = (),
    base: str = "before",
) -> Review:
    """What a change moves, which promises it breaks, and which findings of lint are new.

    `former` are the expectation files as they were before: what they expected to move does not
    count again, and promises that are gone are told of if the change breaks them. `base` names
    the state before in the result. Raises ValueError as `diff` does.

    >>> from netsim.cluster import load
    >>> cluster = load("fixtures/clusters/shop/manifests")
    >>> found = review(cluster, cluster)
    >>> found.outlook, len(found.diff.opened), found.known
    (<Outlook.CLEAN: 'clean'>, 0, 3)
    """
    files, earlier = tuple(expectations), tuple(former)
    with collector_paused():
        found = diff(before, after)
        rest = settled(found)
        expected, left_over = _expected(files, earlier)
        changes = [
            item
            for one in expected
            for item in expected_changes(one, (after.worlds, before.worlds))
        ]
        opened, closed = (
            beyond_rows(rows, _covered(changes, rest, added=added))
            for rows, added in ((rest.opened, True), (rest.closed, False))
        )
        new, known, mended = novel(before.lint(), after.lint())
    return Review(
        base=base,
        diff=found,
        unexpected=replace(
            found, opened=opened, closed=closed, appeared=(), vanished=(), changed=()
        ),
        expected=len({*rest.opened, *rest.closed} - {*opened, *closed}),
        relocations=tuple(_explained(item, after) for item in rest.relocations),
        unmoved=tuple(_unmoved(changes, rest)),
        left_over=tuple(left_over),
        promises=tuple(_promises(files, before, after)),
        withdrawn=tuple(_withdrawn(files, earlier, before, after)),
        findings=new,
        known=known,
        mended=mended,
        rules=RULES,
    )


def _expected(
    files: Iterable[ExpectationFile], former: Sequence[ExpectationFile]
) -> tuple[list[ExpectedDiff], list[tuple[Place, int]]]:
    """What this change expects to move, and where lines are left over from earlier ones."""
    known = [it.expect_diff for it in former if it.expect_diff is not None]
    expected, left_over = [], []
    for file in files:
        if file.expect_diff is not None:
            rest, count = without_former(file.expect_diff, known)
            expected.append(rest)
            if count:
                left_over.append((locate(file.expect_diff.source), count))
    return expected, left_over


def _withdrawn(
    files: Iterable[ExpectationFile],
    former: Iterable[ExpectationFile],
    before: Cluster,
    after: Cluster,
) -> Iterable[Checked]:
    kept = {said(item) for file in files for item in file.expectations}
    for file in former:
        for item in file.expectations:
            if said(item) in kept or check(item, before.worlds, locate).status.failed:
                continue
            found = check(item, after.worlds, locate)
            if found.status.failed:
                yield found


def _covered(
    changes: Iterable[ExpectedChange], rest: Settled, *, added: bool
) -> list[FlowChange]:
    """Rows that were expected, also by names that moved workloads had before."""
    rows = [row for item in changes if item.added is added for row in item.rows]
    return [*rows, *renamed_rows(rows, rest.renamed)] if rest.renamed else rows


def _unmoved(changes: Iterable[ExpectedChange], rest: Settled) -> Iterable[Unmoved]:
    for item in changes:
        rows = rest.opened if item.added else rest.closed
        covered = replace(item, rows=(*item.rows, *renamed_rows(item.rows, rest.renamed)))
        if not covered.moved(rows):
            yield Unmoved(item.text, item.added, locate(item.source), item.complaint)


def _promises(
    files: Iterable[ExpectationFile], before: Cluster, after: Cluster
) -> Iterable[Promise]:
    for file in files:
        for item in file.expectations:
            former = check(item, before.worlds, locate)
            yield Promise(check(item, after.worlds, locate), former.status)


def _explained(item: Relocation, after: Cluster) -> Relocation:
    for row in item.lost:
        ends = _now(row.source, after), _now(row.target, after)
        if ends[0] is not None and ends[1] is not None:
            return replace(item, why=_why(ends[0], ends[1], row, after))
    return item


def _now(subject: Subject, after: Cluster) -> Subject | None:
    """The same end as it is after the change, with the labels it has there."""
    if not isinstance(subject, Endpoint):
        return subject
    name = (subject.namespace, subject.name, subject.kind)
    everyone = after.snapshot.endpoints
    found = (it for it in everyone if (it.namespace, it.name, it.kind) == name)
    return next(found, None)


def _why(source: Subject, target: Subject, row: FlowChange, after: Cluster) -> Explanation:
    asked = Question((Pair(source, target, row.ports),))
    return explain(str(row), judge(asked, after.worlds), after.worlds, locate)
