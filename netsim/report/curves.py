"""The lines of a picture as arrays: from node to node, with their heads, all at once."""

import numpy as np

from netsim.report.layout import Floats

_STEPS = 14


def curves(starts: Floats, ends: Floats, halves: tuple[Floats, Floats]) -> Floats:
    """One curve for each pair of centres, shape (n, 14, 2), cut off at both nodes' borders.

    Curves bend to their left, so that those of two directions do not cover each other; a
    node and itself get a loop.
    """
    along = ends - starts
    length = np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    aside = np.stack([-along[:, 1], along[:, 0]], 1) / length
    middle = (starts + ends) / 2 + aside * np.minimum(0.14 * length, 1.2)
    first = _border(starts, middle, halves[0])
    last = _border(ends, middle, halves[1])
    steps = np.linspace(0, 1, _STEPS)[None, :, None]
    bent = (
        (1 - steps) ** 2 * first[:, None]
        + 2 * steps * (1 - steps) * middle[:, None]
        + steps**2 * last[:, None]
    )
    itself = (starts == ends).all(axis=1)
    bent[itself] = _loops(starts[itself], halves[0][itself])
    found: Floats = bent
    return found


def heads(lines: Floats, size: float) -> Floats:
    """One triangle at the end of each curve, shape (n, 3, 2)."""
    tip = lines[:, -1]
    along = tip - lines[:, -2]
    along = along / np.maximum(np.hypot(*along.T), 1e-9)[:, None] * size
    aside = np.stack([-along[:, 1], along[:, 0]], 1) * 0.4
    return np.stack([tip, tip - along + aside, tip - along - aside], 1)


def _border(centre: Floats, towards: Floats, half: Floats) -> Floats:
    """Where the way from a centre leaves its node."""
    along = towards - centre
    with np.errstate(divide="ignore"):
        share = np.min(half / np.abs(along), axis=1, initial=1.0)
    found: Floats = centre + along * share[:, None]
    return found


def _loops(centres: Floats, halves: Floats) -> Floats:
    """Above the upper right corner of a node."""
    angles = np.linspace(-0.5 * np.pi, np.pi, _STEPS)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1) * 0.3
    found: Floats = (centres + halves)[:, None] + circle[None]
    return found
