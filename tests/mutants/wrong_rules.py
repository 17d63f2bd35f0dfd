"""Wrong readings of selectors, policies, rules and ports."""

from tests.mutants.mutant import Mutant

_SELECTED = "among &= marked if requirement.operator in _WANTED else ~marked"
_ANY_VALUE = (
    "__import__('functools').reduce(int.__or__, (self.bearing(mark).window(start, end)"
    " for mark in self._places if mark[0] == requirement.key), 0)"
)

_SELECTORS = (
    Mutant(
        "NotIn needs the key",
        "compiler/selectors.py",
        _SELECTED,
        "if requirement.operator is Operator.NOT_IN:\n"
        f"                among &= {_ANY_VALUE}\n"
        f"            {_SELECTED}",
    ),
    Mutant(
        "an empty value matches a missing key",
        "compiler/selectors.py",
        _SELECTED,
        "if '' in requirement.values:\n"
        f"                marked |= ~{_ANY_VALUE}\n"
        f"            {_SELECTED}",
    ),
    Mutant(
        "In only looks for the key",
        "compiler/selectors.py",
        _SELECTED,
        "if requirement.operator is Operator.IN:\n"
        f"                marked = {_ANY_VALUE}\n"
        f"            {_SELECTED}",
    ),
    Mutant(
        "Exists and DoesNotExist are swapped",
        "compiler/selectors.py",
        "_WANTED = (Operator.IN, Operator.EXISTS)",
        "_WANTED = (Operator.IN, Operator.DOES_NOT_EXIST)",
    ),
    Mutant(
        "requirements of a selector are OR-ed",
        "compiler/selectors.py",
        f"            if not among:\n"
        "                break\n"
        "            marked = self._marked(requirement, start, end)\n"
        f"            {_SELECTED}\n"
        "        return among",
        "            marked = self._marked(requirement, start, end)\n"
        "            met = marked if requirement.operator in _WANTED else ~marked\n"
        "            found = (found if 'found' in locals() else 0) | among & met\n"
        "        return found if selector.requirements else among",
    ),
    Mutant(
        "a selector looks at the last requirement alone",
        "compiler/selectors.py",
        "for requirement in selector.requirements:",
        "for requirement in selector.requirements[-1:]:",
    ),
    Mutant(
        "only the first value of a requirement counts",
        "compiler/selectors.py",
        "return product((requirement.key,), requirement.values)",
        "return product((requirement.key,), requirement.values[:1])",
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
        "            return universe.united(\n"
        "                [universe.pods_in(namespaces, everything),\n"
        "                 universe.pods_in(everything, pods)]\n"
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

_PERMITTED = """            and bisect_right(boundaries, position) & 1
        ):"""

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
        "_TIER, _DENIES",
        "_TIER, _ACCEPTS",
    ),
    Mutant(
        "rules of one direction intersect",
        "compiler/entries.py",
        f"{_PERMITTED}\n            return True\n    return False",
        f"{_PERMITTED}\n            continue\n        return False\n    return True",
    ),
    Mutant(
        "only the peers of the last rule get past the gate",
        "compiler/entries.py",
        "together |= int",
        "together = int",
    ),
    Mutant(
        "the peer after a run of bytes without peers is taken for one of them",
        "compiler/entries.py",
        "_one(first + high)",
        "_one(first + high + 1)",
    ),
    Mutant(
        "the program of the other end is asked",
        "graph.py",
        "gate, octet = known.egress[left], right >> 3",
        "gate, octet = known.egress[right], right >> 3",
    ),
    Mutant(
        "only ingress is checked",
        "graph.py",
        "return accepts(egress, target, position) and accepts",
        "return accepts",
    ),
    Mutant(
        "only egress is checked by handles",
        "graph.py",
        "accepts(gate, right, position) and accepts(known.ingress[right], left, position)",
        "accepts(gate, right, position)",
    ),
    Mutant(
        "an empty list of peers means nobody",
        "compiler/network_policy.py",
        "case AnyPeer():\n            return universe.everyone",
        "case AnyPeer():\n            return SetId(0)",
    ),
    Mutant(
        "an empty list of peers means all pods",
        "compiler/network_policy.py",
        "case AnyPeer():\n            return universe.everyone",
        "case AnyPeer():\n"
        "            from netsim.model.labels import EVERYTHING\n"
        "            return universe.pods_in(EVERYTHING, EVERYTHING)",
    ),
)

_PORTS = (
    Mutant(
        "endPort is excluded",
        "compiler/targets.py",
        "return PortSet.of(port)",
        "last = max(port.first, port.last - 1)\n"
        "            return PortSet.of(PortRange(port.protocol, port.first, last))",
    ),
    Mutant(
        "endPort is ignored",
        "compiler/targets.py",
        "return PortSet.of(port)",
        "whole = (port.first, port.last) == (1, 65535)\n"
        "            last = port.last if whole else port.first\n"
        "            return PortSet.of(PortRange(port.protocol, port.first, last))",
    ),
    Mutant(
        "an entry without port covers all protocols",
        "compiler/targets.py",
        "return PortSet.of(port)",
        "whole = (port.first, port.last) == (1, 65535)\n"
        "            return ALL_PORTS if whole else PortSet.of(port)",
    ),
    Mutant(
        "only the first item of a list of ports counts",
        "compiler/targets.py",
        "reduce(or_, map(_fixed, listed), NO_PORTS)",
        "reduce(or_, map(_fixed, listed[:1]), NO_PORTS)",
    ),
    Mutant(
        "a named port is resolved on the source",
        "compiler/network_policy.py",
        "targets = subjects if inward else peers\n"
        "        for reached, ports in named_ports(names, targets, universe):\n"
        "            ends = (reached, peers) if inward else (subjects, reached)\n",
        "sources = peers if inward else subjects\n"
        "        for reached, ports in named_ports(names, sources, universe):\n"
        "            ends = (subjects, reached) if inward else (reached, peers)\n",
    ),
    Mutant(
        "a named port of an egress rule is resolved on the subject",
        "compiler/network_policy.py",
        "targets = subjects if inward else peers\n"
        "        for reached, ports in named_ports(names, targets, universe):\n"
        "            ends = (reached, peers) if inward else (subjects, reached)\n",
        "for reached, ports in named_ports(names, subjects, universe):\n"
        "            ends = (reached, peers)\n",
    ),
    Mutant(
        "a named port opens every number",
        "compiler/targets.py",
        "PortSet.of(*(PortRange(protocol, number, number) for number in numbers))",
        "PortSet.of(PortRange(protocol))",
    ),
    Mutant(
        "a name that is not declared opens every number",
        "compiler/targets.py",
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

RULE_MUTANTS = (*_SELECTORS, *_POLICIES, *_PORTS)
