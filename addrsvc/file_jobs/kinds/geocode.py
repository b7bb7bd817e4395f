"""Find the places of addresses: a text, or its parts in columns."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from addrsvc.auth.model import Scope
from addrsvc.errors import Language, Text
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.geocoding import batch
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.forward import Answer, World, geocode_many
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.parsing.normalise import name_key
from addrsvc.tabular.model import Record

PARTS: Final = (*columns.BELOW, *columns.UNITS)
_PART_LIMIT: Final = 200
_ENOUGH: Final = ("address", "thoroughfare", "locality", "commune")

PART_NAMES: Final[dict[str, Text]] = {
    "unit": Text("Căn hộ", "Apartment"),
    "floor": Text("Tầng", "Floor"),
    "building": Text("Tòa nhà", "Building"),
    "house_number": Text("Số nhà", "House number"),
    "thoroughfare": Text("Đường, phố", "Street"),
    "locality": Text("Khu phố, ấp, thôn", "Locality"),
    "commune": Text("Phường, xã", "Commune"),
    "district": Text("Quận, huyện (trước 7/2025)", "District (before July 2025)"),
    "province": Text("Tỉnh, thành phố", "Province"),
}
ROLES: Final[dict[str, Text]] = {
    "address": Text("Địa chỉ (cả dòng)", "Address (whole text)"),
    **PART_NAMES,
}
_TOO_LONG: Final = Text(
    "Địa chỉ dài quá {limit} ký tự.", "The address has more than {limit} characters."
)
_COMMUNE: Final = re.compile(r"\b(?:phuong|xa|thi tran|dac khu|p|x|tt)\b")
"""A text that says its commune itself needs none from beside it."""
_CHUNK: Final = 250
"""Questions between two moments at which the event loop is free."""


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Geocode rows; empty and too long ones are not looked up, equal ones once."""
    world = room.geocoder.world
    asked = [query_of(terms, record) for record in records]
    queries = list(dict.fromkeys(each for each in asked if isinstance(each, Query)))
    told: dict[Query, RowDone] = {}
    for at in range(0, len(queries), _CHUNK):
        some = queries[at : at + _CHUNK]
        answers = await geocode_many(room.geocoder.probes, world, some)
        told |= {each: _told(world, found) for each, found in zip(some, answers, strict=True)}
        await asyncio.sleep(0)
    return [
        WORK.undone(each, reason_of(each, terms.language)) if isinstance(each, str) else told[each]
        for each in asked
    ]


def _told(world: World, answer: Answer) -> RowDone:
    cells = batch.answer_cells(world, answer)
    best = answer.matches[0].candidate.code if answer.matches else None
    return RowDone(cells[0], [*cells, ""], best)


def query_of(terms: Terms, record: Record) -> Query | str:
    """Give what a row asks, or its status where it asks nothing that can be looked up."""
    text = terms.cell(record, "address")
    if text:
        if len(terms.at) > 1:
            text = _with_units(terms, record, text)
        return "too_long" if len(text) > MAX_TEXT else Query(at=terms.day, text=text, limit=1)
    parts = {name: value for name in PARTS if (value := terms.cell(record, name))}
    if not parts:
        return "empty"
    if any(len(value) > _PART_LIMIT for value in parts.values()):
        return "too_long"
    return Query(at=terms.day, given=Given(**parts), limit=1)


def reason_of(status: str, language: Language) -> str:
    """Say in words why a row asks nothing, where its status alone does not."""
    return _TOO_LONG.in_(language).format(limit=MAX_TEXT) if status == "too_long" else ""


def _with_units(terms: Terms, record: Record, text: str) -> str:
    """Put the units that stand in columns of their own behind a text that names no commune."""
    if _COMMUNE.search(name_key(text)):
        return text
    units = [value for name in columns.UNITS if (value := terms.cell(record, name))]
    return ", ".join([text, *units])


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need an address, or parts of one that name a place."""
    return () if any(role in roles for role in _ENOUGH) else ("address",)


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles=ROLES,
    guess=partial(columns.guess, columns.ADDRESS | columns.BELOW | columns.UNITS),
    lacks=lacks,
    added=(*batch.COLUMNS, "geocode_problem"),
    work=work,
    numbers=batch.NUMBERS,
    lon="geocode_lon",
    lat="geocode_lat",
)
