"""Read the pieces of a text as parts of an address, one reading at a time. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from addrsvc.parsing.house_number import HouseNumber, parse_house_number
from addrsvc.parsing.keys import thoroughfare_key
from addrsvc.parsing.model import Component, ComponentType, Noise, Span, Status, Token
from addrsvc.parsing.parts_guesses import STREETS, guess_name, guess_number, looks_like_street
from addrsvc.parsing.parts_pieces import Piece
from addrsvc.parsing.parts_values import inner, locality, span_of, thoroughfare, written
from addrsvc.parsing.parts_words import SURNAMES, Role, has_digit

KnownStreets = Callable[[str], bool]
"""Tells whether a ``thoroughfare_key`` is one that some register knows."""

_KP_ROMAN: Final = re.compile(r"kp ?(?:i{1,3}|iv|vi{0,3}|ix|x)")
_NOISE: Final = frozenset({Role.PERSON, Role.PHONE, Role.REMARK, Role.ADMIN})
_WAYS: Final = frozenset({Role.STREET, Role.ROAD, Role.AVENUE, Role.ALLEY})
_INNER: Final = {
    Role.UNIT: ComponentType.UNIT,
    Role.FLOOR: ComponentType.FLOOR,
    Role.BUILDING: ComponentType.BUILDING,
}
_GUESSED_KINDS: Final = {"estate": "residential_area", "park": "industrial_area"}
_MOST_PIECES: Final = 8
"""Pieces of one house number: alleys within alleys, a lot and its cell, the number."""
_SERIAL: Final = re.compile(r"\d{1,3}[a-z]?")
_APART: Final = frozenset(",()|")


class PiecesReader:
    """One reading of the pieces; ``forced``: what a piece is to be read as, by its place."""

    def __init__(
        self,
        tokens: Sequence[Token],
        pieces: Sequence[Piece],
        known: KnownStreets | None,
        forced: Mapping[int, str],
    ) -> None:
        self.tokens = tokens
        self.pieces = pieces
        self.known = known
        self.forced = forced
        self.doubts: list[tuple[int, str]] = []
        self.noise: list[Noise] = []
        self.inner: list[Component] = []
        self.numbers: list[int] = []
        self.streets: list[Component] = []
        self.places: list[Component] = []
        self.postcodes: list[Component] = []
        self.serials: list[Piece] = []
        """Numbers after a house number: of a street that has no other name."""

    def read(self, phones: Sequence[Span]) -> tuple[Component, ...]:
        """Read what words mark first, then what has no word, in order."""
        bare = []
        for place, piece in enumerate(self.pieces):
            if piece.role is Role.BARE:
                bare.append(place)
            else:
                self._marked(place, piece)
        for place in bare:
            piece = self.pieces[place]
            keys = self._keys(piece)
            if _KP_ROMAN.fullmatch(" ".join(keys)):
                self.places.append(locality(self.tokens, piece, "khu_pho", "initials"))
            elif has_digit(keys[0]) or self._is_code(piece):
                self._bare_number(place, piece)
            else:
                self._bare_name(place, piece, keys, phones)
        for piece in self.serials:
            self._add_street(replace(piece, value=piece.begin, word=None), "position")
        return self._assembled()

    # --- pieces with a word before them -----------------------------------------------------

    def _marked(self, place: int, piece: Piece) -> None:
        role, word = piece.role, piece.word
        again = piece.aside and bool(self.streets)
        if again and self.forced.get(place) == "instead":
            self.streets.clear()
            again = False
        if again and role in {Role.STREET, Role.ROAD, Role.AVENUE}:
            self.doubts.append((place, "instead"))
        if word is None or role in _NOISE or (again and role in _WAYS):
            self._noise("person" if role is Role.PERSON else "remark", piece)
        elif role is Role.NUMBER and self._is_serial(place):
            self.serials.append(piece)
        elif role in {Role.NUMBER, Role.LOT} or (
            role is Role.ALLEY and has_digit(self.tokens[piece.value].key)
        ):
            self.numbers.append(place)
        elif role in _WAYS:
            self._add_street(piece, "marker")
        elif role is Role.LOCALITY:
            self.places.append(
                locality(self.tokens, piece, word.kind or "place", "marker", title=word.title)
            )
        elif role is Role.ORGANISATION:
            self.inner.append(inner(self.tokens, piece, ComponentType.BUILDING, "", "organisation"))
        else:
            self.inner.append(inner(self.tokens, piece, _INNER[role], word.title, "marker"))

    def _add_street(self, piece: Piece, evidence: str) -> None:
        """Keep a street, the first that is named; its name ends where a known street's does."""
        found = thoroughfare(self.tokens, piece, evidence)
        if self.streets:
            self._noise("remark", piece)
            return
        if self._is_known(found.key):
            found = replace(found, evidence=(evidence, "lexicon"))
        else:
            for end in range(piece.end - 2, max(piece.value, piece.end - 8), -1):
                shorter = thoroughfare(self.tokens, replace(piece, end=end), evidence, "lexicon")
                if not has_digit(self.tokens[end].key) and self._is_known(shorter.key):
                    found = shorter
                    rest = replace(piece, begin=end, value=end, word=None)
                    self.places.append(locality(self.tokens, rest, "place", "position"))
                    break
        self.streets.append(found)

    # --- pieces without one -----------------------------------------------------------------

    def _bare_number(self, place: int, piece: Piece) -> None:
        """Read a number that no word explains: a house, a postcode, an apartment, a street."""
        if piece.aside and (self.numbers or self.streets):
            self._noise("remark", piece)
            return
        text = written(self.tokens[piece.value : piece.end]).lower()
        what = self.forced.get(place) or self._number_kind(place, text)
        if what == "postcode":
            span = span_of(self.tokens, piece)
            self.postcodes.append(
                Component(
                    ComponentType.POSTCODE, text, span, Status.UNCONFIRMED, text, None, None,
                    ("position",),
                )
            )  # fmt: skip
        elif what == "unit":
            self.inner.append(inner(self.tokens, piece, ComponentType.UNIT, "Căn hộ", "position"))
        elif what == "street":
            self._add_street(piece, "position")
        elif all(self._joins(number, text) for number in self.numbers):
            self.numbers.append(place)
        else:
            self._noise("remark", piece)

    def _number_kind(self, place: int, text: str) -> str:
        """Tell a house from an apartment, a postcode, a street named for a day or by a code."""
        following = self._soft_follower(place)
        named = following is not None and following.role is Role.BARE
        is_number = parse_house_number(text) is not None
        guess = guess_number(text)
        if following is not None and following.role is Role.BUILDING:
            if is_number:
                self.doubts.append((place, "number"))
            return "unit"
        if self._is_serial(place):
            return "street"
        if named or guess in {"number", "postcode"}:
            return "postcode" if guess == "postcode" and not named else "number"
        if self.streets and is_number:
            return "number"
        if place - 1 in self.numbers or not is_number:
            return "street"
        in_place = following is not None and following.role is Role.LOCALITY
        street = guess in {"holiday", "grid"} and not in_place
        first, other = ("street", "number") if street else ("number", "street")
        self.doubts.append((place, other))
        return first

    def _is_serial(self, place: int) -> bool:
        """Tell whether a number follows a house number: ``12 số 5`` is 12 Đường số 5."""
        before = self.pieces[place - 1] if place > 0 else None
        if before is None or self.streets or before.role not in {Role.BARE, Role.NUMBER}:
            return False
        piece = self.pieces[place]
        first = self.tokens[before.value].key
        serial = _SERIAL.fullmatch(self.tokens[piece.value].key) is not None
        one = piece.end == piece.value + 1 and not piece.aside
        following = self._soft_follower(place)
        return (
            serial
            and one
            and piece.gap in {" ", ","}
            and first[0].isdigit()
            and guess_number(first) != "postcode"
            and (following is None or following.role is not Role.BARE)
        )

    def _joins(self, number: int, text: str) -> bool:
        """Tell whether a further number completes one that is there: hẻm 23 and 23/42."""
        piece = self.pieces[number]
        first = self.tokens[piece.value].key
        return piece.role in {Role.ALLEY, Role.LOT} or (
            piece.role is Role.BARE and first.startswith("k") and text.startswith("h")
        )

    def _bare_name(
        self, place: int, piece: Piece, keys: Sequence[str], phones: Sequence[Span]
    ) -> None:
        """Read a name that no word explains: a street, a locality, a building, a person."""
        guess = guess_name(keys)
        forced = self.forced.get(place)
        if guess == "country":
            self._noise("country", piece)
        elif (
            piece.aside
            or guess == "empty"
            or (guess == "initials" and (self.streets or not self._after_number(place, piece)))
        ):
            self._noise("remark", piece)
        elif forced == "street":
            self._add_street(piece, "position")
        elif not self._after_number(place, piece) and self._is_person(piece, keys, phones):
            self._noise("person", piece)
        elif guess == "tower":
            self.inner.append(inner(self.tokens, piece, ComponentType.BUILDING, "", "lexicon"))
        elif guess in _GUESSED_KINDS or self.streets or forced == "place":
            self._add_place(piece, _GUESSED_KINDS.get(guess, "place"))
        elif self._after_number(place, piece):
            self._add_street(piece, "position")
        elif self._is_street(piece, keys):
            self.doubts.append((place, "place"))
            self._add_street(piece, "position")
        else:
            self.doubts.append((place, "street"))
            self._add_place(piece, "place")

    def _add_place(self, piece: Piece, kind: str) -> None:
        found = locality(self.tokens, piece, kind, "position")
        if any(each.key == found.key for each in self.places):
            self._noise("remark", piece)
        else:
            self.places.append(found)

    def _after_number(self, place: int, piece: Piece) -> bool:
        if place - 1 not in self.numbers:
            return False
        lot = self.pieces[place - 1].role is Role.LOT
        return piece.gap not in {"|", "("} and not (lot and piece.gap == ",")

    def _is_street(self, piece: Piece, keys: Sequence[str]) -> bool:
        key = thoroughfare_key(written(self.tokens[piece.value : piece.end]))
        return self._is_known(key) or looks_like_street(keys)

    def _is_known(self, key: str) -> bool:
        return key in STREETS or (self.known is not None and self.known(key))

    def _is_person(self, piece: Piece, keys: Sequence[str], phones: Sequence[Span]) -> bool:
        """Tell whether a name stands beside a phone number, away from the address."""
        if keys[0] not in SURNAMES or not (self.streets or len(self.pieces) > 1):
            return False
        begin, end = span_of(self.tokens, piece)
        after = bisect_left(phones, (end, end))
        near = phones[max(after - 1, 0) : after + 1]
        return any(0 <= begin - phone[1] <= 4 or 0 <= phone[0] - end <= 7 for phone in near)

    # --- what is around ---------------------------------------------------------------------

    def _keys(self, piece: Piece) -> list[str]:
        return [token.key for token in self.tokens[piece.value : piece.end]]

    def _is_code(self, piece: Piece) -> bool:
        """Tell whether words are glued to a number: ``A:12A.21``, ``D_8D_CN``."""
        inside = self.tokens[piece.value + 1 : piece.end]
        glued = bool(inside) and all(not token.gap[:1].isspace() for token in inside)
        return glued and any(has_digit(token.key) for token in inside)

    def _soft_follower(self, place: int) -> Piece | None:
        """Give the next piece where nothing but a space stands between."""
        if place + 1 == len(self.pieces):
            return None
        following = self.pieces[place + 1]
        return following if following.gap not in _APART else None

    def _noise(self, kind: str, piece: Piece) -> None:
        self.noise.append(Noise(kind, span_of(self.tokens, piece)))

    # --- together ---------------------------------------------------------------------------

    def _assembled(self) -> tuple[Component, ...]:
        order = {ComponentType.UNIT: 0, ComponentType.FLOOR: 1, ComponentType.BUILDING: 2}
        inside = sorted(self.inner, key=lambda each: order[each.type])
        places = sorted(self.places, key=lambda each: (each.kind != "to", each.span))
        return (*inside, *self._house_number(), *self.streets, *places, *self.postcodes)

    def _house_number(self) -> list[Component]:
        """Put the pieces of the number together; those that do not fit are remarks."""
        pieces = [self.pieces[place] for place in sorted(self.numbers)]
        while len(pieces) > _MOST_PIECES:
            self._noise("remark", pieces.pop())
        while pieces:
            number = parse_house_number(", ".join(map(self._number_text, pieces)))
            if number is not None:
                return [self._number_component(number, pieces)]
            self._noise("remark", pieces.pop())
        return []

    def _number_text(self, piece: Piece) -> str:
        begin = piece.begin if piece.role in {Role.ALLEY, Role.LOT} else piece.value
        return written(self.tokens[begin : piece.end])

    def _number_component(self, number: HouseNumber, pieces: Sequence[Piece]) -> Component:
        spans = [span_of(self.tokens, piece) for piece in pieces]
        together = all(later.begin == earlier.end for earlier, later in pairwise(pieces))
        span = (spans[0][0], spans[-1][1]) if together else spans[-1]
        evidence = "position" if all(each.role is Role.BARE for each in pieces) else "marker"
        return Component(
            ComponentType.HOUSE_NUMBER, str(number), span, Status.UNCONFIRMED, number.key,
            number.kind, None, (evidence,),
        )  # fmt: skip
