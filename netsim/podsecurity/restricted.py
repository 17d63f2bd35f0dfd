"""What the restricted level asks for besides: the habits of a hardened pod."""

from collections.abc import Callable

from netsim.podsecurity import baseline
from netsim.podsecurity.pods import ALLOWED_VOLUMES, Container, Pod
from netsim.podsecurity.words import (
    Refusal,
    counted,
    named,
    places,
    quoted,
    setters,
)

Predicate = Callable[[Pod], Refusal | None]

_ALL = "ALL"
_BIND = "NET_BIND_SERVICE"


def allow_privilege_escalation(pod: Pod) -> Refusal | None:
    """A process may never get more rights than its parent has."""
    bad = [
        item for item in pod.containers if item.security.allow_privilege_escalation is not False
    ]
    if not bad:
        return None
    return Refusal(
        "allowPrivilegeEscalation != false",
        f"{named(bad)} must set securityContext.allowPrivilegeEscalation=false",
        places("allowPrivilegeEscalation", bad),
    )


def capabilities(pod: Pod) -> Refusal | None:
    """All capabilities dropped, and at most the one for low ports added again."""
    keeping = [item for item in pod.containers if not _drops_all(item)]
    adding = [item for item in pod.containers if baseline.added(item.security) - {_BIND}]
    details = []
    if keeping:
        details.append(f'{named(keeping)} must set securityContext.capabilities.drop=["ALL"]')
    if adding:
        wrong = set().union(*(baseline.added(item.security) for item in adding)) - {_BIND}
        details.append(
            f"{named(adding)} must not include {quoted(sorted(wrong))} "
            "in securityContext.capabilities.add"
        )
    if not details:
        return None
    bad = [item for item in pod.containers if item in keeping or item in adding]
    return Refusal("unrestricted capabilities", "; ".join(details), places("capabilities", bad))


def volumes(pod: Pod) -> Refusal | None:
    """Only volumes that belong to the pod or were claimed for it."""
    bad = [item for item in pod.volumes if ALLOWED_VOLUMES.isdisjoint(item.types)]
    if not bad:
        return None
    types = sorted({item.types[0] for item in bad})
    who = f"{counted(bad, 'volume', 'volumes')} {quoted(item.name for item in bad)}"
    what = counted(types, "restricted volume type", "restricted volume types")
    return Refusal(
        "restricted volume types",
        f"{who} {counted(bad, 'uses', 'use')} {what} {quoted(types)}",
        tuple(item.route for item in bad),
    )


def run_as_non_root(pod: Pod) -> Refusal | None:
    """Said by the pod or by each container, and nowhere the contrary."""
    reason = "runAsNonRoot != true"
    bad = setters(pod, lambda context: context.run_as_non_root is False)
    if bad:
        return Refusal(
            reason,
            f"{bad} must not set securityContext.runAsNonRoot=false",
            bad.places("runAsNonRoot"),
        )
    if pod.security.run_as_non_root:
        return None
    silent = [item for item in pod.containers if item.security.run_as_non_root is None]
    if not silent:
        return None
    detail = f"pod or {named(silent)} must set securityContext.runAsNonRoot=true"
    return Refusal(reason, detail, places("runAsNonRoot", silent))


def run_as_user(pod: Pod) -> Refusal | None:
    """Not as root by number."""
    bad = setters(pod, lambda context: context.run_as_user == 0)
    if not bad:
        return None
    return Refusal(
        "runAsUser=0",
        f"{bad} must not set runAsUser=0",
        bad.places("runAsUser"),
    )


def seccomp_profile(pod: Pod) -> Refusal | None:
    """System calls confined for every container."""
    explicit = baseline.seccomp_fields(pod)
    if explicit is not None or pod.security.seccomp_profile is not None:
        return explicit
    silent = [item for item in pod.containers if item.security.seccomp_profile is None]
    if not silent:
        return None
    return Refusal(
        "seccompProfile",
        f"pod or {named(silent)} must set securityContext.seccompProfile.type to "
        '"RuntimeDefault" or "Localhost"',
        places("seccompProfile", silent),
    )


def unless_on_windows(check: Predicate) -> Predicate:
    """Fields that a Windows pod may not set are not asked of it."""
    return lambda pod: None if pod.on_windows else check(pod)


def unless_in_user_namespace(check: Predicate) -> Predicate:
    """What root of the pod's own user namespace may do is nothing on the node."""
    return lambda pod: None if pod.in_user_namespace else check(pod)


def _drops_all(container: Container) -> bool:
    found = container.security.capabilities
    return found is not None and _ALL in (found.drop or ())
