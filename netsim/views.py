"""What every result can do to be looked at: draw itself in a notebook, and become a data frame.

Results know what they hold and nothing of how it is drawn. Whoever puts netsim together, and
so knows both, says here what draws.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from netsim.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Bundle = dict[str, str]
"""One result in several MIME types; the reader shows the richest that it can."""
Record = tuple[str | int | bool, ...]


class Views:
    """What draws; empty until the façade has been imported."""

    bundle: ClassVar[Callable[[object], Bundle] | None] = None
    plot: ClassVar[Callable[[object, "Axes | None"], "Axes"] | None] = None


class Shown:
    """A result that a notebook draws by itself, as HTML, Markdown or plain text."""

    __slots__ = ()

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - Jupyter's signature; it picks by itself
        exclude: object = None,  # noqa: ARG002
    ) -> Bundle:
        return Views.bundle(self) if Views.bundle is not None else {"text/plain": repr(self)}


class Plotted:
    """A result that matplotlib can draw."""

    __slots__ = ()

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draws on some axes, or on new ones, and returns them; nothing is shown.

        The same result gives the same picture. Needs matplotlib, else MissingExtraError.
        """
        if Views.plot is None:
            raise TypeError("nothing that draws has been imported: import netsim")
        return Views.plot(self, ax)


class Tidy:
    """A result that can become a data frame: one row for each thing, one column a fact."""

    __slots__ = ()

    COLUMNS: ClassVar[Mapping[str, type]] = {}
    """The columns of `to_frame` in order, with the Python type of their values."""

    def _records(self) -> Iterable[Record]:
        raise NotImplementedError

    def to_frame(self) -> "pd.DataFrame":
        """A pandas data frame with the columns COLUMNS; needs pandas, else MissingExtraError.

        Text is text, numbers are int64, truth is bool, also where there is no row.
        """
        try:
            import pandas as pd
        except ModuleNotFoundError:
            raise MissingExtraError("to_frame", "notebook", "pandas") from None
        rows = list(self._records())
        columns = dict(zip(self.COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
        return pd.DataFrame(
            {
                name: pd.Series(columns.get(name, ()), dtype=_DTYPES[kind])
                for name, kind in self.COLUMNS.items()
            }
        )


_DTYPES = {str: "str", int: "int64", bool: "bool"}
