"""Addresses of Services in what a workload is told: variables, arguments, its ConfigMaps."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netsim.audit.containers import Container, Part, containers, spec_of
from netsim.lint.context import Context
from netsim.model.ports import FIRST_PORT, LAST_PORT, Protocol
from netsim.model.workload import Service
from netsim.model.written import PodTemplate, WrittenObject
from netsim.source import Source

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SCHEME = r"(?<![a-z0-9+.-])(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/@]{0,256}@)?"
_FULL = re.compile(
    rf"(?:{_SCHEME})?(?<![\w.-])(?:{_LABEL}\.)*?"
    rf"(?P<name>{_LABEL})\.(?P<namespace>{_LABEL})\.svc(?:\.[a-z0-9-]+)*\.?"
    r"(?::(?P<port>[0-9]{1,5}))?(?![\w-])"
)
_URL = re.compile(
    rf"{_SCHEME}(?P<name>{_LABEL})"
    rf"(?:\.(?P<namespace>{_LABEL}))?(?::(?P<port>[0-9]{{1,5}}))?(?=[/?#\s,;'\"]|$)"
)
_BARE = re.compile(
    rf"(?P<scheme>)(?P<name>{_LABEL})(?:\.(?P<namespace>{_LABEL}))?(?::(?P<port>[0-9]{{1,5}}))?"
)
_VARIABLE = re.compile(r"(?<!\$)\$\(([A-Za-z_][\w.-]*)\)")
_SCHEMES = {
    "http": 80,
    "ws": 80,
    "https": 443,
    "wss": 443,
    "postgres": 5432,
    "postgresql": 5432,
    "mysql": 3306,
    "redis": 6379,
    "amqp": 5672,
    "mongodb": 27017,
    "nats": 4222,
}


@dataclass(frozen=True, slots=True)
class Address:
    """A Service that a workload is told of."""

    service: Service
    port: int | None
    """The Service's port; None where it is not known."""
    source: Source
    where: str
    """As `variable PGHOST of container "web"`."""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    source: Source
    where: str
    port: int | None = None
    """What a variable beside it says."""
    whole: bool = False
    """Whether the text may be a host and nothing else."""


def addresses(context: Context, template: PodTemplate) -> Iterator[Address]:
    """Every Service of the input that the containers are told of; each port once.

    A name in full, as `db.shop.svc`, is found anywhere; a short one only where it is all of a
    variable that names a host or address, or the host of a URL, and is a Service's.
    """
    namespace = template.owner.namespace
    seen: set[tuple[str, int | None]] = set()
    for text in _texts(context, template):
        for match in _matches(text):
            place = match["namespace"] or namespace
            here = context.services_of.get(place, ())
            service = next((it for it in here if it.name == match["name"]), None)
            if service is None:
                continue
            port = _port(service, match["port"], match["scheme"], text.port)
            if (service.key, port) not in seen:
                seen.add((service.key, port))
                yield Address(service, port, text.source, text.where)


def _matches(item: _Text) -> Iterator[re.Match[str]]:
    text = item.text.lower()  # names of DNS know no capitals
    full = list(_FULL.finditer(text))
    yield from full
    if not full:
        yield from _URL.finditer(text)
        bare = _BARE.fullmatch(text.strip()) if item.whole else None
        if bare is not None:
            yield bare


def _port(
    service: Service, written: str | None, scheme: str | None, beside: int | None
) -> int | None:
    """The port that is named, or that the scheme means, or the only one there is."""
    known = [it.number for it in service.ports if it.protocol is Protocol.TCP]
    if written and FIRST_PORT <= int(written) <= LAST_PORT:
        return int(written)
    for number in (_SCHEMES.get((scheme or "").partition("+")[0]), beside):
        if number in known:
            return number
    return known[0] if len(known) == 1 else None


def _texts(context: Context, template: PodTemplate) -> Iterator[_Text]:
    here = context.objects_of.get(("ConfigMap", template.owner.namespace), ())
    maps = {item.name: item for item in here}
    for container in containers(template):
        yield from _of_container(container, maps)
    for volume in spec_of(template).parts("volumes"):
        names = [volume.part("configMap").text("name")]
        names += [
            it.part("configMap").text("name") for it in volume.parts("projected", "sources")
        ]
        for name in names:
            if name in maps:
                yield from _of_map(maps[name])


def _of_container(container: Container, maps: Mapping[str, WrittenObject]) -> Iterator[_Text]:
    inside = f'of container "{container.name}"'
    variables = {it.text("name"): it.text("value") for it in container.part.parts("env")}
    for variable in container.part.parts("env"):
        name = variable.text("name")
        where, ask = f"variable {name} {inside}", variable.part("valueFrom", "configMapKeyRef")
        text, place = variable.text("value"), variable.source.at("value")
        if ask.text("name") in maps:
            given = maps[ask.text("name")]
            entries = Part(given.value, given.source).part("data")
            text, place = entries.text(ask.text("key")), ask.source
        beside = variables.get(re.sub(r"HOST(NAME)?$", "PORT", name), "")
        port = int(beside) if beside.isdecimal() and len(beside) <= len("65535") else None
        whole = (
            re.search(r"(HOST|HOSTNAME|ADDR|ADDRESS|SERVER|URL|ENDPOINT)$", name) is not None
        )
        yield _Text(_expanded(text, variables), place, where, port, whole)
    for source in container.part.parts("envFrom"):
        name = source.part("configMapRef").text("name")
        if name in maps:
            yield from _of_map(maps[name])
    for key in ("command", "args"):
        for index, text in enumerate(container.part.texts(key)):
            place = container.part.source.at(key, index)
            yield _Text(_expanded(text, variables), place, f"{key}[{index}] {inside}")


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` as the kubelet replaces it; what it does not know stays."""
    return _VARIABLE.sub(lambda found: variables.get(found[1]) or found[0], text)


def _of_map(item: WrittenObject) -> Iterator[_Text]:
    entries = Part(item.value, item.source).part("data")
    for key in entries.value:
        text = entries.text(str(key))
        yield _Text(text, entries.source.at(str(key)), f"{key} of ConfigMap {item.name}")
