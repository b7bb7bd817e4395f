"""Read a code to scan as a telephone would: small ones that are undamaged, of one block.

Source: ISO/IEC 18004, for versions 2 and 3 at levels L and M; text of bytes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda _, y: y % 2 == 0,
    lambda x, _: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (y // 2 + x // 3) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)
_FORMAT_MASK: Final = 0b101
"""What the three bits of the mask are sent combined with."""
_BYTES: Final = 0b0100


def read_qr(dark: set[tuple[int, int]], size: int) -> str:
    """Give the text of dark modules (column, row), no white around them."""
    assert size in {25, 29}, "versions 2 and 3"
    said = sum(((x, 8) in dark) << (4 - x) for x in (2, 3, 4))
    is_masked = _MASKS[said ^ _FORMAT_MASK]
    bits = [((x, y) in dark) ^ is_masked(x, y) for x, y in _path(size)]
    assert _number(bits[:4]) == _BYTES
    length = _number(bits[4:12])
    octets = [bits[12 + 8 * index : 20 + 8 * index] for index in range(length)]
    return bytes(_number(each) for each in octets).decode("ascii")


def _number(bits: list[bool]) -> int:
    return int("".join("01"[bit] for bit in bits), 2)


def _path(size: int) -> Iterator[tuple[int, int]]:
    """Go through the modules of data in order: two columns at a time, up and down."""
    columns = [*range(size - 1, 6, -2), 5, 3, 1]
    for turn, column in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        for y in rows:
            for x in (column, column - 1):
                if not _is_function(x, y, size):
                    yield x, y


def _is_function(x: int, y: int, size: int) -> bool:
    corner = (x < 9 and y < 9) or (x < 9 and y >= size - 8) or (x >= size - 8 and y < 9)
    aligning = size - 9 <= x <= size - 5 and size - 9 <= y <= size - 5
    return corner or aligning or 6 in {x, y}
