"""Wrong readings of the Admin and Baseline tiers."""

from tests.mutants.mutant import Mutant

_PASSED = "        cell.passed | decided if rule.action is Action.PASS else cell.passed,\n"
_NEXT = "return _Open(cell.peers, cell.accepted, cell.undecided | cell.passed)"

TIER_MUTANTS = (
    Mutant(
        "Pass only moves on to the next rule",
        "compiler/programs.py",
        "        cell.undecided - decided,\n",
        "        cell.undecided - decided if rule.action is not Action.PASS"
        " else cell.undecided,\n",
    ),
    Mutant(
        "Pass accepts",
        "compiler/programs.py",
        "cell.accepted | decided if rule.action is Action.ACCEPT else cell.accepted,",
        "cell.accepted | decided if rule.action is not Action.DENY else cell.accepted,",
    ),
    Mutant("Pass denies", "compiler/programs.py", _PASSED, "        cell.passed,\n"),
    Mutant(
        "what passed is not asked again in the next tier",
        "compiler/programs.py",
        _NEXT,
        "return _Open(cell.peers, cell.accepted | cell.passed, cell.undecided)",
    ),
    Mutant(
        "Pass in a point question leaves nothing",
        "compiler/programs.py",
        "            left = rule.tier\n",
        "            left = None\n",
    ),
    Mutant(
        "the higher priority is asked first",
        "compiler/cluster_policy.py",
        "order=policy.order,",
        "order=-policy.order,",
    ),
    Mutant(
        "the Baseline tier is asked before NetworkPolicies",
        "compiler/cluster_policy.py",
        "tier=policy.tier,",
        "tier=type(policy.tier)(0),",
    ),
    Mutant(
        "a deny is an accept of the rest",
        "compiler/cluster_policy.py",
        "action=rule.action,",
        "action=Action.ACCEPT if rule.action is Action.PASS else rule.action,",
    ),
    Mutant(
        "host-network pods are subjects of the tiers",
        "compiler/universe.py",
        "        if not self.hosts:\n            return members\n",
        "        if True:\n            return members\n",
    ),
    Mutant(
        "networks obey the switch for ipBlock",
        "compiler/classes.py",
        "self._always = frozenset(block for block in blocks if block.with_pods)",
        "self._always = frozenset(block for block in blocks if block is None)",
    ),
    Mutant(
        "a nodes peer means all nodes",
        "compiler/node_addresses.py",
        "blocks_of_nodes(node for node in nodes if _picks(selector, node.labels))",
        "blocks_of_nodes(nodes)",
    ),
    Mutant(
        "a nodes peer needs a key that is not asked for",
        "compiler/node_addresses.py",
        "return value not in requirement.values",
        "return value is not None and value not in requirement.values",
    ),
    Mutant(
        "named ports of the tiers are looked up on the source",
        "compiler/cluster_policy.py",
        "targets = subjects if inward else peers",
        "targets = peers if inward else subjects",
    ),
    Mutant(
        "only the first network of a peer counts",
        "compiler/cluster_policy.py",
        "return _inside(blocks, universe)",
        "return _inside(blocks[:1], universe)",
    ),
    Mutant(
        "rules are not cut down to what their policy leaves them",
        "compiler/priorities.py",
        "others = (_region(item, universe) for item in before"
        " if item.action is not rule.action)",
        "others = ()",
    ),
    Mutant(
        "deny-first lets passes come before denials",
        "compiler/priorities.py",
        "SamePriority.DENY_FIRST: (Action.DENY, Action.PASS, Action.ACCEPT),",
        "SamePriority.DENY_FIRST: (Action.PASS, Action.DENY, Action.ACCEPT),",
    ),
    Mutant(
        "domain names mean pods as well",
        "compiler/cluster_policy.py",
        "sets.append(universe.outside)",
        "sets.append(universe.everyone)",
    ),
    Mutant(
        "a pod's own node is out of reach of the tiers",
        "graph.py",
        "return Exemption.TO_OWN_NODE if wide else Exemption.OWN_NODE",
        "return Exemption.OWN_NODE",
    ),
    Mutant(
        "NetworkPolicies have a say on the way to a pod's own node",
        "graph.py",
        "                rule for rule in program if rule.tier is not Tier.NETWORK_POLICY\n",
        "                rule for rule in program if rule.tier is not None\n",
    ),
    Mutant(
        "a replaced policy of the tiers stays",
        "compiler/changes.py",
        "kept = {ref: item for ref, item in known.items() if ref not in gone}",
        "kept = known",
    ),
    Mutant(
        "accepts before a denial of one tier are taken for all there is",
        "compiler/entries.py",
        "if _is_denial(program[len(accepts) :], universe):",
        "if accepts:",
    ),
)
