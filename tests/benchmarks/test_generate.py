"""Generated clusters hold what they promise, and are the same ones every time."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from benchmarks.generate import Mode, Shape, cluster, main, snapshot, write_json, write_yaml
from netsim.load import Loaded, load_snapshot, snapshot_from_objects
from netsim.model.labels import LabelSelector, Operator
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import AnyPort, NamedPort, PortRange, Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint

SMALL = Shape(pods=60, policies=30)
SHAPES = [
    SMALL,
    replace(SMALL, mode=Mode.DISTINCT),
    replace(SMALL, live=False),
    replace(SMALL, live=False, mode=Mode.DISTINCT),
    replace(SMALL, fat=True),
    replace(SMALL, namespaces=2, dual_stack=1.0, replicas=(1, 2)),
]
RICH = snapshot(Shape(pods=1_000, policies=300))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_same_shape_gives_the_same_cluster(shape: Shape) -> None:
    assert cluster(shape) == cluster(shape)
    assert snapshot(shape) == snapshot(shape)


def test_another_seed_gives_another_cluster() -> None:
    assert cluster(SMALL) != cluster(replace(SMALL, seed=8))


def test_the_bytes_of_a_shape_never_change(tmp_path: Path) -> None:
    write_yaml(SMALL, tmp_path / "c.yaml")
    write_json(SMALL, tmp_path / "c.json")
    digests = [
        hashlib.sha256(p.read_bytes()).hexdigest()[:16] for p in sorted(tmp_path.iterdir())
    ]
    assert digests == ["b35425f07943be9f", "2cf1cd3b9cd3137f"]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_yaml_and_json_say_what_the_dictionaries_say(shape: Shape, tmp_path: Path) -> None:
    write_yaml(shape, tmp_path / "c.yaml")
    write_json(shape, tmp_path / "c.json")
    documents = list(yaml.load_all((tmp_path / "c.yaml").read_text(), Loader=yaml.CSafeLoader))
    written = documents[0]["items"] if shape.fat else documents
    assert written == cluster(shape)
    assert json.loads((tmp_path / "c.json").read_text())["items"] == cluster(shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_written_is_read_without_complaint(shape: Shape, tmp_path: Path) -> None:
    write_yaml(shape, tmp_path / "c.yaml")
    loaded = load_snapshot([tmp_path / "c.yaml"])
    assert (loaded.errors, loaded.findings) == ((), ())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_snapshot_is_the_one_that_the_objects_are_read_as(shape: Shape) -> None:
    direct, loaded = snapshot(shape), snapshot_from_objects(cluster(shape))
    assert policies(direct) == policies(loaded.snapshot)
    assert {name: item.labels for name, item in direct.namespaces.items()} == {
        name: item.labels for name, item in loaded.snapshot.namespaces.items()
    }
    assert pods(direct) == pods_read(loaded)


def policies(found: Snapshot) -> list[tuple[Any, ...]]:
    return [(item.ref, item.subject, dict(item.rules)) for item in found.policies]


def pods(found: Snapshot) -> Counter[tuple[Any, ...]]:
    return Counter(seen(item) for item in found.endpoints for _ in range(item.replicas or 1))


def seen(pod: Endpoint) -> tuple[Any, ...]:
    numbers = [(port.name, port.number, port.protocol) for port in pod.ports]
    return pod.namespace, without_hash(pod), tuple(numbers), pod.host_network, pod.finished


def without_hash(pod: Endpoint) -> frozenset[tuple[str, str]]:
    return frozenset(item for item in pod.labels.items() if not item[0].endswith("-hash"))


def pods_read(loaded: Loaded) -> Counter[tuple[Any, ...]]:
    return pods(loaded.snapshot)


def test_there_are_as_many_pods_and_policies_as_asked_for() -> None:
    assert len(RICH.endpoints) == 1_000
    assert len(RICH.policies) == 300
    workloads = snapshot(Shape(pods=200, policies=160, live=False))
    assert (len(workloads.endpoints), len(workloads.policies)) == (200, 160)


def test_pods_of_one_workload_share_labels_and_ports() -> None:
    owned: dict[tuple[str, str, str], list[Endpoint]] = {}
    for pod in RICH.endpoints:
        owned.setdefault((pod.namespace, *pod.workload), []).append(pod)
    assert max(map(len, owned.values())) == 20
    for members in owned.values():
        assert len({id(pod.labels) for pod in members}) == 1
        assert len({id(pod.ports) for pod in members}) == 1


def test_no_two_pods_of_the_adversarial_mode_are_alike() -> None:
    found = snapshot(Shape(pods=500, policies=50, mode=Mode.DISTINCT))
    ordinary = [pod for pod in found.endpoints if pod.labels.get("instance")]
    assert len(ordinary) > 400
    assert len({pod.labels for pod in ordinary}) == len(ordinary)
    assert {len(pod.labels) for pod in ordinary} == {28}


def test_no_two_pods_share_an_address() -> None:
    by_themselves = [pod for pod in RICH.endpoints if not pod.host_network]
    found = [address for pod in by_themselves for address in pod.addresses]
    assert len(found) == len(set(found))


def test_fat_pods_weigh_ten_kilobytes(tmp_path: Path) -> None:
    write_json(replace(SMALL, policies=0, fat=True), tmp_path / "c.json")
    assert 10_000 < (tmp_path / "c.json").stat().st_size / SMALL.pods < 13_000


def rules(found: Snapshot) -> Iterator[Rule]:
    for policy in found.policies:
        for written in policy.rules.values():
            yield from written


def peers(found: Snapshot) -> list[Peer]:
    return [peer for rule in rules(found) for peer in rule.peers]


def pod_peers(found: Snapshot) -> list[PodPeer]:
    return [peer for peer in peers(found) if isinstance(peer, PodPeer)]


def blocks(found: Snapshot) -> list[IPBlock]:
    return [peer for peer in peers(found) if isinstance(peer, IPBlock)]


def selectors(found: Snapshot) -> Iterator[LabelSelector]:
    for policy in found.policies:
        yield policy.subject
    for peer in pod_peers(found):
        yield peer.pods


def denies_everything(policy: NetworkPolicy) -> bool:
    return not policy.subject.requirements and policy.rules.get(Direction.INGRESS) == ()


FEATURES = {
    "default deny in most namespaces": sum(map(denies_everything, RICH.policies)) >= 5,
    "DNS": any(item.name == "allow-dns" for item in RICH.policies),
    "peers of the own namespace": any(p.namespaces is None for p in pod_peers(RICH)),
    "whole namespaces": any(p.namespaces and not p.pods.requirements for p in pod_peers(RICH)),
    "pods of namespaces": any(p.namespaces and p.pods.requirements for p in pod_peers(RICH)),
    "anybody": AnyPeer() in peers(RICH),
    **{
        f"operator {operator}": any(
            wanted.operator is operator
            for selector in selectors(RICH)
            for wanted in selector.requirements
        )
        for operator in Operator
    },
    "IPv4 blocks with except": any(b.excepts and b.cidr.version == 4 for b in blocks(RICH)),
    "IPv6 blocks with except": any(b.excepts and b.cidr.version == 6 for b in blocks(RICH)),
    "named ports": any(isinstance(p, NamedPort) for rule in rules(RICH) for p in rule.ports),
    "all ports": any(p == AnyPort() for rule in rules(RICH) for p in rule.ports),
    "port ranges": any(
        isinstance(p, PortRange) and p.first < p.last
        for rule in rules(RICH)
        for p in rule.ports
    ),
    "UDP": any(
        isinstance(p, PortRange) and p.protocol is Protocol.UDP
        for rule in rules(RICH)
        for p in rule.ports
    ),
    "host network": any(pod.host_network for pod in RICH.endpoints),
    "both families": any(len(pod.addresses) == 2 for pod in RICH.endpoints),
    "pods of a CronJob": any(pod.workload[0] == "CronJob" for pod in RICH.endpoints),
    "finished pods": any(pod.finished for pod in RICH.endpoints),
    "template hashes": any("pod-template-hash" in pod.labels for pod in RICH.endpoints),
    "names with several numbers": len(
        {port.number for pod in RICH.endpoints for port in pod.ports if port.name == "http"}
    )
    > 2,
}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_of_real_clusters_is_there(feature: str) -> None:
    assert FEATURES[feature]


def test_the_command_writes_one_file(tmp_path: Path) -> None:
    words = ["--pods", "20", "--policies", "8", "--output", str(tmp_path), "--format", "json"]
    finished = CliRunner().invoke(main, words)
    assert finished.exit_code == 0
    assert json.loads((tmp_path / "cluster.json").read_text())["kind"] == "List"
