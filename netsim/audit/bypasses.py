"""Pods that policies do not bind, because of what they may do to their node."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from netsim.audit.templates import Subject, subjects
from netsim.lint.context import Context
from netsim.lint.fragments import pod
from netsim.lint.rule import Observation, rule
from netsim.load.powers import read_powers
from netsim.model.workload import DEFAULT_NET_RAW, HOST_PORT, NET_ADMIN, NET_RAW, PRIVILEGED
from netsim.podsecurity.pods import Route
from netsim.results import Severity

_ESCAPES = tuple(
    map(
        PurePosixPath,
        (
            "/proc",
            "/sys",
            "/var/run",
            "/run",
            "/etc/cni",
            "/opt/cni",
            "/var/lib/cni",
            "/var/lib/kubelet",
            "/etc/kubernetes",
        ),
    )
)
"""Folders of a node through which its network or its other pods can be changed."""
_WAYS = {
    PRIVILEGED: "privileged, so it may change its node's network",
    NET_ADMIN: "capability NET_ADMIN, with which it may change routes and filters",
    NET_RAW: "capability NET_RAW, with which it may forge packets",
    HOST_PORT: "hostPort, which is reached by the node's address",
}


@rule(
    "policy-bypass",
    Severity.WARNING,
    bad=pod("shop/agent", "app: agent", spec="hostNetwork: true"),
    good=pod("shop/agent", "app: agent"),
)
def policy_bypass(context: Context) -> Iterator[Observation]:
    """A pod can go around policies.

    Policies bind traffic between the networks of pods. A pod in its node's network sends and
    listens with the node's addresses; a privileged one, or one with NET_ADMIN, may change the
    rules that enforce policies; NET_RAW forges packets; a hostPort is reached by the node's
    address; some of a node's folders give all of this away. What is part of the cluster
    itself often has to, and is only noted.
    """
    for subject in subjects(context):
        ways = list(_ways(subject))
        if ways:
            message = f"{subject.name} can go around policies: {'; '.join(ways)}"
            yield Observation(
                subject.place(*_routes(subject)),
                subject.name,
                message,
                severity=Severity.NOTE if subject.is_system else None,
            )


@rule(
    "net-raw-by-default",
    Severity.NOTE,
    bad=pod("shop/web", "app: web"),
    good="""\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
  - {name: web, image: web, securityContext: {capabilities: {drop: [ALL]}}}
""",
)
def net_raw_by_default(context: Context) -> Iterator[Observation]:
    """A container keeps the capability NET_RAW, which runtimes give to all.

    With it a process may forge packets on its pod's network and answer in the name of
    others. Dropping ALL, or NET_RAW alone, takes it away; the restricted level asks for it.
    """
    for subject in subjects(context):
        if DEFAULT_NET_RAW in read_powers(subject.template.spec):
            message = f"{subject.name} keeps the capability NET_RAW"
            fix = "drop ALL in securityContext.capabilities of every container"
            yield Observation(subject.place(), subject.name, message, fix=fix)


def _ways(subject: Subject) -> Iterator[str]:
    if "hostNetwork" in subject.pod.host_namespaces:
        yield "hostNetwork, so no policy selects it and its traffic is its node's"
    powers = read_powers(subject.template.spec)
    yield from (text for power, text in _WAYS.items() if power in powers)
    if "hostPID" in subject.pod.host_namespaces and PRIVILEGED in powers:
        yield "hostPID beside privileged, so it may enter any other pod"
    yield from (f"hostPath {path}" for _, path in _escapes(subject))


def _routes(subject: Subject) -> Iterator[Route]:
    if "hostNetwork" in subject.pod.host_namespaces:
        yield ("hostNetwork",)
    yield from (route for route, _ in _escapes(subject))


def _escapes(subject: Subject) -> Iterator[tuple[Route, str]]:
    volumes = subject.template.spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        source = volume.get("hostPath") if isinstance(volume, Mapping) else None
        path = source.get("path") if isinstance(source, Mapping) else None
        if isinstance(path, str) and _is_escape(PurePosixPath(path)):
            yield ("volumes", index), path


def _is_escape(path: PurePosixPath) -> bool:
    """Whether a folder is one of those, inside of one, or holds one."""
    return any(path.is_relative_to(known) or known.is_relative_to(path) for known in _ESCAPES)


CHECKS = (policy_bypass, net_raw_by_default)
