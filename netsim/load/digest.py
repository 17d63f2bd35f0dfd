"""A short text that is equal for objects that say the same."""

from collections.abc import Mapping
from hashlib import sha256

_SET_BY_SERVERS = frozenset({"metadata", "status"})


def digest_of(manifest: Mapping[str, object]) -> str:
    """Of everything but name, annotations and status; the order of keys makes no difference.

    >>> digest_of({"spec": {"a": 1, "b": 2}}) == digest_of({"spec": {"b": 2, "a": 1}})
    True
    """
    said = {key: value for key, value in manifest.items() if key not in _SET_BY_SERVERS}
    try:
        return sha256(_canonical(said).encode(errors="backslashreplace")).hexdigest()
    except RecursionError:
        return ""


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = sorted((repr(key), _canonical(item)) for key, item in value.items())
        return f"{{{','.join(f'{key}:{item}' for key, item in pairs)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_canonical, value))}]"
    return repr(value)
