"""What of a pod's containers lets it go around policies, whatever its network is.

Values of other types than the API's are passed over: Pod Security tells of them.
"""

from collections.abc import Iterator, Mapping

from netsim.model.workload import (
    DEFAULT_NET_RAW,
    HOST_PORT,
    NET_ADMIN,
    NET_RAW,
    POWERS,
    PRIVILEGED,
)

CONTAINER_KINDS = ("initContainers", "containers", "ephemeralContainers")
_ALL = frozenset({"ALL", "CAP_ALL"})


def read_powers(spec: object) -> tuple[str, ...]:
    """The powers that some container of a pod's spec has, in the order of POWERS."""
    found = {power for container in _containers(spec) for power in _powers(container)}
    return tuple(power for power in POWERS if power in found)


def _containers(spec: object) -> Iterator[Mapping[str, object]]:
    for kind in CONTAINER_KINDS:
        for item in _items(_get(spec, kind)):
            if isinstance(item, Mapping):
                yield item


def _powers(container: Mapping[str, object]) -> Iterator[str]:
    context = container.get("securityContext")
    capabilities = _get(context, "capabilities")
    added, dropped = (_names(_get(capabilities, key)) for key in ("add", "drop"))
    if _get(context, "privileged") is True:
        yield PRIVILEGED
    if added & {NET_ADMIN, *_ALL}:
        yield NET_ADMIN
    if added & {NET_RAW, *_ALL}:
        yield NET_RAW
    elif not dropped & {NET_RAW, *_ALL}:
        yield DEFAULT_NET_RAW
    if any(_get(port, "hostPort") for port in _items(container.get("ports"))):
        yield HOST_PORT


def _names(value: object) -> frozenset[str]:
    """Capabilities as runtimes read them: in capitals, with or without a prefix."""
    names = (str(item).upper() for item in _items(value))
    return frozenset(name.removeprefix("CAP_") if name not in _ALL else name for name in names)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None
