"""Which rules are asked: by id, or by a pattern of ids."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from netsim.results import LintRule


class UnknownRuleError(ValueError):
    """No rule has this id, and none matches it as a pattern."""


def chosen(
    rules: Sequence[LintRule], select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[LintRule, ...]:
    """The rules that are asked: those selected, or all, without those ignored.

    Each text is one or more ids or patterns as `peer-*`, separated by commas. Raises
    UnknownRuleError for what matches no rule.

    >>> from netsim.results import Severity
    >>> rules = [LintRule(name, Severity.NOTE, "") for name in ("peer-a", "peer-b", "port-c")]
    >>> [rule.id for rule in chosen(rules, ["peer-*"], ["peer-b"])]
    ['peer-a']
    """
    wanted, unwanted = _matched(rules, select), _matched(rules, ignore)
    return tuple(
        rule for rule in rules if (not wanted or rule.id in wanted) and rule.id not in unwanted
    )


def _matched(rules: Sequence[LintRule], texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for pattern in (part.strip() for text in texts for part in text.split(",")):
        ids = [rule.id for rule in rules if fnmatchcase(rule.id, pattern)]
        if not ids:
            raise UnknownRuleError(unknown_rule(pattern, [rule.id for rule in rules]))
        found.update(ids)
    return found


def unknown_rule(name: str, ids: Iterable[str]) -> str:
    """A sentence that offers the nearest id."""
    near = get_close_matches(name, list(ids), n=1)
    hint = f": did you mean {near[0]!r}?" if near else "; `netsim rules` lists them"
    return f"no rule {name!r}{hint}"
