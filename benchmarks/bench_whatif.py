"""What a change of one policy costs on a cluster that is compiled already."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from statistics import median
from time import process_time

from benchmarks.alone import alone
from benchmarks.measure import timed
from benchmarks.plan import ADDRESSES_OF_NODE, PODS, PODS_PER_NODE
from benchmarks.row import Row
from benchmarks.setting import Setting
from netsim.compiler import compile_snapshot, compile_together
from netsim.compiler.changes import with_policies
from netsim.edges import differences, edges
from netsim.graph import Graph
from netsim.model.networks import IPBlock
from netsim.model.policy import Direction, NetworkPolicy, Rule
from netsim.model.ports import AnyPort

_CHANGES = 100
_SPLITS = 20
_UNCHANGED = 100


def what_if(setting: Setting) -> Iterator[Row]:
    """Replace one policy, with and without telling pods apart that were alike."""
    snapshot = setting.snapshot
    fresh = timed(lambda: compile_snapshot(snapshot), 1).seconds
    for name, change, number in (
        ("replace a policy", _exchanged, _CHANGES),
        ("replace a policy, classes split", _with_new_block, _SPLITS),
    ):
        seconds = _each(setting, change, number)
        if seconds:
            yield Row(
                name,
                setting.shape.mode,
                setting.shape.pods,
                setting.shape.policies,
                median(seconds),
                classes=len(setting.compiled.classes),
                rules=len(setting.compiled.rules),
                ratios={"compiling anew": fresh / median(seconds)},
                note=f"median of {len(seconds)} policies, at most {max(seconds) * 1e3:.3g} ms",
            )
    if setting.edges_fit:
        yield _difference(setting)


def _difference(setting: Setting) -> Row:
    """Two clusters of which one policy in a hundred differs."""
    policies = list(setting.snapshot.policies)
    for place in range(0, len(policies), _UNCHANGED):
        policies[place] = _exchanged(setting, place)
    after = replace(setting.snapshot, policies=tuple(policies))
    left, right = compile_together([setting.snapshot, after])
    seconds = timed(lambda: _count(differences(Graph(left), Graph(right))), 1).seconds
    one_pass = timed(lambda: _count(edges(Graph(left))), 1).seconds
    number = _count(differences(Graph(left), Graph(right)))
    return Row(
        "diff",
        setting.shape.mode,
        setting.shape.pods,
        setting.shape.policies,
        seconds,
        classes=len(left.classes),
        rules=len(left.rules),
        ratios={"listing every edge": one_pass / seconds},
        note=f"{number:,} differences; every hundredth policy changed, both sides compiled",
    )


def _count(found: Iterable[object]) -> int:
    return sum(1 for _ in found)


def _each(
    setting: Setting, change: Callable[[Setting, int], NetworkPolicy], number: int
) -> list[float]:
    """Seconds for each of some policies, spread over the cluster."""
    count, compiled = len(setting.snapshot.policies), setting.compiled
    found = []
    for place in range(0, count, max(1, count // number)):
        changed = [change(setting, place)]
        started = process_time()
        with_policies(compiled, added=changed)
        found.append(process_time() - started)
    return found


def _exchanged(setting: Setting, place: int) -> NetworkPolicy:
    """With the rules of another policy, which look at nothing new."""
    policies = setting.snapshot.policies
    return replace(policies[place], rules=policies[place - 1].rules)


def _with_new_block(setting: Setting, place: int) -> NetworkPolicy:
    """Lets in the pods of one node: their address is what tells them from their like."""
    policy = setting.snapshot.policies[place]
    node = place % max(1, setting.shape.pods // PODS_PER_NODE)
    block = IPBlock(IPv4Network(f"{PODS + node * ADDRESSES_OF_NODE}/24"))
    rules = (*policy.rules.get(Direction.INGRESS, ()), Rule((block,), (AnyPort(),)))
    return replace(policy, rules={**policy.rules, Direction.INGRESS: rules})


if __name__ == "__main__":
    alone(what_if)
