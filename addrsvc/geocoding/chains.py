"""Lists of small numbers under text keys, for hundreds of thousands of keys. Pure.

A dict of lists costs about 100 bytes a key and is walked by every full garbage collection; a
dict of numbers and one array of what comes next cost a third, and the collector passes them by.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

_END = -1


class Chains:
    """Numbers 0, 1, 2 … each put once under one key; the latest comes first.

    >>> chains = Chains()
    >>> for key in ("le loi", "tran phu", "le loi"):
    ...     chains.put(key)
    >>> list(chains.of("le loi")), list(chains.of("le lai"))
    ([2, 0], [])
    """

    __slots__ = ("_first", "_next")

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._next = array("i")

    def put(self, key: str) -> None:
        """Put the next number under a key."""
        self._next.append(self._first.get(key, _END))
        self._first[key] = len(self._next) - 1

    def of(self, key: str) -> Iterator[int]:
        """Give the numbers under a key, latest first."""
        number = self._first.get(key, _END)
        while number != _END:
            yield number
            number = self._next[number]

    def __contains__(self, key: str) -> bool:
        return key in self._first

    def __len__(self) -> int:
        return len(self._first)
