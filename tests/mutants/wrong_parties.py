"""Wrong readings of addresses, kinds of traffic, and of who can be told apart."""

from tests.mutants.mutant import Mutant

_ADDRESSES = (
    Mutant(
        "except is ignored",
        "addresses.py",
        "sorted(_bounds(network) for network in block.excepts)",
        "sorted(_bounds(network) for network in block.excepts[:0])",
    ),
    Mutant(
        "only the first except counts",
        "addresses.py",
        "sorted(_bounds(network) for network in block.excepts)",
        "sorted(_bounds(network) for network in block.excepts[:1])",
    ),
    Mutant(
        "the last address of a block is outside it",
        "addresses.py",
        "int(network.broadcast_address)",
        "max(int(network.network_address), int(network.broadcast_address) - 1)",
    ),
    Mutant(
        "a block of one family that holds everything holds the other family",
        "addresses.py",
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
        "by_address=node or self._pods_match",
        "by_address=node",
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
        "compiler/classes.py",
        "for left, right in same or pairs]",
        "for left, right in pairs]",
    ),
    Mutant(
        "one family may pass at one end and the other at the other",
        "graph.py",
        "        return any(\n"
        "            self.class_reaches(left, right, position)\n"
        "            for left, right in self.class_pairs(source, target)\n"
        "        )",
        "        pairs = self.class_pairs(source, target)\n"
        "        return any(\n"
        "            self.class_reaches(left, right, position)\n"
        "            for left, _ in pairs\n"
        "            for _, right in pairs\n"
        "        )",
    ),
    Mutant(
        "only the first address of a pod counts",
        "compiler/classes.py",
        " if len(addresses) == 1 else tuple(map(one, addresses))",
        " if addresses else ()",
    ),
)

_KINDS_OF_TRAFFIC = (
    Mutant(
        "host-network pods are pods",
        "compiler/classes.py",
        "profile.host_network_pods is HostNetworkPods.NODE or endpoint.is_node_object",
        "endpoint.is_node_object",
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
        "            return Exemption.OWN_NODE\n        if local is NodeLocal.BOTH",
        "            return None\n        if local is NodeLocal.BOTH",
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
        "classes forget keys that selectors only ask to exist",
        "compiler/classes.py",
        "found = self._marks[labels] = (*pairs, *keys)",
        "found = self._marks[labels] = (*pairs,)",
    ),
    Mutant(
        "pods of one look share their addresses",
        "compiler/classes.py",
        "faces = look.faces.get(seen)",
        "faces = next(iter(look.faces.values()), None)",
    ),
    Mutant(
        "what is open to a class is read off another row of the window",
        "compiler/rows.py",
        "place = source - self._turned_to(source)",
        "place = (source - self._turned_to(source)) ^ 1",
    ),
    Mutant(
        "classes forget port names",
        "compiler/classes.py",
        "look = (endpoint.namespace, marks, numbers, endpoint.host_network)",
        "look = (endpoint.namespace, marks, (), endpoint.host_network)",
    ),
    Mutant(
        "classes forget labels",
        "compiler/classes.py",
        "look = (endpoint.namespace, marks, numbers, endpoint.host_network)",
        "look = (endpoint.namespace, (), numbers, endpoint.host_network)",
    ),
    Mutant(
        "classes forget label keys that only subjects use",
        "compiler/vocabulary.py",
        "        _learn(subject.pods if isinstance(subject, PodPeer) else subject, marks)\n",
        "",
    ),
    Mutant(
        "classes forget label keys that only peers use",
        "compiler/vocabulary.py",
        "                        _learn(peer.pods, marks)\n",
        "                        pass\n",
    ),
    Mutant(
        "programs are shared between directions",
        "compiler/__init__.py",
        "for rule in rules if rule.direction is direction]",
        "for rule in rules]",
    ),
    Mutant(
        "cells forget what an earlier rule accepted",
        "compiler/programs.py",
        "cell.accepted | decided if rule.action is Action.ACCEPT else cell.accepted,",
        "decided if rule.action is Action.ACCEPT else cell.accepted,",
    ),
)

PARTY_MUTANTS = (*_ADDRESSES, *_KINDS_OF_TRAFFIC, *_CLASSES)
