r"""Pure: what a filter may be before the library reads it: a hostile one would crash or stall it.

The library recurses: 3,900 signs in a row end the process, and brackets left open cost twice as
much with each one, a second at sixteen. Nothing reaches it that is long, deep or unbalanced.

>>> require_modest("name = 'Bình Dương' AND NOT (area_km2 > 5)", is_json=False)
"""

from __future__ import annotations

import re
from typing import Final

from addrsvc.ogc.cql.errors import (
    FilterTooDeep,
    FilterTooLarge,
    FilterTooLong,
    FilterUnreadable,
)

LENGTH: Final = 4_000
"""Most characters of a filter."""

DEPTH: Final = 8
"""Most brackets of CQL2 text in each other, those of functions and geometries too."""

DEPTH_JSON: Final = 24
"""The same of JSON, where each operator takes two."""

WORDS: Final = 200
"""Most operators."""

NAMES: Final = {False: "CQL2 text", True: "CQL2 JSON"}
EXAMPLES: Final = {
    False: "accenti(casei(name)) LIKE accenti(casei('bình%'))",
    True: '{"op":"=","args":[{"property":"code"},"25747"]}',
}

_IN_TEXT: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_IN_JSON: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD: Final = re.compile(
    r"\b(?:and|or|not|in|like|between|is|div)\b|<>|[<>]=?|[=^*/%]", re.IGNORECASE
)
_CHAIN: Final = re.compile(r"(?:[-+]\s*){4}|(?:\bnot\b\s*){6}", re.IGNORECASE)


def require_modest(given: str, *, is_json: bool) -> None:
    """Pass only a filter that is safe to read.

    Raises:
        FilterTooLong, FilterTooDeep, FilterTooLarge: it is more than is read.
        FilterUnreadable: quotes or brackets do not match, or it holds what no text may.
    """
    if len(given) > LENGTH:
        raise FilterTooLong(length=len(given), limit=LENGTH)
    hidden = next((at for at, char in enumerate(given) if _is_no_text(char)), None)
    if hidden is not None:
        raise unreadable(is_json=is_json, place=hidden + 1)
    # what stands in quotes is a value, whatever it holds; places stay as they are
    quoted = _IN_JSON if is_json else _IN_TEXT
    bare = quoted.sub(lambda found: "_" * len(found[0]), given)
    left = bare.find('"') if is_json else max(bare.find('"'), bare.find("'"))
    if left >= 0:
        raise unreadable(is_json=is_json, place=left + 1)
    _require_flat(bare, is_json=is_json)
    if is_json:
        return
    if _CHAIN.search(bare):
        raise FilterTooDeep(limit=DEPTH)
    words = len(_WORD.findall(bare))
    if words > WORDS:
        raise FilterTooLarge(parts=words, limit=WORDS)


def _require_flat(bare: str, *, is_json: bool) -> None:
    limit = DEPTH_JSON if is_json else DEPTH
    opening, closing = ("[{", "]}") if is_json else ("(", ")")
    depth = 0
    for at, char in enumerate(bare):
        if char in opening:
            depth += 1
        elif char in closing:
            depth -= 1
        if depth > limit:
            raise FilterTooDeep(limit=limit)
        if depth < 0:
            raise unreadable(is_json=is_json, place=at + 1)
    if depth:
        raise unreadable(is_json=is_json, place=len(bare))


def _is_no_text(char: str) -> bool:
    """Tell whether no database holds a character: NUL, and half of a pair."""
    return char == "\0" or "\ud800" <= char <= "\udfff"


def unreadable(*, is_json: bool, place: int) -> FilterUnreadable:
    """Give the refusal of what is no CQL2, from a character on (the first is 1)."""
    return FilterUnreadable(language=NAMES[is_json], place=place, example=EXAMPLES[is_json])
