"""Who the ends of logged flows are in a cluster; what cannot be found is told, not dropped."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from netsim.cluster import Cluster
from netsim.errors import AmbiguousEndpointError, UndecidedError, UnknownEndpointError
from netsim.load.flow_logs import FlowLog
from netsim.load.logged_flows import LoggedEnd, LoggedFlow, SeenEnd
from netsim.model.networks import Address
from netsim.model.ports import PortSet
from netsim.names import (
    AddressRangeText,
    EndpointText,
    NamedEndpoint,
    NamedService,
    Special,
)
from netsim.query.endpoints import resolve
from netsim.query.parties import Subject
from netsim.query.questions import targets_with_ports
from netsim.report.findings import counted
from netsim.suggest.needs_wishes import Wish, is_pod

_GENERATED = (
    (re.compile(r"(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}"), ("Deployment", "CronJob")),
    (
        re.compile(r"(.+)-(?:[a-z0-9]{5}|[0-9]+)"),
        ("StatefulSet", "DaemonSet", "Job", "ReplicaSet", "ReplicationController"),
    ),
)
"""What controllers call their pods, and which of them do so."""
_BESIDE = "neither end is a pod that NetworkPolicies select"


def wishes_of_log(log: FlowLog, cluster: Cluster, notes: list[str]) -> Iterator[Wish]:
    """What a log says is needed; what is left out of it goes to the notes, with its count."""
    for reason, count in sorted(log.skipped.items()):
        notes.append(f"{log.file}: {count} left out: {reason}")
    finder, lost, is_idle = _Finder(cluster), dict[str, list[str]](), True
    for flow, line in log.flows.items():
        place = f"{log.file}:{line}"
        try:
            wish = Wish(finder.sources(flow), finder.targets(flow), place)
        except (UnknownEndpointError, AmbiguousEndpointError, UndecidedError) as error:
            lost.setdefault(str(error), []).append(place)
            continue
        if any(is_pod(end, cluster.profile) for end in wish.ends):
            is_idle = False
            yield wish
        else:
            lost.setdefault(_BESIDE, []).append(place)
    for reason, places in lost.items():
        notes.append(f"{places[0]}: {counted(len(places), 'flow')} left out: {reason}")
    if is_idle:
        notes.append(f"{log.file}: no flow in it is needed, so that nothing stays open for it")


@dataclass(slots=True)
class _Finder:
    """Looks ends up, each once."""

    cluster: Cluster
    _known: dict[LoggedEnd, EndpointText] = field(default_factory=dict)
    _services: dict[Address, NamedService] = field(default_factory=dict)
    _services_read: bool = False

    def sources(self, flow: LoggedFlow) -> tuple[Subject, ...]:
        """Who opened it; raises as `resolve`, and UndecidedError."""
        found = resolve(self._notation(flow.source), self.cluster.worlds.directory)
        if found.undecided:
            raise UndecidedError("who opened the connection", (found.undecided,))
        return found.subjects

    def targets(self, flow: LoggedFlow) -> tuple[tuple[Subject, PortSet], ...]:
        """To whom, and on which port there: an address of a Service is translated."""
        notation = self._notation(flow.target)
        if isinstance(notation, AddressRangeText):
            notation = self._behind(notation)
        return targets_with_ports(notation, flow.port, self.cluster.worlds.directory)

    def _notation(self, end: LoggedEnd) -> EndpointText:
        found = self._known.get(end)
        if found is None:
            named = self._seen(end) if isinstance(end, SeenEnd) else end.notation
            found = self._known[end] = self._living(named)
        return found

    def _seen(self, end: SeenEnd) -> EndpointText:
        if end.reserved == "host":
            return Special.NODE  # the node of the pod at the other end
        wanted = [NamedEndpoint(end.namespace, end.pod)] if end.pod else []
        wanted += (NamedEndpoint(end.namespace, name, kind) for kind, name in end.workloads)
        directory = self.cluster.worlds.directory
        for item in wanted:
            if directory.named(item.namespace, item.name, item.kind):
                return item
        if wanted:
            return wanted[0]
        if end.address is None:
            raise UnknownEndpointError(str(end), "end with a pod or an address")
        return AddressRangeText(ip_network(end.address))

    def _living(self, notation: EndpointText) -> EndpointText:
        """For a pod that is gone the workload whose pods have such names."""
        if not isinstance(notation, NamedEndpoint) or notation.kind not in {"", "Pod"}:
            return notation
        directory, namespace = self.cluster.worlds.directory, notation.namespace
        if directory.named(namespace, notation.name, notation.kind):
            return notation
        for pattern, kinds in _GENERATED:
            found = pattern.fullmatch(notation.name)
            for kind in kinds if found else ():
                if found and directory.named(namespace, found[1], kind):
                    return NamedEndpoint(namespace, found[1], kind)
        return notation

    def _behind(self, text: AddressRangeText) -> EndpointText:
        address = text.network[0]
        if (
            text.network.num_addresses > 1
            or address in self.cluster.worlds.directory.by_address
        ):
            return text
        if not self._services_read:
            self._services.update(_service_addresses(self.cluster))
            self._services_read = True
        return self._services.get(address, text)


def _service_addresses(cluster: Cluster) -> Iterator[tuple[Address, NamedService]]:
    """The cluster addresses of Services, where they are written down."""
    for item in cluster.objects:
        spec = item.at("spec")
        if (item.group, item.kind) == ("", "Service") and isinstance(spec, Mapping):
            several = spec.get("clusterIPs")
            for text in (
                spec.get("clusterIP"),
                *(several if isinstance(several, list) else ()),
            ):
                address = _address(text)
                if address is not None:
                    yield address, NamedService(item.namespace, item.name)


def _address(text: object) -> Address | None:
    try:
        return ip_address(text) if isinstance(text, str) else None
    except ValueError:  # `None`, of a headless Service
        return None
