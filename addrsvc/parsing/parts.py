"""Read everything below the commune: unit, floor, building, number, street, localities. Pure.

>>> from addrsvc.parsing.tokens import tokenise
>>> tokens = tokenise("Căn 25-06 Block A2, 123/45/6a đ. lê lợi, KP3")
>>> [each.value for each in read_parts(tokens, ()).components]
['Căn hộ 25-06', 'Block A2', '123/45/6A', 'Đường Lê Lợi', 'Khu phố 3']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.parsing.model import Component, Noise, Span, Token
from addrsvc.parsing.parts_pieces import cut
from addrsvc.parsing.parts_reading import KnownStreets, PiecesReader

MAX_ALTERNATIVES: Final = 4


@dataclass(frozen=True, slots=True)
class PartsReading:
    """What the words beside the units say."""

    components: tuple[Component, ...]
    """In the order of a label."""
    noise: tuple[Noise, ...]
    alternatives: tuple[tuple[Component, ...], ...] = ()


def read_parts(
    tokens: Sequence[Token],
    units: Sequence[Span],
    noise: Sequence[Noise] = (),
    known_streets: KnownStreets | None = None,
) -> PartsReading:
    """Read the tokens that stand in no unit and no noise.

    ``units``, ``noise``: spans of the text. ``known_streets``: where given, a name is divided so
    that its street is one that is known.
    """
    taken = sorted([*units, *(each.span for each in noise)])
    pieces = cut(tokens, taken)
    reader = PiecesReader(tokens, pieces, known_streets, {})
    phones = [each.span for each in noise if each.kind == "phone"]
    components = reader.read(phones)
    others = dict.fromkeys(
        PiecesReader(tokens, pieces, known_streets, {place: otherwise}).read(phones)
        for place, otherwise in reader.doubts[:MAX_ALTERNATIVES]
    )
    return PartsReading(
        components,
        tuple(sorted([*noise, *reader.noise], key=_start)),
        tuple(each for each in others if each != components),
    )


def _start(noise: Noise) -> Span:
    return noise.span
