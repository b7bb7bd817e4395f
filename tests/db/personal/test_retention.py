"""What is kept of people no longer than its settings say, and the count of it in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.personal import holders, overdue, requests
from addrsvc.personal.model import Person
from addrsvc.personal.requests import Asker, RequestKind, RequestStatus
from addrsvc.registry import retention
from addrsvc.registry.retention import run_retention
from addrsvc.types import AddressId

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
ME = command_line("test")

_ROWS = """
INSERT INTO address (address_id, created_at) OVERRIDING SYSTEM VALUE
SELECT n, now() FROM generate_series(1, 4) n;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT n, 1, CASE n WHEN 1 THEN 'proposed' WHEN 4 THEN 'rejected' ELSE 'retired' END,
       '2020-01-01', CASE n WHEN 3 THEN '2026-01-01'::timestamptz ELSE '2024-06-01' END,
       CASE n WHEN 1 THEN 'assign' WHEN 4 THEN 'reject' ELSE 'retire' END, 'test',
       '{"kind": "dwelling", "source": "test", "commune": ["25747", "2025-07-01"]}'
FROM generate_series(1, 4) n;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT address_id, 1, status, 'dwelling', 'public', '25747', '2025-07-01' FROM address_version;
INSERT INTO import_run (fingerprint, file_name, principal, started_at, finished_at)
SELECT decode(repeat('0' || n, 32), 'hex'), 'x.csv', 'test', day, day
FROM (VALUES (1, '2025-01-01'::timestamptz), (2, '2026-01-10')) AS run (n, day);
INSERT INTO import_rejection SELECT run_id, 2, 'x', 'x', 'x' FROM import_run;
INSERT INTO idempotency_key (principal, key, fingerprint, status, body, created_at)
VALUES ('key:1', 'old', '', 201, 'Bịa', '2025-11-01'),
       ('key:1', 'new', '', 201, 'Bịa', '2026-01-14');
INSERT INTO submission (submission_id, device, act, revision, state, made_at, received_at)
SELECT record::uuid, 'd', 'add', 1, 'refused', day, day
FROM (VALUES ('00000000-0000-4000-8000-000000000001', '2025-01-01'::timestamptz),
             ('00000000-0000-4000-8000-000000000002', '2026-01-10')) AS made (record, day);
INSERT INTO personal.submission_private (submission_id, sealed, key_id, kept_at)
SELECT submission_id, 'x', 'x', received_at FROM submission;
"""


async def test_each_kind_goes_when_its_time_is_over(registry_url: str) -> None:
    settings = service_settings(registry_url)
    clock = FixedClock(NOW)
    with psycopg.connect(registry_url) as admin:
        admin.execute(_ROWS)
    engine = make_engine(settings)
    asker = Asker(Person("Người Bịa", "0900000000"))
    async with transaction(engine) as conn:
        people = [(AddressId(number), Person(f"Người Bịa {number}")) for number in range(1, 5)]
        await holders.put_holders(conn, ME, people, NOW)
        for closed_days_ago in (400, 10, None):
            made = await requests.receive(
                conn,
                ME,
                RequestKind.ACCESS,
                asker,
                received_on=None,
                settings=settings,
                clock=clock,
            )
            if closed_days_ago is not None:
                at = NOW - timedelta(days=closed_days_ago)
                done = RequestStatus.DONE
                await requests.close(conn, ME, made.request_id, done, {"addresses": 0}, at=at)
    await run_retention(engine, settings, clock)
    await run_retention(engine, settings, clock)
    with psycopg.connect(registry_url) as admin:
        held = admin.execute("SELECT address_id FROM personal.address_holder ORDER BY 1").fetchall()
        asked = admin.execute(
            "SELECT request_id, status, sealed IS NULL FROM personal.request ORDER BY 1"
        ).fetchall()
        left = admin.execute("SELECT count(*) FROM import_rejection").fetchone()
        keys = admin.execute("SELECT key, body FROM idempotency_key ORDER BY 1").fetchall()
        noted = admin.execute(
            "SELECT kept_at < '2026-01-01' FROM personal.submission_private"
        ).fetchall()
        told = admin.execute(
            "SELECT detail FROM audit_entry WHERE action = 'retention.run'"
        ).fetchall()
    assert held == [(1,), (3,)]
    assert asked == [(1, "done", True), (2, "done", False), (3, "open", False)]
    assert (left, keys) == ((1,), [("new", "Bịa"), ("old", None)])
    assert noted == [(False,)]
    counted = {"requests": 1, "import_rejections": 1, "idempotency_keys": 1, "collected": 1}
    assert told == [({"holders": 2},), ({**counted, "reading_notes": 0},)]
    await overdue.count(engine, clock)
    assert overdue.OVERDUE._value.get() == 0
    await overdue.count(engine, FixedClock(NOW + timedelta(days=11)))
    assert overdue.OVERDUE._value.get() == 1
    await engine.dispose()


async def test_without_a_database_the_count_stays(registry_url: str) -> None:
    overdue.OVERDUE.set(3)
    engine = make_engine(service_settings("postgresql://postgres@127.0.0.1:1/none"))
    await overdue.count(engine, FixedClock(NOW))
    assert overdue.OVERDUE._value.get() == 3
    await engine.dispose()


async def test_what_was_erased_before_a_failure_is_counted_too(
    registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> int:
        raise OSError("the machine stops")

    with psycopg.connect(registry_url) as admin:
        admin.execute(_ROWS)
    settings = service_settings(registry_url)
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        people = [(AddressId(number), Person(f"Người Bịa {number}")) for number in range(1, 5)]
        await holders.put_holders(conn, ME, people, NOW)
    monkeypatch.setattr(retention.upkeep, "forget_askers", fail)
    with pytest.raises(OSError, match="stops"):
        await run_retention(engine, settings, FixedClock(NOW))
    await engine.dispose()
    with psycopg.connect(registry_url) as admin:
        left = admin.execute("SELECT count(*) FROM personal.address_holder").fetchone()
        told = admin.execute(
            "SELECT detail FROM audit_entry WHERE action ~ '^retention'"
        ).fetchall()
    assert (left, told) == ((2,), [({"holders": 2},)])


async def test_a_correction_of_an_ended_address_keeps_nobody_longer(registry_url: str) -> None:
    """Addresses 2 and 3, retired long ago, are corrected now; 3 was in use again meanwhile."""
    with psycopg.connect(registry_url) as admin:
        admin.execute(_ROWS)
        admin.execute(
            "UPDATE address_version SET recorded_from = '2023-06-01', recorded_to = '2026-01-10'"
            " WHERE address_id IN (2, 3);"
            "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from,"
            " recorded_to, act, principal, document)"
            " SELECT 3, 2, 'current', valid_from, '2026-01-10', '2026-01-11', 'undo', 'test',"
            " document FROM address_version WHERE address_id = 3;"
            "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from,"
            " act, principal, document)"
            " SELECT address_id, 3, 'retired', valid_from, '2026-01-11', 'correct', 'test',"
            " document FROM address_version WHERE address_id IN (2, 3) AND version = 1;"
            "UPDATE address_current SET version = 3 WHERE address_id IN (2, 3)"
        )
    settings = service_settings(registry_url)
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        people = [(AddressId(number), Person(f"Người Bịa {number}")) for number in (2, 3)]
        await holders.put_holders(conn, ME, people, NOW)
    await run_retention(engine, settings, FixedClock(NOW))
    await engine.dispose()
    with psycopg.connect(registry_url) as admin:
        left = admin.execute("SELECT address_id FROM personal.address_holder").fetchall()
    assert left == [(3,)]
