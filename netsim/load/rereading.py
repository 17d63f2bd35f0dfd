"""What a cluster was loaded from, to be read a second time by those who need all of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from netsim.model.written import WrittenObject
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """Files, or decoded manifests; nothing for a cluster that was made otherwise."""

    namespace: str = "default"
    """For objects that name none."""
    paths: tuple[str | os.PathLike[str], ...] = ()
    values: tuple[Mapping[str, object], ...] = ()
    changed: tuple[Mapping[str, object], ...] = ()
    """Decoded manifests that were put in afterwards."""

    def __call__(self, places: frozenset[Source] | None = None) -> tuple[WrittenObject, ...]:
        """The objects that are written in some places, or all of them."""
        from netsim.load.written import written_from_objects, written_objects

        read = written_objects(self.paths, namespace=self.namespace, places=places)
        if not self.values and not self.changed:
            return read
        given, put = (
            written_from_objects(values, namespace=self.namespace)
            for values in (self.values, self.changed)
        )
        return tuple({item.identity: item for item in (*given, *read, *put)}.values())

    def and_also(self, paths: tuple[str | os.PathLike[str], ...]) -> "Origin":
        """The same and more files, whose objects replace others of their names."""
        return replace(self, paths=(*self.paths, *paths))

    def but_for(self, objects: tuple[Mapping[str, object], ...]) -> "Origin":
        """The same with decoded manifests that replace others of their names."""
        return replace(self, changed=(*self.changed, *objects))
