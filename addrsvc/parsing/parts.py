"""Read everything below the commune: unit, floor, building, number, street, localities. Pure.

>>> from addrsvc.parsing.tokens import tokenise
>>> tokens = tokenise("Căn 25-06 Block A2, 123/45/6a đ. lê lợi, KP3")
>>> [each.value for each in read_parts(tokens, ()).components]
['Căn hộ 25-06', 'Block A2', '123/45/6A', 'Đường Lê Lợi', 'Khu phố 3']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from addrsvc.parsing.house_number import HouseNumber, parse_house_number
from addrsvc.parsing.keys import thoroughfare_key
from addrsvc.parsing.model import Component, ComponentType, Noise, Span, Status, Token
from addrsvc.parsing.parts_pieces import Piece, cut
from addrsvc.parsing.parts_values import inner, locality, span_of, thoroughfare, written
from addrsvc.parsing.parts_words import RARE_SURNAMES, SURNAMES, Role, has_digit, words

KnownStreets = Callable[[str], bool]
"""Tells whether a ``thoroughfare_key`` is one that some register knows."""

MAX_ALTERNATIVES: Final = 4
_DATE: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})")
_HOLIDAYS: Final = words(
    """
    30/4 3/2 2/9 19/5 1/5 22/12 19/8 20/11 26/3 8/3 27/7 23/9 2/4 30/10 10/10 20/10 9/1 1/12
    17/3 28/4 1/4 16/4 29/3 24/3 3/4 25/4 21/8 23/8 6/1 27/4
    """
)
"""Days that streets are named for."""
_CODE: Final = re.compile(r"[a-zđ]{1,3}\d{1,2}[a-z]?")
_POSTCODE: Final = re.compile(r"\d{5,6}")
_COUNTRY: Final = frozenset(("viet nam", "vietnam", "vn", "viet nam viet nam", "v n"))
_EMPTY: Final = frozenset(("cu", "moi", "rd", "street", "st", "va", "o", "la", "address"))
_STREETS: Final = frozenset((
    "quang trung", "hung vuong", "hai ba trung", "ba trieu", "dien bien phu", "doc lap",
    "cach mang thang 8", "nam ky khoi nghia", "xo viet nghe tinh", "au co", "lac long quan",
    "thu khoa huan", "yet kieu", "da tuong", "yersin", "pasteur", "an duong vuong", "le loi",
    "my phuoc tan van", "giai phong", "dai lo binh duong", "dai lo dong tay", "xa lo ha noi",
    "bui vien", "tu do", "mau than", "thong nhat", "trung nu vuong", "huyen tran cong chua",
))  # fmt: skip
"""Streets of most towns whose names no surname begins."""
_ESTATES: Final = words(
    """
    residence residences city park garden gardens riverside home homes town villa villas
    oasis land ecolakes richland homeland village
    """
)
_TOWERS: Final = words("tower towers building plaza apartment apartments mall center centre")

_PARKS: Final = frozenset(("vsip", "amata", "becamex"))
"""Makers of industrial parks whose name is the park's."""
_GRID: Final = re.compile(r"[dn][a-z]{0,2}\d{1,2}[a-z]?")
"""Streets of estates: D for dọc (lengthwise), N for ngang (across)."""
_KP_ROMAN: Final = re.compile(r"kp ?(?:i{1,3}|iv|vi{0,3}|ix|x)")
_NOISE: Final = frozenset({Role.PERSON, Role.PHONE, Role.REMARK, Role.ADMIN})
_WAYS: Final = frozenset({Role.STREET, Role.ROAD, Role.AVENUE, Role.ALLEY})
_INNER: Final = {
    Role.UNIT: ComponentType.UNIT,
    Role.FLOOR: ComponentType.FLOOR,
    Role.BUILDING: ComponentType.BUILDING,
}
_APART: Final = frozenset(",()|")


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
    reader = _Reader(tokens, pieces, known_streets, {})
    phones = [each.span for each in noise if each.kind == "phone"]
    components = reader.read(phones)
    others: list[tuple[Component, ...]] = []
    for place, otherwise in reader.doubts[:MAX_ALTERNATIVES]:
        other = _Reader(tokens, pieces, known_streets, {place: otherwise}).read(phones)
        if other != components and other not in others:
            others.append(other)
    return PartsReading(
        components, tuple(sorted([*noise, *reader.noise], key=_start)), tuple(others)
    )


def _start(noise: Noise) -> Span:
    return noise.span


class _Reader:
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
            key = " ".join(keys)
            if key in _COUNTRY or key in _EMPTY:
                self._noise("country" if key in _COUNTRY else "remark", piece)
            elif _KP_ROMAN.fullmatch(key):
                self.places.append(locality(self.tokens, piece, "khu_pho", "initials"))
            elif has_digit(keys[0]) or self._is_code(piece):
                self._bare_number(place, piece)
            else:
                self._bare_name(place, piece, keys, phones)
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
            whole = replace(piece, value=piece.begin)
            self.inner.append(inner(self.tokens, whole, ComponentType.BUILDING, "", "organisation"))
        else:
            self.inner.append(inner(self.tokens, piece, _INNER[role], word.title, "marker"))

    def _add_street(self, piece: Piece, evidence: str) -> None:
        """Keep a street, the first that is named; its name ends where a known street's does."""
        found = thoroughfare(self.tokens, piece, evidence)
        if self.streets:
            self._noise("remark", piece)
            return
        if self.known is not None and self.known(found.key):
            found = replace(found, evidence=(evidence, "lexicon"))
        elif self.known is not None:
            for end in range(piece.end - 1, max(piece.value, piece.end - 8), -1):
                shorter = thoroughfare(self.tokens, replace(piece, end=end), evidence, "lexicon")
                if not has_digit(self.tokens[end].key) and self.known(shorter.key):
                    found = shorter
                    rest = replace(piece, begin=end, value=end, word=None)
                    self.places.append(locality(self.tokens, rest, "place", "position"))
                    break
        self.streets.append(found)

    # --- pieces without one -----------------------------------------------------------------

    def _bare_number(self, place: int, piece: Piece) -> None:
        """Read a number that no word explains: a house, a postcode, an apartment, a street."""
        following = self._soft_follower(place)
        text = written(self.tokens[piece.value : piece.end]).lower()
        named = following is not None and following.role is Role.BARE
        if piece.aside and (self.numbers or self.streets):
            self._noise("remark", piece)
            return
        forced = self.forced.get(place)
        if forced is None:
            forced = "number"
            if _POSTCODE.fullmatch(text) and not named:
                forced = "postcode"
            elif following is not None and following.role is Role.BUILDING:
                forced = "unit"
                if parse_house_number(text) is not None:
                    self.doubts.append((place, "number"))
            elif not self.streets and not named:
                forced = self._number_or_street(place, text)
        if forced == "postcode":
            self.postcodes.append(
                Component(
                    ComponentType.POSTCODE, text, span_of(self.tokens, piece),
                    Status.UNCONFIRMED, text, None, None, ("position",),
                )
            )  # fmt: skip
        elif forced == "unit":
            self.inner.append(inner(self.tokens, piece, ComponentType.UNIT, "Căn hộ", "position"))
        elif forced == "street":
            self._add_street(piece, "position")
        elif all(self._joins(number, text) for number in self.numbers):
            self.numbers.append(place)
        else:
            self._noise("remark", piece)

    def _number_or_street(self, place: int, text: str) -> str:
        """Tell a house in an alley from a street named for a day, a lot from a street's code."""
        date = _DATE.fullmatch(text)
        counted = place - 1 in self.numbers
        if date is not None and 1 <= int(date[1]) <= 31 and 1 <= int(date[2]) <= 12:
            day = f"{int(date[1])}/{int(date[2])}"
            first, other = ("street", "number") if day in _HOLIDAYS else ("number", "street")
        elif _GRID.fullmatch(text) or (" " in text and "thang" in self._keys(self.pieces[place])):
            first, other = "street", "number"
        elif _CODE.fullmatch(text):
            first, other = "number", "street"
        else:
            return "number"
        following = self._soft_follower(place)
        if counted:
            return "street"
        if following is not None and following.role is Role.LOCALITY:
            first, other = "number", "street"
        if "number" not in {first, other} or parse_house_number(text) is not None:
            self.doubts.append((place, other))
        return first

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
        if piece.aside:
            self._noise("remark", piece)
            return
        forced = self.forced.get(place)
        if forced == "street":
            self._add_street(piece, "position")
        elif self._is_person(piece, keys, phones):
            self._noise("person", piece)
        elif not _TOWERS.isdisjoint(keys):
            self.inner.append(inner(self.tokens, piece, ComponentType.BUILDING, "", "lexicon"))
        elif not _ESTATES.isdisjoint(keys):
            self.places.append(locality(self.tokens, piece, "residential_area", "lexicon"))
        elif forced == "place" or self.streets:
            self._add_place(piece, keys)
        elif self._after_number(place, piece):
            self._add_street(piece, "position")
        elif self._looks_street(piece, keys):
            self.doubts.append((place, "place"))
            self._add_street(piece, "position")
        else:
            self.doubts.append((place, "street"))
            self._add_place(piece, keys)

    def _add_place(self, piece: Piece, keys: Sequence[str]) -> None:
        kind = "industrial_area" if keys[0] in _PARKS else "place"
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

    def _looks_street(self, piece: Piece, keys: Sequence[str]) -> bool:
        """Tell whether a bare name is rather a street's: a person's, one that is known."""
        key = thoroughfare_key(written(self.tokens[piece.value : piece.end]))
        if key in _STREETS or (self.known is not None and self.known(key)):
            return True
        if keys[-1].isdigit() and len(keys) > 1 and len(keys[-1].lstrip("0")) > 1:
            return True  # An Phú 13: one of a commune's numbered streets
        return (keys[0] in SURNAMES and len(keys) > 1) or (
            keys[0] in RARE_SURNAMES and len(keys) > 2
        )

    def _is_person(self, piece: Piece, keys: Sequence[str], phones: Sequence[Span]) -> bool:
        """Tell whether a name stands beside a phone number, away from the address."""
        if keys[0] not in SURNAMES or not (self.streets or len(self.pieces) > 1):
            return False
        begin, end = span_of(self.tokens, piece)
        return any(0 <= begin - phone[1] <= 4 or 0 <= phone[0] - end <= 7 for phone in phones)

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
