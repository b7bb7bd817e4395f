"""Complete an address while it is typed: the street, its number, then the unit; the commune too.

What stands around the caret is completed; the rest of the text stays, and a commune named in it
decides. Names come from memory, numbers by one range of the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import cos, hypot, log1p, radians
from typing import Literal

from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection, rows
from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.commune_completions import CommuneCompletions
from addrsvc.geocoding.completions import Completions
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place
from addrsvc.geocoding.probe import QUERIES, Wanted, probe
from addrsvc.parsing.keys import locality_key, number_key, thoroughfare_key
from addrsvc.parsing.normalise import name_key, repair_telex
from addrsvc.types import LonLat

_NUMBER = re.compile(
    r"\s*(?:số\s+)?((?:[0-9]+[A-Za-z]?)(?:/[0-9]*[A-Za-z]?)*)(?:\s+|$)", re.IGNORECASE
)
_STREET_WORD = re.compile(r"\s*(?:đường|duong|đ\.)\s+", re.IGNORECASE)
_LOOKED_AT = 24
_KM_PER_DEG = 111.2
_KM_LIKE_TEN_TIMES_AS_BUSY = 5.0
_LOG_TEN = 2.3
_LONGEST = 200

_COMMUNES = 2
"""Least room for communes among names of streets and places."""

Stage = Literal["street", "locality", "organisation", "number", "unit", "commune"]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far."""

    text: str
    caret: int
    """Code points before the caret."""
    near: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on: the whole text, and where the caret then stands."""

    type: Stage
    text: str
    caret: int
    commune_code: str
    commune_name: str
    code: str | None = None
    """Of the address, where the text names one."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """The part of a text between commas that the caret stands in, taken apart."""

    before: str
    number: str
    name: str
    after: str
    in_number: bool
    communes: tuple[str, ...]
    """Present communes named in the rest of the text."""


async def complete(
    pool: ReadPool,
    completions: Completions,
    communes: CommuneCompletions,
    typed: Typed,
    *,
    limit: int = 8,
) -> list[Suggestion]:
    """Give the likeliest ways to go on, best first."""
    for cut in _cuts(typed, completions.gazetteer):
        if cut.in_number and cut.name:
            async with pool.connection() as conn:
                return await _numbers(conn, completions.gazetteer, cut, limit)
        found = _names(completions, cut, typed.near, limit)
        upper = [] if cut.number else _communes_beginning(communes, cut, typed.near, limit)
        if found or upper:
            if cut.before.strip():  # behind a comma a commune is likelier
                return (upper + found)[:limit]
            room = max(limit - len(upper), limit - _COMMUNES)
            return (found[:room] + upper)[:limit]
    return []


def _cuts(typed: Typed, gazetteer: Gazetteer) -> Iterator[_Cut]:
    """Cut a text in the ways it may be meant, likeliest first.

    Words behind the caret are a part of their own where they name a commune
    (``12 le l| phu loi``), or where nothing goes on as they do.
    """
    text, caret = typed.text[:_LONGEST], min(max(typed.caret, 0), len(typed.text), _LONGEST)
    begin = text.rfind(",", 0, caret) + 1
    end = text.find(",", caret)
    end = len(text) if end < 0 else end
    word_end = next((at for at in range(caret, end) if text[at].isspace()), end)
    behind = text[word_end:end].strip()
    whole = _cut(text, begin, end, caret, gazetteer)
    if not behind or whole.in_number:
        yield whole
        return
    divided = f"{text[:word_end]}, {behind}{text[end:]}"
    apart = _cut(divided, begin, word_end, caret, gazetteer)
    yield from (apart,) if gazetteer.communes_named(name_key(behind)) else (whole, apart)


def _cut(text: str, begin: int, end: int, caret: int, gazetteer: Gazetteer) -> _Cut:
    """Take the part between two places apart."""
    segment = text[begin:end]
    number = _NUMBER.match(segment)
    at = 0 if number is None else number.end()
    others = [part for part in (*text[:begin].split(","), *text[end:].split(",")) if part.strip()]
    return _Cut(
        before=text[:begin],
        number="" if number is None else number[1],
        name=segment[at:].strip(),
        after=text[end:],
        in_number=number is not None and caret - begin <= number.end(1),
        communes=tuple(_communes(others, gazetteer)),
    )


def _communes(parts: Iterable[str], gazetteer: Gazetteer) -> list[str]:
    """Find the communes a text names by their whole names, kind or not."""
    keys = {name_key(part) for part in parts}
    return [code for key in keys for code in gazetteer.communes_named(key)]


def _names(
    completions: Completions, cut: _Cut, near: LonLat | None, limit: int
) -> list[Suggestion]:
    typed = _STREET_WORD.sub("", cut.name)
    ways = tuple(dict.fromkeys((typed, repair_telex(typed))))
    places = _first_beginning(completions, ways, cut.communes)
    if not places and typed:
        region = frozenset(cut.communes) or None
        hits = completions.gazetteer.find(None, typed, region, limit=limit)
        places = [hit.place for hit in hits]
    if not places and cut.communes:  # elsewhere: the commune may be the one to be mended
        places = _first_beginning(completions, ways, ())
    places.sort(key=lambda place: _liking(place, near), reverse=True)
    named = (_named(completions.gazetteer, cut, place) for place in places)
    return list({each.text: each for each in islice(named, 3 * limit)}.values())[:limit]


def _first_beginning(
    completions: Completions, ways: Sequence[str], communes: tuple[str, ...]
) -> list[Place]:
    """Give the places that begin as the first way of writing that any begins with."""
    found = (_beginning(completions, written, communes) for written in ways)
    return next((places for places in found if places), [])


def _communes_beginning(
    communes: CommuneCompletions, cut: _Cut, near: LonLat | None, limit: int
) -> list[Suggestion]:
    """Complete the name of a commune, where no other is named."""
    if cut.communes:
        return []

    def nearer(busy: float, area: Area) -> float:
        return busy - _far(area.centre, near)

    liking = None if near is None else nearer
    found: list[Area] = []
    for written in dict.fromkeys((cut.name, repair_telex(cut.name))):
        found = found or communes.beginning(written, limit, liking)
    return [_commune(cut, area) for area in found]


def _commune(cut: _Cut, area: Area) -> Suggestion:
    head = f"{cut.before} {area.full_name}" if cut.before else area.full_name
    upper = f", {area.province.full_name}" if area.province is not None else ""
    tail = cut.after or upper
    return Suggestion("commune", head + tail, len(head), area.code, area.full_name)


def _beginning(completions: Completions, written: str, communes: tuple[str, ...]) -> list[Place]:
    """Give places whose names begin so; a word of a kind (ấp, KP) names localities of that kind."""
    kind, _, bare = locality_key("place", written).rpartition(":")
    if kind != "place" and bare:
        places = completions.places(bare, communes, _LOOKED_AT)
        return [place for place in places if place.key.startswith(f"{kind}:")]
    prefix = name_key(written)
    return completions.places(prefix, communes, _LOOKED_AT) if prefix else []


def _liking(place: Place, near: LonLat | None) -> float:
    return log1p(max(place.addresses, 0)) - _far(place.centre, near)


def _far(centre: LonLat | None, near: LonLat | None) -> float:
    """Tell how much less welcome a place is for being far from where the asker looks."""
    if near is None or centre is None:
        return 0.0
    across = (centre.lon - near.lon) * cos(radians(near.lat))
    km = hypot(across, centre.lat - near.lat) * _KM_PER_DEG
    return km / _KM_LIKE_TEN_TIMES_AS_BUSY * _LOG_TEN


def _named(gazetteer: Gazetteer, cut: _Cut, place: Place) -> Suggestion:
    kind: Stage = "street" if place.kind == "thoroughfare" else place.kind
    number = cut.number if kind != "organisation" else ""
    line = " ".join(part for part in (number, place.name) if part)
    return _suggestion(gazetteer, cut, kind, line, place.commune_code, place.code)


def _suggestion(
    gazetteer: Gazetteer, cut: _Cut, kind: Stage, line: str, commune: str, code: str | None
) -> Suggestion:
    head = f"{cut.before} {line}" if cut.before else line
    name = gazetteer.commune_names.get(commune, commune)
    tail = cut.after if cut.communes else f", {name}{cut.after}"
    return Suggestion(kind, head + tail, len(head), commune, name, code)


async def _numbers(
    conn: Connection, gazetteer: Gazetteer, cut: _Cut, limit: int
) -> list[Suggestion]:
    """Complete the number on a street that is known; where it is whole, its units."""
    region = frozenset(cut.communes) or None
    key = thoroughfare_key(cut.name)
    hits = gazetteer.find("thoroughfare", cut.name, region, limit=3, key=key)
    hits = hits or gazetteer.find("locality", cut.name, region, limit=3)
    found: list[Suggestion] = []
    for hit in hits:
        found += await _units(conn, gazetteer, cut, hit.place)
        for low, high in _ranges(cut.number):
            params = {
                "base_key": hit.place.key,
                "commune": hit.place.commune_code,
                "first": low,
                "behind": high,
                "limit": limit,
            }
            for row in await rows(conn, QUERIES["numbers_beginning"], params):
                line = f"{row['house_number']} {hit.place.name}"
                commune = hit.place.commune_code
                found.append(_suggestion(gazetteer, cut, "number", line, commune, row["code"]))
    return list({each.text: each for each in found}.values())[:limit]


def _ranges(number: str) -> list[tuple[str, str]]:
    """Give the ranges of keys whose numbers begin so: ``12`` is 12…, 120–129, 1200–1299.

    >>> _ranges("12")[:2]
    [('00012', '00013'), ('00120', '00130')]
    >>> _ranges("12/")
    [('00012/', '000120')]
    """
    chain, slash, last = number.rpartition("/")
    begin = number_key(chain) + slash if slash else ""
    digits = re.match(r"\d*", last)
    typed = digits[0] if digits is not None else ""
    if not typed:
        return [(begin, begin[:-1] + "0")] if begin else []
    if typed != last:
        key = begin + number_key(last)
        return [(key, key + "\uffff")]
    value = int(typed)
    return [
        (f"{begin}{value * 10**more:05}", f"{begin}{(value + 1) * 10**more:05}")
        for more in range(5 - len(typed))
    ]


async def _units(
    conn: Connection, gazetteer: Gazetteer, cut: _Cut, place: Place
) -> Sequence[Suggestion]:
    wanted = Wanted(place.key, number_key(cut.number), (place.commune_code,))
    [probed] = await probe(conn, [wanted])
    line = f"{cut.number} {place.name}"
    return [
        _suggestion(gazetteer, cut, "unit", f"{unit}, {line}", place.commune_code, each.code)
        for each in probed.exact
        if (unit := each.document.components.unit) is not None
    ]
