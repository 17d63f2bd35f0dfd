"""Wrong readings of Kubernetes, as patches to the package; the tests must catch each.

Those of the evaluator are found by holding it against the judge, those of the loader by a
table of manifests.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in a module, one text that must stand there once, and what replaces it."""

    title: str
    module: str
    old: str
    new: str


_SELECTORS = (
    Mutant(
        "NotIn needs the key",
        "compiler/selectors.py",
        "return self._everything & ~self._with_any(requirement)",
        "return self._with_key.get(requirement.key, 0) & ~self._with_any(requirement)",
    ),
    Mutant(
        "an empty value matches a missing key",
        "compiler/selectors.py",
        "return reduce(or_, (self._with_pair.get(pair, 0) for pair in pairs), 0)",
        "missing = self._everything & ~self._with_key.get(requirement.key, 0)\n"
        "        start = missing if '' in requirement.values else 0\n"
        "        return reduce(or_, (self._with_pair.get(pair, 0) for pair in pairs), start)",
    ),
    Mutant(
        "In only looks for the key",
        "compiler/selectors.py",
        "case Operator.IN:\n                return self._with_any(requirement)",
        "case Operator.IN:\n                return self._with_key.get(requirement.key, 0)",
    ),
    Mutant(
        "Exists and DoesNotExist are swapped",
        "compiler/selectors.py",
        "case Operator.EXISTS:\n"
        "                return self._with_key.get(requirement.key, 0)\n"
        "            case Operator.DOES_NOT_EXIST:",
        "case Operator.DOES_NOT_EXIST:\n"
        "                return self._with_key.get(requirement.key, 0)\n"
        "            case Operator.EXISTS:",
    ),
    Mutant(
        "requirements of a selector are OR-ed",
        "compiler/selectors.py",
        "answer = self._everything\n"
        "            for requirement in selector.requirements:\n"
        "                answer &= self._meeting(requirement)",
        "answer = 0 if selector.requirements else self._everything\n"
        "            for requirement in selector.requirements:\n"
        "                answer |= self._meeting(requirement)",
    ),
    Mutant(
        "a missing namespaceSelector means all namespaces",
        "compiler/network_policy.py",
        "return universe.pods_of(namespace, pods)",
        "return universe.pods_in(type(pods)(), pods)",
    ),
    Mutant(
        "namespaceSelector and podSelector of one peer are OR-ed",
        "compiler/network_policy.py",
        "return universe.pods_in(namespaces, pods)",
        "everything = type(pods)()\n"
        "            return EndpointSet(\n"
        "                universe.pods_in(namespaces, everything)\n"
        "                | universe.pods_in(everything, pods)\n"
        "            )",
    ),
    Mutant(
        "label peers that select everything match addresses outside",
        "compiler/network_policy.py",
        "return universe.pods_in(namespaces, pods)",
        "both = (*namespaces.requirements, *pods.requirements)\n"
        "            return universe.pods_in(namespaces, pods) if both else universe.everyone",
    ),
)

_POLICIES = (
    Mutant(
        "a policy applies to every namespace",
        "compiler/network_policy.py",
        "subjects = universe.pods_of(policy.namespace, policy.subject)",
        "subjects = universe.pods_in(type(policy.subject)(), policy.subject)",
    ),
    Mutant(
        "an empty rule list does not isolate",
        "compiler/network_policy.py",
        "for direction, rules in policy.rules.items():\n",
        "for direction, rules in policy.rules.items():\n"
        "        if not rules:\n"
        "            continue\n",
    ),
    Mutant(
        "a policy of one direction isolates in both",
        "compiler/network_policy.py",
        "for direction, rules in policy.rules.items():\n",
        "for direction in Direction:\n        rules = policy.rules.get(direction, ())\n",
    ),
    Mutant(
        "the first policy decides alone",
        "compiler/network_policy.py",
        "order=_DENIES,",
        "order=_ACCEPTS,",
    ),
    Mutant(
        "policies intersect",
        "graph.py",
        "    rule = _deciding(program, peer, position)\n"
        "    return rule is None or rule.action is Action.ACCEPT",
        "    for policy in {rule.ref.policy for rule in program}:\n"
        "        own = tuple(rule for rule in program if rule.ref.policy == policy)\n"
        "        rule = _deciding(own, peer, position)\n"
        "        if rule is not None and rule.action is not Action.ACCEPT:\n"
        "            return False\n"
        "    return True",
    ),
    Mutant(
        "only ingress is checked",
        "graph.py",
        "_accepted(self._program(Direction.EGRESS, source), target, position)\n"
        "            and _accepted(self._program(Direction.INGRESS, target), source, position)",
        "_accepted(self._program(Direction.INGRESS, target), source, position)",
    ),
    Mutant(
        "only egress is checked",
        "graph.py",
        "_accepted(self._program(Direction.EGRESS, source), target, position)\n"
        "            and _accepted(self._program(Direction.INGRESS, target), source, position)",
        "_accepted(self._program(Direction.EGRESS, source), target, position)",
    ),
    Mutant(
        "an empty list of peers means nobody",
        "compiler/network_policy.py",
        "case AnyPeer():\n            return universe.everyone",
        "case AnyPeer():\n            return EndpointSet(0)",
    ),
    Mutant(
        "an empty list of peers means all pods",
        "compiler/network_policy.py",
        "case AnyPeer():\n            return universe.everyone",
        "case AnyPeer():\n"
        "            return EndpointSet(reduce(or_, universe.by_namespace.values(), 0))",
    ),
)

_PORTS = (
    Mutant(
        "endPort is excluded",
        "compiler/network_policy.py",
        "return PortSet.of(port)",
        "last = max(port.first, port.last - 1)\n"
        "            return PortSet.of(PortRange(port.protocol, port.first, last))",
    ),
    Mutant(
        "endPort is ignored",
        "compiler/network_policy.py",
        "return PortSet.of(port)",
        "whole = (port.first, port.last) == (1, 65535)\n"
        "            last = port.last if whole else port.first\n"
        "            return PortSet.of(PortRange(port.protocol, port.first, last))",
    ),
    Mutant(
        "an entry without port covers all protocols",
        "compiler/network_policy.py",
        "return PortSet.of(port)",
        "whole = (port.first, port.last) == (1, 65535)\n"
        "            return ALL_PORTS if whole else PortSet.of(port)",
    ),
    Mutant(
        "only the first item of a list of ports counts",
        "compiler/network_policy.py",
        "reduce(or_, (_fixed(port) for port in rule.ports), NO_PORTS)",
        "reduce(or_, (_fixed(port) for port in rule.ports[:1]), NO_PORTS)",
    ),
    Mutant(
        "a named port is resolved on the source",
        "compiler/network_policy.py",
        "targets = subjects if ref.direction is Direction.INGRESS else peers\n"
        "    for reached, ports in _ports(rule, targets, universe):\n"
        "        narrowed = (\n"
        "            (reached, peers) if ref.direction is Direction.INGRESS"
        " else (subjects, reached)\n"
        "        )",
        "sources = peers if ref.direction is Direction.INGRESS else subjects\n"
        "    for reached, ports in _ports(rule, sources, universe):\n"
        "        narrowed = (\n"
        "            (subjects, reached) if ref.direction is Direction.INGRESS"
        " else (reached, peers)\n"
        "        )",
    ),
    Mutant(
        "a named port of an egress rule is resolved on the subject",
        "compiler/network_policy.py",
        "targets = subjects if ref.direction is Direction.INGRESS else peers\n"
        "    for reached, ports in _ports(rule, targets, universe):\n"
        "        narrowed = (\n"
        "            (reached, peers) if ref.direction is Direction.INGRESS"
        " else (subjects, reached)\n"
        "        )",
        "for reached, ports in _ports(rule, subjects, universe):\n"
        "        narrowed = (reached, peers)",
    ),
    Mutant(
        "a named port opens every number",
        "compiler/network_policy.py",
        "ranges = (PortRange(port.protocol, number, number) for number in numbers)",
        "ranges = (PortRange(port.protocol) for number in numbers)",
    ),
    Mutant(
        "a name that is not declared opens every number",
        "compiler/network_policy.py",
        "case NamedPort():\n            return NO_PORTS",
        "case NamedPort():\n            return PortSet.of(PortRange(port.protocol))",
    ),
    Mutant(
        "a named port ignores the protocol of the declaration",
        "compiler/classes.py",
        "if port.role is role and (port.protocol, port.name) == (protocol, text)",
        "if port.role is role and port.name == text",
    ),
    Mutant(
        "ports of sidecars are ignored",
        "compiler/classes.py",
        "NamedPortInitContainers.SIDECARS: (ContainerRole.MAIN, ContainerRole.SIDECAR),",
        "NamedPortInitContainers.SIDECARS: (ContainerRole.MAIN,),",
    ),
    Mutant(
        "ports of plain init containers count",
        "compiler/classes.py",
        "NamedPortInitContainers.SIDECARS: (ContainerRole.MAIN, ContainerRole.SIDECAR),",
        "NamedPortInitContainers.SIDECARS: tuple(ContainerRole),",
    ),
    Mutant(
        "only the first declaration of a port name counts",
        "compiler/classes.py",
        "if profile.named_port_duplicates is NamedPortDuplicates.FIRST:",
        "if found:",
    ),
)

_ADDRESSES = (
    Mutant(
        "except is ignored",
        "compiler/addresses.py",
        "sorted(_bounds(network) for network in block.excepts)",
        "sorted(_bounds(network) for network in block.excepts[:0])",
    ),
    Mutant(
        "only the first except counts",
        "compiler/addresses.py",
        "sorted(_bounds(network) for network in block.excepts)",
        "sorted(_bounds(network) for network in block.excepts[:1])",
    ),
    Mutant(
        "the last address of a block is outside it",
        "compiler/addresses.py",
        "int(network.broadcast_address)",
        "max(int(network.network_address), int(network.broadcast_address) - 1)",
    ),
    Mutant(
        "a block of one family that holds everything holds the other family",
        "compiler/addresses.py",
        "starts[family], signatures[family] = _swept(members)",
        "starts[family], found = _swept(members)\n"
        "        both = {\n"
        "            block\n"
        "            for block in in_use\n"
        "            if block.cidr.version != family and not block.cidr.prefixlen\n"
        "        }\n"
        "        signatures[family] = tuple(signature | both for signature in found)",
    ),
    Mutant(
        "an ipBlock never matches a pod",
        "compiler/classes.py",
        "or self.profile.ipblock_matches_pods is IPBlockMatchesPods.YES",
        "or False",
    ),
    Mutant(
        "an ipBlock matches every pod without an address",
        "compiler/classes.py",
        "            return self.vocabulary.addresses.blocks\n        return NO_BLOCK",
        "            return self.vocabulary.addresses.blocks\n"
        "        return self.vocabulary.addresses.blocks",
    ),
    Mutant(
        "a connection may change its address family",
        "graph.py",
        "for left, right in same or pairs]",
        "for left, right in pairs]",
    ),
    Mutant(
        "one family may pass at one end and the other at the other",
        "graph.py",
        "return any(\n"
        "            _accepted(self._program(Direction.EGRESS, source), target, position)\n"
        "            and _accepted(self._program(Direction.INGRESS, target), source, position)\n"
        "            for source, target in self.class_pairs(flow.source, flow.target)\n"
        "        )",
        "pairs = self.class_pairs(flow.source, flow.target)\n"
        "        return any(\n"
        "            _accepted(self._program(Direction.EGRESS, source), target, position)\n"
        "            for source, target in pairs\n"
        "        ) and any(\n"
        "            _accepted(self._program(Direction.INGRESS, target), source, position)\n"
        "            for source, target in pairs\n"
        "        )",
    ),
    Mutant(
        "only the first address of a pod counts",
        "compiler/classes.py",
        "return [self._of_address(address) for address in endpoint.addresses]",
        "return [self._of_address(address) for address in endpoint.addresses[:1]]",
    ),
)

_KINDS_OF_TRAFFIC = (
    Mutant(
        "host-network pods are pods",
        "compiler/classes.py",
        "return endpoint.host_network and profile.host_network_pods is HostNetworkPods.NODE",
        "return False",
    ),
    Mutant(
        "a pod's traffic to itself is judged",
        "graph.py",
        "allow = self.compiled.profile.self_traffic is SelfTraffic.ALLOW",
        "allow = False",
    ),
    Mutant(
        "replicas of a workload are the same pod",
        "graph.py",
        "source == target and source.single:",
        "source == target:",
    ),
    Mutant(
        "finished pods are alive",
        "graph.py",
        "return excluded and isinstance(party, Endpoint) and party.finished",
        "return False",
    ),
    Mutant(
        "policies may cut a pod off its own node",
        "graph.py",
        "return Exemption.OWN_NODE if self._with_own_node(source, target) else None",
        "return None",
    ),
    Mutant(
        "a pod may always be reached from every node",
        "graph.py",
        "            and node.node == pod.node\n",
        "",
    ),
    Mutant(
        "two unknown nodes are the same",
        "graph.py",
        "            and bool(node.node)\n",
        "",
    ),
)

_CLASSES = (
    Mutant(
        "classes forget port names",
        "compiler/classes.py",
        "return EndpointClass(party.namespace, labels, numbers, signature)",
        "return EndpointClass(party.namespace, labels, (), signature)",
    ),
    Mutant(
        "classes forget labels",
        "compiler/classes.py",
        "return EndpointClass(party.namespace, labels, numbers, signature)",
        "return EndpointClass(party.namespace, Labels(), numbers, signature)",
    ),
    Mutant(
        "classes forget label keys that only subjects use",
        "compiler/__init__.py",
        "    yield from policy.subject.requirements\n",
        "",
    ),
    Mutant(
        "classes forget label keys that only peers use",
        "compiler/__init__.py",
        "yield from peer.pods.requirements",
        "yield from ()",
    ),
    Mutant(
        "programs are shared between directions",
        "compiler/__init__.py",
        "[rule for rule in rules if rule.direction is direction]",
        "list(rules)",
    ),
    Mutant(
        "cells forget what an earlier rule accepted",
        "compiler/programs.py",
        "cell.accepted | decided if rule.action is Action.ACCEPT else cell.accepted,",
        "decided if rule.action is Action.ACCEPT else cell.accepted,",
    ),
)

_LOADER = (
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
        "for direction in Direction if direction in directions",
        "for direction in Direction if direction in directions or written[direction]",
    ),
    Mutant(
        "an empty list of peers means the own namespace",
        "load/network_policy.py",
        "return tuple(found) or (AnyPeer(),)",
        "return tuple(found) or (PodPeer(EVERYTHING, None),)",
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
        '_FINISHED = frozenset({"Succeeded", "Failed"})',
        '_FINISHED = frozenset({"Completed"})',
    ),
)

MUTANTS = (
    *_SELECTORS,
    *_POLICIES,
    *_PORTS,
    *_ADDRESSES,
    *_KINDS_OF_TRAFFIC,
    *_CLASSES,
    *_LOADER,
)
