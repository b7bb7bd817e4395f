"""Cut the words of a text into pieces, each with the word that says what it is. Pure.

A piece ends at a comma, at a unit of administration, at the next word that says what follows, and
after a number: ``đường 17 số 385 tổ 20 kp bình phú`` is four pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from addrsvc.parsing.model import Span, Token
from addrsvc.parsing.parts_words import Place, Role, Word, has_digit, word_at


@dataclass(slots=True)
class Piece:
    """Some words in a row, by their places among the tokens."""

    role: Role
    word: Word | None
    begin: int
    """First token, the word that says what it is included."""
    value: int
    """First token of the value."""
    end: int
    """After the last token; equal to ``value``: nothing follows the word."""
    gap: str
    """What divides it from the piece before: a ``divider``, or ``|`` for a unit or noise."""
    aside: bool
    """Stands in parentheses."""
    full: bool = False
    """Ends with a number: what follows is another piece."""


_SUFFIXES: Final = frozenset("abcdefgh") | {"bis", "ter"}
_LOOSE: Final = frozenset({Role.ORGANISATION, Role.PERSON, Role.REMARK})
"""Run to the comma, unless a word of an address proper stands in between."""
_ENDS_LOOSE: Final = frozenset({Role.STREET, Role.ROAD, Role.AVENUE, Role.ALLEY, Role.LOT})
_COUNTED: Final = frozenset({Role.BARE, Role.NUMBER, Role.ALLEY, Role.LOT, Role.UNIT})
_WHOLE: Final = frozenset({Role.FLOOR, Role.ORGANISATION, Role.REMARK})
"""Say something without a value: tầng trệt, cũ, UBND before its commune."""
_ONE_WORD: Final = frozenset({Role.LOT, Role.FLOOR})
_HARD: Final = frozenset(",()|")


@lru_cache(maxsize=4096)
def divider(gap: str) -> str:
    """Give what a gap says: the strongest of its signs; a space where it has none.

    >>> divider(", "), divider(" - "), divider("."), divider("")
    (',', '-', '.', '')
    """
    for sign, many in (("(", "([{"), (")", ")]}"), (",", ",;\n\t|"), ("/", "/"), ("-", "-–—−_")):
        if any(each in gap for each in many):
            return sign
    if any(each.isspace() for each in gap):
        return " "
    return "." if gap else ""


def cut(tokens: Sequence[Token], taken: Sequence[Span]) -> list[Piece]:
    """Cut tokens into pieces; ``taken``: spans that are units or noise, in order."""
    cutter = _Cutter(tokens)
    spans = iter(taken)
    begin, end = next(spans, _NEVER)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        while end <= token.start:
            begin, end = next(spans, _NEVER)
        if token.end > begin:
            cutter.stop(token)
            at += 1
        else:
            at = cutter.take(at)
    return [piece for piece in cutter.pieces if piece.end > piece.value or piece.role in _WHOLE]


_NEVER: Final = (1 << 60, 1 << 60)


class _Cutter:
    """The state of one cut."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.pieces: list[Piece] = []
        self.open: Piece | None = None
        self.aside = False
        self.gap = ","

    def stop(self, token: Token) -> None:
        """Close what is open: a unit or noise stands here."""
        self._parentheses(token.gap)
        self.open = None
        self.gap = "|"

    def take(self, at: int) -> int:
        """Read the token, and those of the word that it begins; give the next one's place."""
        token = self.tokens[at]
        sign = divider(token.gap)
        self._parentheses(token.gap)
        if sign in _HARD:
            self.open = None
            self.gap = sign
        here = self.open
        parcel = bool(self.pieces) and self.pieces[-1].role is Role.LOT
        valued = here is not None and here.end > here.value
        place = Place(here is None, parcel, valued and here is not None and not here.full)
        found = word_at(self.tokens, at, place)
        if found is None or (here is not None and not _breaks(here, found[0])):
            self._extend(at, sign)
            return at + 1
        word, length = found
        if word.role is Role.STOP:
            self.open, self.gap = None, ","
        elif here is None or valued:
            self._begin(word.role, word, at, at + length, sign)
        else:  # đường … quốc lộ: the later word says it; thửa đất số: the earlier
            if word.role is not Role.NUMBER:
                here.role, here.word = word.role, word
            here.value = here.end = at + length
        return at + length

    def _parentheses(self, gap: str) -> None:
        opened, closed = gap.rfind("("), gap.rfind(")")
        if opened != closed:
            self.aside = opened > closed

    def _begin(self, role: Role, word: Word | None, at: int, value: int, sign: str) -> Piece:
        gap = self.gap if self.open is None else sign
        self.open = Piece(role, word, at, value, value, gap, self.aside)
        self.pieces.append(self.open)
        return self.open

    def _extend(self, at: int, sign: str) -> None:
        """Add a token to the open piece, or begin a bare one."""
        token = self.tokens[at]
        here = self.open
        number = has_digit(token.key)
        if (
            here is None
            or (here.full and not self._goes_on(here, at, sign))
            or (number and here.role in _LOOSE and not self._named(here, at))
        ):
            here = self._begin(Role.BARE, None, at, at, sign)
        here.end = at + 1
        if here.role not in _LOOSE:
            here.full = here.full or number or here.role in _ONE_WORD

    def _goes_on(self, here: Piece, at: int, sign: str) -> bool:
        """Tell whether a token goes on with a value that has its number already."""
        token, before = self.tokens[at], self.tokens[at - 1]
        if sign in {"/", "-", "."}:
            glued = " " not in token.gap
            return glued or (has_digit(token.key) and has_digit(before.key))
        if sign == "" and has_digit(token.key):
            return True
        if token.key == "thang":  # 22 tháng 12
            return before.key.isdigit() and at + 1 < len(self.tokens)
        if before.key == "thang":
            return True
        alone = at + 1 == len(self.tokens) or not self.tokens[at + 1].gap.startswith(".")
        return (
            token.key in _SUFFIXES
            and token.text.isascii()
            and here.role in _COUNTED
            and has_digit(self.tokens[here.value].key)
            and before.key[-1].isdigit()
            and alone
        )

    def _named(self, here: Piece, at: int) -> bool:
        """Tell whether a number belongs to an organisation's name or a remark: ``THPT số 1``."""
        if here.role is Role.PERSON:
            return False
        last = at + 1 == len(self.tokens) or divider(self.tokens[at + 1].gap) in _HARD
        return here.role is Role.REMARK or last or self.tokens[at - 1].key == "so"


def _breaks(here: Piece, word: Word) -> bool:
    """Tell whether a word inside an open piece begins another one."""
    role, new = here.role, word.role
    if here.end > here.value:
        if role in _LOOSE:
            return new in _ENDS_LOOSE or (new is Role.LOCALITY and word.title != "Khu")
        return True
    if role in _LOOSE or (role is Role.BUILDING and new is Role.LOCALITY):
        return False
    if role is Role.STREET:
        return new in {Role.ROAD, Role.AVENUE, Role.ALLEY, Role.STREET}
    if role is Role.LOCALITY and new is not Role.NUMBER:
        return here.word is not None and here.word.title == "Dự án" and new is Role.LOCALITY
    return True
