"""How parts are printed: capitals, spaces, the word of their kind in full. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from addrsvc.parsing.keys import locality_key, thoroughfare_key, unit_key
from addrsvc.parsing.model import Component, ComponentType, Span, Status, Token
from addrsvc.parsing.normalise import canonical, name_key, repair_telex
from addrsvc.parsing.parts_pieces import Piece
from addrsvc.parsing.parts_words import Role, has_digit

_spelt = lru_cache(maxsize=16_384)(canonical)
_KEYSTROKES: Final = re.compile(r"aa|ee|oo|dd|w", re.IGNORECASE)
_SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_NUMERAL: Final = re.compile(r"[ivx]+")
_ROAD_KEY: Final = re.compile(r"(?:ql|dt|dh|hl|dx) \d")


def written(tokens: Sequence[Token]) -> str:
    """Give tokens as they stand in the text, composed."""
    return tokens[0].text + "".join(token.gap + token.text for token in tokens[1:])


def printed(tokens: Sequence[Token]) -> str:
    """Give a name with the capitals of a name; codes and initials stay as they are.

    >>> from addrsvc.parsing.tokens import tokenise
    >>> [printed(tokenise(each)) for each in ("bình  chuẩn 09", "TRẦN PHÚ", "VSIP II-A")]
    ['Bình Chuẩn 09', 'Trần Phú', 'VSIP II-A']
    """
    shouted = sum(token.text.isupper() and len(token.text) > 1 for token in tokens) > 1
    parts = []
    for place, token in enumerate(tokens):
        text = token.text
        if not text.isalpha() and _SYLLABLE.fullmatch(token.key) is not None:  # a digit slipped in
            text = "".join(char for char in text if not char.isdigit())
        if has_digit(token.key):
            text = text.upper()
        elif text.islower() or (
            shouted
            and text.isupper()
            and _SYLLABLE.fullmatch(token.key) is not None
            and _NUMERAL.fullmatch(token.key) is None
        ):
            text = text.capitalize()
        if place:
            text = _joined(tokens[place - 1], token, text)
        parts.append(text)
    return _spelt("".join(parts))


def _joined(before: Token, token: Token, text: str) -> str:
    """Give a word with what stands between it and the word before."""
    gap = token.gap.strip()
    numbers = has_digit(before.key) and has_digit(token.key)
    if gap in {"-", "/", ".", ":"} and (token.gap == gap or numbers):
        return ("." if gap == ":" else gap) + text
    if gap in {"-", "–"}:
        return f" - {text}"
    if not token.gap and len(before.text) == 1:  # PHú: the tokens took it for P. Hú
        return text.lower()
    return f" {text}"


def span_of(tokens: Sequence[Token], piece: Piece) -> Span:
    """Give where a piece stands in the text."""
    return tokens[piece.begin].start, tokens[piece.end - 1].end


def thoroughfare(tokens: Sequence[Token], piece: Piece, *evidence: str) -> Component:
    """Make the component of a street, road or named alley."""
    plain = printed(tokens[piece.value : piece.end])
    name = repair_telex(plain) if _KEYSTROKES.search(plain) is not None else plain
    if name != plain:
        evidence = (*evidence, "telex")
    title = "" if piece.word is None else piece.word.title
    if name.startswith(("Số ", "So ")):
        name = f"số {name[3:]}" if title else f"Đường số {name[3:]}"
    value = f"{title} {name}".strip()
    key = thoroughfare_key(value)
    if _ROAD_KEY.match(key):
        kind = "numbered_road"
    else:
        kind = "alley" if piece.role is Role.ALLEY else "street"
    return _component(
        ComponentType.THOROUGHFARE, value, span_of(tokens, piece), key, kind, evidence
    )


def locality(
    tokens: Sequence[Token], piece: Piece, kind: str, *evidence: str, title: str = ""
) -> Component:
    """Make the component of a locality."""
    name = printed(tokens[piece.value : piece.end])
    key = locality_key(kind, f"{title} {name}")
    number = key.partition(":")[2]
    if number[:1].isdigit() and title:
        name = number.upper()
    value = f"{title} {name}".strip()
    return _component(
        ComponentType.LOCALITY, value, span_of(tokens, piece), key, key.partition(":")[0], evidence
    )


def inner(
    tokens: Sequence[Token], piece: Piece, type_: ComponentType, title: str, *evidence: str
) -> Component:
    """Make the component of a unit, floor or building."""
    value = title
    if "organisation" in evidence:
        value = canonical(written(tokens[piece.begin : piece.end]))
    elif piece.end > piece.value:
        name = printed(tokens[piece.value : piece.end])
        value = f"{title} {name}".strip()
    if type_ is ComponentType.FLOOR:
        value = value.replace(" 0", " ")
    key = name_key(value) if type_ is ComponentType.BUILDING else unit_key(value)
    return _component(type_, value, span_of(tokens, piece), key, None, evidence)


def _component(
    type_: ComponentType,
    value: str,
    span: Span,
    key: str,
    kind: str | None,
    evidence: tuple[str, ...],
) -> Component:
    return Component(type_, value, span, Status.UNCONFIRMED, key, kind, None, evidence)
