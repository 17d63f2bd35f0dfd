"""The part of a pod that Pod Security looks at, with the types that the API gives it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

Names = tuple[str, ...] | None
Route = tuple[str | int, ...]


class _Part(msgspec.Struct, rename="camel", gc=False):
    """A part of the API: unknown fields are passed over, and null is absence."""


class Typed(_Part):
    """A profile; only its type matters."""

    type: str | None = None


class SELinuxOptions(_Part):
    """A container's SELinux label."""

    type: str | None = None
    user: str | None = None
    role: str | None = None


class WindowsOptions(_Part):
    """Settings of Windows containers."""

    host_process: bool | None = None


class Capabilities(_Part):
    """Linux capabilities added and dropped."""

    add: Names = None
    drop: Names = None


class Sysctl(_Part):
    """A kernel parameter."""

    name: str | None = None


class SecurityContext(_Part):
    """A pod's or a container's: each has some of these fields."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None
    read_only_root_filesystem: bool | None = None
    proc_mount: str | None = None
    capabilities: Capabilities | None = None
    seccomp_profile: Typed | None = None
    app_armor_profile: Typed | None = None
    se_linux_options: SELinuxOptions | None = msgspec.field(default=None, name="seLinuxOptions")
    windows_options: WindowsOptions | None = None
    sysctls: tuple[Sysctl, ...] | None = None


class _Host(_Part):
    host: str | None = None


class Action(_Part):
    """A probe, or what runs when a container starts or stops."""

    http_get: _Host | None = None
    tcp_socket: _Host | None = None

    @property
    def hosts(self) -> Iterator[str]:
        """Hosts other than the pod that it asks."""
        for part in (self.http_get, self.tcp_socket):
            if part is not None and part.host:
                yield part.host


class _Lifecycle(_Part):
    post_start: Action | None = None
    pre_stop: Action | None = None


class _Port(_Part):
    container_port: int | None = None
    host_port: int | None = None


class _Container(_Part):
    name: str | None = None
    security_context: SecurityContext | None = None
    ports: tuple[_Port, ...] | None = None
    liveness_probe: Action | None = None
    readiness_probe: Action | None = None
    startup_probe: Action | None = None
    lifecycle: _Lifecycle | None = None


class _OS(_Part):
    name: str | None = None


class _Metadata(_Part):
    annotations: dict[str, str | None] | None = None


class _Spec(_Part):
    containers: tuple[_Container, ...] | None = None
    init_containers: tuple[_Container, ...] | None = None
    ephemeral_containers: tuple[_Container, ...] | None = None
    security_context: SecurityContext | None = None
    volumes: tuple[dict[str, object], ...] | None = None
    host_network: bool | None = None
    host_pid: bool | None = msgspec.field(default=None, name="hostPID")
    host_ipc: bool | None = msgspec.field(default=None, name="hostIPC")
    host_users: bool | None = None
    os: _OS | None = None
    runtime_class_name: str | None = None


_Whole = TypeVar("_Whole", _Spec, _Metadata)

_NO_CONTEXT = SecurityContext()
_KINDS = (
    ("initContainers", "init_containers"),
    ("containers", "containers"),
    ("ephemeralContainers", "ephemeral_containers"),
)


class PodFieldError(ValueError):
    """A field of a pod has a type that the API server does not take."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of any kind, and where it stands in the pod's spec."""

    name: str
    security: SecurityContext
    host_ports: tuple[int, ...]
    hosts: tuple[str, ...]
    """Hosts that its probes and lifecycle actions ask."""
    route: Route


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume."""

    name: str
    types: tuple[str, ...]
    """Of its source; the server takes one, and fills in `emptyDir` where none is written."""
    route: Route


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as the server has it once defaults are filled in."""

    annotations: Mapping[str, str]
    security: SecurityContext
    containers: tuple[Container, ...]
    """Init containers, containers, ephemeral ones, each in order."""
    volumes: tuple[Volume, ...]
    host_namespaces: tuple[str, ...]
    """Those of hostNetwork, hostPID and hostIPC that are true."""
    on_windows: bool
    in_user_namespace: bool
    runtime_class: str


ALLOWED_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
"""Types of volumes that the restricted level takes."""
_VOLUMES = (
    *sorted(ALLOWED_VOLUMES),
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
)


def read_pod(
    metadata: Mapping[str, object], spec: Mapping[str, object], *, is_template: bool = False
) -> Pod:
    """A pod from its fields; raises PodFieldError with the field's path.

    The ports of a pod in the host's network are host ports by default; those of a template
    are not until a pod is made from it.
    """
    found = _typed(spec, _Spec, "spec")
    annotations = _typed(metadata, _Metadata, "metadata").annotations or {}
    host_network = bool(found.host_network)
    flags = {
        "hostNetwork": host_network,
        "hostPID": bool(found.host_pid),
        "hostIPC": bool(found.host_ipc),
    }
    return Pod(
        {key: value or "" for key, value in annotations.items()},
        found.security_context or _NO_CONTEXT,
        tuple(_containers(found, fill_ports=host_network and not is_template)),
        tuple(_volumes(found)),
        tuple(name for name, is_set in flags.items() if is_set),
        found.os is not None and found.os.name == "windows",
        found.host_users is False,
        found.runtime_class_name or "",
    )


def _typed(value: Mapping[str, object], part: type[_Whole], name: str) -> _Whole:
    try:
        return msgspec.convert(value, part)
    except msgspec.ValidationError as error:
        raise PodFieldError(_sentence(str(error), name)) from None


def _sentence(text: str, name: str) -> str:
    """What msgspec says, in words of manifests: ``Expected `bool`, got `str` - at `$.x` ``."""
    problem, _, path = text.replace("`", "").replace(" | null", "").partition(" - at ")
    for known, word in _TYPES.items():
        problem = problem.replace(f" {known}", f" {word}")
    return f"{path.replace('$', name, 1)}: {problem[:1].lower()}{problem[1:]}"


_TYPES = {
    "bool": "true or false",
    "int": "an integer",
    "str": "a string",
    "array": "a list",
    "object": "an object",
    "float": "a number",
}


def _containers(spec: _Spec, *, fill_ports: bool) -> Iterator[Container]:
    for field, attribute in _KINDS:
        found: tuple[_Container, ...] = getattr(spec, attribute) or ()
        fill = fill_ports and field != "ephemeralContainers"
        for index, item in enumerate(found):
            yield Container(
                item.name or "",
                item.security_context or _NO_CONTEXT,
                tuple(_host_ports(item, fill=fill)),
                tuple(_hosts(item)),
                (field, index),
            )


def _host_ports(container: _Container, *, fill: bool) -> Iterator[int]:
    for port in container.ports or ():
        number = port.host_port or (port.container_port if fill else 0)
        if number:
            yield number


def _hosts(container: _Container) -> Iterator[str]:
    probes = (container.liveness_probe, container.readiness_probe, container.startup_probe)
    lifecycle = container.lifecycle or _Lifecycle()
    for action in (*probes, lifecycle.post_start, lifecycle.pre_stop):
        if action is not None:
            yield from action.hosts


def _volumes(spec: _Spec) -> Iterator[Volume]:
    for index, item in enumerate(spec.volumes or ()):
        types = tuple(kind for kind in _VOLUMES if item.get(kind) is not None)
        name = item.get("name")
        yield Volume(
            name if isinstance(name, str) else "",
            types or ("emptyDir",),
            ("volumes", index),
        )
