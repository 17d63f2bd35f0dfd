"""The smallest edits that let one party reach another, each tried out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from netsim.cluster import Cluster
from netsim.errors import UndecidedError
from netsim.names import parse_endpoint
from netsim.query.explanation import Explanation
from netsim.query.verdict import Outcome
from netsim.suggest.allow_demands import Demand, Texts, demands, obstacles
from netsim.suggest.allow_moves import Wish, is_worth_showing, move_of
from netsim.suggest.allow_rules import is_isolated_as_one, name_of_policy, ways
from netsim.suggest.answers import Answer
from netsim.suggest.changes import Change, written_policies
from netsim.suggest.weighing import Tried, asked_flows, best_of, tried

_MOST = 3


def allow(cluster: Cluster, source: str, target: str, port: int | str) -> Answer:
    """The best edits after which every pair of two sets passes on a port, `all` for every one.

    Raises as `Cluster.verdict` does, and ValueError for a cluster that was not loaded.
    """
    explanation = cluster.explain(source, target, port)
    verdict = explanation.verdict
    if verdict.reasons:
        return Answer(Outcome.UNDECIDED, reasons=verdict.reasons)
    if verdict.outcome is Outcome.ALLOWED:
        return Answer(Outcome.ALLOWED, reasons=("it is allowed already",))
    found = _Question(cluster, source, target, str(port), explanation).answer()
    pairs = [item.pair for item in verdict.pairs]
    ends = [item.source for item in pairs], [item.target for item in pairs]
    wish = Wish(source, target, str(port), *ends)
    move = move_of(cluster, wish, partial(_by_policies, port=port))
    if move is None or (found.proposals and not is_worth_showing(move, wish)):
        return found
    return Answer(Outcome.ALLOWED, (*found.proposals[: _MOST - 1], move))


def _by_policies(cluster: Cluster, source: str, target: str, port: int | str) -> Answer:
    explanation = cluster.explain(source, target, port)
    if explanation.verdict.reasons:
        return Answer(Outcome.UNDECIDED, reasons=explanation.verdict.reasons)
    return _Question(cluster, source, target, str(port), explanation).answer()


@dataclass(slots=True)
class _Question:
    cluster: Cluster
    source: str
    target: str
    port: str
    explanation: Explanation
    _known: dict[tuple[int, ...], Tried | None] = field(default_factory=dict)

    def answer(self) -> Answer:
        """Options, or why there are none."""
        reasons = tuple(dict.fromkeys(obstacles(self.explanation)))
        if reasons:
            return Answer(Outcome.DENIED, reasons=reasons)
        place = self.cluster.namespace
        texts = Texts(
            parse_endpoint(self.source, namespace=place),
            parse_endpoint(self.target, namespace=place),
        )
        directory = self.cluster.worlds.directory
        found = demands(self.explanation, texts, directory)
        if isinstance(found, str):
            return Answer(Outcome.DENIED, reasons=(found,))
        policies = written_policies(self.cluster.objects)
        choices: list[list[Change]] = []
        used: list[str] = []
        for demand in self._parted(found):
            used.append(name_of_policy(demand, texts, directory, used))
            choices.append(ways(demand, used[-1], directory, policies))
        proposals = best_of(self._options(choices), _MOST)
        if proposals:
            return Answer(Outcome.ALLOWED, proposals)
        return Answer(Outcome.DENIED, reasons=("no edit of a NetworkPolicy lets it pass",))

    def _parted(self, found: Sequence[Demand]) -> Iterator[Demand]:
        """Subjects that no one policy isolates are let in one by one."""
        for demand in found:
            if is_isolated_as_one(demand, self.cluster.worlds.directory):
                yield demand
            else:
                yield from demand.parts()

    def _options(self, choices: Sequence[Sequence[Change]]) -> Iterator[Tried]:
        """Where several things are missing, each is varied while the others are at their best.

        New policies move the least, so that beside them the rest is compared; all of them new
        is an option too.
        """
        best = [listed[-1] for listed in choices]
        new = self._tried(best)
        if new is not None:
            yield new
        for place, listed in enumerate(choices):
            ranked = [
                (item.rank, number)
                for number, change in enumerate(listed)
                if (item := self._tried(_with(best, place, change))) is not None
            ]
            if ranked:
                best[place] = listed[min(ranked)[1]]
        for place, listed in enumerate(choices):
            for change in listed:
                item = self._tried(_with(best, place, change))
                if item is not None:
                    yield item

    def _tried(self, changes: Sequence[Change]) -> Tried | None:
        """None where the flows do not pass afterwards."""
        key = tuple(map(id, changes))
        if key not in self._known:
            after, item = tried(
                self.cluster, changes, asked_flows(self.explanation), opening=True
            )
            self._known[key] = item if self._passes(after) else None
        return self._known[key]

    def _passes(self, after: Cluster) -> bool:
        try:
            return after.can_reach(self.source, self.target, self.port)
        except UndecidedError:
            return False


def _with(changes: Sequence[Change], place: int, change: Change) -> list[Change]:
    return [change if place == number else item for number, item in enumerate(changes)]
