"""How a server's Pod Security is set: its defaults and whom it exempts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from netsim.model.written import WrittenObject
from netsim.podsecurity.levels import NEWEST, PREFIX, Settings, settings_of

_GROUP = "pod-security.admission.config.k8s.io"
_MODES = ("enforce", "audit", "warn")


@dataclass(frozen=True, slots=True)
class Server:
    """What of an API server decides on pods besides the labels of their namespace."""

    newest: int = NEWEST
    """The server's own minor: policies that are newer are taken to be that one."""
    defaults: Settings = field(default_factory=Settings)
    exempt_namespaces: frozenset[str] = frozenset()
    exempt_runtime_classes: frozenset[str] = frozenset()

    def settings(self, labels: Mapping[str, str]) -> Settings:
        """What a namespace with these labels asks for."""
        return settings_of(labels, self.defaults)[0]


def server_of(objects: Iterable[WrittenObject], newest: int = NEWEST) -> Server:
    """The server that a PodSecurityConfiguration among the objects configures.

    Without one, nothing is asked for by default and nobody is exempt. Users that are exempt
    are not known offline.
    """
    for item in objects:
        configuration = _configuration(item)
        if configuration is not None:
            return _configured(configuration, newest)
    return Server(newest)


def _configuration(item: WrittenObject) -> Mapping[str, object] | None:
    if item.kind == "PodSecurityConfiguration" and item.group == _GROUP:
        return item.value
    if item.kind != "AdmissionConfiguration":
        return None
    plugins = item.value.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        if isinstance(plugin, Mapping) and plugin.get("name") == "PodSecurity":
            inner = plugin.get("configuration")
            return inner if isinstance(inner, Mapping) else None
    return None


def _configured(value: Mapping[str, object], newest: int) -> Server:
    defaults, exemptions = _part(value, "defaults"), _part(value, "exemptions")
    keys = [key for mode in _MODES for key in (mode, f"{mode}-version")]
    labels = {f"{PREFIX}{key}": str(defaults[key]) for key in keys if defaults.get(key)}
    given = settings_of({f"{PREFIX}warn": "privileged", **labels})[0]
    return Server(
        newest,
        given,
        _names(exemptions.get("namespaces")),
        _names(exemptions.get("runtimeClasses")),
    )


def _part(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    part = value.get(key)
    return part if isinstance(part, Mapping) else {}


def _names(value: object) -> frozenset[str]:
    items = value if isinstance(value, list) else []
    return frozenset(item for item in items if isinstance(item, str))
