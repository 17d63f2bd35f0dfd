"""A document that cannot be spliced, loaded and written by ruamel.yaml: it keeps comments.

Splices leave all other text as it is, which no writer does; so this is for anchors, merge keys
and the like, where a change of one place would be one of others.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from io import StringIO
from typing import Any

from netsim.errors import MissingExtraError
from netsim.model.written import WrittenObject
from netsim.suggest.edits import Edit
from netsim.suggest.splices import canonical
from netsim.suggest.yaml_style import Style

_WIDE = 1 << 20
"""No line is folded."""


def round_tripped(text: str, found: Sequence[tuple[WrittenObject, Edit]], style: Style) -> str:
    """One document after edits of its objects, none of which may be deleted.

    What is aliased where it is changed is written out there. Raises MissingExtraError without
    ruamel.yaml, and LookupError where the document is not what it was.
    """
    try:
        from ruamel.yaml import YAML
    except ImportError as error:
        raise MissingExtraError("editing such a text", "edit", str(error.name)) from error
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.indent(mapping=style.step, sequence=style.offset + style.dash, offset=style.offset)
    yaml.explicit_start = text.lstrip().startswith("---")
    root = yaml.load(text)
    for before, edit in found:
        _merge(_led(root, before.source.route), before.value, edit.after)
    result = StringIO()
    yaml.dump(root, result)
    return result.getvalue()


def _led(root: Any, route: Iterable[str | int]) -> Any:  # noqa: ANN401 - ruamel's own values
    for step in route:
        root = root[step]
    return root


def _merge(node: Any, before: object, after: object) -> None:  # noqa: ANN401 - ruamel's own values
    """Makes a mapping or list another, keeping what it has in common with that."""
    match before, after:
        case Mapping(), Mapping():
            for key in [key for key in before if key not in after]:
                del node[key]
            for key, value in after.items():
                _set(node, key, before.get(key), value)
        case list(), list():
            _merge_lists(node, before, after)
        case _:
            raise TypeError("a value that holds no others cannot be merged")


def _merge_lists(node: Any, before: list[object], after: list[object]) -> None:  # noqa: ANN401
    for place, old, new in reversed(list(_changes(before, after))):
        if old is None:
            node.insert(place, _alone(new))
        elif new is None:
            del node[place]
        else:
            _set(node, place, old, new)


def _changes(
    before: list[object], after: list[object]
) -> Iterator[tuple[int, object | None, object | None]]:
    """Places in the old list, with the old item, the new one, or both; from left to right."""
    texts = [canonical(item) for item in before], [canonical(item) for item in after]
    for word, low, high, start, end in SequenceMatcher(None, *texts).get_opcodes():
        if word == "equal":
            continue
        paired = min(high - low, end - start)
        yield from ((low + n, before[low + n], after[start + n]) for n in range(paired))
        yield from ((place, before[place], None) for place in range(low + paired, high))
        yield from ((high, None, item) for item in after[start + paired : end])


def _set(node: Any, key: Any, old: object, new: object) -> None:  # noqa: ANN401 - ruamel's own values
    """Changes one value; one that stands elsewhere as well is put in its place anew."""
    if canonical(old) == canonical(new):
        return
    alike = isinstance(old, Mapping) and isinstance(new, Mapping)
    alike = alike or (isinstance(old, list) and isinstance(new, list))
    if alike and not _is_anchored(node[key]):
        _merge(node[key], old, new)
    else:
        node[key] = _alone(new)


def _is_anchored(node: Any) -> bool:  # noqa: ANN401 - ruamel's own values
    anchor = node.yaml_anchor()
    return anchor is not None and bool(anchor.value)


def _alone(value: object) -> object:
    """A value of which no part is an object that stands elsewhere too: it would be aliased."""
    return json.loads(json.dumps(value))
