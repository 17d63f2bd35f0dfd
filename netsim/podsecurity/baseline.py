"""What the baseline level refuses: known ways out of a container."""

from netsim.podsecurity.pods import Pod, SecurityContext, SELinuxOptions, Typed
from netsim.podsecurity.quoting import go_quoted
from netsim.podsecurity.words import (
    Refusal,
    counted,
    named,
    places,
    quoted,
    setters,
)

_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_LOCALHOST = "localhost/"
_SOUND_PROFILES = frozenset({"RuntimeDefault", "Localhost"})
_DEFAULT_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)


def app_armor_profile(pod: Pod) -> Refusal | None:
    """Profiles of a name that is neither the runtime's nor the node's own."""
    bad = setters(pod, lambda context: is_forbidden(context.app_armor_profile))
    values = sorted({_type(context.app_armor_profile) for context in bad.contexts})
    notes = sorted(
        f"{key}={go_quoted(value)}"
        for key, value in pod.annotations.items()
        if key.startswith(_APP_ARMOR) and not _is_sound_app_armor(value)
    )
    who = [str(bad)] if bad else []
    if notes:
        who.append(counted(notes, "annotation", "annotations"))
    if not who:
        return None
    values += notes
    return Refusal(
        counted(values, "forbidden AppArmor profile", "forbidden AppArmor profiles"),
        f"{' and '.join(who)} must not set AppArmor profile type to {quoted(values)}",
        bad.places("appArmorProfile"),
    )


def capabilities(pod: Pod) -> Refusal | None:
    """Capabilities beyond those that a runtime gives anyway."""
    bad = [item for item in pod.containers if added(item.security) - _DEFAULT_CAPABILITIES]
    if not bad:
        return None
    wrong = sorted(set().union(*(added(item.security) for item in bad)) - _DEFAULT_CAPABILITIES)
    return Refusal(
        "non-default capabilities",
        f"{named(bad)} must not include {quoted(wrong)} in securityContext.capabilities.add",
        places("capabilities", bad),
    )


def host_namespaces(pod: Pod) -> Refusal | None:
    """The node's network, processes or shared memory."""
    found = pod.host_namespaces
    if not found:
        return None
    detail = ", ".join(f"{name}=true" for name in found)
    return Refusal("host namespaces", detail, tuple((name,) for name in found))


def host_path_volumes(pod: Pod) -> Refusal | None:
    """Folders of the node."""
    bad = [item for item in pod.volumes if "hostPath" in item.types]
    if not bad:
        return None
    word = counted(bad, "volume", "volumes")
    detail = f"{word} {quoted(item.name for item in bad)}"
    return Refusal("hostPath volumes", detail, tuple(item.route for item in bad))


def host_ports(pod: Pod) -> Refusal | None:
    """Ports of the node."""
    bad = [item for item in pod.containers if item.host_ports]
    if not bad:
        return None
    ports = sorted({str(port) for item in bad for port in item.host_ports})
    verb, noun = counted(bad, "uses", "use"), counted(ports, "hostPort", "hostPorts")
    return Refusal(
        "hostPort",
        f"{named(bad)} {verb} {noun} {', '.join(ports)}",
        tuple((*item.route, "ports") for item in bad),
    )


def probe_hosts(pod: Pod) -> Refusal | None:
    """Probes and lifecycle actions that ask another host than the pod."""
    bad = [item for item in pod.containers if item.hosts]
    if not bad:
        return None
    names = sorted({item.name for item in bad})
    hosts = sorted({host for item in bad for host in item.hosts})
    who = f"{counted(names, 'container', 'containers')} {quoted(names)}"
    what = counted(hosts, "probe or lifecycle host", "probe or lifecycle hosts")
    return Refusal(
        "probe or lifecycle host",
        f"{who} {counted(names, 'uses', 'use')} {what} {quoted(hosts)}",
        tuple(item.route for item in bad),
    )


def privileged(pod: Pod) -> Refusal | None:
    """Containers that may do all that their node may."""
    bad = [item for item in pod.containers if item.security.privileged]
    if not bad:
        return None
    detail = f"{named(bad)} must not set securityContext.privileged=true"
    return Refusal("privileged", detail, places("privileged", bad))


def proc_mount(pod: Pod) -> Refusal | None:
    """A /proc of which parts are not masked."""
    bad = [item for item in pod.containers if item.security.proc_mount not in {None, "Default"}]
    if not bad:
        return None
    values = quoted(sorted({str(item.security.proc_mount) for item in bad}))
    return Refusal(
        "procMount",
        f"{named(bad)} must not set securityContext.procMount to {values}",
        places("procMount", bad),
    )


class SELinuxCheck:
    """Labels of SELinux other than those of ordinary containers."""

    def __init__(self, *more_types: str) -> None:
        plain = {"", "container_t", "container_init_t", "container_kvm_t"}
        self._types = frozenset({*plain, *more_types})

    def __call__(self, pod: Pod) -> Refusal | None:
        """The refusal, if there is one."""
        bad = setters(pod, lambda context: self.is_bad(context.se_linux_options))
        if not bad:
            return None
        options = [
            context.se_linux_options
            for context in bad.contexts
            if context.se_linux_options is not None
        ]
        types = sorted({item.type or "" for item in options} - self._types)
        wrong = [f"{counted(types, 'type', 'types')} {quoted(types)}"] if types else []
        wrong += ["user may not be set"] if any(item.user for item in options) else []
        wrong += ["role may not be set"] if any(item.role for item in options) else []
        return Refusal(
            "seLinuxOptions",
            f"{bad} set forbidden securityContext.seLinuxOptions: {'; '.join(wrong)}",
            bad.places("seLinuxOptions"),
        )

    def is_bad(self, options: SELinuxOptions | None) -> bool:
        """Whether a label is none of ordinary containers."""
        if options is None:
            return False
        return (
            (options.type or "") not in self._types or bool(options.user) or bool(options.role)
        )


def seccomp_annotations(pod: Pod) -> Refusal | None:
    """Unconfined system calls, as asked for before there was a field."""
    keys = [_SECCOMP_POD, *(f"{_SECCOMP_CONTAINER}{item.name}" for item in pod.containers)]
    bad = sorted(
        {
            f"{key}={go_quoted(pod.annotations[key])}"
            for key in keys
            if key in pod.annotations and not _is_sound_seccomp(pod.annotations[key])
        }
    )
    if not bad:
        return None
    word = counted(bad, "annotation", "annotations")
    return Refusal("seccompProfile", f"forbidden {word} {', '.join(bad)}")


def seccomp_fields(pod: Pod) -> Refusal | None:
    """Unconfined system calls."""
    bad = setters(pod, lambda context: is_forbidden(context.seccomp_profile))
    if not bad:
        return None
    values = sorted({_type(context.seccomp_profile) for context in bad.contexts})
    return Refusal(
        "seccompProfile",
        f"{bad} must not set securityContext.seccompProfile.type to {quoted(values)}",
        bad.places("seccompProfile"),
    )


class SysctlCheck:
    """Kernel parameters that are not kept apart for each pod."""

    def __init__(self, *safe: str) -> None:
        self._safe = frozenset(safe)

    def __call__(self, pod: Pod) -> Refusal | None:
        """The refusal, if there is one."""
        names = [item.name or "" for item in pod.security.sysctls or ()]
        bad = [name for name in names if name not in self._safe]
        if not bad:
            return None
        detail = ", ".join(bad)
        return Refusal("forbidden sysctls", detail, (("securityContext", "sysctls"),))


def windows_host_process(pod: Pod) -> Refusal | None:
    """Windows containers that run as processes of their node."""
    bad = setters(pod, _is_host_process)
    if not bad:
        return None
    return Refusal(
        "hostProcess",
        f"{bad} must not set securityContext.windowsOptions.hostProcess=true",
        bad.places("windowsOptions"),
    )


def added(context: SecurityContext) -> frozenset[str]:
    """Capabilities that a container adds."""
    return frozenset((context.capabilities and context.capabilities.add) or ())


def is_forbidden(profile: Typed | None) -> bool:
    """Whether a profile is written and none of the two that confine."""
    return profile is not None and profile.type not in _SOUND_PROFILES


def _type(profile: Typed | None) -> str:
    return (profile.type or "") if profile is not None else ""


def _is_host_process(context: SecurityContext) -> bool:
    options = context.windows_options
    return options is not None and options.host_process is True


def _is_sound_app_armor(value: str) -> bool:
    return value in {"", "runtime/default"} or value.startswith(_LOCALHOST)


def _is_sound_seccomp(value: str) -> bool:
    return value in {"runtime/default", "docker/default"} or value.startswith(_LOCALHOST)
