"""Put right slips in the words that say what follows, where a number follows. Pure.

>>> from addrsvc.parsing.tokens import tokenise
>>> [token.key for token in with_marks_put_right(tokenise("5 Đườn Số 17, Tihn lộ 746"))]
['5', 'duong', 'so', '17', 'tinh', 'lo', '746']
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from addrsvc.parsing.model import Token
from addrsvc.parsing.normalise import fold, is_syllable
from addrsvc.parsing.parts_words import words

_MARKS: Final = tuple(
    tuple((fold(word), word) for word in mark.split())
    for mark in ("tỉnh lộ", "quốc lộ", "hương lộ", "khu phố", "đường")
)
"""Keys and spellings of their words."""
_NAMES: Final = words("dong dung luong huong cuong vuong tuong suong muong buong ruong xuong nuong")
"""Words of names that are one letter away from ``duong``."""


def with_marks_put_right(tokens: list[Token]) -> list[Token]:
    """Give tokens with mistyped marks mended; a word that may be a name stays.

    A name behind a mark is found with its slip; a number is not: it would be taken for the
    house's own.
    """
    mended: list[Token] | None = None
    for at, token in enumerate(tokens):
        if not token.key[0].isdigit() or "," in token.gap:
            continue
        end = at - 1 if at and tokens[at - 1].key == "so" else at
        if not any(map(_is_odd, tokens[max(end - 2, 0) : end])):
            continue
        for mark in _MARKS:
            written = tokens[max(end - len(mark), 0) : end]
            if _is_slip(written, mark):
                mended = mended or list(tokens)
                for place, (key, text) in enumerate(mark, end - len(mark)):
                    if tokens[place].key != key:
                        mended[place] = tokens[place]._replace(key=key, text=text)
                break
    return mended or tokens


def _is_slip(written: Sequence[Token], mark: Sequence[tuple[str, str]]) -> bool:
    """Tell whether words are a mark with one of them mistyped."""
    pairs = zip(written, mark, strict=False)
    wrong = [(token, key) for token, (key, _) in pairs if token.key != key]
    if len(written) != len(mark) or len(wrong) != 1 or any("," in t.gap for t in written[1:]):
        return False
    token, key = wrong[0]
    return _is_odd(token) and OSA.distance(token.key, key, score_cutoff=1) == 1


def _is_odd(token: Token) -> bool:
    """Tell whether a word is in no name: by its shape, or as near as it is to ``duong``."""
    key = token.key
    return not is_syllable(key) or (
        key not in _NAMES and len(key) > 3 and OSA.distance(key, "duong", score_cutoff=1) == 1
    )
