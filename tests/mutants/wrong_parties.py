"""Wrong readings of addresses, kinds of traffic, and of who can be told apart."""

from tests.mutants.mutant import BOTH_ENDS, Mutant

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
        f"return any(\n            {BOTH_ENDS}\n"
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

PARTY_MUTANTS = (*_ADDRESSES, *_KINDS_OF_TRAFFIC, *_CLASSES)
