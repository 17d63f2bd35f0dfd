"""Ways through other pods: what is denied at first hand may pass at second."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from netsim.model.ports import ALL_PORTS, PortRange, PortSet
from netsim.query.class_rows import PortSets
from netsim.query.expectations.finding import without
from netsim.query.expectations.outcomes import Status
from netsim.query.expectations.rulings import HOLDS, Court, Ruling, flow_text, shown_by
from netsim.query.expectations.survey import Pairing, unknown_reasons
from netsim.query.parties import Outside, Subject, party_of, subject_name
from netsim.query.table import Table, Target


def way_through(
    sources: Sequence[Subject],
    targets: Sequence[Target],
    excepted: Sequence[Subject],
    court: Court,
) -> Ruling:
    """Whether some source reaches a target through pods of the cluster, on any ports.

    The last step is on a port in question. Addresses outside pass nothing on. The shortest
    way is told.
    """
    pods = list(without(court.directory.running, excepted))
    starts = set(sources)
    places: list[Target] = [(pod, ALL_PORTS) for pod in pods]
    everyone = list(dict.fromkeys([*sources, *pods]))
    sets = PortSets()
    steps = Table(court.worlds.graph, everyone, places, sets)
    ends = Table(court.worlds.graph, everyone, targets, sets)
    came: dict[Subject, Subject | None] = dict.fromkeys(sources)
    seen: set[int] = set()
    queue = deque(sources)
    while queue:
        subject = queue.popleft()
        last = {**ends.answer(subject), **ends.settled(subject)}
        for place, ports in last.items():
            target = targets[place][0]
            both_outside = isinstance(subject, Outside) and isinstance(target, Outside)
            if ports and target != subject and target not in starts and not both_outside:
                return _found([*_back(subject, came), target], ports, court)
        answer, settled = steps.answer(subject), steps.settled(subject)
        reached = list(settled.items())
        if id(answer) not in seen:
            seen.add(id(answer))
            reached += [item for item in answer.items() if item[0] not in settled]
        for place, ports in reached:
            if ports and pods[place] not in came:
                came[pods[place]] = subject
                queue.append(pods[place])
    return HOLDS


def _back(subject: Subject, came: dict[Subject, Subject | None]) -> list[Subject]:
    way = [subject]
    while (before := came[way[0]]) is not None:
        way.insert(0, before)
    return way


def _found(way: list[Subject], ports: PortSet, court: Court) -> Ruling:
    graph = court.worlds.graph
    path = []
    status, reason = Status.FAILED, ""
    for source, target in pairwise(way):
        opened = ports if target is way[-1] else graph.ports(party_of(source), party_of(target))
        span = next(iter(opened))
        port = PortSet.of(PortRange(span.protocol, span.first, span.first))
        path.append(flow_text(source, target, port))
        reasons = unknown_reasons(Pairing(source, target, port), court.worlds)
        if reasons:
            status, reason = Status.UNDECIDED, f": {reasons[0]}"
    witness = shown_by(Pairing(way[-2], way[-1], ports), "is allowed", court)
    through = ", ".join(subject_name(item) for item in way[1:-1])
    verb = "passes" if status is Status.FAILED else "may pass"
    flow = f"{subject_name(way[0])} -> {subject_name(way[-1])}"
    sentence = f"{flow} {verb} through {through}{reason}"
    return Ruling(status, replace(witness, sentence=sentence, flow=flow, path=tuple(path)))
