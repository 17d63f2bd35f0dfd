"""Parts of objects with nothing unusual in them, read without a word.

What would make a careful reader say something, or might, is odd: then the whole object is
left to that reader.
"""

from collections.abc import Mapping
from typing import TypeVar

from netsim.load.fields import sound_labels
from netsim.load.validation import is_dns_label, is_subdomain
from netsim.model.labels import Labels

Read = TypeVar("Read")
Object = Mapping[str, object]


class OddError(Exception):
    """Of what was read something may have to be said."""


def sure(found: Read | None) -> Read:
    """What was read; raises OddError for None."""
    if found is None:
        raise OddError
    return found


def plain_object(value: object, known: frozenset[str] | None = None) -> Object:
    """An object, all of whose fields are known ones; raises OddError."""
    if type(value) is not dict or (known is not None and not value.keys() <= known):
        raise OddError
    return value


def plain_names(metadata: Object) -> tuple[str, str]:
    """The namespace and the name of an object that says both; raises OddError."""
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if type(name) is not str or type(namespace) is not str:
        raise OddError
    if not is_text(metadata.get("generateName")):
        raise OddError
    if not is_subdomain(name) or not is_dns_label(namespace):
        raise OddError
    return namespace, name


def plain_labels(value: object) -> Labels:
    """Labels, which may be missing; raises OddError."""
    return sure(sound_labels(value))


def is_text(value: object) -> bool:
    """Whether a value is a string or missing."""
    return value is None or type(value) is str
