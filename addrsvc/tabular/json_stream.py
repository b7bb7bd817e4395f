"""Walk through one large JSON object without holding it: member by member, item by item."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from addrsvc.tabular.errors import FileBroken, RecordTooLarge

VALUE_LIMIT: Final = 8_000_000
"""Most characters of one value."""
_BLOCK: Final = 1 << 16
_NEAR: Final = 32
"""An error so near the end of what was read may be a value cut in two."""
_SPACE: Final = " \t\r\n"


class JsonStream:
    """The members of the object a file is, in their order.

    After each of :meth:`names` its value is taken: by :meth:`value`, or where it :meth:`is_list`
    by :meth:`items`.

    Raises, wherever it is read:
        FileBroken: no JSON from this line on.
        RecordTooLarge: one value is too large to be held.
    """

    def __init__(
        self,
        path: Path,
        decoder: json.JSONDecoder | None = None,
        value_limit: int | None = None,
    ) -> None:
        """Open the file; a decoder says what to do with names that occur twice, NaN and the like.

        It refuses by a ValueError.
        """
        self._file = path.open(encoding="utf-8-sig")
        self._path = path
        self._limit = VALUE_LIMIT if value_limit is None else value_limit
        self._text = ""
        self._at = 0
        self._line = 1
        self._decoder = decoder or json.JSONDecoder(parse_constant=_refused)

    def __enter__(self) -> Self:
        """Use it as a file is."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def names(self) -> Iterator[str]:
        """Give the names of the members; nothing may stand behind the object."""
        for _ in self._between("{", "}"):
            name = self.value()
            if not isinstance(name, str):
                self._break()
            self._take(":")
            yield name
        if self._sign():
            self._break()

    def is_list(self) -> bool:
        """Tell whether the value to come is a list."""
        return self._sign() == "["

    def items(self) -> Iterator[Any]:
        """Give the items of the list to come."""
        for _ in self._between("[", "]"):
            yield self.value()

    def value(self) -> Any:
        """Give the value to come."""
        self._sign()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = len(self._text) - error.pos < _NEAR or "Unterminated" in error.msg
                beyond = error.pos - self._at
                if not is_cut or not self._grow():
                    self._break(self._at + beyond)
            except (ValueError, RecursionError):
                self._break()
            else:
                if end < len(self._text) or not self._grow():
                    self._at = end
                    return found

    def _between(self, first: str, last: str) -> Iterator[None]:
        """Stop before every item between two brackets."""
        self._take(first)
        if self._sign() == last:
            self._at += 1
            return
        while True:
            yield
            if self._sign() == last:
                self._at += 1
                return
            self._take(",")

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            self._break()
        self._at += 1

    def _sign(self) -> str:
        """Give the next sign that is no space; none at the end."""
        while True:
            while self._at < len(self._text):
                if (sign := self._text[self._at]) not in _SPACE:
                    return sign
                self._at += 1
            if not self._grow():
                return ""

    def _grow(self) -> bool:
        """Read as much again as is held, and forget what was taken; false at the end."""
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > self._limit:
            raise RecordTooLarge(file=self._path.name, line=self._line)
        try:
            more = self._file.read(max(_BLOCK, len(self._text)))
        except UnicodeDecodeError:
            self._break(len(self._text))
        self._text += more
        return bool(more)

    def _break(self, at: int | None = None) -> NoReturn:
        line = self._line + self._text.count("\n", 0, self._at if at is None else at)
        raise FileBroken(file=self._path.name, line=line)


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
