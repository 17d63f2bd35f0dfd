"""Wrong readings of what a manifest leaves out."""

from tests.mutants.mutant import Mutant

MANIFEST_MUTANTS = (
    Mutant(
        "egress is not inferred from egress rules",
        "load/network_policy.py",
        "return {Direction.INGRESS, Direction.EGRESS} if has_egress else {Direction.INGRESS}",
        "return {Direction.INGRESS}",
    ),
    Mutant(
        "policyTypes default to the rules present",
        "load/network_policy.py",
        "return {Direction.INGRESS, Direction.EGRESS} if has_egress else {Direction.INGRESS}",
        "return {Direction.EGRESS} if has_egress else {Direction.INGRESS}",
    ),
    Mutant(
        "rules of a direction that policyTypes leaves out count",
        "load/network_policy.py",
        "for direction, rules in written.items() if direction in directions",
        "for direction, rules in written.items() if direction in directions or rules",
    ),
    Mutant(
        "an empty list of peers means the own namespace",
        "load/network_policy.py",
        "ANYONE: tuple[Peer, ...] = (AnyPeer(),)",
        "ANYONE: tuple[Peer, ...] = (PodPeer(EVERYTHING, None),)",
    ),
    Mutant(
        "a missing protocol means UDP",
        "load/network_policy.py",
        "if word is None:\n        return Protocol.TCP",
        "if word is None:\n        return Protocol.UDP",
    ),
    Mutant(
        "a port entry with nothing in it covers all protocols",
        "load/network_policy.py",
        "        return PortRange(protocol)\n",
        "        return AnyPort()\n",
    ),
    Mutant(
        "an empty namespaceSelector is a missing one",
        "load/network_policy.py",
        "namespaces=None if namespaces.missing else read_selector(namespaces),",
        "namespaces=read_selector(namespaces) if namespaces.value else None,",
    ),
    Mutant(
        "matchLabels are ignored beside matchExpressions",
        "load/selectors.py",
        "return LabelSelector(tuple(sorted(set(wanted))))",
        "listed = list(selector.get('matchExpressions').items())\n"
        "    return LabelSelector(tuple(sorted(set(wanted[-len(listed) :]))))",
    ),
    Mutant(
        "namespaces do not carry their name as a label",
        "load/namespaces.py",
        "labels = Labels({**labels, NAMESPACE_NAME_LABEL: name})",
        "labels = Labels({**labels})",
    ),
    Mutant(
        "a namespace may set its name label to another value",
        "load/namespaces.py",
        "labels = Labels({**labels, NAMESPACE_NAME_LABEL: name})",
        "labels = Labels({NAMESPACE_NAME_LABEL: name, **labels})",
    ),
    Mutant(
        "a namespace without an object has no labels",
        "load/namespaces.py",
        "labels = Labels({NAMESPACE_NAME_LABEL: name})\n",
        "labels = Labels()\n",
    ),
    Mutant(
        "a sidecar is a plain init container",
        "load/pods.py",
        'sidecar = container.as_object().get("restartPolicy").text() == "Always"',
        "sidecar = False",
    ),
    Mutant(
        "finished pods are taken for running ones",
        "load/pods.py",
        'FINISHED = frozenset({"Succeeded", "Failed"})',
        'FINISHED = frozenset({"Completed"})',
    ),
)
