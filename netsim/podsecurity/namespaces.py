"""What admission says of a namespace: its labels, and the pods that are there already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netsim.model.written import PodTemplate
from netsim.podsecurity.admission import exemption, judged
from netsim.podsecurity.configuration import Server
from netsim.podsecurity.levels import (
    PREFIX,
    LabelFault,
    Level,
    Settings,
    Standard,
    settings_of,
)
from netsim.podsecurity.pods import read_pod
from netsim.podsecurity.quoting import go_quoted

_MOST_PODS = 3000
"""How many existing pods the server looks at."""


@dataclass(frozen=True, slots=True)
class NamespaceReview:
    """Admission's answer on a namespace."""

    faults: tuple[LabelFault, ...] = ()
    """Labels for which it is refused."""
    warnings: tuple[str, ...] = ()


def review_namespace(
    name: str,
    labels: Mapping[str, str],
    stored: Mapping[str, str] | None,
    pods: Iterable[PodTemplate],
    server: Server,
) -> NamespaceReview:
    """The answer on a new namespace, or on new labels of one that is `stored` with others.

    `pods` are those that run in it. Raises PodFieldError.
    """
    settings, faults = settings_of(labels, server.defaults)
    if stored is None:
        if faults:
            return NamespaceReview(faults)
        return NamespaceReview((), _of_exemption(name, labels, settings, server))
    before, stored_faults = settings_of(stored, server.defaults)
    if faults and faults != stored_faults:
        return NamespaceReview(faults)
    if not _is_tighter(settings.enforce, before.enforce):
        return NamespaceReview()
    if name in server.exempt_namespaces:
        return NamespaceReview((), _of_exemption(name, labels, settings, server))
    looked_at = [item for item in pods if not exemption(item, server)]
    return NamespaceReview((), _of_pods(name, settings.enforce, looked_at, server))


def _is_tighter(new: Standard, old: Standard) -> bool:
    if new == old or new.level is Level.PRIVILEGED:
        return False
    return new.minor != old.minor or new.level > old.level


def _of_exemption(
    name: str, labels: Mapping[str, str], settings: Settings, server: Server
) -> tuple[str, ...]:
    if (
        name not in server.exempt_namespaces
        or not settings.asks
        or settings.is_like(server.defaults)
    ):
        return ()
    modes = {"enforce": settings.enforce, "audit": settings.audit, "warn": settings.warn}
    said = [
        f"{mode}={standard}"
        for mode, standard in modes.items()
        if standard.level is not Level.PRIVILEGED
        and {f"{PREFIX}{mode}", f"{PREFIX}{mode}-version"} & labels.keys()
    ]
    who = f"namespace {go_quoted(name)} is exempt from Pod Security"
    return (f"{who}, and the policy ({', '.join(said)}) will be ignored",)


def _of_pods(
    name: str, enforce: Standard, pods: Sequence[PodTemplate], server: Server
) -> tuple[str, ...]:
    looked_at = _by_controller(pods)[:_MOST_PODS]
    names: dict[str, list[str]] = {}
    for template in looked_at:
        found = judged(read_pod(template.metadata, template.spec), enforce, server)
        if found:
            names.setdefault(found.reasons, []).append(template.owner.name)
    warnings = []
    if len(looked_at) < len(pods):
        warnings.append(
            "new PodSecurity enforce level only checked against the first "
            f"{len(looked_at)} of {len(pods)} existing pods"
        )
    if names:
        warnings.append(
            f"existing pods in namespace {go_quoted(name)} violate the new PodSecurity enforce "
            f"level {go_quoted(str(enforce))}"
        )
    return (*warnings, *sorted(_line(found, reasons) for reasons, found in names.items()))


def _by_controller(pods: Sequence[PodTemplate]) -> list[PodTemplate]:
    """One pod of each controller and those without one come first."""
    seen: set[tuple[str, str]] = set()
    first: list[PodTemplate] = []
    later: list[PodTemplate] = []
    for template in pods:
        repeated = template.controller[1] != "" and template.controller in seen
        (later if repeated else first).append(template)
        seen.add(template.controller)
    return first + later


def _line(names: list[str], reasons: str) -> str:
    others = len(names) - 1
    more = f" (and {others} other pod{'s' if others > 1 else ''})" if others else ""
    return f"{min(names)}{more}: {reasons}"
