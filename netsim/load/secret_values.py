"""What is kept of the values of secrets: that they are there, and never what they are."""

import json
from collections.abc import Callable, Mapping

HIDDEN = "(hidden)"
"""Stands for a secret's value that is not empty."""
TEMPLATED = "(template)"
"""Stands for a text in which an operator puts values before it becomes a secret's value."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which `kubectl apply` remembers a whole object."""

_Value = Mapping[str, object]
_MAPS = ("data", "stringData")


def without_secrets(kind: str, value: _Value) -> _Value:
    """An object of a kind that holds secrets with their keys alone; others as they are."""
    hide = _HIDING.get(kind)
    return value if hide is None else hide(value)


def _secret(value: _Value) -> _Value:
    return {**value, **{key: _keys_alone(value[key]) for key in _MAPS if key in value}}


def _operated(value: _Value) -> _Value:
    """A SealedSecret and its like: templates at any depth may hold texts of their own."""
    return {**_with_hidden_memory(value), "spec": _without_texts(value.get("spec"))}


def _without_texts(value: object) -> object:
    if isinstance(value, Mapping):
        return {
            key: _template(item) if key == "template" else _without_texts(item)
            for key, item in value.items()
        }
    return value


def _template(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    hidden = {key: _keys_alone(value[key], _kind_of_text) for key in _MAPS if key in value}
    return {**_with_hidden_memory(value), **hidden}


def _with_hidden_memory(value: _Value) -> _Value:
    """Without the text of a secret that `kubectl apply` remembered in an annotation."""
    metadata = value.get("metadata")
    if not isinstance(metadata, Mapping):
        return value
    notes = metadata.get("annotations")
    if not isinstance(notes, Mapping) or LAST_APPLIED not in notes:
        return value
    kept = {key: item for key, item in notes.items() if key != LAST_APPLIED}
    if _remembers_a_secret(notes[LAST_APPLIED]):
        kept[LAST_APPLIED] = HIDDEN
    return {**value, "metadata": {**metadata, "annotations": kept}}


def _remembers_a_secret(text: object) -> bool:
    try:
        known = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(known, dict) and any(map(known.get, _MAPS))


def _kustomization(value: _Value) -> _Value:
    makers = value.get("secretGenerator")
    kept = [_generator(item) for item in makers] if isinstance(makers, list) else makers
    return {**value, "secretGenerator": kept} if "secretGenerator" in value else value


def _generator(value: object) -> object:
    if not isinstance(value, Mapping) or not isinstance(value.get("literals"), list):
        return value
    literals = [str(item).partition("=")[0] for item in value["literals"]]
    return {**value, "literals": literals}


def _keys_alone(value: object, kept: Callable[[object], str] = lambda _: HIDDEN) -> object:
    if not isinstance(value, Mapping):
        return HIDDEN if value else value
    return {key: kept(item) if item else "" for key, item in value.items()}


def _kind_of_text(value: object) -> str:
    return TEMPLATED if isinstance(value, str) and "{{" in value else HIDDEN


_HIDING: Mapping[str, Callable[[_Value], _Value]] = {
    "Secret": _secret,
    **dict.fromkeys(("SealedSecret", "ExternalSecret", "ClusterExternalSecret"), _operated),
    "Kustomization": _kustomization,
}
