"""The same clusters given to other tools: python benchmarks/bench_peers.py --nca PATH ...

Each tool answers who can reach whom among all pods, in its own process. network-config-analyzer
and netsim answer for every port, cyclonus for one (`analyze --mode probe`, 80/TCP).
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import yaml

from benchmarks.bench_cli import ENVIRONMENT, LAUNCHER, UNIT, Finished
from benchmarks.generate import cluster, snapshot
from benchmarks.machine import machine
from benchmarks.manifests import Manifest
from benchmarks.row import Row
from benchmarks.shape import Shape
from benchmarks.table import console, markdown, printed, seconds_text
from netsim.model.ports import ContainerPort, Protocol

_POLICIES_PER_POD = (0.1, 0.8)
_REPEATS = 3
_SHORT = 10.0
"""Seconds below which a run is repeated; the quickest one counts."""
_NO_PORT = ContainerPort("none", 1, Protocol.TCP, container="main")
"""cyclonus ends with a panic where a pod declares no port."""
_RESULT = Path(__file__).parent / "results" / "peers.md"


@dataclass(frozen=True, slots=True)
class Given:
    """A cluster as files."""

    shape: Shape
    everything: Path
    policies: Path
    model: Path
    """Namespaces, pods and the port to ask about, as cyclonus reads them."""


def commands(given: Given, nca: str, cyclonus: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each tool is called with; a tool without a path is left out."""
    everything = str(given.everything)
    yield "netsim list", (sys.executable, "-m", "netsim", "list", "-q", "-f", everything)
    if nca:
        words = ("--connectivity", everything, "-r", everything, "--return_0")
        endings = ("-o", "txt_no_fw_rules", "--output_endpoints", "pods")
        yield "network-config-analyzer", (nca, *words, *endings)
    if cyclonus:
        paths = ("--policy-path", str(given.policies), "--probe-path", str(given.model))
        yield "cyclonus, one port", (cyclonus, "analyze", "--mode", "probe", *paths)


def written(shape: Shape, folder: Path) -> Given:
    """Writes a cluster for all of them."""
    objects = cluster(shape)
    policies = folder / "policies"
    policies.mkdir(exist_ok=True)
    for old in policies.iterdir():
        old.unlink()
    for number, policy in enumerate(it for it in objects if it["kind"] == "NetworkPolicy"):
        (policies / f"{number}.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    everything, model = folder / "cluster.yaml", folder / "model.json"
    with everything.open("w", encoding="utf-8") as file:
        yaml.dump_all(objects, file, Dumper=yaml.CSafeDumper)
    model.write_text(json.dumps(_model(shape)), encoding="utf-8")
    return Given(shape, everything, policies, model)


def _model(shape: Shape) -> Manifest:
    made = snapshot(shape)
    return {
        "Probes": [{"Protocol": "TCP", "Port": 80}],
        "Resources": {
            "Namespaces": {name: dict(it.labels) for name, it in made.namespaces.items()},
            "Pods": [
                {
                    "Namespace": pod.namespace,
                    "Name": pod.name,
                    "Labels": dict(pod.labels),
                    "IP": str(pod.addresses[0]),
                    "Containers": [
                        {
                            "Name": port.container,
                            "Port": port.number,
                            "Protocol": port.protocol.value.lower(),
                            "PortName": port.name,
                        }
                        for port in pod.ports or (_NO_PORT,)
                    ],
                }
                for pod in made.endpoints
            ],
        },
    }


def measured(given: Given, nca: str, cyclonus: str, limit: float) -> Iterator[Row]:
    """Every tool on one cluster; ratios are those of the clock, against netsim."""
    own = 0.0
    for name, words in commands(given, nca, cyclonus):
        most = None if name == "netsim list" else limit
        runs = [run(words, most)]
        while runs[0].wall < _SHORT and len(runs) < _REPEATS:
            runs.append(run(words, most))
        best = min(runs, key=lambda it: it.wall)
        own = own or best.wall
        ratios = {} if name == "netsim list" else {"netsim": best.wall / own}
        yield Row(
            name,
            "pods",
            given.shape.pods,
            given.shape.policies,
            best.wall,
            memory=best.peak or None,
            ratios={f"as long as {tool}": ratio for tool, ratio in ratios.items()},
            note=best.note or f"{best.cpu:.2f} s of CPU",
        )


@dataclass(frozen=True, slots=True)
class Ended(Finished):
    """What one run took, or why it did not end well."""

    note: str = ""


def run(words: tuple[str, ...], limit: float | None) -> Ended:
    """One process; past a limit, in seconds, it is ended and the limit is what it took."""
    child = subprocess.Popen(
        [sys.executable, "-S", str(LAUNCHER), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        told, complaints = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired as late:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return Ended(late.timeout, late.timeout, 0, f"not done after {late.timeout:,.0f} s")
    cpu, wall, peak, code = told.split()
    last = (complaints.strip().splitlines() or [""])[-1]
    note = f"ended with {code}: {last[:120]}" if int(code) > 1 else ""
    return Ended(float(cpu), float(wall), int(peak) * UNIT, note)


@click.command()
@click.option("--nca", default="", help="The nca program of network-config-analyzer.")
@click.option("--cyclonus", default="", help="The cyclonus program.")
@click.option("--pods", default="100,500,1000", show_default=True)
@click.option(
    "--alone", default="10000,100000", show_default=True, help="Sizes for netsim only."
)
@click.option(
    "--limit", default=900.0, show_default=True, help="Seconds that another tool may take."
)
@click.option("--output", type=click.Path(path_type=Path), default=_RESULT)
def main(*, nca: str, cyclonus: str, pods: str, alone: str, limit: float, output: Path) -> None:
    """Measure, print one table, and write it."""
    rows: list[Row] = []
    base = Shape(replicas=(1, 1), dual_stack=0.0)
    clusters = [
        (replace(base, pods=int(size), policies=int(int(size) * share)), True)
        for size in pods.split(",")
        for share in _POLICIES_PER_POD
    ]
    clusters += [
        (Shape(int(size), int(int(size) * _POLICIES_PER_POD[0])), False)
        for size in alone.split(",")
        if size
    ]
    with TemporaryDirectory() as folder:
        for shape, together in clusters:
            given = written(shape, Path(folder))
            for row in measured(
                given, nca if together else "", cyclonus if together else "", limit
            ):
                rows.append(row)
                click.echo(
                    f"{row.name}, {row.pods:,} pods, {row.policies:,} policies: "
                    f"{seconds_text(row.seconds)} {row.note}",
                    err=True,
                )
    console().print(printed(rows))
    page = f"# Beside other tools\n\n{__doc__}\n{machine()}\n\n{markdown(rows)}"
    output.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
