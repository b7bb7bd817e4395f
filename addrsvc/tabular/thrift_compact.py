"""Pure: walk through a struct of Thrift's compact protocol, as Parquet describes itself in.

The library for Parquet ends the whole process on some damaged descriptions; this one raises.

Source: Apache Thrift, compact protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

BYTES: Final = 8
LIST: Final = 9
STRUCT: Final = 12
_TRUE, _FALSE, _BYTE, _DOUBLE, _SET, _MAP = 1, 2, 3, 7, 10, 11
_WHOLE: Final = (4, 5, 6)
_DEPTH: Final = 12


class Compact:
    """A place in some bytes; whatever :meth:`fields` gives is to be taken or passed over.

    Raises, wherever it is read:
        IndexError: the bytes end too soon.
        ValueError: they are no such struct.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Give number and type of each field of the struct to come."""
        field = 0
        while head := self._byte():
            step, kind = head >> 4, head & 0x0F
            field = field + step if step else self.whole()
            yield field, kind

    def whole(self) -> int:
        """Take a whole number."""
        raw = self._varint()
        return (raw >> 1) ^ -(raw & 1)

    def items(self) -> Iterator[int]:
        """Give the type of each item of the list to come."""
        head = self._byte()
        count = head >> 4
        if count == 15:
            count = self._varint()
        for _ in range(count):
            yield head & 0x0F

    def numbers(self) -> dict[int, int]:
        """Take a struct: its whole numbers by field; the rest is passed over."""
        found: dict[int, int] = {}
        for field, kind in self.fields():
            if kind in _WHOLE:
                found[field] = self.whole()
            else:
                self.skip(kind)
        return found

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over the value of a field."""
        if depth > _DEPTH:
            raise ValueError(depth)
        if kind in _WHOLE:
            self._varint()
        elif kind in (_BYTE, _DOUBLE, BYTES):
            length = {_BYTE: 1, _DOUBLE: 8}.get(kind)
            self._move(self._varint() if length is None else length)
        elif kind in (LIST, _SET):
            for each in self.items():
                # in a list a truth takes a byte, as a field it is in the head
                self.skip(_BYTE if each in (_TRUE, _FALSE) else each, depth + 1)
        elif kind == STRUCT:
            for _, each in self.fields():
                self.skip(each, depth + 1)
        elif kind == _MAP:
            self._skip_map(depth)
        elif kind not in (_TRUE, _FALSE):
            raise ValueError(kind)

    def _skip_map(self, depth: int) -> None:
        count = self._varint()
        kinds = self._byte() if count else 0
        for _ in range(count):
            self.skip(kinds >> 4, depth + 1)
            self.skip(kinds & 0x0F, depth + 1)

    def _byte(self) -> int:
        byte = self._data[self.at]
        self.at += 1
        return byte

    def _move(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            raise IndexError(self.at)

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise ValueError(shift)
