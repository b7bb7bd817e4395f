"""Batches: make one of an area, find it again; how far communes are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock
from addrsvc.codes.code import parse_code
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.errors import InvalidInput
from addrsvc.notices.errors import (
    NoticeAreaUnclear,
    NoticeBatchUnknown,
    NoticeCodesWrong,
    NoticeNothing,
    NoticePartUnknown,
    NoticeTooMany,
)
from addrsvc.notices.model import (
    MAX_BATCH,
    MAX_MARKS,
    PART_SIZE,
    Batch,
    CommuneMarks,
    Count,
    Done,
    How,
    Mark,
    Reason,
    State,
    Wanted,
)
from addrsvc.notices.walking import Stop, in_order
from addrsvc.registry import reading
from addrsvc.registry.model import Address, Status

QUERIES: Final = Queries("addrsvc.notices")

_NAMED: Final = 5
"""Codes named in an error."""


async def prepare(
    conn: AsyncConnection, principal: Principal, wanted: Wanted, clock: Clock
) -> Batch:
    """Make a batch of the addresses in use in an area, in the order one walks.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for who may write there.
        NoticeAreaUnclear, NoticeCodesWrong, NoticeNothing, NoticeTooMany: see there.
    """
    principal.require_in(Scope.ADDRESSES_WRITE, () if wanted.commune is None else [wanted.commune])
    if (wanted.commune is None) == (not wanted.codes):
        raise NoticeAreaUnclear
    if wanted.commune is None and wanted.locality is not None:
        raise NoticeAreaUnclear
    principal.require(Scope.ADDRESSES_READ)
    if wanted.commune is not None:
        found = await _of_commune(conn, principal, wanted)
    else:
        stops = [Stop.of(each) for each in await _of_codes(conn, principal, wanted.codes)]
        found = await asyncio.to_thread(in_order, stops)
    if wanted.not_yet is not None:
        marks = await marks_of(conn, [each.address_id for each in found])
        found = [
            each
            for each in found
            if wanted.not_yet not in {mark.state for mark in marks.get(each.address_id, ())}
        ]
    if not found:
        raise NoticeNothing
    if len(found) > MAX_BATCH:
        raise NoticeTooMany(most=MAX_BATCH)
    return await _keep(conn, principal, wanted, found, clock)


async def _keep(
    conn: AsyncConnection,
    principal: Principal,
    wanted: Wanted,
    found: Sequence[Stop],
    clock: Clock,
) -> Batch:
    now = clock.now()
    params = {
        "commune": wanted.commune,
        "locality": wanted.locality,
        "note": wanted.note,
        "communes": sorted({each.area for each in found}),
        "addresses": len(found),
        "made_at": now,
        "made_by": principal.id,
    }
    (made,) = await rows(conn, QUERIES["make_batch"], params)
    filling = {**made, "address_ids": [each.address_id for each in found]}
    await execute(conn, QUERIES["fill_batch"], filling)
    await audit.record(
        conn,
        principal=principal.id,
        action="notice.prepare",
        subject=str(made["batch_id"]),
        at=now,
        detail={"communes": params["communes"], "addresses": len(found)},
    )
    return _batch({**made, **params})


async def _of_commune(conn: AsyncConnection, principal: Principal, wanted: Wanted) -> list[Stop]:
    params = {"commune": wanted.commune, **sight_of(principal).params()}
    found = await rows(conn, QUERIES["stops"], params)
    if len(found) > MAX_BATCH and wanted.locality is None and wanted.not_yet is None:
        raise NoticeTooMany(most=MAX_BATCH)
    stops = (Stop.from_row(**each) for each in found)
    return await asyncio.to_thread(in_order, stops, wanted.locality)


async def _of_codes(
    conn: AsyncConnection, principal: Principal, given: Sequence[str]
) -> list[Address]:
    if len(given) > MAX_BATCH:
        raise NoticeTooMany(most=MAX_BATCH)
    codes: dict[str, str] = {}
    wrong: list[str] = []
    for text in given:
        try:
            codes.setdefault(parse_code(text).code.text, text)
        except InvalidInput:
            wrong.append(text)
    known = await reading.find_addresses(conn, codes.keys())
    printed = {code: each for code, each in known.items() if is_printed(each, principal)}
    wrong += [text for code, text in codes.items() if code not in printed]
    if wrong:
        named = ", ".join(each[:20] for each in wrong[:_NAMED])
        raise NoticeCodesWrong(count=len(wrong), codes=named)
    return list(printed.values())


def is_printed(address: Address, principal: Principal) -> bool:
    """Tell whether a plate and a letter are made of an address for a principal."""
    is_listed = sight_of(principal).lists(address.document.visibility, address.area)
    return is_listed and address.status is Status.CURRENT and address.code is not None


async def get_batch(conn: Connection, principal: Principal, batch_id: int) -> Batch:
    """Give a batch.

    Raises:
        NotSignedIn, ScopeMissing: for who may write addresses.
        NoticeBatchUnknown: there is none, or not all of it lies within the principal's areas.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    found = await row(conn, QUERIES["batch"], {"batch_id": batch_id})
    if found is None or not all(map(principal.reaches, found["communes"])):
        raise NoticeBatchUnknown(batch_id=batch_id)
    return _batch(found)


async def list_batches(
    conn: Connection, principal: Principal, *, before: int, limit: int
) -> list[Batch]:
    """Give batches within the principal's areas, the newest first.

    Raises:
        NotSignedIn, ScopeMissing: for who may write addresses.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    areas = None if principal.areas is None else sorted(principal.areas)
    params = {"before": before, "areas": areas, "limit": limit}
    return [_batch(each) for each in await rows(conn, QUERIES["batches"], params)]


async def read_part(
    conn: Connection, principal: Principal, batch_id: int, part: int
) -> tuple[Batch, list[Address]]:
    """Give the addresses of one part of a batch as they are now; those not in use are left out.

    Raises:
        NotSignedIn, ScopeMissing, NoticeBatchUnknown: see ``get_batch``.
        NoticePartUnknown: it has fewer.
    """
    batch = await get_batch(conn, principal, batch_id)
    if not 1 <= part <= batch.parts:
        raise NoticePartUnknown(part=part, parts=batch.parts)
    codes = await _codes(conn, batch_id, after=(part - 1) * PART_SIZE, limit=PART_SIZE)
    found = await reading.find_addresses(conn, [code for _, code in codes])
    printed = [found[code] for _, code in codes if code in found]
    return batch, [each for each in printed if is_printed(each, principal)]


async def list_done(
    conn: Connection, principal: Principal, batch_id: int, *, after: int, limit: int
) -> tuple[list[Done], int | None]:
    """Give what was done at the addresses of a batch, in order, and where the next page begins.

    Raises:
        NotSignedIn, ScopeMissing, NoticeBatchUnknown: see ``get_batch``.
    """
    await get_batch(conn, principal, batch_id)
    codes = await _codes(conn, batch_id, after=after, limit=limit + 1)
    found = await reading.find_addresses(conn, [code for _, code in codes[:limit]])
    listed = sight_of(principal).lists
    seen = {
        code: each for code, each in found.items() if listed(each.document.visibility, each.area)
    }
    marks = await marks_of(conn, [each.address_id for each in seen.values()])
    done = [
        Done(code, marks.get(seen[code].address_id, ()))
        for _, code in codes[:limit]
        if code in seen
    ]
    return done, codes[limit - 1][0] if len(codes) > limit else None


async def progress_of(conn: Connection, batch_ids: Sequence[int]) -> dict[int, dict[State, int]]:
    """Give at how many addresses of batches what was done, whoever may know it."""
    found: dict[int, dict[State, int]] = {each: {} for each in batch_ids}
    for each in await rows(conn, QUERIES["notice_progress"], {"batch_ids": list(batch_ids)}):
        found[each["batch_id"]][State(each["state"])] = each["addresses"]
    return found


async def marked_at(
    conn: Connection, principal: Principal, batch_id: int, state: State, at: datetime
) -> list[str]:
    """Give codes of a batch for which the principal noted something at one moment.

    Raises:
        NotSignedIn, ScopeMissing, NoticeBatchUnknown: see ``get_batch``.
    """
    await get_batch(conn, principal, batch_id)
    params = {"batch_id": batch_id, "state": state.value, "at": at, "by": principal.id}
    found = await rows(conn, QUERIES["marked_at"], {**params, "limit": MAX_MARKS})
    return [each["code"] for each in found]


async def marks_of(conn: Connection, address_ids: Sequence[int]) -> dict[int, tuple[Mark, ...]]:
    """Give what was done at addresses and stands, whoever may know it."""
    found: dict[int, tuple[Mark, ...]] = {}
    for each in await rows(conn, QUERIES["marks_of"], {"address_ids": list(address_ids)}):
        how = None if each["how"] is None else How(each["how"])
        reason = None if each["reason"] is None else Reason(each["reason"])
        mark = Mark(State(each["state"]), each["done_on"], how, reason)
        found[each["address_id"]] = (*found.get(each["address_id"], ()), mark)
    return found


async def counts(conn: Connection, principal: Principal) -> list[Count]:
    """Give how far each commune is: what the principal sees of those within its areas.

    For anybody, public addresses are counted: it is an aggregate and names nobody.
    """
    params = sight_of(principal).params()
    return [
        Count(
            each["commune_code"],
            each["addresses"],
            each["notified"],
            each["plate_fixed"],
            each["not_met"],
        )
        for each in await rows(conn, QUERIES["notice_counts"], params)
    ]


async def marked_by_commune(conn: Connection) -> list[CommuneMarks]:
    """Give what was done, whoever may know it: for who keeps counts ready."""
    found = await rows(conn, QUERIES["notice_marks_by_commune"], {})
    return [CommuneMarks(**each) for each in found]


async def _codes(
    conn: Connection, batch_id: int, *, after: int, limit: int
) -> list[tuple[int, str]]:
    params = {"batch_id": batch_id, "after": after, "limit": limit}
    found = await rows(conn, QUERIES["batch_codes"], params)
    return [(each["place"], each["code"]) for each in found]


def _batch(found: Row) -> Batch:
    return Batch(**{**found, "communes": tuple(found["communes"])})
