"""Objects to a snapshot: each kind to its reader, repeats settled, namespaces completed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from netsim.errors import ManifestError
from netsim.load.api_server import api_server_addresses
from netsim.load.capture_headers import read_capture_header, without_labels
from netsim.load.cluster_policy import DIALECTS, read_cluster_policy
from netsim.load.conflicts import tell_of_conflicts
from netsim.load.digest import digest_of
from netsim.load.fields import Field, Report
from netsim.load.grouping import endpoints, looked_at
from netsim.load.json_blocks import NotACaptureError
from netsim.load.kinds import Manifest, Role
from netsim.load.metadata import read_name, read_namespace
from netsim.load.namespaces import asked_label_keys, completed, read_namespace_object
from netsim.load.network_policy import read_network_policy
from netsim.load.nodes import read_node
from netsim.load.places import can_be_read_again, same_as_written
from netsim.load.plain_pods import read_plain_pod
from netsim.load.plain_policies import read_plain_policy
from netsim.load.plain_workloads import read_plain_workload
from netsim.load.pods import LivePod, read_pod
from netsim.load.roles import POLICY_KINDS
from netsim.load.services import read_service
from netsim.load.validation import shown
from netsim.load.workloads import Workload, read_workload
from netsim.load.yaml_values import RepeatedKey
from netsim.model.capture import HEADER_KIND, HEADER_VERSION
from netsim.model.networks import Address
from netsim.model.policy import NetworkPolicy
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot, UnmodelledPolicy, UnreadKind
from netsim.model.tiers import ClusterPolicy
from netsim.model.workload import NODE_KIND, Namespace, Node, Service
from netsim.source import Place, Source

_KUSTOMIZE = "is not rendered: run `kubectl kustomize` and load that"
_PROCESS = "a Template is not rendered: process it and load the result"
_NOT_RENDERED = {
    ("", "Kustomization"): f"a Kustomization {_KUSTOMIZE}",
    ("kustomize.config.k8s.io", "Kustomization"): f"a Kustomization {_KUSTOMIZE}",
    ("kustomize.config.k8s.io", "Component"): f"a Component {_KUSTOMIZE}",
    ("", "Template"): _PROCESS,
    ("template.openshift.io", "Template"): _PROCESS,
}
_OF_ITEM = len(("items", 0))
"""Steps of a route that can be read without the rest of its list."""


class _Written(msgspec.Struct, frozen=True, gc=False):
    """An object that may be written a second time."""

    api_version: str
    source: Source
    value: Mapping[str, object] | None
    """None where it can be read again: many objects are more than a load may hold."""


@dataclass(slots=True)
class Assembly:
    """A load in the making."""

    default_namespace: str
    profile: Profile
    report: Report = field(default_factory=Report)
    counts: Counter[str] = field(default_factory=Counter)
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    workloads: dict[tuple[str, str, str], Workload] = field(default_factory=dict)
    pods: dict[tuple[str, str], LivePod] = field(default_factory=dict)
    policies: dict[tuple[str, str], NetworkPolicy] = field(default_factory=dict)
    services: dict[tuple[str, str], Service] = field(default_factory=dict)
    unmodelled: list[UnmodelledPolicy] = field(default_factory=list)
    api_server: list[Address] = field(default_factory=list)
    unread: list[UnreadKind] = field(default_factory=list)
    _unread: dict[tuple[str, str], list[Source]] = field(default_factory=dict)
    _places: dict[tuple[str, ...], _Written] = field(default_factory=dict)
    _lasting: dict[str, bool] = field(default_factory=dict)
    """Whether a file can be read again, to compare what it says."""
    _changing: bool = False
    """Whether objects of an earlier load are there to be replaced without a word."""
    cluster_policies: dict[tuple[str, str], ClusterPolicy] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def copy(self) -> "Assembly":
        """The same objects, to be replaced or taken out; this one stays as it is."""
        report = self.report
        return Assembly(
            self.default_namespace,
            self.profile,
            Report(list(report.errors), list(report.findings), Counter(report.generated)),
            Counter(self.counts),
            dict(self.namespaces),
            dict(self.workloads),
            dict(self.pods),
            dict(self.policies),
            dict(self.services),
            list(self.unmodelled),
            list(self.api_server),
            list(self.unread),
            {key: list(sources) for key, sources in self._unread.items()},
            {},
            _changing=True,
            cluster_policies=dict(self.cluster_policies),
            nodes=dict(self.nodes),
        )

    def add(self, manifest: Manifest) -> None:
        """Reads one object, or says why not."""
        self.counts[manifest.kind] += 1
        whole = Field(manifest.value, manifest.source, manifest, self.report)
        if (manifest.kind, manifest.api_version) == (HEADER_KIND, HEADER_VERSION):
            self.unread += read_capture_header(whole)
            return
        match manifest.role:
            case Role.READ:
                self._read(manifest, whole)
            case Role.WRONG_GROUP:
                self._misplaced(manifest, whole)
            case Role.UNMODELLED_POLICY:
                self._warn_of_repeats(manifest)
                self._keep_unmodelled(manifest, whole)
            case Role.COUNTED:
                self._warn_of_repeats(manifest)
                self._count(manifest)

    def add_pod(self, pod: LivePod) -> None:
        """Puts in a pod that was read already; NotACaptureError if its name is taken."""
        if self.pods.setdefault((pod.namespace, pod.name), pod) is not pod:
            raise NotACaptureError
        self.counts["Pod"] += 1

    def snapshot(self) -> Snapshot:
        """The snapshot of everything added, and the notes that need the whole; called once."""
        self._places.clear()
        policies = tuple(self.policies[key] for key in sorted(self.policies))
        services = tuple(self.services[key] for key in sorted(self.services))
        wide = tuple(sorted(self.cluster_policies.values(), key=lambda item: item.rank))
        nodes = tuple(self.nodes[name] for name in sorted(self.nodes))
        looked = looked_at((*policies, *wide), services, self.pods.values(), nodes)
        pods = endpoints(self.workloads.values(), self.pods.values(), looked, self.report)
        used: dict[str, Source] = {}
        for items in (pods, policies, services):
            for item in items:
                used.setdefault(item.namespace, item.source)
        asked = asked_label_keys((*policies, *wide))
        namespaces = completed(self.namespaces, used, asked, self.profile, self.report)
        tell_of_conflicts(wide, pods, namespaces, self.profile, self.report)
        self._note_counted()
        unread = tuple(self.unread) if asked else without_labels(self.unread)
        return Snapshot(
            namespaces,
            (*(node.endpoint for node in nodes), *pods),
            policies,
            services,
            tuple(self.unmodelled),
            unread,
            cluster_policies=wide,
            nodes=nodes,
            api_server=tuple(dict.fromkeys(self.api_server)),
        )

    def _read(self, manifest: Manifest, whole: Field) -> None:
        before = len(self.report.errors)
        if manifest.kind == "NetworkPolicy":
            self._refuse_repeats(manifest, whole)
            policy = read_plain_policy(manifest.value, manifest.source)
            policy = policy or read_network_policy(whole, self.default_namespace)
            if policy is not None and len(self.report.errors) == before:
                self._check_repeated(manifest, ("NetworkPolicy", policy.namespace, policy.name))
                self.policies[policy.namespace, policy.name] = policy
            return
        if manifest.kind in DIALECTS:
            self._refuse_repeats(manifest, whole)
            found = read_cluster_policy(whole, manifest.kind, manifest.api_version)
            if found is not None and len(self.report.errors) == before:
                self._check_repeated(manifest, (found.kind, found.name))
                self.cluster_policies[found.kind, found.name] = found
            return
        self._warn_of_repeats(manifest)
        if self._read_plainly(manifest):
            return
        metadata = whole.get("metadata").as_object()
        name = read_name(metadata)
        metadata.get("labels").labels()
        identity, keep = self._reader(manifest, whole, name)
        if keep is not None and len(self.report.errors) == before:
            self._check_repeated(manifest, identity)
            keep()

    def _read_plainly(self, manifest: Manifest) -> bool:
        """Reads a pod or a workload, unless something may have to be said of it."""
        if manifest.kind == "Pod":
            pod = read_plain_pod(manifest.value, manifest.source)
            if pod is not None:
                self._check_repeated(manifest, ("Pod", pod.namespace, pod.name))
                self.pods[pod.namespace, pod.name] = pod
            return pod is not None
        workload = read_plain_workload(manifest.value, manifest.source)
        if workload is not None:
            identity = (workload.kind, workload.namespace, workload.name)
            self._check_repeated(manifest, identity)
            self.workloads[identity] = workload
        return workload is not None

    def _refuse_repeats(self, manifest: Manifest, whole: Field) -> None:
        """The API server decodes policies strictly."""
        for key in manifest.repeated:
            problem = f"key {shown(key.key)} stands twice in one object"
            error = ManifestError(
                manifest.source, problem, _place(manifest, key), "Decode", whole.subject
            )
            self.report.errors.append(error)

    def _warn_of_repeats(self, manifest: Manifest) -> None:
        for key in manifest.repeated:
            message = f"key {shown(key.key)} stands twice in one object; the last value is used"
            place = _place(manifest, key)
            self.report.warn("duplicate-key", message, manifest.source, place)

    def _misplaced(self, manifest: Manifest, whole: Field) -> None:
        """No server has this kind in this group; the right one is not guessed."""
        version = whole.get("apiVersion")
        problem = f"must be {manifest.served}, not {shown(manifest.api_version)}"
        if not manifest.api_version:
            version.fault(f"is required: {manifest.served}", kind="Required")
            return
        if manifest.kind in POLICY_KINDS:
            version.fault(problem, kind="Decode", rule="S1")
            return
        message = f"{whole.subject} is not read: apiVersion {problem}"
        self.report.warn("kind-in-wrong-group", message, version.source)

    def _reader(
        self, manifest: Manifest, whole: Field, name: str
    ) -> tuple[tuple[str, ...], Callable[[], None] | None]:
        """Reads an object; the second part puts it in, unless it is partial or faulty."""
        if manifest.kind == "Namespace":
            namespace_object = read_namespace_object(whole, name)
            put = partial(self.namespaces.__setitem__, name, namespace_object)
            return ("Namespace", name), put
        if manifest.kind == NODE_KIND:
            return (NODE_KIND, name), self._node(whole, name)
        return self._in_namespace(manifest, whole, name)

    def _node(self, whole: Field, name: str) -> Callable[[], None] | None:
        labels = whole.get("metadata").get("labels").labels()
        node = read_node(whole, name, labels)
        return None if node is None else partial(self.nodes.__setitem__, name, node)

    def _in_namespace(
        self, manifest: Manifest, whole: Field, name: str
    ) -> tuple[tuple[str, ...], Callable[[], None] | None]:
        namespace = read_namespace(whole.get("metadata"), self.default_namespace)
        identity = (manifest.kind, namespace, name)
        if manifest.kind == "Pod":
            pod = read_pod(whole, namespace, name)
            return identity, partial(self.pods.__setitem__, (namespace, name), pod)
        if manifest.kind == "Service":
            service = read_service(whole, namespace, name)
            if service is None:
                return identity, None
            return identity, partial(self.services.__setitem__, (namespace, name), service)
        if manifest.deprecated:
            message = f"{whole.subject}: {manifest.api_version} is no longer served; read as v1"
            self.report.note("deprecated-api-version", message, manifest.source)
        workload = read_workload(whole, manifest.kind, namespace, name)
        if workload is None:
            return identity, None
        return identity, partial(self.workloads.__setitem__, identity, workload)

    def _check_repeated(self, manifest: Manifest, identity: tuple[str, ...]) -> None:
        """The last of several objects with one identity wins, as with `kubectl apply`."""
        earlier = self._places.get(identity)
        self._places[identity] = self._written(manifest)
        if earlier is None:
            taken = identity[0] == "Pod" and identity[1:] in self.pods
            if taken and not self._changing:
                raise NotACaptureError
            return
        kind, *name = identity
        message = f"{kind} {'/'.join(name)} stands in {_where(earlier.source)} as well"
        if _same(earlier, manifest):
            self.report.note("object-repeated", f"{message}, the same", manifest.source)
        else:
            self.report.warn(
                "object-repeated", f"{message}, differently; the last one wins", manifest.source
            )

    def _written(self, manifest: Manifest) -> _Written:
        source = manifest.source
        if source.file not in self._lasting:
            self._lasting[source.file] = can_be_read_again(source.file)
        is_lasting = self._lasting[source.file] and not source.route[_OF_ITEM:]
        value = None if is_lasting else manifest.value
        return _Written(manifest.api_version, source, value)

    def _keep_unmodelled(self, manifest: Manifest, whole: Field) -> None:
        metadata = whole.get("metadata")
        name = metadata.get("name").text() or ""
        namespace = (
            ""
            if manifest.cluster_wide
            else read_namespace(metadata.as_object(), self.default_namespace)
        )
        self._put_unmodelled(
            UnmodelledPolicy(
                manifest.kind,
                manifest.api_version,
                namespace,
                name,
                manifest.source,
                digest_of(manifest.value),
            )
        )
        reach = f"namespace {namespace}" if namespace else "every namespace"
        message = f"{whole.subject} is not evaluated: answers about {reach} are undecided"
        self.report.warn("policy-kind-not-modelled", message, manifest.source)

    def _put_unmodelled(self, policy: UnmodelledPolicy) -> None:
        identity = (policy.kind, policy.namespace, policy.name)
        if self._changing:
            self.unmodelled = [
                it for it in self.unmodelled if (it.kind, it.namespace, it.name) != identity
            ]
        self.unmodelled.append(policy)

    def _count(self, manifest: Manifest) -> None:
        if "sops" in manifest.value:
            message = f"{manifest} is encrypted"
            self.report.note("encrypted", message, manifest.source)
        elif (manifest.group, manifest.kind) in _NOT_RENDERED:
            message = _NOT_RENDERED[manifest.group, manifest.kind]
            self.report.note("not-rendered", message, manifest.source)
        else:
            self.api_server += api_server_addresses(manifest)
            sources = self._unread.setdefault((manifest.kind, manifest.api_version), [])
            sources.append(manifest.source)

    def _note_counted(self) -> None:
        for (kind, version), sources in sorted(self._unread.items()):
            count = len(sources)
            what = f"{kind} ({version})" if version else kind
            objects = "object is" if count == 1 else "objects are"
            message = f"{count} {what} {objects} not needed for reachability"
            self.report.note("kind-not-modelled", message, sources[0])


def _place(manifest: Manifest, key: RepeatedKey) -> Place | None:
    return Place(manifest.source.file, key.line, key.column) if key.line else None


def _where(source: Source) -> str:
    return f"{source.file} document {source.document}" if source.document > 1 else source.file


def _same(one: _Written, other: Manifest) -> bool:
    written = same_as_written(one.source, other.source)
    if written is not None:
        return written and one.api_version == other.api_version
    try:
        return one.value == other.value
    except RecursionError:
        return False
