"""Build a copy, follow the feed, compare with a new snapshot.

Events name what changed, not how it is now: the feed is for ever and verifiable, and what people
may have to ask to be mended or hidden must not be in it. So each page brings the addresses of its
events along as they stand (``include=addresses``), read after the events and on the same server:
no address is older than its event, whatever lags. It may be newer; a later event then finds the
version there already.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from addrsvc.events.chain import entry_hash
from addrsvc.replica.copy import FILE, Copy, Place, kept, opened, put_in_place, usable
from addrsvc.replica.errors import (
    ChainBroken,
    CopyAhead,
    CopyInUse,
    NotThisServer,
    RightsChanged,
    ServerAway,
    SnapshotCut,
)
from addrsvc.replica.server import BeyondLast, FeedBeginsLater, Page, Server

_PIECE: Final = 1_000
_WAIT_S: Final = 25
_PACE_S: Final = 0.6
"""Between pages where the copy is up to date: what comes meanwhile comes together."""

_LONGEST_PAUSE_S: Final = 30.0
_PATIENCE: Final = 8
"""So often in a row the server may lag behind the copy: about a minute."""

Report = Callable[[Place], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One address that is not the same in the copy and in the register."""

    ref: str
    here: Mapping[str, Any] | None
    """In the copy; None: not there."""
    there: Mapping[str, Any] | None
    """In the register; None: not there, or not to be seen."""

    def fields(self) -> list[str]:
        """Name what differs."""
        here, there = self.here or {}, self.there or {}
        return sorted({name for name, _ in _items(here) ^ _items(there)})


def _items(document: Mapping[str, Any]) -> set[tuple[str, bytes]]:
    return {(name, orjson.dumps(value)) for name, value in document.items()}


def build(folder: Path, server: Server) -> Place:
    """Build the copy of a folder from a snapshot, in place of the one there.

    Raises:
        CopyInUse: another process keeps it.
        CopyUnusable: there is no room for it.
        ServerAway, SnapshotCut: try again; nothing was replaced.
        AccessRefused, NotThisServer: trying again does not help.
    """
    with kept(folder):
        return _build(folder, server)


def follow(
    folder: Path,
    server_at: Callable[[str], Server],
    *,
    until: int | None = None,
    report: Report = lambda _: None,
) -> Place:
    """Bring the copy along, for ever or until it is as far as a number; 0: as the server is now.

    A server that is away is asked again, ever less often. Where its feed begins later than the
    copy ends, the copy is built anew.

    Raises:
        CopyMissing, CopyUnusable: there is none; it is damaged, or cannot be written to.
        CopyInUse: another process keeps it.
        ChainBroken: an event is not what the chain goes on with.
        RightsChanged, AccessRefused: the key does not see what it did.
        CopyAhead: the server has lost events the copy has.
    """
    with kept(folder):
        with opened(folder) as copy:
            url = copy.place.url
        with server_at(url) as server:
            while True:
                try:
                    with opened(folder) as copy:
                        return _follow(copy, server, until, report)
                except FeedBeginsLater:
                    report(_build(folder, server))


def check(folder: Path, server_at: Callable[[str], Server]) -> tuple[Place, list[Difference]]:
    """Compare the copy with a new snapshot; a follower at work meanwhile does no harm.

    Gives the place of the snapshot and the differences, in order of reference.

    Raises:
        CopyMissing, CopyUnusable: there is none; it is damaged.
        CopyInUse: another process compares.
        RightsChanged: the key does not see what it did.
        ServerAway, SnapshotCut: try again; also where nobody brings the copy to the snapshot.
    """
    with opened(folder) as copy:
        url = copy.place.url
    with kept(folder, "check.lock"):
        return _check(folder, url, server_at)


def _check(
    folder: Path, url: str, server_at: Callable[[str], Server]
) -> tuple[Place, list[Difference]]:
    new = folder / "check.sqlite"
    try:
        with server_at(url) as server:
            place = _fill(new, server)
        _bring_to(folder, server_at, place.number)
        with opened(folder) as copy:
            if copy.place.sight != place.sight:
                raise RightsChanged
            found = [
                Difference(ref, _parsed(here), _parsed(there))
                for ref, here, there in copy.differences(new, place.number)
            ]
    finally:
        new.unlink(missing_ok=True)
    return place, found


def _bring_to(folder: Path, server_at: Callable[[str], Server], number: int) -> None:
    for attempt in range(_PATIENCE * 2):
        with opened(folder) as copy:
            place = copy.place
        if place.number >= number:
            return
        if attempt:
            time.sleep(2)
        # where another process follows, it brings the copy there
        with suppress(CopyInUse):
            follow(folder, server_at, until=number)
    raise ServerAway(url=place.url, reason=f"{place.number} < {number}")


def _parsed(document: str | None) -> Mapping[str, Any] | None:
    return None if document is None else orjson.loads(document)


def _build(folder: Path, server: Server) -> Place:
    new = folder / f"{FILE}.new"
    try:
        place = _fill(new, server)
        put_in_place(new, folder)
    finally:
        new.unlink(missing_ok=True)
    return place


def _fill(path: Path, server: Server) -> Place:
    """Write a snapshot to a new file, and make sure that it is whole."""
    path.unlink(missing_ok=True)
    digest = sha256()
    with (
        usable(path.parent),
        closing(Copy(path, is_new=True)) as copy,
        server.snapshot() as lines,
    ):
        try:
            first = next(lines, b"")
            header = orjson.loads(first)["snapshot"]
            digest.update(first)
            number, end = header["number"], None
            while piece := [orjson.loads(line) for line in _hashed(lines, digest)]:
                end = piece.pop().get("end") if "end" in piece[-1] else None
                copy.fill(piece, number)
                if end is not None:
                    break
            whole = {"addresses": copy.count(), "sha256": digest.hexdigest()}
            place = Place(server.url, number, header["hash"], header["exact"], header["sight"])
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise NotThisServer(url=server.url, what="/v1/snapshot") from error
        if end != whole:
            raise SnapshotCut(addresses=copy.count())
        copy.begin_at(place)
    return place


def _hashed(lines: Iterator[bytes], digest: Any) -> Iterator[bytes]:
    """Give some lines, and take their hash but for that of the end."""
    for line in islice(lines, _PIECE):
        if not line.startswith(b'{"end"'):
            digest.update(line)
        yield line


def _follow(copy: Copy, server: Server, until: int | None, report: Report) -> Place:
    failures = lags = 0
    while True:
        place = copy.place
        if until and place.number >= until:
            return place
        try:
            page = server.events(place.number, wait_s=_WAIT_S if until is None else 0)
        except ServerAway as away:
            failures += 1
            if until is not None and failures == _PATIENCE:
                raise
            _pause(failures, away.retry_after_s)
            continue
        except BeyondLast as error:
            lags += 1
            if lags == _PATIENCE:
                raise CopyAhead(number=place.number) from error
            _pause(lags)
            continue
        failures = lags = 0
        last_hash = _verified(place, page)
        missing = page.subjects() - set(page.addresses)
        copy.take_in(page.addresses.values(), missing, page.next, last_hash)
        if page.next > place.number:
            report(copy.place)
            if until is None and page.next >= page.last:
                time.sleep(_PACE_S)
        elif until is not None:
            return copy.place  # all there is


def _pause(failures: int, at_least_s: float | None = None) -> None:
    longest = min(_LONGEST_PAUSE_S, 0.5 * 2**failures)
    # many followers of one server do not come back at once
    time.sleep(max(at_least_s or 0, longest * random.uniform(0.5, 1)))  # noqa: S311 - no secret


def _verified(place: Place, page: Page) -> str | None:
    """Give the hash the chain has come to with a page.

    Raises:
        ChainBroken: an event is missing, or another than the chain's.
        RightsChanged: the key sees other addresses than it did, or has begun or ceased to see
            every event.
    """
    if page.sight != place.sight:
        raise RightsChanged
    before = place.hash
    for number, event in enumerate(page.items, place.number + 1):
        told = event["hash"]
        if (told is None) != (before is None):
            raise RightsChanged
        if before is None or told is None:
            continue
        entry = {name: value for name, value in event.items() if name != "hash"}
        if event["number"] != number or entry_hash(bytes.fromhex(before), entry).hex() != told:
            raise ChainBroken(number=number)
        before = told
    if before is not None and page.next != place.number + len(page.items):
        raise ChainBroken(number=place.number + len(page.items) + 1)
    return before
