"""Tickets in the database: two clerks at once, guarded words, erasing. All names are invented."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from registry_fixtures import EAST, WEST
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import ANONYMOUS, Principal, Scope
from addrsvc.clock import Clock, FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import READER, WRITER
from addrsvc.db.transaction import transaction
from addrsvc.personal import sealing
from addrsvc.personal.crypto import new_key
from addrsvc.personal.model import Person
from addrsvc.settings import Settings
from addrsvc.tickets import answering, service
from addrsvc.tickets.answering import Answered
from addrsvc.tickets.erasing import run_erasing, take_out_everywhere
from addrsvc.tickets.errors import TicketStale
from addrsvc.tickets.model import Act, Given, Kind, Report, Wanted
from addrsvc.tickets.service import Received
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

NAME, PHONE = "Trần Văn Canari", "0900 000 111"
CONTACT = Given(NAME, PHONE, "canari@mau.example", has_consent=True)
IN_WEST, IN_EAST = LonLat(106.65, 10.95), LonLat(106.75, 10.95)
SCOPES = frozenset({Scope.TICKETS_WRITE, Scope.HOLDERS_READ})
LAN, MINH = Principal("account:lan", SCOPES), Principal("account:minh", SCOPES)
EASTERN = Principal("account:east", SCOPES, frozenset({EAST}))


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


async def receive(
    engine: AsyncEngine, settings: Settings, clock: Clock, report: Report, key: str | None = None
) -> Received:
    async with transaction(engine) as conn:
        return await service.receive(
            conn, ANONYMOUS, report, key=key, settings=settings, clock=clock
        )


async def decide(
    engine: AsyncEngine, who: Principal, ticket_id: int, clock: Clock, answered: Answered
) -> str:
    try:
        async with transaction(engine) as conn:
            done = await answering.decide(conn, who, ticket_id, 1, answered, clock)
    except TicketStale:
        return "stale"
    return done.state.value


async def test_of_two_clerks_one_is_told(
    engine: AsyncEngine, settings: Settings, clock: Clock
) -> None:
    got = await receive(engine, settings, clock, Report(Kind.MISSING, point=IN_WEST))
    ended = await asyncio.gather(
        decide(engine, LAN, got.ticket.ticket_id, clock, Answered(Act.DONE, "Xong")),
        decide(engine, MINH, got.ticket.ticket_id, clock, Answered(Act.REFUSE, "Trùng")),
    )
    assert "stale" in ended
    assert len(set(ended)) == 2
    async with transaction(engine) as conn:
        _, ticket = await service.track(conn, got.number)
    assert ticket.state.value in ended
    assert ticket.version == 2


async def test_the_same_form_sent_at_once_is_one_ticket(
    engine: AsyncEngine, settings: Settings, clock: Clock, registry_url: str
) -> None:
    report = Report(Kind.MISSING, "Nhà cổng xanh", point=IN_WEST)
    both = await asyncio.gather(
        *(receive(engine, settings, clock, report, "k-1") for _ in range(3)),
    )
    assert len({each.number for each in both}) == 1
    assert sorted(each.is_repeat for each in both) == [False, True, True]
    # after a new key to encrypt with, a repeat still finds its number
    old = settings.encryption_keys.get_secret_value()
    turned = service_settings(registry_url, encryption_keys=f"{new_key()},{old}")
    other = make_engine(turned)
    again = await receive(other, turned, clock, report, "k-1")
    assert again.number == both[0].number
    owner = make_engine(service_settings(registry_url, encryption_keys=f"{new_key()},{old}"))
    assert await sealing.rotate(owner) == 1
    await owner.dispose()
    await other.dispose()


async def test_words_are_there_for_those_only_who_may_read_them(
    engine: AsyncEngine, settings: Settings, clock: Clock, registry_url: str
) -> None:
    for point in (IN_WEST, IN_EAST):
        await receive(
            engine, settings, clock, Report(Kind.MISSING, "Cổng xanh", point=point, contact=CONTACT)
        )
    await receive(engine, settings, clock, Report(Kind.MISSING, place="ở đâu đó"))
    with psycopg.connect(as_role(registry_url, READER)) as conn:
        assert conn.execute("SELECT count(*) FROM ticket").fetchone() == (3,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT sealed FROM personal.ticket_said")
    with psycopg.connect(as_role(registry_url, WRITER)) as conn:
        count = "SELECT count(*) FROM personal.ticket_said"
        assert conn.execute(count).fetchone() == (0,)
        for opened, seen in ((WEST, 1), (f"{WEST},{EAST}", 2), ("*", 3), ("", 0)):
            conn.execute("SELECT set_config('addrsvc.open_tickets', %s, true)", [opened])
            assert conn.execute(count).fetchone() == (seen,)
        kept = conn.execute("SELECT string_agg(s::text, '') FROM personal.ticket_said s").fetchone()
    assert kept is not None
    assert NAME not in str(kept)
    async with transaction(engine) as conn:
        args = {"limit": 10, "is_first": True}
        assert len(await answering.claim_next(conn, EASTERN, Wanted(), clock, **args)) == 1
        taken = await answering.claim_next(conn, LAN, Wanted(), clock, **args)
        assert len(taken) == 2  # one of them is looked at
        assert await answering.claim_next(conn, MINH, Wanted(), clock, **args) == []
        assert await answering.count(conn, MINH, Wanted(), clock) == (3, 0)


async def test_words_are_erased_when_due_and_when_their_writer_asks(
    engine: AsyncEngine, settings: Settings, clock: FixedClock, registry_url: str
) -> None:
    report = Report(Kind.MISSING, f"Gọi ông {NAME}", point=IN_WEST, contact=CONTACT)
    closed = await receive(engine, settings, clock, report, "k")
    open_ = await receive(engine, settings, clock, report)
    other = Report(
        Kind.MISSING,
        "Gọi 0911 222 333",
        point=IN_WEST,
        contact=Given(phone="0911222333", has_consent=True),
    )
    untouched = await receive(engine, settings, clock, other)
    answered = Answered(Act.DONE, f"Đã gặp ông {NAME}")
    assert await decide(engine, LAN, closed.ticket.ticket_id, clock, answered) == "done"
    await run_erasing(engine, settings, clock)  # not due yet
    async with transaction(engine) as conn:
        assert (await answering.get_look(conn, LAN, closed.ticket.ticket_id)).said is not None
    later = FixedClock(clock.now() + timedelta(days=settings.keep_tickets_days, seconds=1))
    await run_erasing(engine, settings, later)
    await run_erasing(engine, settings, later)
    async with transaction(engine) as conn:
        gone = await answering.get_look(conn, LAN, closed.ticket.ticket_id)
        assert (gone.said, gone.ticket.answer, gone.ticket.has_contact) == (None, None, False)
        assert gone.ticket.erased_at == later.now()
        assert await answering.read_contact(conn, LAN, closed.ticket.ticket_id, clock) is None
        _, tracked = await service.track(conn, closed.number)
        assert tracked.state.value == "done"
    async with transaction(engine) as conn:
        person = Person(NAME, "+84 900 000 111")
        assert await take_out_everywhere(conn, [person], [f"%{NAME}%"]) == 1
    async with transaction(engine) as conn:
        left = await answering.get_look(conn, LAN, open_.ticket.ticket_id)
        assert left.said is not None
        assert left.said.text is not None
        assert NAME not in left.said.text
        assert left.ticket.has_contact is False
        assert await answering.read_contact(conn, LAN, open_.ticket.ticket_id, clock) is None
        same = await answering.get_look(conn, LAN, untouched.ticket.ticket_id)
        assert same.said is not None
        assert same.said.text == "Gọi 0911 222 333"
        contact = await answering.read_contact(conn, LAN, untouched.ticket.ticket_id, clock)
        assert contact is not None
        assert contact.phone == "0911222333"
    with psycopg.connect(registry_url) as conn:
        told = conn.execute("SELECT detail FROM audit_entry WHERE action = 'retention.run'")
        assert [each[0] for each in told.fetchall()] == [{"tickets": 1}]


def test_what_is_asked_for_most_goes_by_an_index(registry_url: str) -> None:
    params = {
        "state": None,
        "kind": None,
        "commune": None,
        "areas": [WEST],
        "limit": 12,
        "ids": [1],
        "at": "2026-01-01",
        "until": "2026-01-02",
        "principal": "x",
        "most": 10,
        "number_hash": b"x" * 32,
        "before": "2026-01-01",
        "request_keys": [b"x" * 32],
        "since": "2026-01-01",
    }
    with psycopg.connect(registry_url) as conn:
        conn.execute("SET enable_seqscan = off")
        for name, index in (
            ("by_number", "ticket_number_idx"),
            ("by_request", "ticket_request_idx"),
            ("claim_next", "ticket_open_"),
            ("count_open", "ticket_open_"),
            ("count_closed", "ticket_handled_idx"),
            ("due_for_erasing", "ticket_erase_idx"),
        ):
            rows = conn.execute(b"EXPLAIN " + service.QUERIES[name].encode(), params).fetchall()
            assert index in str(rows), name
