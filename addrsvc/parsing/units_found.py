"""Find the names of units that stand in a text letter by letter, accents aside. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.model import Token
from addrsvc.parsing.normalise import canonical, is_syllable
from addrsvc.parsing.units_words import (
    AFTERWORDS,
    Mark,
    break_in,
    mark_at,
    number_of,
    owned,
    word_key,
)

_LONGEST_ALIAS = 3
_LONG = 3
"""A word of so many letters is no initial."""


class Found(NamedTuple):
    """A name in the text; places count from the end of the text, so that tails are alike."""

    start: int
    """First token, the word of administration before the name included; negative."""
    name: int
    """First token of the name."""
    end: int
    """After its last token; 0 is the end of the text."""
    key: str
    """Key of the name as the registers have it; ``""``: a marked name that is not known."""
    spelling: str
    """As written, lower case, without spaces; ``""``: not to be compared."""
    mark: Mark | None
    opens: bool
    """Something parts it from what stands before."""
    closes: bool
    """Something parts it from what comes after."""
    owned: bool
    """What stands before takes the name: a street, a school, a house number."""
    numbered: bool
    """A number follows: the name of a street or an estate (``Mỹ Phước 3``)."""
    after_blank: bool
    """The text begins with a blank slot before it: ``, Nam Đông, Thừa Thiên Huế``."""
    before_blank: bool
    """A blank slot follows: ``Vĩnh Hưng, , Long An``."""
    how: str
    """``name``, ``initials`` or ``typo``."""
    slip: float
    """How much is wrong with the letters, 0: nothing."""


def find_names(tokens: Sequence[Token], lexicon: UnitLexicon) -> list[Found]:
    """Find every name of a unit, and every word of administration with a name not known."""
    found: list[Found] = []
    keys = [word_key(token.key) for token in tokens]
    waiting: _Waiting | None = None
    for at in range(len(tokens)):
        before = waiting if waiting is not None and waiting.end == at else None
        if before is not None and break_in(tokens[at].gap) > 1:
            found.append(_nameless(tokens, before))
            waiting = before = None
        start = at if before is None else before.start
        named = _named(tokens, keys, lexicon, (start, at), before)
        if before is not None and tokens[start].text.isascii() and not opens(tokens, start):
            named += _named(tokens, keys, lexicon, (at, at), None)  # "Thổ Quan Đống Đa"
        marked = mark_at(tokens, at) if waiting is before else None
        if before is not None and not named:
            named = _unnamed(tokens, lexicon, before, marked)
        found.extend(named)
        if marked is not None:
            # "Phường Phường 1", and not "Nguyen Tri Phuong phuong Lai Thieu"
            doubled = before is not None and not named and marked[0] is before.mark
            doubled = doubled and (opens(tokens, start) or not tokens[start].text.isascii())
            waiting = _Waiting(start if doubled else at, marked[1], marked[0])
        elif before is not None:
            waiting = None
    if waiting is not None:
        found.append(_nameless(tokens, waiting))
    return _hopeful(found)


class _Waiting(NamedTuple):
    """A word of administration whose name is to come."""

    start: int
    end: int
    mark: Mark


def _named(
    tokens: Sequence[Token],
    keys: Sequence[str],
    lexicon: UnitLexicon,
    at: tuple[int, int],
    before: _Waiting | None,
) -> list[Found]:
    key, mark = keys[at[1]], None if before is None else before.mark
    named: list[Found] = []
    if key in lexicon.prefixes:
        named += _names(tokens, keys, lexicon, at, mark)
    if key in lexicon.short or len(key) < _LONG:
        named += _initials(tokens, keys, lexicon, at, mark)
    return named


def _unnamed(
    tokens: Sequence[Token],
    lexicon: UnitLexicon,
    before: _Waiting,
    marked: tuple[Mark, int] | None,
) -> list[Found]:
    """Describe what follows a word of administration and is no known name."""
    if marked is None:
        return [_unknown(tokens, lexicon, (before.start, before.end), before.mark)]
    return [] if marked[0].levels == before.mark.levels else [_nameless(tokens, before)]


def _hopeful(found: Sequence[Found]) -> list[Found]:
    """Drop names that something else owns, and bare ones in the middle of other words.

    What is itself the end of a name owns nothing: ``Vụ Bản Nam Định``.
    A known name keeps its mark against a house number before it: ``12 phường Phú Lợi``.
    """
    ends = {each.end for each in found if each.end > each.name + 1}
    free = [
        each._replace(owned=False) if each.owned and each.start in ends else each for each in found
    ]
    starts = {each.start for each in free}
    return [
        each
        for each in free
        if not (each.owned and _doubtful(each))
        and (each.mark is not None or each.closes or each.end in starts)
    ]


def _doubtful(found: Found) -> bool:
    """Tell whether a name has no mark, or only a mark and what may be anything."""
    if found.mark is None or not found.key:
        return True
    return found.key.isdecimal() and not found.mark.written_out


def _nameless(tokens: Sequence[Token], waiting: _Waiting) -> Found:
    """Describe a word of administration with no name after it: ``Thị trấn, huyện …``."""
    start, end, mark = waiting
    return found_at(tokens, (start, end, end), "", mark)


def opens(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether something parts a token from what stands before."""
    return at == 0 or break_in(tokens[at].gap) > 0


def spelling_of(tokens: Sequence[Token], start: int, end: int) -> str:
    """Give what is written between two tokens, lower case, without spaces."""
    return "".join([_spelt(token.text) for token in tokens[start:end]])


@lru_cache(maxsize=16_384)
def _spelt(word: str) -> str:
    return "".join(char for char in canonical(word).lower() if char.isalnum())


def found_at(
    tokens: Sequence[Token],
    span: tuple[int, int, int],
    key: str,
    mark: Mark | None,
    how: str = "name",
    slip: float = 0.0,
) -> Found:
    """Describe a name at (start with mark, start of name, end) in the text around it."""
    start, name, end = span
    count = len(tokens)
    last = end == count
    gap_after = 2 if last else break_in(tokens[end].gap)
    closes = (
        gap_after > 0 or tokens[end].text.lower() in AFTERWORDS or mark_at(tokens, end) is not None
    )
    return Found(  # in order: by name takes half as long again, and most names found are none
        start - count,
        name - count,
        end - count,
        key,
        spelling_of(tokens, name, end) if how == "name" else "",
        mark,
        opens(tokens, start),
        closes,
        owned(tokens, start),
        not last and gap_after == 0 and tokens[end].key[0].isdigit(),
        start == 0 and "," in tokens[0].gap,
        not last and tokens[end].gap.count(",") > 1,
        how,
        slip,
    )


def _names(
    tokens: Sequence[Token],
    keys: Sequence[str],
    lexicon: UnitLexicon,
    at: tuple[int, int],
    mark: Mark | None,
) -> Iterator[Found]:
    start, name = at
    window = ""
    for end in range(name, len(tokens)):
        if end > name and break_in(tokens[end].gap) > 1:
            return
        window += keys[end]
        if window not in lexicon.prefixes:
            return
        if window in lexicon.by_key and (mark is not None or not window.isdecimal()):
            yield found_at(tokens, (start, name, end + 1), window, mark)


def _initials(
    tokens: Sequence[Token],
    keys: Sequence[str],
    lexicon: UnitLexicon,
    at: tuple[int, int],
    mark: Mark | None,
) -> Iterator[Found]:
    """Find ``TDM``, ``T.T.H``, ``Đ.Đa``, ``H.C.Minh``: marked, or alone between commas."""
    start, name = at
    window = ""
    for end in range(name, min(len(tokens), name + _LONGEST_ALIAS)):
        if end > name and (break_in(tokens[end].gap) > 1 or len(keys[end - 1]) >= _LONG):
            return
        window += keys[end]
        if window in lexicon.short:
            found = found_at(tokens, (start, name, end + 1), window, mark, "initials", 0.3)
            if _are_initials(found, tokens[name : end + 1]):
                yield found


def _are_initials(found: Found, tokens: Sequence[Token]) -> bool:
    """Tell whether letters are meant as initials: ``TDM``, ``Đ.Đa``; not ``Tân``, not ``T.T``."""
    if len(tokens) == 1:
        word = tokens[0]
        alone = found.closes and (found.opens or found.end == 0)
        spelt = word.text.isupper() or not is_syllable(word.key)
        return spelt and (found.mark is not None or alone)
    return found.mark is not None or (found.closes and len(found.key) >= _LONG)


def _unknown(
    tokens: Sequence[Token], lexicon: UnitLexicon, at: tuple[int, int], mark: Mark
) -> Found:
    """Describe a marked name no register knows: it goes on to the next break or mark.

    Numbers of wards and districts may be Roman.
    """
    start, name = at
    number = number_of(tokens[name].key)
    if number in lexicon.by_key and mark.kinds & {"phuong", "quan"}:
        return found_at(tokens, (start, name, name + 1), number, mark)
    end = name + 1
    while (
        end < min(len(tokens), name + 4)
        and break_in(tokens[end].gap) == 0
        and mark_at(tokens, end) is None
    ):
        end += 1
    return found_at(tokens, (start, name, end), "", mark)
