"""The exact probe: house numbers on known streets, by index, one statement for many.

A place found in the gazetteer is a pair of base key and present commune; this asks the registry
for a number there, and, where it is not registered, for its nearest neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.parsing.keys import street_number
from addrsvc.registry.model import Document
from addrsvc.types import LonLat

QUERIES = Queries("addrsvc.geocoding")

_REACH = 200
"""Neighbours are looked for within so many house numbers."""
_EVEN, _ODD = "02468", "13579"
_BEHIND_SLASH = "0"
"""The character after the slash: the first key behind all that begin with it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number on a street (or in a locality), in one of several communes."""

    base_key: str
    """As ``parsing.keys.base_key`` gives it."""
    number_key: str | None
    """As ``parsing.keys.number_key`` gives it; None: addresses there that have no number."""
    communes: tuple[str, ...]
    """Codes of present communes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A public address in use."""

    code: str
    document: Document
    number_key: str | None
    point: LonLat | None
    commune_code: str
    """Present commune."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest registered number of the same side, on the street itself (no alley)."""

    number_key: str
    point: LonLat
    commune_code: str


@dataclass(frozen=True, slots=True)
class Probed:
    """What stands where a number was looked for; the rest is empty where it was found."""

    exact: tuple[Found, ...] = ()
    """The number itself; several: units of one house, or the same number in several communes."""
    alley: tuple[Found, ...] = ()
    """Nearest lower and higher number of the same alley, per commune; the house at its mouth
    where the alley has none lower."""
    lower: tuple[Neighbour, ...] = ()
    """Nearest lower number of the street, same parity; at most one per commune."""
    higher: tuple[Neighbour, ...] = ()


async def probe(conn: Connection, wanted: Sequence[Wanted]) -> list[Probed]:
    """Look every wanted number up; answers in the order asked.

    One round trip where all are registered; a second for the neighbours of those that are not,
    and one for addresses without number.
    """
    places = [_Place.of(at, each, code) for at, each in enumerate(wanted) for code in each.communes]
    answers: list[dict[str, list[Row]]] = [{} for _ in wanted]

    async def ask(name: str, asked: list[_Place]) -> None:
        if asked:
            for row in await rows(conn, QUERIES[name], _params(wanted, asked)):
                at = asked[row["n"] - 1].at
                answers[at].setdefault(row["how"], []).append(row)

    await ask("probe", [each for each in places if wanted[each.at].number_key is not None])
    await ask(
        "probe_without_number", [each for each in places if wanted[each.at].number_key is None]
    )
    found = {
        (at, row["commune"]) for at, each in enumerate(answers) for row in each.get("exact", ())
    }
    near = [each for each in places if each.street and (each.at, each.commune) not in found]
    await ask("probe_near", near)
    return [_probed(answer) if answer else _NOTHING for answer in answers]


_NOTHING = Probed()


@dataclass(frozen=True, slots=True)
class _Place:
    """One commune of one wanted number, as the statement takes it."""

    at: int
    commune: str
    alley: str | None = None
    alley_end: str | None = None
    street: str | None = None
    lowest: str | None = None
    highest: str | None = None
    side: str | None = None

    @classmethod
    def of(cls, at: int, wanted: Wanted, commune: str) -> _Place:
        key = wanted.number_key
        number = None if key is None else street_number(key)
        if key is None or number is None:
            return cls(at, commune)
        mouth, slash, _ = key.partition("/")
        return cls(
            at,
            commune,
            alley=mouth if slash else None,
            alley_end=mouth + _BEHIND_SLASH if slash else None,
            street=f"{number:05}",
            lowest=f"{max(number - _REACH, 0):05}",
            highest=f"{number + _REACH:05}",
            side=_ODD if number % 2 else _EVEN,
        )


def _params(wanted: Sequence[Wanted], places: Sequence[_Place]) -> Row:
    return {
        "base_keys": [wanted[place.at].base_key for place in places],
        "communes": [place.commune for place in places],
        "number_keys": [wanted[place.at].number_key for place in places],
        "alleys": [place.alley for place in places],
        "alley_ends": [place.alley_end for place in places],
        "streets": [place.street for place in places],
        "lowest": [place.lowest for place in places],
        "highest": [place.highest for place in places],
        "sides": [place.side for place in places],
    }


def _probed(answer: dict[str, list[Row]]) -> Probed:
    return Probed(
        exact=tuple(_found(row) for row in answer.get("exact", ())),
        alley=tuple(_found(row) for row in answer.get("alley", ())),
        lower=tuple(_neighbour(row) for row in answer.get("lower", ())),
        higher=tuple(_neighbour(row) for row in answer.get("higher", ())),
    )


def _found(row: Row) -> Found:
    return Found(
        code=row["code"],
        document=Document.from_json(row["document"]),
        number_key=row["number_key"],
        point=None if row["lon"] is None else LonLat(row["lon"], row["lat"]),
        commune_code=row["commune"],
    )


def _neighbour(row: Row) -> Neighbour:
    return Neighbour(row["number_key"], LonLat(row["lon"], row["lat"]), row["commune"])
