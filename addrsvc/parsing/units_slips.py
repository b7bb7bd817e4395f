"""Find names of units written with slips, among what lies in the units already read. Pure.

Nothing is compared with the whole country's communes: only with those of the district or
province named beside it, so that a name unknown there is not bent into a similar one elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.model import Token
from addrsvc.parsing.normalise import fold, repair_telex
from addrsvc.parsing.units_found import Found, found_at
from addrsvc.parsing.units_words import (
    AFTERWORDS,
    Mark,
    break_in,
    is_owner,
    mark_at,
    mark_of,
)
from addrsvc.types import Level

_LONGEST = 6
_LETTERS = range(4, 28)
_MOST_SLIPS = 3
_MOST_WINDOWS = 120
_NEVER_LAST = frozenset("ăắằẳẵặâấầẩẫậ")
"""Letters that no word ends in."""
_ANOTHER_WORD, _CUT_WORD = 1.6, 0.5

Taken = frozenset[int]
"""Tokens that sure mentions hold."""


class _Window(NamedTuple):
    start: int
    name: int
    end: int
    mark: Mark | None
    key: str
    words: tuple[str, ...]
    stray: bool
    """Other than written: Telex composed, a number among the words left out, or ``cut``."""
    cut: bool
    """A word in it lacks its end (``Hậ Giang``), and so is no other word."""


class Context(NamedTuple):
    """What is already read, and so where to look."""

    taken: Taken
    district: int | None
    province: int | None
    commune_read: bool


def find_slips(tokens: Sequence[Token], lexicon: UnitLexicon, context: Context) -> list[Found]:
    """Find what may be meant by the words not understood, the outer units first."""
    windows = list(_windows(tokens, lexicon, context.taken))[-_MOST_WINDOWS:]
    found: list[Found] = []
    provinces = [] if context.province is None else [context.province]
    if context.province is None:
        near = _near(tokens, windows, lexicon, lexicon.provinces, Level.PROVINCE)
        found += near
        provinces = [i for each in near for i in lexicon.by_key[each.key] if i in lexicon.provinces]
    districts = [] if context.district is None else [context.district]
    if context.district is None:
        inside = [i for p in provinces for i in lexicon.inside(p, Level.DISTRICT)]
        near = _near(tokens, windows, lexicon, inside or lexicon.districts, Level.DISTRICT)
        found += near
        districts = [i for each in near for i in lexicon.by_key[each.key] if i in lexicon.districts]
    if not context.commune_read:
        areas = districts + (provinces if context.district is None else [])
        inside = [i for area in dict.fromkeys(areas) for i in lexicon.inside(area, Level.COMMUNE)]
        found += _near(tokens, windows, lexicon, inside, Level.COMMUNE)
    return found


def _windows(tokens: Sequence[Token], lexicon: UnitLexicon, taken: Taken) -> Iterator[_Window]:
    """Give every run of words that may be a name: after its mark, or up to a break."""
    mended = [fold(repair_telex(token.text)) for token in tokens]
    for name in range(len(tokens)):
        start, mark = _mark_before(tokens, lexicon, name)
        for end in range(name + 1, min(len(tokens), name + _LONGEST) + 1):
            last = end - 1
            if last in taken or (last > name and _parts(tokens[last].gap)):
                break
            if last > name and _is_number_apart(tokens, last):
                break
            if tokens[name].key[0].isdigit() or tokens[last].key[0].isdigit():
                continue
            if mark is None and not _closed(tokens, end, taken):
                continue
            plain = tuple(token.key for token in tokens[name:end])
            words = tuple(word for word in plain if not word[0].isdigit())
            cut = any(token.text[-1] in _NEVER_LAST for token in tokens[name:end])
            other = tuple(word for word in mended[name:end] if word and not word[0].isdigit())
            if is_owner(tokens, name) and "".join(plain[1:]) in lexicon.by_key:
                continue
            for each in dict.fromkeys((words, other)):
                key = "".join(each)
                if len(key) in _LETTERS:
                    yield _Window(start, name, end, mark, key, each, cut or each != plain, cut)


def _mark_before(
    tokens: Sequence[Token], lexicon: UnitLexicon, name: int
) -> tuple[int, Mark | None]:
    """Read the word of administration that ends before a name, slips in it too."""
    for start in (name - 2, name - 1):
        marked = mark_at(tokens, start) if start >= 0 else None
        if marked is not None and marked[1] == name:
            return start, marked[0]
    if name > 0:
        key = tokens[name - 1].key
        if len(key) > 3 and key not in lexicon.vocabulary:
            for word in ("huyen", "phuong", "tinh"):
                if OSA.distance(key, word, score_cutoff=1) <= 1:
                    return name - 1, mark_of(word)
    return name, None


def _parts(gap: str) -> bool:
    return break_in(gap) > 1 and gap != ","


def _is_number_apart(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a number stands by itself: ``Số 10 Ngô Quyền``, and not ``Thanh7 An``."""
    return tokens[at].key[0].isdigit() and tokens[at].gap != ""


def _closed(tokens: Sequence[Token], end: int, taken: Taken) -> bool:
    return (
        end == len(tokens)
        or end in taken
        or break_in(tokens[end].gap) > 0
        or tokens[end].text.lower() in AFTERWORDS
        or mark_at(tokens, end) is not None
    )


def _near(
    tokens: Sequence[Token],
    windows: Sequence[_Window],
    lexicon: UnitLexicon,
    indices: Sequence[int],
    level: Level,
) -> list[Found]:
    """Compare windows with the names of some units."""
    usable = [w for w in windows if w.mark is None or level in w.mark.levels]
    if not usable:
        return []
    named = lexicon.in_one_word(tuple(indices))
    targets = [key for key in named if len(key) in _LETTERS]
    usable = [w for w in usable if w.stray or w.key not in named]
    if not usable or not targets:
        return []
    slips = cdist([w.key for w in usable], targets, scorer=OSA.distance, score_cutoff=_MOST_SLIPS)
    found: list[Found] = []
    for at, to in zip(*(slips <= _MOST_SLIPS).nonzero(), strict=True):
        window, key, distance = usable[at], targets[to], int(slips[at, to])
        if distance <= _allowed(len(key)) and not (window.cut and distance == 0):
            place = named[key]
            cost = 0.4 + 4 * distance / len(key) + _other_name(window, place.words, lexicon)
            span = (window.start, window.name, window.end)
            found.append(found_at(tokens, span, place.key, window.mark, "typo", cost))
    return found


def _allowed(letters: int) -> int:
    return 1 if letters < 8 else 2 if letters < 12 else _MOST_SLIPS


def _other_name(window: _Window, words: Sequence[str], lexicon: UnitLexicon) -> float:
    """Weigh that a word differs and is a word itself: ``Vũ Ninh`` is no slip of ``Vũ Bình``.

    With no word of administration before it, it may as well be a street: ``Bà Triệu``.
    """
    written = window.words
    if len(written) != len(words) or window.cut:
        return 0.0
    cost = 0.0
    for mine, word in zip(written, words, strict=True):
        if mine != word and mine in lexicon.vocabulary:
            cost += _ANOTHER_WORD if len(mine) == len(word) or window.mark is None else _CUT_WORD
    return cost
