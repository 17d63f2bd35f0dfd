"""Quantities of the API, as `500m` and `2Gi`."""

import re
from decimal import Decimal

_FORM = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:[eE]([+-]?[0-9]{1,3})|([A-Za-z]*))"
)
_UNITS = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def quantity(value: object) -> Decimal | None:
    """The number that a quantity means; None for what is none.

    >>> quantity("1.5Gi"), quantity("100m"), quantity("1e3"), quantity("2 GB")
    (Decimal('1610612736.0'), Decimal('0.100'), Decimal('1E+3'), None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _FORM.fullmatch(str(value))
    if match is None or (match[3] or "") not in _UNITS:
        return None
    if match[2]:
        return Decimal(match[1]).scaleb(int(match[2]))
    return Decimal(match[1]) * _UNITS[match[3] or ""]
