"""What a cluster says of promises, one by one or a file at a time."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING

from netsim.load import locate
from netsim.query.worlds import Worlds

if TYPE_CHECKING:
    from netsim.query.expectations.outcomes import Checked


class Promises:
    """The part of a cluster that holds expectations."""

    __slots__ = ()
    namespace: str

    @property
    def worlds(self) -> Worlds:
        """The compiled form."""
        raise NotImplementedError

    def check(self, test: Mapping[str, object]) -> "Checked":
        """The outcome of one promise, with the fields it would have in an expectation file.

        Raises LoadError where the test itself is faulty.

        >>> from netsim import load
        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> cluster.check({"invariant": "default-deny", "target": "shop/"}).status
        <Status.PASSED: 'passed'>
        """
        from netsim.query.expectations.asking import asked

        return asked(test, self.worlds, locate, self.namespace)

    def check_file(self, path: str | PathLike[str]) -> "tuple[Checked, ...]":
        """The outcome of every promise of an expectation file; raises LoadError.

        The manifests that the file names are not read.

        >>> from netsim import load
        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> len(cluster.check_file("fixtures/clusters/shop/shop.netsim.yaml"))
        27
        """
        from netsim.query.expectations.checking import check
        from netsim.query.expectations.opening import opened

        promises = opened(path, self.namespace).content.expectations
        return tuple(check(item, self.worlds, locate) for item in promises)
