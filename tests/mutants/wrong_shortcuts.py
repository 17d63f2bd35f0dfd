"""Wrong shortcuts: what changes of policies forget, what whole graphs get wrong."""

from tests.mutants.mutant import Mutant

_CHANGES = (
    Mutant(
        "rules of a policy that is taken out stay",
        "compiler/changes.py",
        "kept = [rule for rule in before if id(rule) not in gone]",
        "kept = list(before)",
    ),
    Mutant(
        "only classes that a rule comes to are asked again",
        "compiler/changes.py",
        "            coming.setdefault(class_id, [])\n",
        "            pass\n",
    ),
    Mutant(
        "new words of a policy are not looked for",
        "compiler/changes.py",
        "    if words:\n",
        "    if words.blocks:\n",
    ),
    Mutant(
        "new rules are asked last",
        "compiler/changes.py",
        "program.insert(bisect_right(program, asked, key=_asked), rule)",
        "program.append(rule)",
    ),
    Mutant(
        "a part of a class is in none of its sets",
        "compiler/splitting.py",
        "            children.setdefault(part.parent, []).append(number)\n",
        "            children.setdefault(part.parent, [])\n",
    ),
    Mutant(
        "all sets get the parts of all classes that are split",
        "compiler/splitting.py",
        "for parent in parents for part",
        "for parent in children for part",
    ),
    Mutant(
        "a class is never split",
        "compiler/splitting.py",
        "if size == population.get(part.parent):",
        "if part.parent in population:",
    ),
    Mutant(
        "a part of a class obeys nobody",
        "compiler/splitting.py",
        "{number: known[part.parent] for number, part in children.items()}",
        "{number: () for number in children}",
    ),
    Mutant(
        "a part of a class is in no namespace",
        "compiler/splitting.py",
        "                by_namespace.setdefault(item.namespace, []).append(number)\n",
        "                by_namespace.setdefault(item.namespace, [])\n",
    ),
    Mutant(
        "excepts of a new block are ignored",
        "compiler/residents.py",
        "for network in block.excepts",
        "for network in block.excepts[:0]",
    ),
    Mutant(
        "a new block begins one address late",
        "addresses.py",
        "for edge in (first, last + 1):",
        "for edge in (first + 1, last + 1):",
    ),
    Mutant(
        "new port names mean nothing",
        "compiler/splitting.py",
        "        if numbers:\n            found.update",
        "        if not numbers:\n            found.update",
    ),
)

_WHOLE_GRAPHS = (
    Mutant(
        "only one class is gathered for each grant",
        "grants.py",
        "subjects.setdefault(entry, []).append(class_id)",
        "subjects.setdefault(entry, [class_id])",
    ),
    Mutant(
        "whom nothing isolates accepts nothing",
        "matrix.py",
        "self._ingress = [_pair(everyone, ingress.unisolated)]",
        "self._ingress = [_pair(everyone, ClassSet())]",
    ),
    Mutant(
        "ingress is read with its ends exchanged",
        "matrix.py",
        "(_pair(item.peers, item.subjects) for item in ingress.on(position))",
        "(_pair(item.subjects, item.peers) for item in ingress.on(position))",
    ),
    Mutant(
        "bits are looked up from the wrong end of a byte",
        "matrix.py",
        "octets >>= (targets & 7).astype(np.uint8)",
        "octets >>= (7 - (targets & 7)).astype(np.uint8)",
    ),
    Mutant(
        "a pod and itself are judged in arrays",
        "sights.py",
        "found: Bools = sources == targets",
        "found: Bools = sources == -targets",
    ),
    Mutant(
        "a pod and its node are judged in arrays",
        "sights.py",
        "found |= self.places[sources] ^ self.places[targets] == 1",
        "found |= self.places[sources] == self.places[targets] + 3",
    ),
    Mutant(
        "arrays look at IPv4 only",
        "bulk.py",
        "for classes in sights.by_family:",
        "for classes in sights.by_family[:1]:",
    ),
    Mutant(
        "rows know no node",
        "bulk.py",
        "one_by_one |= seen.places[:count] == seen.places[source] ^ 1",
        "one_by_one |= False",
    ),
    Mutant(
        "rows are not asked whom no family tells",
        "bulk.py",
        "one_by_one[apart] = unmet",
        "one_by_one[apart] = False",
    ),
    Mutant(
        "only the IPv4 class of two is asked",
        "handles.py",
        "return listed, (self.seconds[source], self.seconds[target])",
        "return (listed,)",
    ),
    Mutant(
        "a pod and its node are judged by handles",
        "handles.py",
        "if source == target or self.places[source] ^ self.places[target] == 1:",
        "if source == target:",
    ),
    Mutant(
        "pods of two families have one class to arrays",
        "sights.py",
        "alone = UNKNOWN if sight.class_id is None else sight.class_id",
        "alone = sight.faces[0].class_id",
    ),
    Mutant(
        "edges have the ports of one end",
        "edges.py",
        "known[number] = self.table.number(ports[egress] & ports[number])",
        "known[number] = number",
    ),
    Mutant(
        "edges have the ingress of the source before",
        "edges.py",
        "        found: PortNumbers = self._window[place]\n",
        "        found: PortNumbers = self._window[max(place - 1, 0)]\n",
    ),
)

SHORTCUT_MUTANTS = (*_CHANGES, *_WHOLE_GRAPHS)
