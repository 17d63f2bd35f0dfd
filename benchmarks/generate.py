"""Writes realistic clusters of any size, the same ones every time.

python benchmarks/generate.py --pods 1000 --policies 100 --output cluster --format yaml
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.manifests import Manifest, manifests
from benchmarks.plan import Plan, PlannedPod, Workload, plan
from benchmarks.policies import policies
from benchmarks.shape import Mode, Shape
from benchmarks.yaml_text import yaml_lines
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint

__all__ = ["Mode", "Shape", "cluster", "snapshot", "write_json", "write_yaml"]


def cluster(shape: Shape) -> list[Manifest]:
    """Every object of the cluster, as plain dictionaries."""
    return list(manifests(plan(shape)))


def snapshot(shape: Shape) -> Snapshot:
    """The cluster without a text in between, one endpoint for each pod.

    Pods of one workload share their labels and ports, as they do when they are read.
    """
    planned = plan(shape)
    found = _of_pods(planned) if shape.live else map(_of_workload, planned.workloads)
    return Snapshot(
        namespaces=planned.namespaces,
        endpoints=tuple(sorted(found, key=lambda item: (item.namespace, item.name, item.kind))),
        policies=policies(planned),
    )


def write_yaml(shape: Shape, path: Path) -> None:
    """One document for each object; fat pods as the one List that `kubectl get -o yaml` is."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        if shape.fat:
            file.write("apiVersion: v1\nkind: List\nitems:\n")
        for manifest in manifests(plan(shape)):
            if shape.fat:
                file.writelines(f"{line}\n" for line in yaml_lines([manifest]))
            else:
                file.writelines(f"{line}\n" for line in ["---", *yaml_lines(manifest)])


def write_json(shape: Shape, path: Path) -> None:
    """One List, as `kubectl get -o json` prints it."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{\n    "apiVersion": "v1",\n    "items": [\n')
        comma = ""
        for manifest in manifests(plan(shape)):
            text = json.dumps(manifest, indent=4).replace("\n", "\n        ")
            file.write(f"{comma}        {text}")
            comma = ",\n"
        file.write('\n    ],\n    "kind": "List"\n}\n')


def _of_pods(planned: Plan) -> Iterator[Endpoint]:
    for workload, pods in planned.pods():
        for pod in pods:
            yield _of_pod(workload, pod)


def _of_pod(workload: Workload, pod: PlannedPod) -> Endpoint:
    return Endpoint(
        workload.namespace,
        pod.name,
        "Pod",
        pod.labels,
        workload.ports,
        pod.addresses,
        host_network=workload.host_network,
        node=pod.node,
        finished=pod.finished,
        workload=("", "") if workload.kind == "Pod" else (workload.kind, workload.name),
    )


def _of_workload(workload: Workload) -> Endpoint:
    return Endpoint(
        workload.namespace,
        workload.name,
        workload.kind,
        workload.labels,
        workload.ports,
        replicas=None if workload.kind in {"CronJob", "DaemonSet"} else workload.replicas,
        host_network=workload.host_network,
    )


@click.command()
@click.option("--pods", default=1_000, show_default=True)
@click.option("--policies", "policy_count", default=100, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]), default="replicas")
@click.option("--workloads", is_flag=True, help="Workloads that would make the pods, not pods.")
@click.option("--fat", is_flag=True, help="Pods with all that kubectl shows of them.")
@click.option("--format", "notation", type=click.Choice(["yaml", "json"]), default="yaml")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="A folder.")
def main(
    *,
    pods: int,
    policy_count: int,
    seed: int,
    mode: str,
    workloads: bool,
    fat: bool,
    notation: str,
    output: Path,
) -> None:
    """Write one file with a cluster, the same for the same options."""
    shape = Shape(pods, policy_count, seed=seed, mode=Mode(mode), live=not workloads, fat=fat)
    output.mkdir(parents=True, exist_ok=True)
    path = output / f"cluster.{notation}"
    (write_yaml if notation == "yaml" else write_json)(shape, path)
    click.echo(path)


if __name__ == "__main__":
    main()
