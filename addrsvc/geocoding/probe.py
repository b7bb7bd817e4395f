"""The exact probe: house numbers on known streets, by index, one statement for many.

A place found in the gazetteer is a pair of base key and present commune; this asks the registry
for a number there, and, where it is not registered, for its nearest neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
    """A public address: in use, but for those that say they are retired."""

    code: str
    document: Document
    number_key: str | None
    point: LonLat | None
    commune_code: str
    """Present commune."""
    called_until: date | None = None
    """First day it was no longer called as asked for; None: it is called so."""
    is_retired: bool = False
    successors: tuple[str, ...] = ()
    """Codes of what took its place, where it is retired; public ones."""


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
    former: tuple[Found, ...] = ()
    """Addresses that had the number on this street before."""
    retired: tuple[Found, ...] = ()
    """Addresses out of use that had the number last."""
    alley: tuple[Found, ...] = ()
    """Nearest lower and higher number of the same alley, per commune; the house at its mouth
    where the alley has none lower."""
    lower: tuple[Neighbour, ...] = ()
    """Nearest lower number of the street, same parity; at most one per commune."""
    higher: tuple[Neighbour, ...] = ()


async def probe(conn: Connection, wanted: Sequence[Wanted]) -> list[Probed]:
    """Look every wanted number up; answers in the order asked.

    One round trip where all are registered; a second for those that are not: who had the number
    before, and the neighbours; and one for addresses without number.
    """
    answers: list[dict[str, list[Row]]] = [{} for _ in wanted]

    async def ask(name: str, asked: list[_Asked], params: dict[str, str]) -> None:
        for row in await rows(conn, QUERIES[name], params):
            at = asked[row["n"] - 1][0]
            answers[at].setdefault(row["how"], []).append(row)

    numbered: list[_Asked] = []
    others: list[_Asked] = []
    for at, each in enumerate(wanted):
        (others if each.number_key is None else numbered).extend((at, c) for c in each.communes)
    if numbered:
        await ask("probe", numbered, _params(wanted, numbered))
    if others:
        await ask("probe_without_number", others, _params(wanted, others))
    found = {
        (at, row["commune"]) for at, each in enumerate(answers) for row in each.get("exact", ())
    }
    missed = [each for each in numbered if each not in found]
    if missed:
        around = [_Around.of(wanted[at].number_key or "") for at, _ in missed]
        await ask("probe_near", missed, _params(wanted, missed) | _params_near(around))
    return [_probed(answer) if answer else _NOTHING for answer in answers]


_NOTHING = Probed()

_Asked = tuple[int, str]
"""Position of a wanted number, and one of its communes."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What lies around a number along a street, as the statement takes it."""

    alley: str | None = None
    alley_end: str | None = None
    street: str | None = None
    lowest: str | None = None
    highest: str | None = None
    side: str | None = None

    @classmethod
    def of(cls, key: str) -> _Around:
        """Give it for a number; nothing for lots and parcels: they do not count along a street."""
        number = street_number(key)
        if number is None:
            return cls()
        mouth, slash, _ = key.partition("/")
        return cls(
            alley=mouth if slash else None,
            alley_end=mouth + _BEHIND_SLASH if slash else None,
            street=f"{number:05}",
            lowest=f"{max(number - _REACH, 0):05}",
            highest=f"{number + _REACH:05}",
            side=_ODD if number % 2 else _EVEN,
        )


def _params(wanted: Sequence[Wanted], asked: Sequence[_Asked]) -> dict[str, str]:
    return {
        "base_keys": _array(wanted[at].base_key for at, _ in asked),
        "communes": _array(commune for _, commune in asked),
        "number_keys": _array(wanted[at].number_key for at, _ in asked),
    }


def _params_near(around: Sequence[_Around]) -> dict[str, str]:
    return {
        "alleys": _array(each.alley for each in around),
        "alley_ends": _array(each.alley_end for each in around),
        "streets": _array(each.street for each in around),
        "lowest": _array(each.lowest for each in around),
        "highest": _array(each.highest for each in around),
        "sides": _array(each.side for each in around),
    }


def _array(values: Iterable[str | None]) -> str:
    """Write an array of texts as PostgreSQL reads it; the driver takes ten times as long."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _probed(answer: dict[str, list[Row]]) -> Probed:
    return Probed(
        exact=tuple(_found(row) for row in answer.get("exact", ())),
        former=tuple(
            replace(_found(row), called_until=row["until"]) for row in answer.get("former", ())
        ),
        retired=tuple(
            replace(_found(row), is_retired=True, successors=tuple(row["successors"] or ()))
            for row in answer.get("retired", ())
        ),
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
