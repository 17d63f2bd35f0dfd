"""The pytest plugin: expectation files as tests, fixtures, and assertions that explain.

Loaded in every project that has netsim installed, so nothing is imported here but pytest:
the rest comes with the first expectation file, fixture or assertion that is used.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from netsim.cluster import Cluster
    from netsim.query.expectations.facts import Expectation
    from netsim.query.expectations.outcomes import Checked

__all__ = ["assert_allowed", "assert_denied", "assert_only", "assert_unchanged"]

_SUFFIXES = (".netsim.yaml", ".netsim.yml")
_MANIFESTS, _UPDATE = "--netsim-manifests", "--netsim-update"
_configs: list[pytest.Config] = []
"""Of the running session, last of those that run inside one another."""
_CLUSTERS = pytest.StashKey[dict[tuple[str, ...], "Cluster"]]()

Port = int | str
Ports = Port | Sequence[Port]


class BrokenPromiseWarning(UserWarning):
    """An expectation of a severity below error does not hold."""


class _BrokenPromiseError(AssertionError):
    """An expectation that does not hold; printed without a traceback."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the two options."""
    group = parser.getgroup("netsim", "NetworkPolicy reachability")
    group.addoption(
        _MANIFESTS,
        action="append",
        default=[],
        metavar="PATH",
        help="manifests that expectation files and the fixture netsim_cluster are about; "
        "expectation files then leave out those that they name",
    )
    group.addoption(
        _UPDATE,
        action="store_true",
        help="let assert_unchanged write what is so now, instead of failing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Remembers the session, for assertions that are plain functions."""
    _configs.append(config)
    config.stash[_CLUSTERS] = {}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forgets it."""
    if config in _configs:
        _configs.remove(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "NetsimFile | None":
    """Expectation files are test files."""
    if file_path.name.endswith(_SUFFIXES):
        file: NetsimFile = NetsimFile.from_parent(parent, path=file_path)
        return file
    return None


class NetsimFile(pytest.File):
    """An expectation file; each promise is a test."""

    def collect(self) -> Iterator["NetsimItem"]:
        """The tests of the file, in its order."""
        from netsim.errors import NetsimError
        from netsim.query.expectations.opening import opened

        try:
            file = opened(self.path)
            given = self.config.getoption(_MANIFESTS)
            paths = [*map(str, _resolved(given, self.config))] or [*map(str, file.manifests())]
        except NetsimError as error:
            raise self.CollectError(str(error)) from None
        if not paths:
            raise self.CollectError(
                f"{self.path.name} names no manifests: add `manifests: [PATH]` or {_MANIFESTS}"
            )
        seen: dict[str, int] = {}
        for expectation in file.content.expectations:
            number = seen[expectation.name] = seen.get(expectation.name, 0) + 1
            name = expectation.name if number == 1 else f"{expectation.name} ({number})"
            yield NetsimItem.from_parent(
                self, name=name, expectation=expectation, manifests=paths
            )


class NetsimItem(pytest.Item):
    """One promise."""

    def __init__(
        self, *, expectation: "Expectation", manifests: list[str], **rest: object
    ) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.expectation = expectation
        self.manifests = manifests

    def runtest(self) -> None:
        """Fails with one flow and its explanation; a promise of low severity only warns."""
        from netsim.load import locate
        from netsim.query.expectations.checking import check
        from netsim.query.expectations.outcomes import Status

        cluster = _cluster(self.config, *self.manifests)
        checked = check(self.expectation, cluster.worlds, locate)
        if checked.status is Status.XFAILED:
            pytest.xfail(self.expectation.xfail)
        if checked.broken:
            raise _BrokenPromiseError(_text(checked))
        if checked.status.failed:
            self.warn(BrokenPromiseWarning(_text(checked)))

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None
    ) -> object:
        """Our own text where a promise is broken, or manifests cannot be read."""
        from netsim.errors import NetsimError

        if isinstance(excinfo.value, (_BrokenPromiseError, NetsimError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The line on which the promise stands."""
        from netsim.load import locate

        line = locate(self.expectation.source).line
        return self.path, max(line - 1, 0), self.name


@pytest.fixture(scope="session")
def netsim_load(pytestconfig: pytest.Config) -> Callable[..., "Cluster"]:
    """Loads manifests, seen from the root of the project; the same paths are read once."""

    def load(*paths: str | PathLike[str]) -> "Cluster":
        return _cluster(pytestconfig, *map(str, _resolved(paths, pytestconfig)))

    return load


@pytest.fixture(scope="session")
def netsim_cluster(
    pytestconfig: pytest.Config, netsim_load: Callable[..., "Cluster"]
) -> "Cluster":
    """The cluster of `--netsim-manifests`; a project may have a fixture of its own instead."""
    paths = pytestconfig.getoption(_MANIFESTS)
    if not paths:
        pytest.fail(
            f"no manifests: run pytest with {_MANIFESTS} PATH, or write a fixture "
            "netsim_cluster that returns netsim_load(PATH)",
            pytrace=False,
        )
    return netsim_load(*paths)


def assert_allowed(
    cluster: "Cluster", source: str, target: str, port: Ports | None = None
) -> None:
    """Fails unless every pair passes on every port; without one, on all ports."""
    __tracebackhide__ = True
    _assert(cluster, {"from": source, "to": target, "port": port, "expect": "allow"})


def assert_denied(
    cluster: "Cluster", source: str, target: str, port: Ports | None = None
) -> None:
    """Fails if any pair passes on any of the ports; without one, on any port."""
    __tracebackhide__ = True
    _assert(cluster, {"from": source, "to": target, "port": port, "expect": "deny"})


def assert_only(cluster: "Cluster", target: str, sources: Mapping[str, Ports]) -> None:
    """Fails unless these sources reach the target on these ports, and nobody else on any.

    As `only` in an expectation file: newcomers and addresses outside count.
    """
    __tracebackhide__ = True
    listed = [{"from": source, "port": _listed(ports)} for source, ports in sources.items()]
    _assert(cluster, {"to": target, "only": listed})


def assert_unchanged(cluster: "Cluster", path: str | PathLike[str]) -> None:
    """Fails unless the allowed connections are those in a file, one a line, sorted.

    The path is seen from the root of the project. `--netsim-update` writes the file.
    """
    __tracebackhide__ = True
    config = _configs[-1] if _configs else None
    file = _resolved([path], config)[0] if config else Path(path)
    now = str(cluster.edge_set())
    if config is not None and config.getoption(_UPDATE):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
        return
    if not file.exists():
        pytest.fail(f"{file} is not there yet: {_UPDATE} writes it", pytrace=True)
    changes = _changes(file.read_text(encoding="utf-8"), now)
    if changes:
        hint = f"where this is meant, {_UPDATE} writes the file anew"
        raise AssertionError("\n".join([f"connections differ from {file}", *changes, hint]))


def _assert(cluster: "Cluster", test: Mapping[str, object]) -> None:
    __tracebackhide__ = True
    checked = cluster.check({key: _listed(item) for key, item in test.items()})
    if checked.status.failed:
        raise AssertionError(_text(checked).partition("\n")[2].replace("\n  ", "\n").strip())


def _listed(value: object) -> object:
    return list(value) if isinstance(value, (tuple, set, frozenset)) else value


def _text(checked: "Checked") -> str:
    from netsim.report.checked import checked_lines

    return "\n".join(checked_lines(checked))


def _changes(before: str, after: str) -> list[str]:
    old, new = before.splitlines(), after.splitlines()
    signs = [(line, "-") for line in set(old) - set(new)]
    signs += [(line, "+") for line in set(new) - set(old)]
    return [f"  {sign} {line}" for line, sign in sorted(signs)]


def _resolved(paths: Sequence[str | PathLike[str]], config: pytest.Config) -> list[Path]:
    return [config.rootpath / path for path in paths]


def _cluster(config: pytest.Config, *paths: str) -> "Cluster":
    """Read once a session; raises LoadError."""
    from netsim.cluster import load

    known = config.stash[_CLUSTERS]
    if paths not in known:
        known[paths] = load(*paths)
    return known[paths]
