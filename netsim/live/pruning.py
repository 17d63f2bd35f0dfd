"""Cuts an object of the API down to the fields that netsim looks at."""

from collections.abc import Mapping

from netsim.live.resources import Fields, Resource

_KEPT_ANNOTATIONS = (
    "netsim/",
    "container.apparmor.security.beta.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
    "argocd.argoproj.io/hook",
    "helm.sh/hook",
)
"""Others are not looked at; `last-applied-configuration` would hold the whole object again."""


def pruned(item: Mapping[str, object], resource: Resource) -> dict[str, object]:
    """One item of a list, complete with the kind and version that lists leave out."""
    kept = _kept(item, resource.fields)
    return {"apiVersion": resource.api_version, "kind": resource.kind, **kept}


def _kept(value: Mapping[str, object], fields: Fields) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, wanted in fields.items():
        if key not in value:
            continue
        found = value[key]
        if key == "annotations" and isinstance(found, Mapping):
            found = _annotations(found)
            if not found:
                continue
        result[key] = found if isinstance(wanted, bool) else _within(found, wanted)
    return result


def _within(value: object, fields: Fields) -> object:
    if isinstance(value, Mapping):
        return _kept(value, fields)
    if isinstance(value, list):
        return [_within(item, fields) for item in value]
    return value


def _annotations(written: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in written.items() if key.startswith(_KEPT_ANNOTATIONS)}
