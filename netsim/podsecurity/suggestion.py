"""The smallest change of security contexts that makes a pod template restricted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from netsim.model.written import PodTemplate
from netsim.podsecurity.admission import Judged, judged
from netsim.podsecurity.baseline import SELinuxCheck
from netsim.podsecurity.configuration import Server
from netsim.podsecurity.controls import Violation
from netsim.podsecurity.levels import Level, Standard
from netsim.podsecurity.pods import Pod, SecurityContext, read_pod

_KINDS = ("initContainers", "containers", "ephemeralContainers")
_SOUND = frozenset({"RuntimeDefault", "Localhost"})
_BIND = "NET_BIND_SERVICE"
_SELINUX = SELinuxCheck("container_engine_t")
_USER = 1000
"""What stands for root where a manifest asks for it by number."""

Fields = dict[str, Any]
"""Plain values, as YAML has them."""


_BEYOND = frozenset(
    {
        "hostNamespaces",
        "hostPathVolumes",
        "hostPorts",
        "hostProbesAndHostLifecycle",
        "restrictedVolumes",
        "sysctls",
    }
)
"""Controls of fields that a pod may have for its work, which are not taken from it."""


def is_mendable(violation: Violation) -> bool:
    """Whether a change of security contexts can meet a control."""
    return violation.control.id not in _BEYOND


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A strategic merge patch, and what it cannot mend."""

    patch: Fields
    """Empty where nothing is to be changed."""
    remaining: Judged
    """What the restricted level refuses all the same, as hostNetwork or a hostPath."""
    asks_for_root: bool
    """Whether the manifest ran as user 0, so that the image may not run otherwise."""


def suggestion(template: PodTemplate, server: Server) -> Suggestion:
    """What to change in a template; raises PodFieldError."""
    pod = read_pod(template.metadata, template.spec)
    spec: Fields = {}
    own = dict(_pod_context(pod))
    if own:
        spec["securityContext"] = own
    for kind in _KINDS:
        found = list(_containers(pod, kind))
        if found:
            spec[kind] = found
    mended = _merged(template.spec, spec)
    remaining = judged(read_pod(template.metadata, mended), Standard(Level.RESTRICTED), server)
    contexts = [pod.security, *(item.security for item in pod.containers)]
    asks_for_root = any(
        context.run_as_user == 0 or context.run_as_non_root is False for context in contexts
    )
    return Suggestion(_patch(template, spec) if spec else {}, remaining, asks_for_root)


def _pod_context(pod: Pod) -> Iterator[tuple[str, object]]:
    if pod.security.run_as_non_root is not True:
        yield "runAsNonRoot", True
    profile = pod.security.seccomp_profile
    if not pod.on_windows and (profile is None or profile.type not in _SOUND):
        yield "seccompProfile", {"type": "RuntimeDefault"}
    yield from _anywhere(pod.security)


def _containers(pod: Pod, kind: str) -> Iterator[Fields]:
    for item in pod.containers:
        if item.route[0] == kind:
            changes = dict(_container_context(item.security, on_windows=pod.on_windows))
            if changes:
                yield {"name": item.name, "securityContext": changes}


def _container_context(
    context: SecurityContext, *, on_windows: bool
) -> Iterator[tuple[str, object]]:
    if context.run_as_non_root is False:
        yield "runAsNonRoot", True
    profile = context.seccomp_profile
    if profile is not None and profile.type not in _SOUND:
        yield "seccompProfile", {"type": "RuntimeDefault"}
    if not on_windows:
        yield from _linux(context)
    if context.privileged:
        yield "privileged", False
    if context.proc_mount not in {None, "Default"}:
        yield "procMount", None
    yield from _anywhere(context)


def _linux(context: SecurityContext) -> Iterator[tuple[str, object]]:
    if context.allow_privilege_escalation is not False:
        yield "allowPrivilegeEscalation", False
    capabilities: Fields = {}
    found = context.capabilities
    if found is None or "ALL" not in (found.drop or ()):
        capabilities["drop"] = ["ALL"]
    added = (found.add or ()) if found is not None else ()
    if set(added) - {_BIND}:
        capabilities["add"] = [_BIND] if _BIND in added else None
    if capabilities:
        yield "capabilities", capabilities


def _anywhere(context: SecurityContext) -> Iterator[tuple[str, object]]:
    """What a pod's context and a container's have in common."""
    if context.run_as_user == 0:
        yield "runAsUser", _USER
    profile = context.app_armor_profile
    if profile is not None and profile.type not in _SOUND:
        yield "appArmorProfile", {"type": "RuntimeDefault"}
    options = context.windows_options
    if options is not None and options.host_process:
        yield "windowsOptions", {"hostProcess": False}
    if _SELINUX.is_bad(context.se_linux_options):
        yield "seLinuxOptions", None


def _patch(template: PodTemplate, spec: Fields) -> Fields:
    owner = template.owner
    inner: Fields = {"spec": spec}
    for key in reversed(template.route):
        inner = {key: inner}
    metadata = {"name": owner.name, "namespace": owner.namespace}
    return {
        "apiVersion": owner.api_version,
        "kind": owner.kind,
        "metadata": metadata,
        **inner,
    }


def _merged(value: Mapping[str, object], patch: Mapping[str, object]) -> Fields:
    """The patch applied: null deletes, containers are told by their names."""
    result = dict(value)
    for key, change in patch.items():
        old = result.get(key)
        if change is None:
            result.pop(key, None)
        elif isinstance(change, Mapping) and isinstance(old, Mapping):
            result[key] = _merged(old, change)
        elif key in _KINDS and isinstance(change, list) and isinstance(old, list):
            by_name = {str(item["name"]): item for item in change}
            result[key] = [
                _merged(item, by_name.get(str(item.get("name")), {})) for item in old
            ]
        else:
            result[key] = change
    return result
