"""Draw codes from a prefix: a counter that only grows, stepping over what is taken.

>>> space = CodeSpace("75123", key=bytes(32), next_counter=0)
>>> drawn = take(space, 2, Occupied(ranges=(ReservedRange("75123", 0, 49_999, "VNPost"),)))
>>> all(code.suffix >= "50000" for code in drawn.codes())
True
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from addrsvc.codes.code import DigitalCode
from addrsvc.codes.errors import IssuerInvalid, PrefixExhausted, ReservedRangeInvalid
from addrsvc.codes.permutation import SUFFIXES, Suffixes, suffixes

WARN_AT: Final = 0.8
"""Share of a prefix in use from which its operator is warned."""

ISSUER_LIMIT: Final = 100
"""Most characters in the name of an issuer."""


@dataclass(frozen=True, slots=True)
class CodeSpace:
    """A prefix as it is stored: its key, for ever the same, and the next counter to draw."""

    prefix: str
    key: bytes = field(repr=False)
    next_counter: int

    def __post_init__(self) -> None:
        if not 0 <= self.next_counter <= SUFFIXES:
            raise ValueError(f"next_counter outside 0…{SUFFIXES}: {self.next_counter}")

    def order(self) -> Suffixes:
        """Give all suffixes in the order of their counters."""
        return suffixes(self.prefix, self.key)


@dataclass(frozen=True, slots=True)
class ReservedRange:
    """Suffixes kept for another issuer: ``first`` to ``last``, both inside.

    Raises:
        ReservedRangeInvalid: outside 0…99999, or first above last.
        IssuerInvalid: no proper name.
    """

    prefix: str
    first: int
    last: int
    issuer: str
    reason: str = ""
    since_counter: int = 0
    """The next counter of the prefix when the range was reserved: codes of the range with a
    smaller counter may have been drawn here before, the others never are."""

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last < SUFFIXES:
            raise ReservedRangeInvalid(first=self.first, last=self.last)
        check_issuer(self.issuer)

    def holds(self, code: DigitalCode) -> bool:
        """Tell whether the code lies inside."""
        return code.prefix == self.prefix and self.first <= int(code.suffix) <= self.last


@dataclass(frozen=True, slots=True)
class Occupied:
    """What must not be drawn in a prefix: reserved ranges and codes adopted from others.

    Ranges of other prefixes are passed over, so that the whole list may be given.
    """

    ranges: Collection[ReservedRange] = ()
    adopted: Collection[int] = ()

    def mask(self, prefix: str) -> npt.NDArray[np.bool_]:
        """Give a flag for each suffix of the prefix, true where it is taken."""
        taken = np.zeros(SUFFIXES, dtype=np.bool_)
        if self.adopted:
            taken[np.fromiter(self.adopted, dtype=np.int64, count=len(self.adopted))] = True
        for reserved in self.ranges:
            if reserved.prefix == prefix:
                taken[reserved.first : reserved.last + 1] = True
        return taken


NOTHING: Final = Occupied()


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """Suffixes drawn, in order of their counters, and the space as it is to be stored now."""

    suffixes: Suffixes
    space: CodeSpace

    def codes(self) -> list[DigitalCode]:
        """Give the codes drawn."""
        return codes_of(self.space.prefix, self.suffixes.tolist())

    def texts(self) -> list[str]:
        """Give the ten digits of each code; the quick way for bulk work."""
        return [f"{self.space.prefix}{suffix:05d}" for suffix in self.suffixes.tolist()]


@dataclass(frozen=True, slots=True)
class Capacity:
    """How full a prefix is, in codes out of 100,000."""

    prefix: str
    drawn: int
    """Counters spent: issued, in blocks, burnt, or stepped over."""
    kept: int
    """Not drawn, and never to be: reserved for others or adopted from them."""
    left: int
    """Still to be had."""

    @property
    def share_used(self) -> float:
        """Give the part that is not to be had any more, 0 to 1."""
        return 1 - self.left / SUFFIXES

    @property
    def nearly_full(self) -> bool:
        """Tell whether the operator should add a prefix: from 80 % on."""
        return self.left <= round(SUFFIXES * (1 - WARN_AT))


def check_issuer(issuer: str) -> None:
    """Refuse a name that is empty, padded, longer than 100 characters or not printable.

    Raises:
        IssuerInvalid: it is.
    """
    proper = issuer and issuer == issuer.strip() and issuer.isprintable()
    if not proper or len(issuer) > ISSUER_LIMIT:
        raise IssuerInvalid(limit=ISSUER_LIMIT)


def codes_of(prefix: str, numbers: Iterable[int]) -> list[DigitalCode]:
    """Make codes of a prefix and the numbers of its suffixes."""
    return [DigitalCode(prefix, f"{number:05d}") for number in numbers]


def _free(space: CodeSpace, occupied: Occupied) -> npt.NDArray[np.intp]:
    """Give the counters still to be drawn, ascending."""
    ahead = space.order()[space.next_counter :]
    return np.flatnonzero(~occupied.mask(space.prefix)[ahead]) + space.next_counter


def take(space: CodeSpace, count: int, occupied: Occupied = NOTHING) -> Allocation:
    """Draw the next free codes of a prefix.

    Nothing is drawn unless all can be. Counters stepped over are spent as well, so that
    ``occupied`` may shrink later without a counter ever going back.

    Raises:
        PrefixExhausted: fewer than ``count`` are left.
        ValueError: ``count`` below one; prefix or key malformed.
    """
    if count < 1:
        raise ValueError(f"count below one: {count}")
    taken, order = occupied.mask(space.prefix), space.order()
    piece = order[space.next_counter : space.next_counter + 2 * count + 50]
    free = np.flatnonzero(~taken[piece]) + space.next_counter
    if len(free) < count:  # much is taken: look through all that is left
        free = _free(space, occupied)
    if len(free) < count:
        raise PrefixExhausted(prefix=space.prefix, asked=count, left=len(free))
    drawn = order[free[:count]]
    drawn.setflags(write=False)
    return Allocation(drawn, replace(space, next_counter=int(free[count - 1]) + 1))


def capacity(space: CodeSpace, occupied: Occupied = NOTHING) -> Capacity:
    """Count what is drawn, kept for others and left in a prefix."""
    left = len(_free(space, occupied))
    drawn = space.next_counter
    return Capacity(space.prefix, drawn=drawn, kept=SUFFIXES - drawn - left, left=left)
