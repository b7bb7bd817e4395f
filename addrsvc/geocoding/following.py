"""Keep a worker's gazetteer as fresh as the event feed: polled twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import psycopg
import structlog
from psycopg.rows import tuple_row
from psycopg_pool import PoolTimeout

from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection, Row, driver_connection, rows
from addrsvc.events import feed
from addrsvc.events.feed import Event
from addrsvc.geocoding.completions import Completions
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.loading import former_place, load, organisation, place_of
from addrsvc.geocoding.probe import QUERIES
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import PRIVATE_KINDS, Document
from addrsvc.types import LonLat

_ADDRESSES = "address."
_REPLANNED = "address.replanned"
_ANEW = ("thoroughfare.", "locality.", "search-keys.")
"""Events after which all names are read again."""

_PAGES = 20
"""After more pages of events at once all names are read again: an act over a province is 300."""

_log = structlog.get_logger()

Pair = tuple[str, str]
"""Base key and commune."""


class Follower:
    """Loads the gazetteer, then follows what happens to addresses and registers of names."""

    def __init__(self, pool: ReadPool, *, every_s: float = 0.5) -> None:
        self._pool = pool
        self._every_s = every_s
        self._xmin = "0"
        self._seen: set[int] = set()
        """Events at or above the position that were taken in already: they come again."""
        self._stale = True
        self.gazetteer: Gazetteer | None = None
        """The names as they stand; None until they were read for the first time. Another one
        takes its place after a register has changed: ask here each time."""
        self.completions: Completions | None = None
        """Completes the names of the gazetteer."""

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is asked again.

        Begun again after an error, it reads all names: the events that led to it are not taken in
        once more.
        """
        self._stale = True
        while True:
            try:
                async with self._pool.connection() as conn:
                    await self.catch_up(conn)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.warning("gazetteer_waits", error=type(error).__name__)
            await asyncio.sleep(self._every_s)

    async def catch_up(self, conn: Connection) -> None:
        """Take in everything that has been committed; read all names anew where that is due."""
        if self._stale:
            await self._load(conn)
        position: str | None = None
        seen: set[int] = set()
        page: list[Event] | None = None
        last: Event | None = None
        pages = 0
        while page is None or len(page) == feed.PAGE:
            if (pages := pages + 1) > _PAGES:
                self._stale = True
                break
            page, xmin = await feed.changes_since(conn, self._xmin, last)
            if position is None:
                position = xmin
            await self._take_in(conn, [each for each in page if each.event_id not in self._seen])
            seen.update(each.event_id for each in page if int(each.xid) >= int(position))
            last = page[-1] if page else None
        # only now: where something failed half-way, the same events are read again
        self._xmin, self._seen = position or self._xmin, seen
        if self._stale:
            await self._load(conn)

    async def _load(self, conn: Connection) -> None:
        """Build aside, then swap: what happens meanwhile is above the position noted first."""
        self._xmin, self._seen = await feed.position(conn), set()
        gazetteer = await load(conn)
        completions = Completions(gazetteer)
        await asyncio.to_thread(completions.warm_all)
        self.gazetteer, self.completions = gazetteer, completions
        self._stale = False
        _log.info("gazetteer_loaded", names=len(self.gazetteer))

    async def _take_in(self, conn: Connection, events: Sequence[Event]) -> None:
        if any(each.type.startswith(_ANEW) for each in events):
            self._stale = True
        # what is planned for its ground changes no name
        codes = [
            each.subject
            for each in events
            if each.type.startswith(_ADDRESSES) and each.type != _REPLANNED
        ]
        if not codes or self.gazetteer is None:
            return
        changed = await rows(conn, QUERIES["changed_addresses"], {"codes": list(set(codes))})
        pairs: set[Pair] = set()
        for each in changed:
            pairs |= _named(self.gazetteer, each)
        await _count(conn, self.gazetteer, sorted(pairs))
        if self.completions is not None:
            await asyncio.to_thread(self.completions.warm_all)


def _named(gazetteer: Gazetteer, changed: Row) -> set[Pair]:
    """Take in the names of a changed address; give the places whose addresses changed in number.

    An act may have written several versions, so all that were ever said are looked at.
    """
    now = Document.from_json(changed["document"])
    others = [Document.from_json(each) for each in changed["others"] or ()]
    code, commune = changed["code"], changed["commune_code"]
    for each in others:
        if each.name is not None:
            names = gazetteer.names("organisation")
            names.drop(name_key(each.name), each.commune.code, code)
    if changed["is_shown"] and now.name is not None and now.kind not in PRIVATE_KINDS:
        gazetteer.add(organisation(code, commune, now.name, changed["lon"], changed["lat"]))
    if changed["is_shown"]:
        past = [each.to_json().get("components", {}) for each in others]
        centre = None if changed["lon"] is None else LonLat(changed["lon"], changed["lat"])
        for key in changed["former_keys"]:
            place = former_place(key, commune, centre, None, past)
            if place is not None:
                gazetteer.add_former(place)
    pairs = {(each.components.search_keys()[0], each.commune.code) for each in others}
    pairs.add((changed["base_key"], commune))
    return {(key, code) for key, code in pairs if key is not None}


async def _count(conn: Connection, gazetteer: Gazetteer, pairs: Sequence[Pair]) -> None:
    """Count the addresses of some places anew: so that the same event twice changes nothing."""
    if not pairs:
        return
    driver = await driver_connection(conn)
    params = {"base_keys": [key for key, _ in pairs], "communes": [code for _, code in pairs]}
    async with driver.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(QUERIES["some_places"], params)
        for row in await cursor.fetchall():
            key, commune = row[0], row[1]
            place = place_of(row)
            if place is not None:
                gazetteer.add(place)
            else:
                gazetteer.names("locality" if ":" in key else "thoroughfare").empty(key, commune)
