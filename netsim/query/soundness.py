"""What is known of an endpoint besides its connections: ways around policies, refused pods.

Policies bind what sends from a pod's own network. A pod that has its node's network, or may do
to the node what it likes, is not bound by them; a pod that is refused sends nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.model.snapshot import Snapshot
from netsim.model.workload import DEFAULT_NET_RAW, Endpoint
from netsim.model.written import PodTemplate, WrittenObject, pod_template
from netsim.podsecurity.configuration import Server, server_of
from netsim.podsecurity.levels import Level
from netsim.query.parties import Subject
from netsim.source import Source

HOST_NETWORK = "hostNetwork"
NEVER_ADMITTED = "never admitted"

_Identity = tuple[str, str, str]
Read = Callable[[frozenset[Source] | None], Iterable[WrittenObject]]
"""Reads the objects that are written in some places, or all."""


def bypasses(endpoint: Endpoint) -> tuple[str, ...]:
    """What a manifest gives an endpoint that lets it go around policies."""
    own = (HOST_NETWORK,) if endpoint.host_network else ()
    return own + tuple(power for power in endpoint.powers if power != DEFAULT_NET_RAW)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of an endpoint beside an answer on it."""

    endpoint: Endpoint
    text: str

    def __str__(self) -> str:
        return f"{self.endpoint.key} {self.text}"


@dataclass(frozen=True, slots=True)
class Soundness:
    """What is known of endpoints besides their connections."""

    rejected: Mapping[_Identity, str]
    """Why Pod Security refuses the pods of an endpoint, for those that it refuses."""

    def rejection(self, subject: Subject) -> str:
        """The API server's refusal; empty where the pods are let in, or run already."""
        if not isinstance(subject, Endpoint):
            return ""
        return self.rejected.get(_identity(subject), "")

    def marks(self, subject: Subject) -> tuple[str, ...]:
        """Short words: what goes around policies, and `never admitted`."""
        if not isinstance(subject, Endpoint):
            return ()
        never = (NEVER_ADMITTED,) if _identity(subject) in self.rejected else ()
        return never + bypasses(subject)

    def notes(self, subjects: Iterable[Subject]) -> tuple[Note, ...]:
        """The same as sentences, each endpoint once."""
        endpoints = dict.fromkeys(item for item in subjects if isinstance(item, Endpoint))
        return tuple(note for endpoint in endpoints for note in self._notes(endpoint))

    def _notes(self, endpoint: Endpoint) -> Iterator[Note]:
        rejection = self.rejection(endpoint)
        if rejection:
            yield Note(endpoint, f"is {NEVER_ADMITTED}: {rejection}")
        ways = bypasses(endpoint)
        if ways:
            yield Note(endpoint, f"can go around policies: {', '.join(ways)}")


UNKNOWN = Soundness({})
"""Where no pod is known to be refused."""
_CONFIGURATIONS = ("PodSecurityConfiguration", "AdmissionConfiguration")


def server_in(counts: Mapping[str, int], read: Read) -> Server:
    """The server that the input configures; the objects are read only if it may do so."""
    if not any(map(counts.get, _CONFIGURATIONS)):
        return Server()
    return server_of(read(None))


def soundness(snapshot: Snapshot, server: Server, read: Read) -> Soundness:
    """What is known of every endpoint of a snapshot.

    A pod that runs already has been let in, whatever its namespace asks for today, so that
    only pods that are still to be made are judged.
    """
    asked = {
        endpoint.source: endpoint
        for endpoint in snapshot.endpoints
        if _is_to_be_made(endpoint) and _enforces(snapshot, endpoint.namespace, server)
    }
    if not asked:
        return Soundness({})
    templates = {item.source: pod_template(item) for item in read(frozenset(asked))}
    rejected: dict[_Identity, str] = {}
    for endpoint in snapshot.endpoints:
        template = templates.get(endpoint.source)
        if template is None or endpoint.source not in asked:
            continue
        refusal = _refusal(template, snapshot, server)
        if refusal:
            rejected[_identity(endpoint)] = refusal
    return Soundness(rejected)


def templates_of(endpoints: Sequence[Endpoint], read: Read) -> Iterator[PodTemplate]:
    """What the pods of some endpoints are made from: of running ones their workload's template.

    Where the input has no such workload, the first pod stands for the others.
    """
    are_written = all(not endpoint.pods for endpoint in endpoints)
    places = frozenset(endpoint.source for endpoint in endpoints)
    objects = tuple(read(places if are_written else None))
    named = {(item.namespace, item.name, item.kind): item for item in objects}
    placed = {item.source: item for item in objects}
    found = (named.get(_identity(it)) or placed.get(it.source) for it in endpoints)
    for item in dict.fromkeys(it.source for it in found if it is not None):
        template = pod_template(placed[item])
        if template is not None:
            yield template


def permissive_namespaces(snapshot: Snapshot, server: Server) -> tuple[str, ...]:
    """Namespaces in which a new pod may have all that goes around policies, in name order.

    Only the privileged level lets such pods in. A namespace whose object is not in the input
    is not among them: what it enforces is unknown.
    """
    return tuple(
        namespace.name
        for namespace in snapshot.namespaces.values()
        if not namespace.synthesised
        and (
            namespace.name in server.exempt_namespaces
            or server.settings(namespace.labels).enforce.level is Level.PRIVILEGED
        )
    )


def _identity(endpoint: Endpoint) -> _Identity:
    return endpoint.namespace, endpoint.name, endpoint.kind


def _is_to_be_made(endpoint: Endpoint) -> bool:
    return not endpoint.pods and not endpoint.addresses and not endpoint.finished


def _enforces(snapshot: Snapshot, namespace: str, server: Server) -> bool:
    labels = snapshot.namespaces[namespace].labels
    return server.settings(labels).enforce.level is not Level.PRIVILEGED


def _refusal(template: PodTemplate, snapshot: Snapshot, server: Server) -> str:
    if _runs(template):
        return ""
    settings = server.settings(snapshot.namespaces[template.owner.namespace].labels)
    # only where some namespace enforces a level: most questions never need the controls
    from netsim.podsecurity.admission import review
    from netsim.podsecurity.pods import PodFieldError

    try:
        found = review(template, settings, server)
    except PodFieldError:
        return ""
    return found.refusal or found.pods_refusal


def _runs(template: PodTemplate) -> bool:
    """A pod that the server has given an identity exists."""
    return template.owner.kind == "Pod" and bool(template.metadata.get("uid"))
