"""Labels of namespaces, defaults of the server, and namespaces that become stricter."""

from collections.abc import Mapping
from typing import Any

import pytest

import netsim
from netsim.model.written import PodTemplate, WrittenObject, pod_templates
from netsim.podsecurity.admission import review
from netsim.podsecurity.configuration import Server, server_of
from netsim.podsecurity.levels import Level, Settings, Standard, settings_of
from netsim.podsecurity.namespaces import review_namespace
from tests.podsecurity.conftest import cases

PREFIX = "pod-security.kubernetes.io/"
EXISTING = (
    'existing pods in namespace "shop" violate the new PodSecurity enforce level '
    '"baseline:latest"'
)
CHECKED = "new PodSecurity enforce level only checked against the first"
RESTRICTED = Standard(Level.RESTRICTED)


@pytest.mark.parametrize("case", cases("labels.jsonl"), ids=lambda case: str(case["enforce"]))
def test_labels_mean_what_the_server_makes_of_them(case: dict[str, Any]) -> None:
    settings, faults = settings_of(case["labels"])
    modes = {"enforce": settings.enforce, "audit": settings.audit, "warn": settings.warn}
    assert {mode: str(standard) for mode, standard in modes.items()} == {
        mode: case[mode] for mode in modes
    }
    assert [str(fault) for fault in faults] == case["errors"]


def written(*objects: Mapping[str, object]) -> tuple[WrittenObject, ...]:
    return netsim.from_objects(objects, lenient=True).objects


def pods(*specs: tuple[str, dict[str, object]], owner: str = "") -> list[PodTemplate]:
    references = [{"kind": "ReplicaSet", "name": owner, "controller": True}] if owner else []
    return list(
        pod_templates(
            written(
                *(
                    {
                        "apiVersion": "v1",
                        "kind": "Pod",
                        "metadata": {
                            "name": name,
                            "namespace": "shop",
                            "ownerReferences": references,
                        },
                        "spec": spec,
                    }
                    for name, spec in specs
                )
            )
        )
    )


HOST: dict[str, object] = {"hostNetwork": True, "containers": [{"name": "a"}]}
PLAIN: dict[str, object] = {"containers": [{"name": "a"}]}


def test_a_stricter_namespace_warns_of_the_pods_that_are_there() -> None:
    found = review_namespace(
        "shop",
        {f"{PREFIX}enforce": "baseline"},
        {},
        pods(("web", PLAIN), ("c", HOST), ("b", HOST), ("d", HOST)),
        Server(),
    )
    assert found.warnings == (
        EXISTING,
        "b (and 2 other pods): host namespaces",
    )


def test_one_pod_and_two_pods_are_counted_in_words() -> None:
    labels = {f"{PREFIX}enforce": "baseline"}
    one = review_namespace("shop", labels, {}, pods(("c", HOST)), Server())
    two = review_namespace("shop", labels, {}, pods(("c", HOST), ("b", HOST)), Server())
    assert one.warnings[1] == "c: host namespaces"
    assert two.warnings[1] == "b (and 1 other pod): host namespaces"


def test_only_so_many_pods_are_looked_at_one_of_each_controller_first() -> None:
    many = pods(*((f"a-{number}", PLAIN) for number in range(3000)), owner="a")
    late = pods(("z", HOST), owner="z")
    found = review_namespace(
        "shop", {f"{PREFIX}enforce": "baseline"}, {}, [*many, *late], Server()
    )
    assert found.warnings == (
        f"{CHECKED} 3000 of 3001 existing pods",
        EXISTING,
        "z: host namespaces",
    )


@pytest.mark.parametrize(
    ("stored", "labels"),
    [
        ("restricted", "baseline"),
        ("baseline", "baseline"),
        ("baseline", "privileged"),
    ],
)
def test_a_namespace_that_is_not_stricter_warns_of_nothing(stored: str, labels: str) -> None:
    found = review_namespace(
        "shop",
        {f"{PREFIX}enforce": labels},
        {f"{PREFIX}enforce": stored},
        pods(("c", HOST)),
        Server(),
    )
    assert found.warnings == ()


def test_faults_that_are_stored_already_are_let_through() -> None:
    labels = {f"{PREFIX}enforce": "Restricted"}
    assert review_namespace("shop", labels, labels, (), Server()).faults == ()
    assert len(review_namespace("shop", labels, None, (), Server()).faults) == 1


CONFIGURATION = {
    "apiVersion": "pod-security.admission.config.k8s.io/v1",
    "kind": "PodSecurityConfiguration",
    "defaults": {"enforce": "baseline", "enforce-version": "v1.24"},
    "exemptions": {"namespaces": ["shop"], "runtimeClasses": ["gvisor"]},
}


@pytest.mark.parametrize(
    "configuration",
    [
        CONFIGURATION,
        {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AdmissionConfiguration",
            "plugins": [{"name": "PodSecurity", "configuration": CONFIGURATION}],
        },
    ],
    ids=["alone", "as a plugin"],
)
def test_defaults_and_exemptions_come_from_the_servers_configuration(
    configuration: dict[str, object],
) -> None:
    server = server_of(written(configuration))
    assert server.settings({}).enforce == Standard(Level.BASELINE, 24)
    assert server.settings({f"{PREFIX}enforce": "restricted"}).enforce == Standard(
        Level.RESTRICTED, 24
    )
    (shop,) = pods(("c", HOST))
    assert review(shop, Settings(enforce=RESTRICTED), server).exempt == "namespace"


def test_pods_of_an_exempt_runtime_class_are_not_looked_at() -> None:
    (pod,) = pods(("c", {**HOST, "runtimeClassName": "gvisor"}))
    server = Server(exempt_runtime_classes=frozenset({"gvisor"}))
    found = review(pod, Settings(enforce=RESTRICTED), server)
    assert (found.exempt, found.refusal) == ("runtimeClass", "")
    tightened = review_namespace("shop", {f"{PREFIX}enforce": "baseline"}, {}, [pod], server)
    assert tightened.warnings == ()


def test_an_exempt_namespace_is_told_that_its_labels_do_nothing() -> None:
    server = Server(exempt_namespaces=frozenset({"shop"}))
    labels = {f"{PREFIX}enforce": "restricted", f"{PREFIX}audit": "privileged"}
    exempt = (
        'namespace "shop" is exempt from Pod Security, and the policy '
        "(enforce=restricted:latest) will be ignored"
    )
    assert review_namespace("shop", labels, None, (), server).warnings == (exempt,)


def test_without_a_configuration_nothing_is_asked_for() -> None:
    assert server_of(()) == Server()
    assert not Settings().asks
