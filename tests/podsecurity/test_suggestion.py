"""What is suggested meets the restricted level when it is applied."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import given

import netsim
from netsim.model.written import PodTemplate, pod_templates
from netsim.podsecurity.configuration import Server
from netsim.podsecurity.parameters import PARAMETERS, Need
from netsim.podsecurity.suggestion import Suggestion, is_mendable, suggestion
from tests.podsecurity.conftest import cases

_BY_ANNOTATION = {"appArmorProfile"}
"""What a patch of security contexts leaves to who wrote the annotation."""


def template(spec: dict[str, Any], kind: str = "Deployment") -> PodTemplate:
    metadata = {"name": "web", "namespace": "shop"}
    value = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata}
    value["spec"] = {"template": {"spec": spec}}
    (found,) = pod_templates(netsim.from_objects([value], lenient=True).objects)
    return found


def suggested(spec: dict[str, Any]) -> Suggestion:
    return suggestion(template(spec), Server())


def test_the_patch_names_the_workload_and_holds_the_changes_alone() -> None:
    context = {"allowPrivilegeEscalation": False}
    found = suggested({"containers": [{"name": "web", "securityContext": context}]})
    assert found.patch == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "template": {
                "spec": {
                    "securityContext": {
                        "runAsNonRoot": True,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {"capabilities": {"drop": ["ALL"]}},
                        }
                    ],
                }
            }
        },
    }
    assert not found.remaining


def test_root_by_number_becomes_a_user_and_is_told() -> None:
    found = suggested({"securityContext": {"runAsUser": 0}, "containers": [{"name": "a"}]})
    assert found.asks_for_root
    assert found.patch["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == 1000


def test_what_contexts_cannot_mend_remains() -> None:
    found = suggested({"hostNetwork": True, "containers": [{"name": "a"}]})
    assert found.remaining.reasons == "host namespaces"


def test_added_capabilities_are_taken_back_but_for_low_ports() -> None:
    added = {"capabilities": {"add": ["NET_ADMIN", "NET_BIND_SERVICE"]}}
    found = suggested({"containers": [{"name": "a", "securityContext": added}]})
    (container,) = found.patch["spec"]["template"]["spec"]["containers"]
    assert container["securityContext"]["capabilities"] == {
        "drop": ["ALL"],
        "add": ["NET_BIND_SERVICE"],
    }


@given(st.sampled_from(cases("refusals.jsonl")))
def test_what_remains_is_never_a_matter_of_security_contexts(case: dict[str, Any]) -> None:
    names = [item["name"] for kind in case["spec"] for item in _containers(case, kind)]
    if len(set(names)) < len(names):
        return
    found = suggested(case["spec"])
    mendable = [item for item in found.remaining.violations if is_mendable(item)]
    assert {item.control.id for item in mendable} <= _BY_ANNOTATION


def _containers(case: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = case["spec"][kind]
    return found if kind.lower().endswith("containers") else []


def test_every_required_parameter_has_its_control() -> None:
    asked = {Need.REQUIRED, Need.FORBIDDEN, Need.LIMITED}
    assert all(item.control for item in PARAMETERS if item.need in asked)
