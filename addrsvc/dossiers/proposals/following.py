"""Follow what happens to addresses, and propose what follows to the dossiers linked to them.

Events are read in the order of the feed; how far stands in one row, which is moved in the
transaction that writes the proposals. So a follower that is killed anywhere, or two at once,
propose everything once. No more than ``LINKS`` links are looked at in one transaction, however many
a house has.

**No link is missed.** Who brings a dossier in may have read an address before it changed, and
commit after the follower looked for links. So every event is looked at once more when all
transactions of that time have ended: what is open by then and was written before has its proposal.

**Nothing is overwritten.** A link is held while it is proposed about: whoever decides on it waits
and finds the proposal, which ends with the link; a link that is just being decided on is passed
over, and looked at again later.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.model import (
    ACKNOWLEDGED,
    Consequence,
    Happened,
    Said,
    Why,
    consequence_of,
)
from addrsvc.events import reading
from addrsvc.events import service as events
from addrsvc.events.errors import FeedBeginsLater
from addrsvc.events.reading import Page, TypeFilter
from addrsvc.events.service import Event
from addrsvc.events.sighting import SealedEvent
from addrsvc.registry.model import Document, Status
from addrsvc.settings import Settings

QUERIES: Final = Queries("addrsvc.dossiers.proposals")

FOLLOWER: Final = Principal(
    "service:dossier-proposals",
    frozenset(
        {Scope.EVENTS_READ, Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, Scope.DOSSIERS_READ}
    ),
)
"""Who follows: proposals are made for all dossiers; who sees them, rights decide."""

LINKS: Final = 2_000
"""Most links looked at in one transaction: about half a second's work."""

SETTLE: Final = timedelta(seconds=10)
"""So long after it was read from, an address may be linked by the service."""

_TYPES: Final = TypeFilter.parse(
    "address.changed,address.corrected,address.assigned,address.retired,address.rejected,"
    "address.withdrawn,address.restored,address.replanned"
)
_REPLANNED: Final = "address.replanned"
_CODE: Final = re.compile(r"[0-9]{10}")
_LONGEST_PAUSE_S: Final = 30.0

_log = structlog.get_logger("addrsvc.dossiers")


async def keep_proposing(
    engine: AsyncEngine,
    _settings: Settings,
    clock: Clock,
    *,
    poll_s: float = 0.5,
    settle: timedelta = SETTLE,
) -> None:
    """Follow until cancelled; a database that is away is asked again, ever less often."""
    pause_s = poll_s
    while True:
        try:
            is_behind = await follow(engine, clock, settle=settle)
            pause_s = poll_s
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            pause_s, is_behind = min(pause_s * 2, _LONGEST_PAUSE_S), False
            _log.warning("proposals wait", error=type(error).__name__, pause_s=pause_s)
        await asyncio.sleep(0 if is_behind else pause_s)


async def follow(
    engine: AsyncEngine, clock: Clock, *, links: int = LINKS, settle: timedelta = SETTLE
) -> bool:
    """Look at the next events, or at former ones again; tell whether more is due at once."""
    async with transaction(engine) as conn:
        last = await reading.last_number(conn)
        standing = await row(conn, QUERIES["follower"], {})
        if standing is None or _what_is_due(standing, last, clock.now(), settle) is None:
            return False  # nothing is locked or written while nothing happens
        found = await row(conn, QUERIES["take_follower"], {})
        if found is None:
            return False
        await open_rows(conn, "dossiers", None)
        look = _Look(conn, clock.now(), links)
        match _what_is_due(found, last, look.at, settle):
            case "next":
                await _look_at_next(look, found)
            case "note":
                await execute(conn, QUERIES["note_follower"], {"at": look.at})
            case "again":
                return await _look_again(look, found, settle)
            case _:
                return False
    return True


def _what_is_due(found: Row, last: int, at: datetime, settle: timedelta) -> str | None:
    if found["event_number"] < last:
        return "next"
    if found["noted_number"] is None:
        return "note" if found["settled_number"] < found["event_number"] else None
    is_time = at >= found["noted_at"] + settle
    return "again" if found["is_settled"] and is_time else None


@dataclass(frozen=True, slots=True)
class _Look:
    """One transaction of looking for links."""

    conn: AsyncConnection
    at: datetime
    links: int
    made_by: datetime | None = None
    judged_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """What one event says, and what is proposed for it."""

    number: int
    address_id: int
    version: int | None
    """None: something else is planned for the address, which itself is as it was."""
    act_id: int | None
    back_to: int | None
    """None: it takes no version back."""
    consequence: Consequence | None
    plan_id: int | None = None
    is_withdrawn: bool = False
    """That plan was taken back."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a look came."""

    is_all: bool
    """No link is left to look at."""
    is_held: bool
    """None was passed over because somebody decides on it."""
    number: int = 0
    link_id: int = 0
    """Of the last link looked at."""


async def _look_at_next(look: _Look, found: Row) -> None:
    page = await _page(look.conn, found["event_number"])
    place = (found["event_number"] + 1, found["link_id"])
    reached = await _propose(look, await _changes(look.conn, page.items), place)
    moved = (page.next, 0) if reached.is_all else (reached.number - 1, reached.link_id)
    params = {"number": moved[0], "link_id": moved[1]}
    await execute(look.conn, QUERIES["move_follower"], params)


async def _look_again(look: _Look, found: Row, settle: timedelta) -> bool:
    made_by = found["noted_at"]
    late = _Look(look.conn, look.at, look.links, made_by, made_by + settle)
    page = await _page(look.conn, found["settled_number"])
    until = found["noted_number"]
    items = [each for each in page.items if each.number <= until]
    reached = await _propose(late, await _changes(look.conn, items), (0, 0))
    if reached.is_all and reached.is_held:
        params = {"number": min(page.next, until)}
        await execute(look.conn, QUERIES["settle_follower"], params)
    return reached.is_held


async def _page(conn: AsyncConnection, after: int) -> Page:
    try:
        return await reading.read_page(
            conn, FOLLOWER, after=after, limit=reading.PAGE_LIMIT, types=_TYPES
        )
    except FeedBeginsLater as gap:
        _log.warning("proposals missed archived events", after=after, first=gap.first)
        return Page((), gap.first - 1, gap.first - 1)


async def _changes(conn: AsyncConnection, items: Sequence[SealedEvent]) -> list[_Change]:
    """Give what events mean, of addresses that dossiers are or were linked to."""
    told = {
        each.number: each
        for each in items
        if each.version() is not None and _CODE.fullmatch(each.subject)
    }
    params = {
        "numbers": list(told),
        "codes": [each.subject for each in told.values()],
        "versions": [each.version() for each in told.values()],
    }
    found = await rows(conn, QUERIES["happened"], params) if told else []
    changes = [_change(each, told[each["number"]]) for each in found]
    changes += await _replanned(conn, [each for each in items if each.type == _REPLANNED])
    return sorted(changes, key=lambda each: each.number)


async def _replanned(conn: AsyncConnection, items: Sequence[SealedEvent]) -> list[_Change]:
    told = {each.number: each for each in items if _CODE.fullmatch(each.subject)}
    params = {"numbers": list(told), "codes": [each.subject for each in told.values()]}
    found = await rows(conn, QUERIES["replanned"], params) if told else []
    changes = []
    for each in found:
        data = told[each["number"]].data or {}
        changes.append(
            _Change(
                each["number"],
                each["address_id"],
                version=None,
                act_id=None,
                back_to=None,
                consequence=Consequence(Why.REPLANNED),
                plan_id=data.get("plan"),
                is_withdrawn=data.get("act") == "withdraw",
            )
        )
    return changes


def _change(found: Row, event: SealedEvent) -> _Change:
    successors = (event.data or {}).get("successors") or ()
    happened = Happened(
        found["code"],
        found["act"],
        Said(Status(found["was_status"]), Document.from_json(found["was_document"])),
        Said(Status(found["status"]), Document.from_json(found["document"])),
        tuple(each for each in successors if _CODE.fullmatch(each)),
        tuple(found["predecessors"]),
    )
    return _Change(
        event.number,
        found["address_id"],
        found["version"],
        found["act_id"],
        found["back_to"],
        consequence_of(happened),
    )


async def _propose(look: _Look, changes: Sequence[_Change], place: tuple[int, int]) -> _Reached:
    """Propose what changes mean for links behind a place (event, link), as many as there is room.

    What an undo takes back is ended before it is proposed anew, and after all that was before it.
    """
    room, is_held = look.links, True
    for is_undo, run in groupby(changes, key=_takes_back):
        some = list(run)
        if is_undo:
            await _take_back(look, some)
        meant = [each for each in some if each.consequence is not None]
        found = await _concerned(look, meant, place, room) if meant else []
        is_held = await _write(look, meant, found) and is_held
        if found and len(found) == room:
            return _Reached(False, is_held, found[-1]["number"], found[-1]["link_id"])
        room -= len(found)
    return _Reached(is_all=True, is_held=is_held)


def _takes_back(change: _Change) -> bool:
    return change.is_withdrawn or change.back_to is not None


async def _take_back(look: _Look, changes: Sequence[_Change]) -> None:
    params = {
        "address_ids": [each.address_id for each in changes],
        "back_to": [each.back_to for each in changes],
        "plan_ids": [each.plan_id for each in changes],
        "numbers": [each.number for each in changes],
        "at": look.at,
        "by": FOLLOWER.id,
    }
    await execute(look.conn, QUERIES["take_back"], params)


async def _concerned(
    look: _Look, changes: Sequence[_Change], place: tuple[int, int], limit: int
) -> list[Row]:
    params = {
        "numbers": [each.number for each in changes],
        "address_ids": [each.address_id for each in changes],
        "to_former": [
            each.consequence is not None and each.consequence.to_former for each in changes
        ],
        "back_to": [each.version if each.back_to is None else each.back_to for each in changes],
        "plan_ids": [each.plan_id if each.is_withdrawn else None for each in changes],
        "first": place[0],
        "link_id": place[1],
        "made_by": look.made_by,
        "judged_by": look.judged_by,
        "limit": limit,
    }
    return await rows(look.conn, QUERIES["concerned"], params)


async def _write(look: _Look, changes: Sequence[_Change], found: Sequence[Row]) -> bool:
    """Propose about the links that nobody is ending; tell whether that is all of them."""
    if not found:
        return True
    ids = sorted({each["link_id"] for each in found})
    held = {
        each["link_id"] for each in await rows(look.conn, QUERIES["hold_links"], {"link_ids": ids})
    }
    by_number = {each.number: each for each in changes}
    pairs = [(each, by_number[each["number"]]) for each in found if each["link_id"] in held]
    written = await rows(look.conn, QUERIES["propose"], _proposed(look, pairs))
    anew = [(each, change) for each, change in pairs if _why(change) not in ACKNOWLEDGED]
    params = {
        "link_ids": [each["link_id"] for each, _ in anew],
        "numbers": [change.number for _, change in anew],
        "acknowledged": sorted(ACKNOWLEDGED),
        "at": look.at,
        "by": FOLLOWER.id,
    }
    if anew:
        await execute(look.conn, QUERIES["supersede"], params)
    await _tell(look, written)
    return len(held) == len(ids)


def _proposed(look: _Look, pairs: Sequence[tuple[Row, _Change]]) -> dict[str, Any]:
    changes = [change for _, change in pairs]
    return {
        "link_ids": [each["link_id"] for each, _ in pairs],
        "dossier_ids": [each["dossier_id"] for each, _ in pairs],
        "ns": [each["n"] for each, _ in pairs],
        "whys": [_why(each) for each in changes],
        "numbers": [each.number for each in changes],
        "address_ids": [each.address_id for each in changes],
        "versions": [each.version for each in changes],
        "act_ids": [each.act_id for each in changes],
        "plan_ids": [each.plan_id for each in changes],
        "candidates": [
            ",".join(each.consequence.candidates if each.consequence else ()) for each in changes
        ],
        "at": look.at,
    }


def _why(change: _Change) -> str:
    return "" if change.consequence is None else change.consequence.why.value


async def _tell(look: _Look, written: Sequence[Row]) -> None:
    """Leave an event for each proposal: no address is named, as in all events of dossiers."""
    if not written:
        return
    ids = sorted({each["dossier_id"] for each in written})
    found = await rows(look.conn, QUERIES["tell_of"], {"ids": ids})
    known = {each["dossier_id"]: each for each in found}
    told = [
        Event(
            "dossier.proposed",
            known[each["dossier_id"]]["code_key"],
            {
                "proposal": each["proposal_id"],
                "n": each["n"],
                "why": each["why"],
                "communes": known[each["dossier_id"]]["communes"],
            },
        )
        for each in written
    ]
    await events.record_many(look.conn, at=look.at, told=told)
