"""Reads Services: the pods they select and where each port leads."""

from netsim.load.fields import Field
from netsim.load.pods import read_port_number, read_protocol
from netsim.load.validation import PORT_NAME_RULE, is_port_name, shown
from netsim.model.ports import FIRST_PORT, LAST_PORT
from netsim.model.workload import Service, ServicePort, ServiceType

_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")


def read_service(manifest: Field, namespace: str, name: str) -> Service | None:
    """A Service, or None for a partial object such as a patch, which is said."""
    spec = manifest.get("spec").as_object()
    selector = spec.get("selector").labels()
    ports = [_port(item.as_object()) for item in spec.get("ports").items()]
    kind = _type(spec)
    if not ports and kind is ServiceType.CLUSTER_IP:
        message = f"{manifest.subject} has no ports: a partial object, which leads nowhere"
        manifest.report.warn("service-without-ports", message, spec.source)
        return None
    external = spec.get("externalName").text() or ""
    if not external and kind is ServiceType.EXTERNAL_NAME:
        spec.get("externalName").fault("an externalName is required", kind="Required")
    return Service(
        namespace=namespace,
        name=name,
        type=kind,
        selector=selector or None,
        ports=tuple(port for port in ports if port is not None),
        external_name=external if kind is ServiceType.EXTERNAL_NAME else "",
        source=manifest.source,
    )


def _type(spec: Field) -> ServiceType:
    word = spec.get("type").text()
    if word == "ExternalName":
        return ServiceType.EXTERNAL_NAME
    if word and word not in _TYPES:
        problem = f"{shown(word)} is no type of Service: use {', '.join(_TYPES)}"
        spec.get("type").fault(problem, kind="NotSupported")
    headless = spec.get("clusterIP").text() == "None"
    return ServiceType.HEADLESS if headless else ServiceType.CLUSTER_IP


def _port(item: Field) -> ServicePort | None:
    number = read_port_number(item.get("port"), "a port is required")
    if number is None:
        return None
    name = item.get("name").text() or ""
    return ServicePort(name, number, read_protocol(item.get("protocol")), _target(item, number))


def _target(item: Field, number: int) -> int | str:
    field = item.get("targetPort")
    if isinstance(field.value, str) and field.value:
        if not is_port_name(field.value):
            field.fault(f"{shown(field.value)} is not a port: {PORT_NAME_RULE}")
        return field.value
    target = None if field.value == "" else field.integer()
    if target and not FIRST_PORT <= target <= LAST_PORT:
        field.fault(f"{target} is not between 1 and 65535")
    return target or number
