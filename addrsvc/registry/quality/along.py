"""Pure: do number and position of a house fit those of its neighbours along the street?

Collected points are noisy, streets bend, numbers skip, and some streets are numbered without any
order. So nothing is said of a house unless its neighbours agree among themselves: a line is fitted
to the houses next to it in number (medians of pairwise slopes, Theil and Sen, so that three wrong
points of ten move nothing), and only where they keep close to it does one that stands far off
count as out of order; only where their even and odd numbers lie on two sides, apart by more than
they scatter, does one on the other side count as off its side.

Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WINDOW: Final = 8
"""Neighbours on either side, in order of number."""
_FEWEST: Final = 6
"""Fewer neighbours than this say nothing."""
_FEWEST_OF_A_SIDE: Final = 3
_MOST_SCATTER: Final = 0.2
"""Along the street, of the length the neighbours take up: above, they are in no order at all."""
_FAR_M: Final = 60.0
"""A house closer than this to where its number puts it is never out of order."""
_FAR_SCATTERS: Final = 6.0
_FAR_ACCURACIES: Final = 3.0
_APART_M: Final = 6.0
"""Two sides closer than this cannot be told apart."""
_APART_SCATTERS: Final = 2.5
_BEYOND: Final = 0.75
"""How far over to the other side a house must stand, of the way between the two."""
_MAD: Final = 1.4826
"""Median deviation of a normal distribution to its standard deviation."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What the neighbours say of one house."""

    off_m: float | None = None
    """Metres from where its number belongs; None: it is in order, or nothing can be said."""
    is_off_side: bool = False


FITS: Final = Placed()


@dataclass(frozen=True, slots=True)
class _Judged:
    """Of each house: where it stands beside the line through its neighbours."""

    off_m: Floats
    scatter_m: Floats
    """How far the neighbours themselves are off."""
    orderly: npt.NDArray[np.bool_]
    beyond: Floats
    """Share of the way to the other side; 0 where the neighbours have no two sides."""
    apart_m: Floats


def placed(
    numbers: npt.NDArray[np.int64], xs: Floats, ys: Floats, accuracies_m: Floats
) -> list[Placed]:
    """Judge the houses of one street, or one alley, in order of number.

    Args:
        numbers: as they stand on the street, rising; equal ones may follow each other.
        xs: metres east of any point nearby.
        ys: metres north.
        accuracies_m: how far each position may be off (68 %).
    """
    count = len(numbers)
    if count <= _FEWEST:
        return [FITS] * count
    return _placed(numbers, xs, ys, accuracies_m, np.arange(count))


def placed_among(
    numbers: npt.NDArray[np.int64], xs: Floats, ys: Floats, index: int, accuracy_m: float
) -> Placed:
    """Judge one house of a street; arrays as for :func:`placed`."""
    if len(numbers) <= _FEWEST:
        return FITS
    return _placed(numbers, xs, ys, np.array([accuracy_m]), np.array([index]))[0]


def _placed(
    numbers: npt.NDArray[np.int64],
    xs: Floats,
    ys: Floats,
    accuracies_m: Floats,
    houses: npt.NDArray[np.int64],
) -> list[Placed]:
    windows = _windows(len(numbers))[houses]
    own = houses[:, None] == windows
    judged = _judge(numbers[windows], xs[windows], ys[windows], own)
    scatters, accuracies = _FAR_SCATTERS * judged.scatter_m, _FAR_ACCURACIES * accuracies_m
    far_m = np.maximum(_FAR_M, np.maximum(scatters, accuracies))
    is_far = judged.orderly & (judged.off_m > far_m)
    is_off_side = judged.orderly & ~is_far & (judged.beyond > _BEYOND)
    is_off_side &= accuracies_m < judged.apart_m
    return [
        Placed(float(metres) if out else None, bool(side))
        for metres, out, side in zip(judged.off_m, is_far, is_off_side, strict=True)
    ]


def _windows(count: int) -> npt.NDArray[np.int64]:
    """Give for each house itself and its neighbours; at an end of the street, those it has."""
    width = min(2 * WINDOW + 1, count)
    first = np.clip(np.arange(count) - WINDOW, 0, count - width)
    return first[:, None] + np.arange(width)[None, :]


def _judge(
    numbers: npt.NDArray[np.int64], xs: Floats, ys: Floats, own: npt.NDArray[np.bool_]
) -> _Judged:
    """Fit a line to each window; ``own`` marks the house itself, which the line leaves out."""
    n = numbers.astype(float)
    east, north = _slopes(n, xs, own), _slopes(n, ys, own)
    with np.errstate(all="ignore"):
        mid_n = _median(n, own)
        off_x = xs - east * n
        off_y = ys - north * n
        off_x -= _median(off_x, own)
        off_y -= _median(off_y, own)
        offs = np.hypot(off_x, off_y)
        scatter = _MAD * _median(offs, own)[:, 0]
        step = np.hypot(east, north)
        length = step[:, 0] * np.ptp(np.where(own, mid_n, n), axis=1)
        along = np.abs(east * off_x + north * off_y) / step
        across = (east * off_y - north * off_x) / step
        orderly = _MAD * _median(along, own)[:, 0] <= _MOST_SCATTER * length
    beyond, apart = _sides(numbers, across, own)
    return _Judged(offs[own], scatter, orderly & (length > 0), beyond, apart)


def _slopes(n: Floats, values: Floats, own: npt.NDArray[np.bool_]) -> Floats:
    """Give the median slope of all pairs of neighbours with different numbers, one a row."""
    one, other = np.triu_indices(n.shape[1], 1)
    steps = n[:, other] - n[:, one]
    left_out = own[:, one] | own[:, other] | (steps == 0)
    with np.errstate(all="ignore"):
        slopes = (values[:, other] - values[:, one]) / steps
    return _median(slopes, left_out)


def _median(values: Floats, left_out: npt.NDArray[np.bool_]) -> Floats:
    """Give the median of each row without what is left out; 0 where nothing remains."""
    kept = np.sort(np.where(left_out, np.inf, values), axis=1)
    counts = (~left_out).sum(axis=1)
    rows = np.arange(len(values))
    low = kept[rows, np.maximum((counts - 1) // 2, 0)]
    high = kept[rows, np.minimum(counts // 2, kept.shape[1] - 1)]
    middle = np.where(counts > 0, (low + high) / 2, 0.0)
    return np.asarray(middle[:, None], dtype=float)


def _sides(
    numbers: npt.NDArray[np.int64], across: Floats, own: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Give how far over to the other side each house stands, and how far the sides are apart.

    0 where its neighbours have no two sides.
    """
    odd = numbers % 2 == 1
    its_odd = odd[own][:, None]
    same, opposite = odd == its_odd, odd != its_odd
    mine, theirs = _median(across, own | ~same), _median(across, own | ~opposite)
    spread = _MAD * (
        _median(np.abs(across - mine), own | ~same)
        + _median(np.abs(across - theirs), own | ~opposite)
    )
    enough = np.minimum((same & ~own).sum(axis=1), opposite.sum(axis=1)) >= _FEWEST_OF_A_SIDE
    apart = np.abs(theirs - mine)[:, 0]
    clear = enough & (apart >= _APART_M) & (apart >= _APART_SCATTERS * spread[:, 0])
    with np.errstate(all="ignore"):
        over = (across[own] - mine[:, 0]) / (theirs - mine)[:, 0]
    return np.where(clear, np.nan_to_num(over), 0.0), apart
