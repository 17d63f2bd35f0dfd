"""Reads the tests of netassert, both of its formats, as expectations.

The first format maps sources to targets to ports (`k8s: deployment: a: {b: 80}`), a minus
before a port meaning that it is closed; targets are names of Services. The second is a list of
tests (`name, type, protocol, targetPort, exitCode, src, dst`). Source: the README files of
controlplaneio/netassert, versions 1 and 2.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from netsim.load.documents import Document
from netsim.load.fields import Field, Report
from netsim.query.expectations.writing import file_text, flow_mapping, scalar

_PORT = re.compile(r"(-?)\s*(?:(TCP|UDP|SCTP):)?\s*(-?)([0-9]{1,5})", re.IGNORECASE)
_KINDS = {"deployment": "deploy", "statefulset": "sts", "daemonset": "ds", "pod": "pod"}


@dataclass(frozen=True, slots=True)
class Imported:
    """An expectation file, and what could not be taken over."""

    text: str
    left_out: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Flow:
    source: str
    target: str
    port: str
    allowed: bool
    name: str = ""


def imported(document: Document, report: Report) -> Imported:
    """The same promises as an expectation file; faults go to the report.

    Tests of outside hosts by name are left out and told: netsim resolves no names.
    """
    field = Field(document.value, document.source, "", report)
    left_out: list[str] = []
    if isinstance(document.value, list):
        flows = list(_tests(field, left_out))
    else:
        flows = list(_matrix(field.as_object(frozenset({"k8s", "host"})), left_out))
    text = file_text(
        (
            ("tests", [f"  - {_test(flow)}" for flow in flows if flow.name]),
            ("allowed", _short(flow for flow in flows if flow.allowed and not flow.name)),
            ("denied", _short(flow for flow in flows if not flow.allowed and not flow.name)),
        )
    )
    return Imported(text, tuple(left_out), len(flows))


def _test(flow: _Flow) -> str:
    return flow_mapping(
        {
            "name": flow.name,
            "from": flow.source,
            "to": flow.target,
            "port": flow.port,
            "expect": "allow" if flow.allowed else "deny",
        }
    )


def _short(flows: Iterator[_Flow]) -> list[str]:
    return [f"  - {scalar(f'{it.source} -> {it.target}:{it.port}')}" for it in flows]


def _matrix(whole: Field, left_out: list[str]) -> Iterator[_Flow]:
    """The first format."""
    if not whole.get("host").missing:
        left_out.append("host: what the testing machine itself reaches")
    kinds = whole.get("k8s")
    for kind in _keys(kinds):
        word = _KINDS.get(kind)
        if word is None:
            problem = f"unknown kind: use {', '.join(_KINDS)}"
            kinds.get(kind).fault(problem, kind="NotSupported")
            continue
        sources = kinds.get(kind)
        for source in _keys(sources):
            place, colon, name = source.partition(":")
            namespace = place if colon else "default"
            start = f"{namespace}/{word}/{name if colon else place}"
            yield from _targets(sources.get(source), start, namespace, left_out)


def _targets(
    targets: Field, source: str, namespace: str, left_out: list[str]
) -> Iterator[_Flow]:
    for target in _keys(targets):
        field = targets.get(target)
        end = _service(target, namespace)
        if end is None:
            left_out.append(f"{source} -> {target}: the host {target} is known by name alone")
            continue
        for port in field.items() if isinstance(field.value, list) else (field,):
            found = _PORT.fullmatch(str(port.value))
            if found is None or isinstance(port.value, bool):
                port.fault("not a port: use 80, -80, UDP:53 or -UDP:53")
                continue
            protocol = (found[2] or "tcp").lower()
            yield _Flow(source, end, f"{found[4]}/{protocol}", not (found[1] or found[3]))


def _service(name: str, namespace: str) -> str | None:
    """An address, or a Service by its DNS name; None for a host outside."""
    if _is_address(name):
        return name
    parts = name.split(".")
    if len(parts) == 1:
        return f"{namespace}/svc/{name}"
    inside = len(parts) == 2 or parts[2] == "svc"  # noqa: PLR2004 - name and namespace
    looks_outside = len(parts) == 2 and parts[1] in _TOP_LEVEL  # noqa: PLR2004
    return f"{parts[1]}/svc/{parts[0]}" if inside and not looks_outside else None


_TOP_LEVEL = frozenset({"com", "org", "net", "io", "dev", "co", "uk", "de"})
"""Where a name of two parts is a host: no namespace is called so."""


def _tests(whole: Field, left_out: list[str]) -> Iterator[_Flow]:
    """The second format."""
    for item in whole.items():
        test = item.as_object()
        if test.get("type").value != "k8s":
            test.get("type").fault("must be k8s", kind="NotSupported")
            continue
        name = test.get("name").text() or ""
        protocol = (test.get("protocol").text() or "tcp").lower()
        if protocol not in {"tcp", "udp", "sctp"}:
            test.get("protocol").fault("must be tcp, udp or sctp", kind="NotSupported")
        port, code = test.get("targetPort").integer(), test.get("exitCode").integer()
        if port is None:
            test.get("targetPort").fault("is required", kind="Required")
            continue
        source, target = (
            _resource(test.get("src")),
            _resource(test.get("dst")) or _host(test.get("dst"), name, left_out),
        )
        if source and target:
            yield _Flow(source, target, f"{port}/{protocol}", not code, name)


def _resource(end: Field) -> str:
    resource = end.get("k8sResource")
    if resource.missing:
        return ""
    kind = resource.get("kind").text() or ""
    if kind.lower() not in _KINDS:
        problem = f"unknown kind: use {', '.join(_KINDS)}"
        resource.get("kind").fault(problem, kind="NotSupported")
        return ""
    name, namespace = resource.get("name"), resource.get("namespace")
    if not name.text():
        name.fault("is required", kind="Required")
    return f"{namespace.text() or 'default'}/{_KINDS[kind.lower()]}/{name.text() or ''}"


def _host(end: Field, test: str, left_out: list[str]) -> str:
    host = end.get("host").get("name").text() or ""
    if not host:
        end.fault("a k8sResource or a host is required", kind="Required")
        return ""
    if _is_address(host):
        return host
    left_out.append(f"{test}: the host {host} is known by name alone")
    return ""


def _keys(field: Field) -> Iterator[str]:
    value = field.as_object().value
    yield from (str(key) for key in value) if isinstance(value, Mapping) else ()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
