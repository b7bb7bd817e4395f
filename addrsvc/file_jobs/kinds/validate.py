"""Judge addresses: a text, its parts in columns, or a code; with reasons in words."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from addrsvc.auth.model import Scope
from addrsvc.errors import AddrsvcError
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds import check, geocode
from addrsvc.file_jobs.kinds.judging import JUDGED, judged, judged_columns
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.forward import geocode_many, validate
from addrsvc.tabular.model import Record

_CHUNK: Final = 250


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Judge rows; a code goes before the text beside it."""
    done: list[RowDone] = []
    for at in range(0, len(records), _CHUNK):
        done += await _some(room, terms, records[at : at + _CHUNK])
        await asyncio.sleep(0)
    return done


async def _some(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    world = room.geocoder.world
    codes = [terms.cell(record, "code") for record in records]
    asked = [
        None if code else geocode.query_of(terms, record)
        for record, code in zip(records, codes, strict=True)
    ]
    queries = [each for each in asked if isinstance(each, Query)]
    answers = iter(await geocode_many(room.geocoder.probes, world, queries))
    checked = iter(await check.verdicts_of(room, [code for code in codes if code]))
    done = []
    for each in asked:
        if isinstance(each, str):
            done.append(WORK.undone(each, geocode.reason_of(each, terms.language)))
            continue
        verdict = next(checked) if each is None else validate(world, next(answers))
        if isinstance(verdict, AddrsvcError):
            done.append(WORK.undone("refused", verdict.text(terms.language)))
        else:
            done.append(judged(verdict, terms.language))
    return done


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need an address, parts of one that name a place, or a code."""
    return () if "code" in roles else geocode.lacks(roles)


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles={**geocode.ROLES, **check.ROLES},
    guess=partial(columns.guess, columns.ADDRESS | columns.BELOW | columns.UNITS | columns.CODE),
    lacks=lacks,
    work=work,
    **judged_columns("validate", JUDGED),
)
