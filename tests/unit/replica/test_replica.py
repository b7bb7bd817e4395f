"""The reference client against a register that is no more than a dictionary."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from addrsvc.events.chain import BEGINNING, entry_hash
from addrsvc.replica import following
from addrsvc.replica.copy import FILE, kept, opened
from addrsvc.replica.errors import (
    AccessRefused,
    ChainBroken,
    CopyAhead,
    CopyInUse,
    CopyMissing,
    CopyUnusable,
    NotThisServer,
    RightsChanged,
    ServerAway,
    SnapshotCut,
)
from addrsvc.replica.following import build, check, follow
from addrsvc.replica.server import Server

URL = "http://register.test"
Answer = Callable[[httpx.Request], httpx.Response]


class Register:
    """A register behind the two routes; what is in ``before`` answers first."""

    def __init__(self) -> None:
        self.addresses: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.shows_hashes = True
        self.sight = "all"
        self.first = 1
        self.cut: int | None = None
        self.before: list[Answer] = []
        self.asked: list[str] = []

    def change(self, ref: str, type_: str = "address.corrected", **fields: Any) -> None:
        """Write a version of an address and its event."""
        known = self.addresses.get(ref)
        version = 1 if known is None else known["version"] + 1
        identity = len(self.addresses) + 1 if known is None else known["id"]
        code = None if ref.startswith("p") else ref
        address = {"id": identity, "ref": ref, "code": code, "version": version, **fields}
        self.addresses[ref] = address
        self.tell(type_, ref, {"version": version})

    def tell(self, type_: str, subject: str, data: Any = None) -> None:
        """Write an event."""
        before = bytes.fromhex(self.events[-1]["hash"]) if self.events else BEGINNING
        entry = {
            "number": len(self.events) + 1,
            "type": type_,
            "subject": subject,
            "recorded_at": "2026-01-15T03:00:00Z",
            "data": data,
        }
        self.events.append({**entry, "hash": entry_hash(before, entry).hex()})

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service does."""
        assert request.headers["authorization"] == "Bearer key"
        self.asked.append(request.url.path)
        if self.before:
            return self.before.pop(0)(request)
        if request.url.path == "/v1/snapshot":
            return httpx.Response(200, content=self._snapshot())
        return self._page(request)

    def _page(self, request: httpx.Request) -> httpx.Response:
        after, limit = (int(request.url.params[name]) for name in ("after", "limit"))
        assert request.url.params["include"] == "addresses"
        last = len(self.events)
        if after > last:
            return problem(409, "after-beyond-last")
        if after + 1 < self.first:
            return problem(410, "feed-begins-later")
        items = self.events[after : after + limit]
        shown = items if self.shows_hashes else [{**each, "hash": None} for each in items]
        subjects = {each["subject"] for each in items if each["type"].startswith("address.")}
        present = {ref: self.addresses[ref] for ref in subjects if ref in self.addresses}
        page = {
            "items": shown,
            "next": after + len(items),
            "last": last,
            "addresses": present,
            "sight": self.sight,
        }
        return httpx.Response(200, content=orjson.dumps(page))

    def _snapshot(self) -> bytes:
        last_hash = self.events[-1]["hash"] if self.events else BEGINNING.hex()
        header = {
            "number": len(self.events),
            "hash": last_hash if self.shows_hashes else None,
            "at": "2026-01-15T03:00:00Z",
            "exact": True,
            "sight": self.sight,
        }
        lines = [{"snapshot": header}, *self.addresses.values()]
        body = b"".join(orjson.dumps(line) + b"\n" for line in lines)
        end = {"addresses": len(lines) - 1, "sha256": sha256(body).hexdigest()}
        return (body + orjson.dumps({"end": end}) + b"\n")[: self.cut]

    def server(self, url: str = URL) -> Server:
        """Give a client of it."""
        assert url == URL
        return Server(url, "key", transport=httpx.MockTransport(self.answer))


def problem(status: int, slug: str, **headers: str) -> httpx.Response:
    body = orjson.dumps({"type": f"/problems/{slug}", "title": "?", "detail": "vì vậy"})
    return httpx.Response(status, content=body, headers=headers)


def documents(folder: Path) -> dict[str, Any]:
    with sqlite3.connect(folder / FILE) as db:
        found = db.execute("SELECT document FROM address").fetchall()
    db.close()
    read = [orjson.loads(document) for (document,) in found]
    return {each["ref"]: each for each in read}


@pytest.fixture
def register() -> Register:
    register = Register()
    for number in range(5):
        register.change(f"751230000{number}", "address.assigned", name=f"Nhà {number}")
    return register


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    paused: list[float] = []
    monkeypatch.setattr(following.time, "sleep", paused.append)
    return paused


def test_a_copy_is_built_and_brought_along(register: Register, tmp_path: Path) -> None:
    place = build(tmp_path, register.server())
    assert (place.number, place.hash) == (5, register.events[-1]["hash"])
    assert documents(tmp_path) == register.addresses
    register.change("7512300001", name="Nhà Một")
    register.change("p6", "address.proposed")
    register.tell("prefix.imported", "75199")
    reached: list[int] = []
    place = follow(
        tmp_path, register.server, until=0, report=lambda place: reached.append(place.number)
    )
    assert (place.number, place.hash, reached) == (8, register.events[-1]["hash"], [8])
    assert documents(tmp_path) == register.addresses
    assert follow(tmp_path, register.server, until=8) == place
    assert check(tmp_path, register.server) == (place, [])
    assert not list(tmp_path.glob("check.sqlite*"))


def test_a_proposal_that_is_given_a_code_stays_one_address(
    register: Register, tmp_path: Path
) -> None:
    register.change("p6", "address.proposed")
    build(tmp_path, register.server())
    proposal = register.addresses.pop("p6")
    coded = {**proposal, "ref": "7512300006", "code": "7512300006", "version": 2}
    register.addresses["7512300006"] = coded
    register.tell("address.assigned", "7512300006", {"version": 2})
    follow(tmp_path, register.server, until=0)
    assert documents(tmp_path) == register.addresses


def test_what_is_hidden_is_dropped(register: Register, tmp_path: Path) -> None:
    register.shows_hashes = False
    register.change("p6", "address.proposed")
    build(tmp_path, register.server())
    for ref in ("7512300002", "p6"):
        del register.addresses[ref]
        register.tell("address.hidden", ref)
    follow(tmp_path, register.server, until=0)
    assert documents(tmp_path) == register.addresses
    # a snapshot of before shows them still: no difference, since they went after it
    gone = documents(tmp_path)
    with opened(tmp_path) as copy:
        assert set(gone) == set(register.addresses)
        assert copy.place.hash is None
    assert check(tmp_path, register.server)[1] == []


def test_an_older_state_never_replaces_a_newer_one(register: Register, tmp_path: Path) -> None:
    register.change("7512300001", name="mới")
    build(tmp_path, register.server())
    with opened(tmp_path) as copy:
        older = {**register.addresses["7512300001"], "version": 1, "name": "cũ"}
        copy.take_in([older], [], 7, None)
    assert documents(tmp_path)["7512300001"]["name"] == "mới"


def test_a_page_is_taken_in_whole_or_not_at_all(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    changed = {**register.addresses["7512300001"], "version": 2}
    with opened(tmp_path) as copy:
        with pytest.raises(KeyError):
            copy.take_in([changed, {"id": 9}], [], 9, None)
        assert copy.place.number == 5
        copy.take_in([changed], [], 6, "ab")
        assert copy.place[1:3] == (6, "ab")
    assert documents(tmp_path)["7512300001"]["version"] == 2


def test_a_cut_snapshot_replaces_nothing(register: Register, tmp_path: Path) -> None:
    register.cut = -40
    with pytest.raises((SnapshotCut, NotThisServer)):
        build(tmp_path, register.server())
    with pytest.raises(CopyMissing):
        follow(tmp_path, register.server, until=0)
    register.cut = None
    build(tmp_path, register.server())
    before = documents(tmp_path)
    lines = register._snapshot().splitlines(keepends=True)
    register.change("7512300001", name="khác")
    for part in (lines[:-1], [*lines[:2], *lines[3:]], lines[:1], []):
        register.before = [lambda _, part=part: httpx.Response(200, content=b"".join(part))]  # type: ignore[misc]
        with pytest.raises((SnapshotCut, NotThisServer)):
            build(tmp_path, register.server())
        assert documents(tmp_path) == before
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".new")] == []


def test_a_server_that_is_away_is_asked_again(
    register: Register, tmp_path: Path, pauses: list[float]
) -> None:
    build(tmp_path, register.server())
    register.change("7512300001", name="mới")

    def vanish(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    register.before = [
        vanish,
        lambda _: problem(503, "overloaded", **{"Retry-After": "7"}),
        lambda _: problem(429, "rate-limited"),
        lambda _: httpx.Response(502, content=b"<html>"),
        lambda _: problem(409, "after-beyond-last"),
    ]
    assert follow(tmp_path, register.server, until=0).number == 6
    assert len(pauses) == 5
    assert 7 in pauses
    assert max(pauses) <= 8
    assert documents(tmp_path) == register.addresses


def test_who_only_wants_to_be_current_is_told_that_nobody_answers(
    register: Register, tmp_path: Path
) -> None:
    build(tmp_path, register.server())
    register.before = [lambda _: httpx.Response(503, content=b"")] * 20
    with pytest.raises(ServerAway):
        follow(tmp_path, register.server, until=0)


def test_what_trying_again_does_not_mend_is_told(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    register.before = [lambda _: problem(403, "scope-missing")]
    with pytest.raises(AccessRefused) as refused:
        follow(tmp_path, register.server, until=0)
    assert "vì vậy" in refused.value.text("vi")
    for answer in (
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"{}"),
        httpx.Response(404, content=b"no"),
    ):
        register.before = [lambda _, answer=answer: answer]  # type: ignore[misc]
        with pytest.raises(NotThisServer):
            follow(tmp_path, register.server, until=0)


def test_a_feed_that_begins_later_leads_to_a_new_copy(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    register.change("7512300001", name="mới")
    register.change("7512300002", name="mới")
    register.first = 7
    assert follow(tmp_path, register.server, until=0).number == 7
    assert register.asked.count("/v1/snapshot") == 2
    assert documents(tmp_path) == register.addresses


def test_a_server_that_lost_events_is_found_out(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    register.events.pop()
    with pytest.raises(CopyAhead):
        follow(tmp_path, register.server, until=0)
    # and where others took their place
    register.tell("address.retired", "7512300000", {"version": 9})
    register.change("7512300001", name="mới")
    with pytest.raises(ChainBroken) as broken:
        follow(tmp_path, register.server, until=0)
    assert broken.value.number == 6


@pytest.mark.parametrize("how", ["altered", "left out", "of another number", "last one left out"])
def test_an_altered_event_is_found_and_nothing_of_its_page_taken(
    register: Register, tmp_path: Path, how: str
) -> None:
    build(tmp_path, register.server())
    for number in range(3):
        register.change(f"751230000{number}", name="mới")
    page = orjson.loads(
        register.server()
        ._client.get("/v1/events", params={"after": 5, "limit": 10, "include": "addresses"})
        .content
    )
    if how == "altered":
        page["items"][1]["subject"] = "7512300004"
    elif how == "left out":
        del page["items"][1]
    elif how == "of another number":
        page["items"][1]["number"] = 8
    else:
        del page["items"][2]
    register.before = [lambda _: httpx.Response(200, content=orjson.dumps(page))]
    with pytest.raises(ChainBroken) as broken:
        follow(tmp_path, register.server, until=0)
    assert broken.value.number == (8 if how == "last one left out" else 7)
    with opened(tmp_path) as copy:
        assert copy.place.number == 5


@pytest.mark.parametrize("shown_first", [True, False])
def test_a_key_that_sees_more_or_less_needs_a_new_copy(
    register: Register, tmp_path: Path, *, shown_first: bool
) -> None:
    register.shows_hashes = shown_first
    build(tmp_path, register.server())
    register.shows_hashes = not shown_first
    register.change("7512300001", name="mới")
    with pytest.raises(RightsChanged):
        follow(tmp_path, register.server, until=0)


def test_differences_are_named(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("DELETE FROM address WHERE code = '7512300000'")
        db.execute(
            "UPDATE address SET document = replace(document, 'Nhà 1', 'Nhà Một')"
            " WHERE code = '7512300001'"
        )
        db.execute("INSERT INTO address VALUES (77, '7512399999', 1, 1, '{\"id\": 77}')")
    db.close()
    register.change("7512300002", name="mới")
    place, found = check(tmp_path, register.server)
    assert place.number == 6
    assert [(each.ref, each.here is None, each.there is None) for each in found] == [
        ("7512300000", True, False),
        ("7512300001", False, False),
        ("7512399999", False, True),
    ]
    assert found[1].fields() == ["name"]


def test_what_happens_after_the_snapshot_is_no_difference(
    register: Register, tmp_path: Path
) -> None:
    build(tmp_path, register.server())
    snapshot = register._snapshot()
    register.change("7512300001", name="mới")
    register.change("7512300007", "address.assigned", name="mới")
    del register.addresses["7512300002"]
    register.tell("address.hidden", "7512300002")
    follow(tmp_path, register.server, until=0)
    register.before = [lambda _: httpx.Response(200, content=snapshot)]
    place, found = check(tmp_path, register.server)
    assert (place.number, found) == (5, [])


def test_one_process_keeps_a_copy(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    with kept(tmp_path):
        with pytest.raises(CopyInUse):
            follow(tmp_path, register.server, until=0)
        with pytest.raises(CopyInUse):
            build(tmp_path, register.server())
        # to compare needs no more than a follower at work
        assert check(tmp_path, register.server)[1] == []
        register.change("7512300001", name="mới")
        with pytest.raises(ServerAway):
            check(tmp_path, register.server)


def test_a_check_does_not_write_over_the_snapshot_of_another(
    register: Register, tmp_path: Path
) -> None:
    build(tmp_path, register.server())

    def meanwhile(request: httpx.Request) -> httpx.Response:
        with pytest.raises(CopyInUse):
            check(tmp_path, register.server)
        return register.answer(request)

    register.before = [meanwhile]
    assert check(tmp_path, register.server)[1] == []


def test_a_damaged_file_is_replaced(register: Register, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 500)
    build(tmp_path, register.server())
    assert documents(tmp_path) == register.addresses


def test_a_key_that_sees_other_addresses_than_before_is_found_out(
    register: Register, tmp_path: Path
) -> None:
    register.shows_hashes = False
    register.sight = "commune 25747"
    build(tmp_path, register.server())
    before = documents(tmp_path)
    register.sight = "commune 25747 and 25750"
    register.change("7512300001", name="mới")
    register.addresses.clear()  # the key may not read addresses any more: none is with the events
    with pytest.raises(RightsChanged):
        follow(tmp_path, register.server, until=0)
    assert documents(tmp_path) == before
    with pytest.raises(RightsChanged):
        check(tmp_path, register.server)


@pytest.mark.parametrize("size", [0, 5_000, 10_000])
def test_a_file_cut_off_is_said_to_be_damaged(
    register: Register, tmp_path: Path, size: int
) -> None:
    for number in range(100):
        register.change(f"75124000{number:02}", name="Nhà Mẫu " * 20)
    build(tmp_path, register.server())
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:size])
    register.change("7512300001", name="mới")
    with pytest.raises(CopyUnusable):
        follow(tmp_path, register.server, until=0)
    with pytest.raises(CopyUnusable):
        check(tmp_path, register.server)
    build(tmp_path, register.server())
    assert documents(tmp_path) == register.addresses


def test_a_full_disk_leaves_the_copy_where_it_was(register: Register, tmp_path: Path) -> None:
    build(tmp_path, register.server())
    many = [{"id": n, "code": None, "version": 1, "text": "x" * 5_000} for n in range(50, 60)]

    def take_in() -> None:
        with opened(tmp_path) as copy:
            copy._db.execute("PRAGMA max_page_count = 10")
            copy.take_in(many, [], 6, None)

    with pytest.raises(CopyUnusable, match="full"):
        take_in()
    with opened(tmp_path) as copy:
        assert copy.place.number == 5
    assert documents(tmp_path) == register.addresses


def test_what_cannot_be_read_of_an_answer_is_a_line_that_fails(
    register: Register, tmp_path: Path
) -> None:
    build(tmp_path, register.server())
    garbled = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Garbled())
    register.before = [lambda _: garbled]
    register.change("7512300001", name="mới")
    follow(tmp_path, register.server, until=0)
    assert documents(tmp_path) == register.addresses


class Garbled(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"no gzip"
