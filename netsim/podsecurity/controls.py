"""The table of controls: since which version each asks for what, and at which level."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from netsim.podsecurity import baseline, restricted
from netsim.podsecurity.levels import NEWEST, Level, Standard
from netsim.podsecurity.pods import Pod
from netsim.podsecurity.restricted import (
    Predicate,
    unless_in_user_namespace,
    unless_on_windows,
)
from netsim.podsecurity.words import Refusal


@dataclass(frozen=True, slots=True)
class Control:
    """One row: what a level asks for, as it changed from version to version."""

    id: str
    level: Level
    versions: tuple[tuple[int, Predicate], ...]
    """The minor since when each form holds, in order."""
    overrides: str = ""
    """The baseline control that this one is stricter than and stands for."""

    def at(self, minor: int) -> Predicate | None:
        """What is asked for at a version; None before there was anything."""
        found = [check for since, check in self.versions if since <= minor]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Violation:
    """What a pod does against one control."""

    control: Control
    refusal: Refusal

    def __str__(self) -> str:
        return str(self.refusal)


_SYSCTLS_1_0 = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_syncookies",
)
_SYSCTLS_1_27 = (*_SYSCTLS_1_0, "net.ipv4.ip_local_reserved_ports")
_SYSCTLS_1_29 = (
    *_SYSCTLS_1_27,
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
)
_SYSCTLS_1_32 = (*_SYSCTLS_1_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")
_SYSCTLS_1_37 = (
    *_SYSCTLS_1_32,
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_slow_start_after_idle",
)

_BASELINE = (
    Control("appArmorProfile", Level.BASELINE, ((0, baseline.app_armor_profile),)),
    Control("capabilities_baseline", Level.BASELINE, ((0, baseline.capabilities),)),
    Control("hostNamespaces", Level.BASELINE, ((0, baseline.host_namespaces),)),
    Control("hostPathVolumes", Level.BASELINE, ((0, baseline.host_path_volumes),)),
    Control("hostPorts", Level.BASELINE, ((0, baseline.host_ports),)),
    Control("hostProbesAndHostLifecycle", Level.BASELINE, ((34, baseline.probe_hosts),)),
    Control("privileged", Level.BASELINE, ((0, baseline.privileged),)),
    Control(
        "procMount",
        Level.BASELINE,
        ((0, baseline.proc_mount), (35, unless_in_user_namespace(baseline.proc_mount))),
    ),
    Control(
        "seLinuxOptions",
        Level.BASELINE,
        ((0, baseline.SELinuxCheck()), (31, baseline.SELinuxCheck("container_engine_t"))),
    ),
    Control(
        "seccompProfile_baseline",
        Level.BASELINE,
        ((0, baseline.seccomp_annotations), (19, baseline.seccomp_fields)),
    ),
    Control(
        "sysctls",
        Level.BASELINE,
        (
            (0, baseline.SysctlCheck(*_SYSCTLS_1_0)),
            (27, baseline.SysctlCheck(*_SYSCTLS_1_27)),
            (29, baseline.SysctlCheck(*_SYSCTLS_1_29)),
            (32, baseline.SysctlCheck(*_SYSCTLS_1_32)),
            (37, baseline.SysctlCheck(*_SYSCTLS_1_37)),
        ),
    ),
    Control("windowsHostProcess", Level.BASELINE, ((0, baseline.windows_host_process),)),
)
_RESTRICTED = (
    Control(
        "allowPrivilegeEscalation",
        Level.RESTRICTED,
        (
            (8, restricted.allow_privilege_escalation),
            (25, unless_on_windows(restricted.allow_privilege_escalation)),
        ),
    ),
    Control(
        "capabilities_restricted",
        Level.RESTRICTED,
        ((22, restricted.capabilities), (25, unless_on_windows(restricted.capabilities))),
        overrides="capabilities_baseline",
    ),
    Control(
        "procMount_restricted",
        Level.RESTRICTED,
        ((35, baseline.proc_mount),),
        overrides="procMount",
    ),
    Control(
        "restrictedVolumes",
        Level.RESTRICTED,
        ((0, restricted.volumes),),
        overrides="hostPathVolumes",
    ),
    Control(
        "runAsNonRoot",
        Level.RESTRICTED,
        (
            (0, restricted.run_as_non_root),
            (35, unless_in_user_namespace(restricted.run_as_non_root)),
        ),
    ),
    Control(
        "runAsUser",
        Level.RESTRICTED,
        ((23, restricted.run_as_user), (35, unless_in_user_namespace(restricted.run_as_user))),
    ),
    Control(
        "seccompProfile_restricted",
        Level.RESTRICTED,
        (
            (19, restricted.seccomp_profile),
            (25, unless_on_windows(restricted.seccomp_profile)),
        ),
        overrides="seccompProfile_baseline",
    ),
)
CONTROLS = (*_BASELINE, *_RESTRICTED)
"""Each level's in the order of their ids, which is the order of refusals."""


def violations(pod: Pod, standard: Standard, *, newest: int = NEWEST) -> tuple[Violation, ...]:
    """What a pod does against a standard, as a server of minor `newest` applies it."""
    found = (
        (control, check(pod))
        for control, check in _checks(standard.level, standard.effective(newest))
    )
    return tuple(Violation(control, refusal) for control, refusal in found if refusal)


def refusal_text(found: Iterable[Violation]) -> str:
    """All of it in one line, as the API server writes it."""
    return ", ".join(map(str, found))


@cache
def _checks(level: Level, minor: int) -> tuple[tuple[Control, Predicate], ...]:
    asked = [
        (control, check)
        for control in CONTROLS
        if control.level <= level and (check := control.at(minor)) is not None
    ]
    overridden = {control.overrides for control, _ in asked}
    return tuple(item for item in asked if item[0].id not in overridden)
