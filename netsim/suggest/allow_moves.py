"""Moving the source to a namespace from which the flow passes, as edits that were tried out."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.errors import AmbiguousEndpointError, UndecidedError, UnknownEndpointError
from netsim.model.labels import EVERYTHING, LabelSelector
from netsim.model.policy import Direction, PodPeer
from netsim.model.workload import PER_POD_LABELS, Endpoint
from netsim.model.written import TEMPLATE_ROUTES, WrittenObject, pod_template
from netsim.query.endpoints import leads_to, selects
from netsim.query.parties import Subject
from netsim.query.relocations import settled
from netsim.suggest.allow_needs import needed
from netsim.suggest.answers import Answer
from netsim.suggest.edits import Edit, Fields, Proposal
from netsim.suggest.simulation import applied

_RUNNING_ONCE = frozenset({"Job", "CronJob"})
_MOVABLE = _RUNNING_ONCE | {"Pod", "Deployment"}
_GIVEN_BY_SERVER = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "selfLink",
    "managedFields",
)
_MOST_HOMES = 4

Ask = Callable[[Cluster, str, str], Answer]
"""What edits of policies let a source reach a target."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to pass."""

    source: str
    target: str
    port: str
    sources: Sequence[Subject]
    targets: Sequence[Subject]


def move_of(cluster: Cluster, wish: Wish, ask: Ask) -> Proposal | None:
    """The source moved to the targets' namespace, if it can be moved and then passes.

    A Job or CronJob that is not let in there either is let in by a policy besides. One that is
    there already is moved to where a rule of the targets lets it in.
    """
    moved = _movable(cluster, wish.sources)
    homes = {item.namespace for item in wish.targets if isinstance(item, Endpoint)}
    if moved is None or len(homes) != 1:
        return None
    (home,) = homes
    if home == moved.namespace:
        if moved.kind not in _RUNNING_ONCE:
            return None
        found = (_tried(cluster, wish, moved, it) for it in _welcome(cluster, wish))
        return min((it for it in found if it is not None), key=_moves, default=None)
    alone = _tried(cluster, wish, moved, home)
    if alone is not None or moved.kind not in _RUNNING_ONCE:
        return alone
    return _with_policy(cluster, wish, moved, home, ask)


def is_worth_showing(move: Proposal, wish: Wish) -> bool:
    """Whether a move should stand beside edits of policies that do without it.

    A Job or CronJob is easily moved; what serves others only where nothing else changes.
    """
    if move.edits[0].ref.kind in _RUNNING_ONCE:
        return True
    return not move.moved.closed and all(
        row.target in wish.targets for row in move.moved.opened
    )


def _movable(cluster: Cluster, sources: Sequence[Subject]) -> WrittenObject | None:
    """The one object that all sources are of, unless something else made it."""
    if any(isinstance(item, Endpoint) and item.finished for item in sources):
        return None
    owners = {_owner(item) if isinstance(item, Endpoint) else None for item in sources}
    if len(owners) != 1:
        return None
    (owner,) = owners
    if owner is None or owner[0] not in _MOVABLE:
        return None
    for item in cluster.objects:
        if (item.kind, item.namespace, item.name) == owner and pod_template(item) is not None:
            return None if item.at("metadata", "ownerReferences") else item
    return None


def _owner(endpoint: Endpoint) -> tuple[str, str, str]:
    kind, name = endpoint.workload if endpoint.workload[1] else (endpoint.kind, endpoint.name)
    return kind, endpoint.namespace, name


def _welcome(cluster: Cluster, wish: Wish) -> Iterator[str]:
    """Namespaces whose pods, labelled as a source, some rule of a target lets in."""
    snapshot = cluster.snapshot
    found: dict[str, None] = {}
    for policy in snapshot.policies:
        if not any(_is_of(policy.namespace, policy.subject, it) for it in wish.targets):
            continue
        for rule in policy.rules.get(Direction.INGRESS, ()):
            for peer in rule.peers:
                if isinstance(peer, PodPeer) and peer.namespaces not in {None, EVERYTHING}:
                    found |= dict.fromkeys(_let_in(peer, wish.sources, cluster))
    here = {item.namespace for item in wish.sources if isinstance(item, Endpoint)}
    yield from sorted(set(found) - here)[:_MOST_HOMES]


def _let_in(peer: PodPeer, sources: Sequence[Subject], cluster: Cluster) -> Iterator[str]:
    labels = [item.labels for item in sources if isinstance(item, Endpoint)]
    if peer.namespaces is not None and all(selects(peer.pods, item) for item in labels):
        for name, space in cluster.snapshot.namespaces.items():
            if selects(peer.namespaces, space.labels):
                yield name


def _is_of(namespace: str, subject: LabelSelector, target: Subject) -> bool:
    inside = isinstance(target, Endpoint) and target.namespace == namespace
    return inside and isinstance(target, Endpoint) and selects(subject, target.labels)


def _tried(cluster: Cluster, wish: Wish, item: WrittenObject, home: str) -> Proposal | None:
    """The move alone; None where it is not enough."""
    edits = _edits(item, home)
    if any(it.identity == (item.group, item.kind, home, item.name) for it in cluster.objects):
        return None
    after = applied(cluster, edits)
    if not _passes(after, wish, item, home):
        return None
    return _told(cluster, after, edits, f"move {item.kind} {item.key} to {home}", item)


def _with_policy(
    cluster: Cluster, wish: Wish, item: WrittenObject, home: str, ask: Ask
) -> Proposal | None:
    """The move with the best edit of policies after it; None where there is none."""
    edits = _edits(item, home)
    if any(it.identity == (item.group, item.kind, home, item.name) for it in cluster.objects):
        return None
    moved = applied(cluster, edits)
    answer = ask(moved, _name(item, home), wish.target)
    if not answer.proposals:
        return None
    best = answer.proposals[0]
    every = (*edits, *best.edits)
    title = f"move {item.kind} {item.key} to {home} and {best.title}"
    return _told(cluster, applied(cluster, every), every, title, item)


def _edits(item: WrittenObject, home: str) -> tuple[Edit, Edit]:
    value: Fields = deepcopy(dict(item.value))
    _fresh(value, item.kind)
    value["metadata"]["namespace"] = home
    gone = Edit(f"is deleted, to be made anew in {home}", item, None)
    return gone, Edit(f"is moved from {item.namespace}", None, value)


def _fresh(value: Fields, kind: str) -> None:
    """Takes away what the API server has put in and would not take back."""
    for key in _GIVEN_BY_SERVER:
        value["metadata"].pop(key, None)
    if kind != "Job":
        return
    spec = value.get("spec")
    if isinstance(spec, dict) and not spec.get("manualSelector"):
        spec.pop("selector", None)
        template: object = value
        for step in (*TEMPLATE_ROUTES[kind], "metadata", "labels"):
            template = template.get(step) if isinstance(template, dict) else None
        if isinstance(template, dict):
            for key in PER_POD_LABELS & set(template):
                del template[key]


def _passes(after: Cluster, wish: Wish, item: WrittenObject, home: str) -> bool:
    try:
        return after.can_reach(_name(item, home), wish.target, wish.port)
    except (UndecidedError, UnknownEndpointError, AmbiguousEndpointError):
        return False


def _name(item: WrittenObject, home: str) -> str:
    return f"{home}/{item.kind.lower()}/{item.name}"


def _told(
    cluster: Cluster, after: Cluster, edits: tuple[Edit, ...], title: str, item: WrittenObject
) -> Proposal:
    """What changes for the workload, which is taken for the same one in its new place."""
    moved = diff(cluster, after)
    rest = settled(moved)
    moved = replace(moved, opened=rest.opened, closed=rest.closed, appeared=(), vanished=())
    home = str(edits[1].ref.namespace)
    return Proposal(title, edits, moved, tuple(_notes(cluster, after, item, home)))


def _notes(cluster: Cluster, after: Cluster, item: WrittenObject, home: str) -> Iterator[str]:
    template = pod_template(item)
    if template is not None:
        asked = dict.fromkeys(needed(template))
        missing = [
            f"{kind} {name}" for kind, name in asked if not _is_in(kind, name, home, after)
        ]
        if missing:
            yield f"needs what the input does not have in {home}: {', '.join(missing)}"
    ends = [it for it in after.snapshot.endpoints if _owner(it) == (item.kind, home, item.name)]
    yield from map(str, after.soundness.notes(ends))
    for service in cluster.snapshot.services:
        for end in cluster.snapshot.endpoints:
            if _owner(end) == (item.kind, item.namespace, item.name) and leads_to(service, end):
                yield f"Service {service.key} does not lead to it any more"


def _is_in(kind: str, name: str, home: str, cluster: Cluster) -> bool:
    """Whether there is such an object, or one that makes it: SealedSecret, ExternalSecret."""
    return any(
        it.namespace == home and it.name == name and it.kind.endswith(kind)
        for it in cluster.objects
    )


def _moves(item: Proposal) -> tuple[int, int]:
    return len(item.moved.closed), sum(len(row.ports) for row in item.moved.opened)
