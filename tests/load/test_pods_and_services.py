from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from netsim.load import Loaded, snapshot_from_objects
from netsim.model.labels import Labels
from netsim.model.ports import ContainerRole
from netsim.model.workload import ServiceType


def loaded(text: str) -> Loaded:
    objects: list[Mapping[str, Any]] = [item for item in yaml.safe_load_all(text) if item]
    return snapshot_from_objects(objects)


def rules(found: Loaded) -> set[str]:
    return {item.rule for item in found.findings}


POD = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n}}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{apiVersion: v1, kind: Pod, metadata: []}", "must be an object, not a list"),
        ("{apiVersion: v1, kind: Pod}", "a name is required"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {x: 1}}}",
            "put it in quotes",
        ),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {-x: y}}}", "label key"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: []}", "must be an object"),
        (
            "{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {containers: [ports: {}]}}",
            "spec.containers[0].ports: must be a list",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a},"
                " spec: {containers: [{ports: [{containerPort: 0}]}]}}"
            ),
            "between 1 and 65535",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a},"
                " spec: {containers: [{ports: [{name: x}]}]}}"
            ),
            "a containerPort is required",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers:"
                " [{ports: [{name: x, containerPort: 1}, {name: x, containerPort: 2}]}]}}"
            ),
            "stands twice in container",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a},"
                " spec: {containers: [{ports: [{name: 'http_alt', containerPort: 1}]}]}}"
            ),
            "'http_alt' is not a port",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: 1}}",
            "must be true or false, not the number 1",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {d: 2024-01-01}}}",
            "must be a string, not date",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {1: x}}}",
            "key 1 must be a string",
        ),
        (
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{}]}}",
            "a port is",
        ),
        (
            (
                "{apiVersion: v1, kind: Service, metadata: {name: a},"
                " spec: {ports: [{port: 80, targetPort: Http}]}}"
            ),
            "'Http' is not a port",
        ),
        ("{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}", "not a valid namespace"),
    ],
)
def test_a_malformed_object_is_an_error_and_left_out(text: str, words: str) -> None:
    found = loaded(text)
    assert words in "\n".join(map(str, found.errors))
    assert (found.snapshot.endpoints, found.snapshot.services) == ((), ())


def test_container_ports_know_their_role() -> None:
    text = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a, namespace: n}
    spec:
      containers: [{name: c, ports: [{containerPort: 1, name: m}]}]
      initContainers:
        - {name: s, restartPolicy: Always, ports: [{containerPort: 2, protocol: UDP}]}
        - {name: i, ports: [{containerPort: 3}]}
    """
    ports = loaded(text).snapshot.endpoints[0].ports
    assert [(port.number, port.role) for port in ports] == [
        (1, ContainerRole.MAIN),
        (2, ContainerRole.SIDECAR),
        (3, ContainerRole.INIT),
    ]


def test_one_port_name_in_two_containers_warns() -> None:
    text = """{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [
      {name: c, ports: [{name: m, containerPort: 1}]},
      {name: d, ports: [{name: m, containerPort: 2}]}]}}"""
    assert "port-name-repeated" in rules(loaded(text))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("{ports: [{port: 0}]}", "between 1 and 65535"),
        ("{ports: [{port: 80, protocol: tcp}]}", "use TCP, UDP or SCTP"),
        ("{ports: [{port: 80, targetPort: 70000}]}", "between 1 and 65535"),
        ("{ports: [{port: 80}], selector: {app: 1}}", "put it in quotes"),
        ("{ports: [{port: 80}], selector: {app: a b}}", "is not valid"),
        ("{ports: [{port: 80}], selector: [app]}", "must be an object"),
        ("{ports: [{port: 80}], type: Internal}", "is no type of Service"),
        ("{type: ExternalName}", "an externalName is required"),
    ],
)
def test_a_malformed_service_is_an_error(spec: str, words: str) -> None:
    found = loaded(f"{{apiVersion: v1, kind: Service, metadata: {{name: s}}, spec: {spec}}}")
    assert words in str(found.errors[0])
    assert found.snapshot.services == ()


def test_a_partial_service_leads_nowhere_and_that_is_said() -> None:
    found = loaded("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: n}}")
    assert (found.snapshot.services, found.errors) == ((), ())
    assert rules(found) == {"service-without-ports"}


def test_services_say_where_their_ports_lead() -> None:
    text = """
    apiVersion: v1
    kind: Service
    metadata: {name: s, namespace: n}
    spec:
      selector: {app: web}
      ports: [{port: 80}, {port: 81, targetPort: 8081}, {port: 82, targetPort: http}]
    ---
    {apiVersion: v1, kind: Service, metadata: {name: h, namespace: n}, spec: {clusterIP: None}}
    ---
    {apiVersion: v1, kind: Service, metadata: {name: e, namespace: n},
     spec: {type: ExternalName, externalName: x.example}}
    """
    external, headless, plain = loaded(text.replace("\n    ", "\n")).snapshot.services
    assert [port.target for port in plain.ports] == [80, 8081, "http"]
    assert plain.selector == Labels({"app": "web"})
    assert (headless.type, headless.selector) == (ServiceType.HEADLESS, None)
    assert (external.type, external.external_name) == (ServiceType.EXTERNAL_NAME, "x.example")


def test_a_bad_pod_address_is_ignored_with_a_warning() -> None:
    text = """{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n},
      status: {podIPs: [{ip: nonsense}, {ip: 10.0.0.1}, {ip: 10.0.0.2}, {ip: "fd00::1"}]}}"""
    found = loaded(text)
    assert [str(item) for item in found.snapshot.endpoints[0].addresses] == [
        "10.0.0.1",
        "fd00::1",
    ]
    assert "address-invalid" in rules(found)


def test_a_host_network_pod_has_its_nodes_address() -> None:
    text = """{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n},
      spec: {hostNetwork: true}, status: {hostIP: 192.0.2.1}}"""
    (endpoint,) = loaded(text).snapshot.endpoints
    assert [str(item) for item in endpoint.addresses] == ["192.0.2.1"]


@pytest.mark.parametrize("phase", ["Succeeded", "Failed", "Running", "Pending"])
def test_a_pod_that_ended_is_finished(phase: str) -> None:
    text = f"{POD[:-1]}, status: {{phase: {phase}}}}}"
    (endpoint,) = loaded(text).snapshot.endpoints
    assert endpoint.finished is (phase in {"Succeeded", "Failed"})
