"""Pods of a JSON capture, decoded straight into what netsim reads of them.

What pods of one template share is read once, by the same readers as any other input; a pod
with anything unusual is left to them whole, because they say what is wrong.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from netsim.load.fields import Field, Report, sound_labels
from netsim.load.json_values import value_written_once
from netsim.load.pods import (
    FINISHED,
    READ_OWNERS,
    LivePod,
    Owner,
    PodForm,
    first_of_each_family,
    read_form,
)
from netsim.load.validation import is_dns_label, is_subdomain, parse_address
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.source import Source

Key = TypeVar("Key")
Read = TypeVar("Read")

_KINDS = ("containers", "initContainers", "ephemeralContainers")
_NOTHING = Raw(b"null")


class _Address(msgspec.Struct, gc=False):
    ip: str | None = None


class _Port(msgspec.Struct, gc=False, frozen=True):
    """Hashable, as containers are: those of one template are told by being equal."""

    containerPort: int | float | None = None  # noqa: N815 - the API's name
    name: str | None = None
    protocol: str | None = None
    hostPort: int | float | None = None  # noqa: N815


class _Capabilities(msgspec.Struct, gc=False, frozen=True):
    add: tuple[str, ...] | None = None
    drop: tuple[str, ...] | None = None


class _SecurityContext(msgspec.Struct, gc=False, frozen=True):
    privileged: bool | None = None
    capabilities: _Capabilities | None = None


class _Container(msgspec.Struct, gc=False, frozen=True):
    name: str | None = None
    ports: tuple[_Port, ...] | None = None
    restartPolicy: str | None = None  # noqa: N815
    securityContext: _SecurityContext | None = None  # noqa: N815


_Containers = tuple[_Container, ...] | None


class _Metadata(msgspec.Struct, gc=False):
    name: str | None = None
    namespace: str | None = None
    generateName: str | None = None  # noqa: N815
    labels: Raw = _NOTHING
    ownerReferences: Raw = _NOTHING  # noqa: N815


class _Spec(msgspec.Struct, gc=False):
    containers: _Containers = None
    initContainers: _Containers = None  # noqa: N815
    ephemeralContainers: _Containers = None  # noqa: N815
    hostNetwork: bool | None = None  # noqa: N815
    nodeName: str | None = None  # noqa: N815


class _Status(msgspec.Struct, gc=False):
    phase: str | None = None
    podIP: str | None = None  # noqa: N815
    podIPs: list[_Address] | None = None  # noqa: N815
    hostIP: str | None = None  # noqa: N815
    hostIPs: list[_Address] | None = None  # noqa: N815


_NO_SPEC, _NO_STATUS = _Spec(), _Status()


class Item(msgspec.Struct, gc=False):
    """An item of a List, as far as it could be a pod."""

    apiVersion: str | UnsetType = UNSET  # noqa: N815
    kind: str | UnsetType = UNSET
    metadata: _Metadata | None = None
    spec: _Spec | None = None
    status: _Status | None = None


_Template = tuple[_Containers, _Containers, _Containers]
"""The containers, init containers and ephemeral containers of a pod."""


class _ReadOnce(dict[Key, Read | None]):
    """What each distinct key reads as; None where there is something to say of it."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[Key], Read | None]) -> None:
        self._read = read

    def __missing__(self, key: Key) -> Read | None:
        found = self[key] = self._read(key)
        return found


class PodReader:
    """Reads pods; every distinct text of labels, ports and owners once."""

    __slots__ = ("_labels", "_namespaces", "_owners", "_parts")

    def __init__(self) -> None:
        self._namespaces = _ReadOnce(_namespace)
        self._labels = _ReadOnce(_labels)
        self._owners = _ReadOnce(_owner)
        self._parts = _ReadOnce(_part)
        """What a form owes to its containers; its node is nearly always the pod's own."""

    def read(self, item: Item, source: Source) -> LivePod | None:
        """A pod, or None where the plain readers must look at it."""
        metadata, spec, status = item.metadata, item.spec or _NO_SPEC, item.status or _NO_STATUS
        if metadata is None or not metadata.name or not metadata.namespace:
            return None
        namespace = self._namespaces[metadata.namespace]
        if namespace is None or not is_subdomain(metadata.name):
            return None
        owner = self._owners[bytes(metadata.ownerReferences)]
        labels = self._labels[bytes(metadata.labels)]
        part = self._parts[spec.containers, spec.initContainers, spec.ephemeralContainers]
        host_network = bool(spec.hostNetwork)
        addresses = _addresses(status, host_network=host_network)
        if owner is None or labels is None or part is None or addresses is None:
            return None
        form = PodForm(labels, part.ports, host_network, spec.nodeName or "", part.powers)
        finished = status.phase in FINISHED
        return LivePod(namespace, metadata.name, form, addresses, finished, owner, source)


def _namespace(text: str) -> str | None:
    return text if is_dns_label(text) else None


def _labels(text: bytes) -> Labels | None:
    try:
        return sound_labels(value_written_once(text))
    except ValueError:
        return None


def _owner(text: bytes) -> Owner | None:
    try:
        return READ_OWNERS.without_a_word(value_written_once(text))
    except ValueError:
        return None


def _part(template: _Template) -> PodForm | None:
    report = Report()
    value = {"spec": dict(zip(_KINDS, map(_plain, template), strict=True))}
    form = read_form(Field(value, Source(""), "", report))
    return None if report.said else form


def _plain(containers: _Containers) -> object:
    return msgspec.json.decode(msgspec.json.encode(containers))


def _addresses(status: _Status, *, host_network: bool) -> tuple[Address, ...] | None:
    """The first address of each family; None where one is not valid."""
    many = status.podIPs
    if many is not None and len(many) == 1 and many[0].ip:
        address = parse_address(many[0].ip)
        return None if address is None else (address,)
    texts = _listed(many, status.podIP)
    if host_network and not any(texts):
        texts = _listed(status.hostIPs, status.hostIP)
    found: list[Address] = []
    for text in texts:
        address = parse_address(text) if text else None
        if address is not None:
            found.append(address)
        elif text:
            return None
    return first_of_each_family(found)


def _listed(many: list[_Address] | None, one: str | None) -> list[str | None]:
    return [item.ip for item in many] if many else [one]
