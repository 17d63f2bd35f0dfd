import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def ids() -> list[str]:
    files = sorted((ROOT / "fixtures" / "conformance").glob("*.yaml"))
    assert files
    return [
        case["id"]
        for path in files
        for case in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["cases"]
    ]


def test_ids_are_words_and_unique() -> None:
    found = ids()
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"(np|cnp|anp)(-[a-z0-9]+)+", name) for name in found)


def test_each_case_the_judge_names_exists() -> None:
    files = ROOT.glob("netsim/reference*.py")
    text = "\n".join(file.read_text() for file in files)
    named = set(re.findall(r"\b(?:np|cnp|anp)-[a-z-]+[a-z]", text))
    assert named
    assert named <= set(ids())


def test_each_rule_of_the_documentation_is_pinned_by_a_case() -> None:
    files = sorted((ROOT / "fixtures" / "conformance").glob("*.yaml"))
    pinned = {
        rule
        for path in files
        for case in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["cases"]
        for rule in case["rules"]
    }
    deciding = {
        f"S{number}"
        for number in (3, 4, 5, *range(8, 14), *range(17, 52), 53, *range(55, 60), 65, 69, 70)
    }
    assert not deciding - pinned


def test_each_rule_of_the_tiers_is_pinned_by_a_case() -> None:
    files = sorted((ROOT / "fixtures" / "conformance").glob("*.yaml"))
    pinned = {
        rule
        for path in files
        for case in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["cases"]
        for rule in case["rules"]
    }
    deciding = {f"A{number}" for number in (*range(1, 10), *range(11, 18))}
    deciding |= {f"C{number}" for number in (*range(1, 18), 20, 21, 24)}
    assert not deciding - pinned
