"""What minimize drops is not missed: by the pods that exist, nor by pods that come later."""

from hypothesis import given, target
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.cluster import from_objects
from netsim.comparison import diff
from netsim.model.snapshot import Snapshot
from netsim.suggest.minimize import minimized
from netsim.suggest.simulation import applied
from tests.properties.manifests import Manifest, manifests


@st.composite
def newcomers(draw: st.DrawFn, snapshot: Snapshot) -> list[Manifest]:
    """Pods with labels that policies look at, in namespaces that exist and in a new one."""
    selectors = [item.subject for item in snapshot.policies]
    named = {
        (it.key, value) for one in selectors for it in one.requirements for value in it.values
    }
    named |= {pair for item in snapshot.endpoints for pair in item.labels.items()}
    pairs = st.sampled_from(sorted(named) or [("app", "web")])
    places = st.sampled_from([*snapshot.namespaces, "later"])
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"newcomer-{number}",
                "namespace": draw(places),
                "labels": dict(draw(st.lists(pairs, max_size=3))),
            },
            "spec": {"containers": [{"name": "main", "image": "image"}]},
        }
        for number in range(draw(st.integers(1, 3)))
    ]


# few namespaces, so that policies have pods and peers in common
@given(kube.snapshots(namespaces=("blue", "red"), max_policies=6), st.data())
def test_nobody_misses_what_is_dropped(snapshot: Snapshot, data: st.DataObject) -> None:
    cluster = from_objects(manifests(snapshot), lenient=True)
    if cluster.errors:
        return
    proposal = minimized(cluster)
    target(float(len(proposal.edits)))
    later = data.draw(newcomers(snapshot))
    before = cluster.with_objects(*later)
    after = applied(cluster, proposal.edits).with_objects(*later)
    moved = diff(before, after)
    assert (moved.opened, moved.closed) == ((), ())
    assert minimized(applied(cluster, proposal.edits)).edits == ()
