"""Every case of fixtures/conformance, on the judge and on the compiled graph."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.load import snapshot_from_objects
from netsim.model.flow import Evaluator, Flow, OwnNode, Party
from netsim.model.ports import Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.reference import Reference

FOLDER = Path(__file__).parents[2] / "fixtures" / "conformance"
TABLES = FOLDER / "upstream-e2e.yaml"
SCENARIOS = FOLDER / "upstream-cluster-policies.yaml"

EVALUATORS: dict[str, Callable[[Snapshot, Profile], Evaluator]] = {
    "judge": Reference,
    "graph": lambda snapshot, profile: Graph(compile_snapshot(snapshot, profile)),
}


@cache
def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    return content


def corner_cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        if path not in {TABLES, SCENARIOS}:
            for case in read(path)["cases"]:
                yield pytest.param(path, case, id=case["id"])


def snapshot_of(objects: list[Mapping[str, object]]) -> Snapshot:
    loaded = snapshot_from_objects(objects)
    assert not loaded.errors
    return loaded.snapshot


def party(snapshot: Snapshot, text: str) -> Party:
    if text == "node":
        return OwnNode()
    if "/" in text:
        return next(endpoint for endpoint in snapshot.endpoints if endpoint.key == text)
    address = ip_address(text.strip("[]"))
    owners = [item for item in snapshot.endpoints if address in item.addresses]
    return owners[0] if owners else address


def expectation(snapshot: Snapshot, line: str) -> tuple[Flow, bool]:
    flow, _, answer = line.rpartition(": ")
    source, _, rest = flow.partition(" -> ")
    target, _, port = rest.rpartition(":")
    number, _, protocol = port.partition("/")
    ends = party(snapshot, source), party(snapshot, target)
    return Flow(*ends, Protocol(protocol), int(number)), {"allow": True, "deny": False}[answer]


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize(("path", "case"), list(corner_cases()))
def test_corner_case(path: Path, case: dict[str, Any], evaluator: str) -> None:
    base = read(path)["base"] if case.get("base", True) else []
    snapshot = snapshot_of([*base, *case["objects"]])
    profile = Profile()
    for switch, setting in case.get("profile", {}).items():
        profile = profile.with_setting(switch, setting)
    judged = EVALUATORS[evaluator](snapshot, profile)
    assert case["expect"]
    for line in case["expect"]:
        flow, allowed = expectation(snapshot, line)
        assert judged.allows(flow) is allowed, line


def world(
    names: list[str], ports: list[str], step: dict[str, Any]
) -> list[Mapping[str, object]]:
    objects: list[Mapping[str, object]] = []
    for namespace in "xyz":
        labels = step.get("namespace_labels", {}).get(namespace, {})
        metadata = {"name": namespace, "labels": labels}
        objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    for key in names:
        namespace, _, name = key.partition("/")
        labels = {"pod": name, **step.get("pod_labels", {}).get(key, {})}
        objects.append(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": namespace, "labels": labels},
                "spec": {"containers": [container(port) for port in ports]},
                "status": {"podIPs": [{"ip": read(TABLES)["addresses"][key]}]},
            }
        )
    return [*objects, *step["policies"]]


def container(port: str) -> Mapping[str, object]:
    number, _, protocol = port.partition("/")
    name = f"{number}-{protocol.lower()}"
    declared = {"containerPort": int(number), "protocol": protocol, "name": f"serve-{name}"}
    return {"name": f"cont-{name}", "ports": [declared]}


NINE = [f"{namespace}/{pod}" for namespace in "xyz" for pod in "abc"]
SIX_PORTS = [f"{port}/{protocol.value}" for port in (80, 81) for protocol in Protocol]


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("pods", ["small", "nine"])
@pytest.mark.parametrize("case", read(TABLES)["cases"], ids=lambda case: str(case["id"]))
def test_upstream_truth_table(case: dict[str, Any], pods: str, evaluator: str) -> None:
    names, ports = (case["small"], case["ports"]) if pods == "small" else (NINE, SIX_PORTS)
    column = "denied" if pods == "small" else "denied_of_nine"
    for step in case["steps"]:
        snapshot = snapshot_of(world(names, ports, step))
        judged = EVALUATORS[evaluator](snapshot, Profile())
        for probe in step["probes"]:
            number, _, protocol = probe["port"].partition("/")
            denied = {
                (source, target)
                for source, targets in probe[column].items()
                for target in targets
            }
            found = {
                (source, target)
                for source in names
                for target in names
                if source != target
                and not judged.allows(
                    Flow(
                        party(snapshot, source),
                        party(snapshot, target),
                        Protocol(protocol),
                        int(number),
                    )
                )
            }
            assert found == denied


def relabelled(item: dict[str, Any], labels: dict[str, Any]) -> Mapping[str, object]:
    """A namespace with the labels that a step gives it; everything else as it is."""
    metadata = item["metadata"]
    if item["kind"] != "Namespace" or metadata["name"] not in labels:
        return item
    return {**item, "metadata": {**metadata, "labels": labels[metadata["name"]]}}


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("case", read(SCENARIOS)["cases"], ids=lambda case: str(case["id"]))
def test_upstream_scenario(case: dict[str, Any], evaluator: str) -> None:
    content = read(SCENARIOS)
    for step in case["steps"]:
        policies = [content["policies"][number] for number in step["policies"]]
        labels = step.get("namespace_labels", {})
        base = [relabelled(item, labels) for item in content["base"]]
        snapshot = snapshot_of([*base, *policies])
        judged = EVALUATORS[evaluator](snapshot, Profile())
        assert step["expect"]
        for line in step["expect"]:
            flow, allowed = expectation(snapshot, line)
            assert judged.allows(flow) is allowed, (step["says"], line)


def test_there_are_as_many_cases_as_there_were() -> None:
    assert len(read(TABLES)["cases"]) == 48
    steps = [step for case in read(SCENARIOS)["cases"] for step in case["steps"]]
    assert len(steps) == 96
    assert sum(len(step["expect"]) for step in steps) == 301
    assert len(list(corner_cases())) >= 107
