from netsim.load.written import written_from_objects
from netsim.model.policy import PolicyRef
from netsim.suggest.changes import written_policies


def test_policies_of_other_groups_are_not_taken_for_those_of_their_name() -> None:
    metadata = {"name": "guard", "namespace": "shop"}
    own, foreign = (
        {"apiVersion": version, "kind": "NetworkPolicy", "metadata": metadata, "spec": {}}
        for version in ("networking.k8s.io/v1", "crd.projectcalico.org/v1")
    )
    for objects in ([own, foreign], [foreign, own]):
        found = written_policies(written_from_objects(objects))
        assert list(found) == [PolicyRef("NetworkPolicy", "shop", "guard")]
        assert [item.api_version for item in found.values()] == ["networking.k8s.io/v1"]
