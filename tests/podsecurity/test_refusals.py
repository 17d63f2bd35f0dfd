"""Every control at every version against answers of the API server's own code."""

from collections.abc import Mapping
from typing import Any

import pytest

from netsim.podsecurity.controls import CONTROLS, refusal_text, violations
from netsim.podsecurity.levels import Level, Standard, parse_level, parse_version
from netsim.podsecurity.pods import PodFieldError, read_pod
from tests.podsecurity.conftest import cases

RESTRICTED = Standard(Level.RESTRICTED)
BASELINE = Standard(Level.BASELINE)
CASES = cases("refusals.jsonl")
HARDENED: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "web",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}


def standard_of(text: str) -> Standard:
    level, _, version = text.partition(":")
    known, minor = parse_level(level), parse_version(version)
    assert known is not None
    assert minor is not None
    return Standard(known, minor[0])


def refused(
    spec: Mapping[str, object], standard: Standard = RESTRICTED, **annotations: str
) -> str:
    return refusal_text(violations(read_pod({"annotations": annotations}, spec), standard))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["standard"]))
def test_the_refusal_is_the_servers_to_the_letter(case: dict[str, Any]) -> None:
    pod = read_pod(case["metadata"], case["spec"], is_template=True)
    assert refusal_text(violations(pod, standard_of(case["standard"]))) == case["refusal"]


def test_the_cases_meet_every_control() -> None:
    found = {
        item.control.id
        for case in CASES
        for item in violations(
            read_pod(case["metadata"], case["spec"], is_template=True),
            standard_of(case["standard"]),
        )
    }
    assert found == {control.id for control in CONTROLS}


def test_controls_are_in_the_order_of_refusals() -> None:
    keys = [(control.level, control.id) for control in CONTROLS]
    assert keys == sorted(keys)


def test_a_plain_pod_is_refused_as_the_guide_prints_it() -> None:
    assert refused({"containers": [{"name": "test", "image": "postgres:16"}]}) == (
        "allowPrivilegeEscalation != false (container "
        '"test" must set securityContext.allowPrivilegeEscalation=false), '
        'unrestricted capabilities (container "test" must set '
        'securityContext.capabilities.drop=["ALL"]), '
        'runAsNonRoot != true (pod or container "test" must set '
        "securityContext.runAsNonRoot=true), "
        'seccompProfile (pod or container "test" must set '
        'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    )


def test_a_hardened_pod_is_let_in_at_every_version() -> None:
    for minor in [*range(38), 99, None]:
        assert refused(HARDENED, Standard(Level.RESTRICTED, minor)) == ""


def test_the_privileged_level_asks_for_nothing() -> None:
    assert refused({"hostNetwork": True, "containers": [{}]}, Standard()) == ""


def test_a_volume_without_source_is_an_empty_folder() -> None:
    assert refused({**HARDENED, "volumes": [{"name": "cache"}]}) == ""


def test_ports_of_a_host_network_pod_are_host_ports_but_not_yet_in_a_template() -> None:
    spec = {
        "hostNetwork": True,
        "containers": [{"name": "web", "ports": [{"containerPort": 80}]}],
    }
    made = read_pod({}, spec)
    template = read_pod({}, spec, is_template=True)
    assert refusal_text(violations(made, BASELINE)) == (
        'host namespaces (hostNetwork=true), hostPort (container "web" uses hostPort 80)'
    )
    assert refusal_text(violations(template, BASELINE)) == (
        "host namespaces (hostNetwork=true)"
    )


def test_all_in_small_letters_drops_nothing() -> None:
    spec = {**HARDENED, "containers": [{"name": "dns", "securityContext": {}}]}
    spec["containers"][0]["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["all"]},
    }
    assert refused(spec).startswith("unrestricted capabilities")


def test_a_windows_pod_needs_no_linux_fields() -> None:
    spec = {
        "os": {"name": "windows"},
        "securityContext": {"runAsNonRoot": True},
        "containers": [{"name": "web"}],
    }
    assert refused(spec) == ""
    assert refused(spec, Standard(Level.RESTRICTED, 24)) != ""


def test_root_of_a_user_namespace_is_let_in_since_1_35() -> None:
    spec = {**HARDENED, "hostUsers": False}
    spec["securityContext"] = {**HARDENED["securityContext"], "runAsUser": 0}
    assert refused(spec) == ""
    assert refused(spec, Standard(Level.RESTRICTED, 34)) == (
        "runAsUser=0 (pod must not set runAsUser=0)"
    )


def test_a_server_applies_no_policy_newer_than_itself() -> None:
    spec = {"containers": [{"name": "web", "livenessProbe": {"httpGet": {"host": "a"}}}]}
    pod = read_pod({}, spec)
    assert refusal_text(violations(pod, BASELINE)) != ""
    assert violations(pod, BASELINE, newest=33) == ()


def test_a_violation_tells_where_it_stands() -> None:
    spec = {"initContainers": [{"name": "a"}], "containers": HARDENED["containers"]}
    (first, *_) = violations(read_pod({}, spec), RESTRICTED)
    assert first.refusal.routes == (
        ("initContainers", 0, "securityContext", "allowPrivilegeEscalation"),
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            {"containers": [{"securityContext": {"privileged": "true"}}]},
            "spec.containers[0].securityContext.privileged: expected true or false",
        ),
        ({"containers": {}}, "spec.containers: expected a list, got an object"),
        ({"hostNetwork": 1}, "spec.hostNetwork: expected true or false, got an integer"),
    ],
)
def test_a_field_of_another_type_is_told_with_its_path(
    spec: dict[str, object], said: str
) -> None:
    with pytest.raises(PodFieldError) as raised:
        read_pod({}, spec)
    assert said in str(raised.value)
