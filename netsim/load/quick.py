"""Makes objects of frozen dataclasses quickly, where a load makes one for every pod.

A frozen dataclass sets each of its fields by a call that goes around its own refusal, and an
endpoint has many fields. Here an object is made open, and closed when its fields are set.
"""

from collections.abc import Callable
from dataclasses import field, fields, make_dataclass
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def quick_maker(frozen: Callable[Given, Made]) -> Callable[Given, Made]:
    """What takes the same arguments as a frozen dataclass with slots, and gives equal objects.

    The dataclass may have no `__post_init__`: it would not be called.
    """
    kind: Any = frozen

    def close(made: object) -> None:
        made.__class__ = kind

    maker: Any = make_dataclass(
        kind.__name__,
        [
            (
                item.name,
                item.type,
                field(default=item.default, default_factory=item.default_factory),
            )
            for item in fields(kind)
        ],
        namespace={"__post_init__": close},
        slots=True,
        eq=False,
        repr=False,
    )
    return maker  # type: ignore[no-any-return]
