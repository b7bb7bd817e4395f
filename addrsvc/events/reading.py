"""Read the feed: sealed events behind a number, in order, as a principal may see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import RESTRICTED, Sight, sight_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.events.errors import AfterBeyondLast, FeedBeginsLater, TypesUnreadable
from addrsvc.events.sighting import (
    SealedEvent,
    Standing,
    hidden,
    proposal_of,
    sees_all,
    shown,
)

QUERIES = Queries("addrsvc.events", "queries_feed.sql")

PAGE_LIMIT: Final = 1_000
"""Most events in one page."""

SPAN: Final = 10_000
"""Most numbers looked at for one page, so that a rare type is no long statement."""

_TYPE = re.compile(r"[a-z][a-z.-]{0,60}(\*)?")


@dataclass(frozen=True, slots=True)
class TypeFilter:
    """Types of events wanted: these, and all that begin with one of the prefixes."""

    types: tuple[str, ...]
    prefixes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str | None) -> TypeFilter | None:
        """Read ``address.retired,prefix.*``; None: all types.

        Raises:
            TypesUnreadable: one of them can be no type.
        """
        if text is None:
            return None
        given = [each.strip() for each in text.split(",")]
        wrong = [each for each in given if _TYPE.fullmatch(each) is None]
        if wrong:
            raise TypesUnreadable(given=wrong[0][:80])
        prefixes = tuple(each[:-1] for each in given if each.endswith("*"))
        return cls(tuple(each for each in given if not each.endswith("*")), prefixes)

    def takes(self, event: SealedEvent) -> bool:
        """Tell whether an event is of a type wanted."""
        return event.type in self.types or event.type.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and where the next page begins."""

    items: Sequence[SealedEvent]
    next: int
    """What to ask for ``after`` this: all up to here were looked at, shown or not."""
    last: int
    """Number of the event sealed last."""
    written: Sequence[tuple[str, int]] = ()
    """Versions of addresses (code or ``p<id>``, version) told of up to here, shown or not."""

    @property
    def is_end(self) -> bool:
        """Tell whether nothing more is sealed by now."""
        return self.next >= self.last


async def read_page(
    conn: Connection,
    principal: Principal,
    *,
    after: int,
    limit: int = 100,
    types: TypeFilter | None = None,
) -> Page:
    """Read the events behind a number.

    A page may hold fewer than ``limit``, or none, and yet not be the end: what the principal may
    not see and other types are passed over, and one page passes over ``SPAN`` at most.

    Raises:
        NotSignedIn, ScopeMissing: the feed is for principals that may follow it.
        FeedBeginsLater: the events behind that number are not all here any more.
        AfterBeyondLast: there is no event of that number yet.
    """
    principal.require(Scope.EVENTS_READ)
    sight = sight_of(principal)
    # how far who does not see all is led must not tell the type of what it does not see
    picks = None if types is None or not sees_all(sight) else types
    looks_at = limit if picks is types else PAGE_LIMIT
    asked = {
        "after": after,
        "span": SPAN,
        "limit": looks_at,
        "types": None if picks is None else list(picks.types),
        "prefixes": None if picks is None else list(picks.prefixes),
    }
    found = await rows(conn, QUERIES["feed_page"], asked)
    last, first = found[0]["last"], found[0]["first"]
    if after > last:
        raise AfterBeyondLast(after=after, last=last)
    if first is not None and after + 1 < first:
        raise FeedBeginsLater(first=first)
    events = [_event_of(each) for each in found if each["number"] is not None]
    reached = events[-1].number if len(events) == looks_at else min(last, after + SPAN)
    written = [
        (event.subject, version)
        for event in events
        if event.is_of_address and (version := event.version()) is not None
    ]
    if not sees_all(sight):
        wanted = {event.number for event in events if types is None or types.takes(event)}
        events = [
            event
            for event in await _seen(conn, events, sight)
            # what tells of a departure stands for its event, and may be asked for by itself
            if event.number in wanted or (types is not None and types.takes(event))
        ]
    if len(events) > limit:
        events = events[:limit]
        reached = events[-1].number
    return Page(events, reached, last, written)


async def last_number(conn: Connection) -> int:
    """Give the number of the event sealed last; 0: there is none."""
    return int((await rows(conn, QUERIES["feed_last"], {}))[0]["number"])


async def last_numbers(conn: Connection) -> dict[str, int]:
    """Give the number sealed last in each log: ``events``, ``audit``; unchanged: nothing new."""
    return {each["log"]: each["number"] for each in await rows(conn, QUERIES["logs_last"], {})}


def _event_of(found: Row) -> SealedEvent:
    return SealedEvent(
        number=found["number"],
        type=found["type"],
        subject=found["subject"],
        recorded_at=found["recorded_at"],
        data=found["data"],
        hash=bytes(found["hash"]),
    )


async def _seen(conn: Connection, events: Sequence[SealedEvent], sight: Sight) -> list[SealedEvent]:
    standing = await _standing(conn, {ref for event in events for ref in event.mentions()})
    seen, kept = shown(events, standing, sight)
    gone = await _departures(conn, kept, standing, sight)
    return sorted([*seen, *gone], key=lambda event: event.number)


async def _standing(conn: Connection, refs: Iterable[str]) -> dict[str, Standing]:
    ids = {ref: proposal_of(ref) for ref in refs}
    if not ids:
        return {}
    asked = {
        "codes": [ref for ref, address_id in ids.items() if address_id is None],
        "ids": [address_id for address_id in ids.values() if address_id is not None],
    }
    standing: dict[str, Standing] = {}
    for each in await rows(conn, QUERIES["standing"], asked):
        known = Standing(each["address_id"], each["visibility"], each["commune_code"])
        # a proposal that has a code by now is still called by its id in older events
        standing[f"p{known.address_id}"] = known
        if each["code"] is not None:
            standing[each["code"]] = known
    return standing


async def _departures(
    conn: Connection,
    kept: Sequence[SealedEvent],
    standing: dict[str, Standing],
    sight: Sight,
) -> list[SealedEvent]:
    """Give what is told of addresses that were in sight and are not any more."""
    written = {
        event.number: (event, standing[event.subject].address_id, version)
        for event in kept
        if event.is_of_address
        and event.subject in standing
        and (proposal_of(event.subject) is None or RESTRICTED in sight.levels)
        and (version := event.version()) is not None
    }
    if not written:
        return []
    asked = {
        "numbers": list(written),
        "ids": [address_id for _, address_id, _ in written.values()],
        "versions": [version for _, _, version in written.values()],
        **sight.params(),
    }
    found = await rows(conn, QUERIES["departures"], asked)
    return [hidden(written[each["number"]][0]) for each in found]
