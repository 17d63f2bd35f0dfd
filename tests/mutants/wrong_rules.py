"""Wrong readings of selectors, policies, rules and ports."""

from tests.mutants.mutant import BOTH_ENDS, Mutant

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
        BOTH_ENDS,
        "_accepted(self._program(Direction.INGRESS, target), source, position)",
    ),
    Mutant(
        "only egress is checked",
        "graph.py",
        BOTH_ENDS,
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

RULE_MUTANTS = (*_SELECTORS, *_POLICIES, *_PORTS)
