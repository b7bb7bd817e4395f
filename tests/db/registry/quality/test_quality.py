"""What is gathered of an address alone and by an audit; runs, counts, what a killed one leaves."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from registry_fixtures import EAST, NORTH, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.auth.sight import sight_of
from addrsvc.clock import FixedClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import driver_connection, execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.registry import repository as addresses
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress, RetireAddress
from addrsvc.registry.model import (
    Address,
    Components,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.registry.quality import auditing, repository
from addrsvc.registry.quality.auditing import audit_addresses
from addrsvc.registry.quality.errors import AuditRunning
from addrsvc.registry.quality.register_names import NamesInMemory
from addrsvc.registry.quality.reporting import write_page, write_table
from addrsvc.registry.quality.service import Registers, check, check_ref
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

CLERK = command_line("test")
LAT, LON = 10.9501234, 106.6500123
STEP_DEG = 0.0001
"""About eleven metres."""

REGISTER = """
INSERT INTO thoroughfare (name, name_key, kind, status, source, line) VALUES
    ('Đường Mẫu', 'duong mau', 'street', 'official', 'test', ST_GeomFromText(
        'MULTILINESTRING((106.65 10.9501, 106.66 10.9501))', 4326)),
    ('Đường Đông', 'duong dong', 'street', 'official', 'test', NULL);
INSERT INTO thoroughfare_area (thoroughfare_id, unit_code, unit_valid_from)
SELECT thoroughfare_id, CASE name WHEN 'Đường Mẫu' THEN '25747' ELSE '25750' END, '2025-07-01'
FROM thoroughfare;
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, source)
VALUES ('Khu phố 1', 'khu pho 1', 'khu_pho', 'official', '25747', '2025-07-01', 'test');
"""


def at(lon: float, lat: float, accuracy_m: float = 4.0) -> Position:
    return Position(LonLat(round(lon, 7), round(lat, 7)), accuracy_m, Method.GNSS, Marks.ENTRANCE)


@pytest.fixture
async def small_engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    """Give the write door of a small world with a register of names."""
    with psycopg.connect(registry_url) as conn:
        conn.execute(REGISTER)
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


async def register(
    conn: AsyncConnection, clock: FixedClock, position: Position | None, **more: Any
) -> Address:
    command = AssignAddress(
        **{"kind": Kind.DWELLING, "source": "field", "position": position, **more}
    )
    return await service.assign_address(conn, CLERK, command, clock)


async def fill(conn: AsyncConnection, clock: FixedClock) -> dict[str, Address]:
    """Register a street in order, and beside it something for most rules that ask the database."""
    made: dict[str, Address] = {}

    async def put(what: str, position: Position | None, **more: Any) -> None:
        made[what] = await register(conn, clock, position, **more)

    for number in range(1, 25):
        lon = LON + number * STEP_DEG + (0.003 if number == 11 else 0)
        parts = Components(house_number=str(number), thoroughfare="Đường Mẫu")
        await put(f"house {number}", at(lon, LAT - (number % 2) * STEP_DEG), components=parts)
    parts = Components(house_number="3", thoroughfare="Mẫu")
    await put("again", at(LON + 0.02, LAT), components=parts, distinct_because="test")
    await put("far", at(LON, LAT + 0.02), components=Components(None, None, None, "99", "Mẫu"))
    parts = Components(house_number="1", thoroughfare="Đông")
    await put("elsewhere", at(LON, LAT + 0.004), components=parts)
    parts = Components(house_number="1", localities=(Locality("khu_pho", "Khu phố 7"),))
    await put("unlisted", at(LON, LAT + 0.005), components=parts)
    await put(
        "tower", at(LON, LAT + 0.006), kind=Kind.ENTERPRISE, components=Components(building="T")
    )
    tower = made["tower"].code
    parts = Components(unit="101")
    await put("room", at(LON, LAT + 0.02), kind=Kind.APARTMENT, components=parts, parent=tower)
    await put("old", at(LON, LAT + 0.007), kind=Kind.WORKS, name="Cầu Mẫu")
    await put("proposed", None, commune_code=NORTH, text="12 Lê Lợi, Phường Tây")
    kept = {"kind": Kind.WORKS, "visibility": Visibility.SECRET, "name": "Kho mẫu"}
    await put("secret", at(LON, LAT + 0.008, 300.0), **kept)
    for number in range(4):
        parts = Components(house_number=str(number + 1), thoroughfare="Không Tên")
        point = at(106.75, 10.9512345)
        await put(f"heap {number}", point, components=parts, distinct_because="test")
    old = AddressRef.parse(made["old"].ref)
    gone = RetireAddress(reason="đã phá")
    made["old"] = await service.retire_address(conn, CLERK, old, None, gone, clock)
    await put("new", at(LON, LAT + 0.007), kind=Kind.WORKS, name="Cầu Mẫu mới")
    return made


EXPECTED = {
    "house 11": {"house-number-out-of-order"},
    "house 3": {"house-number-repeated"},
    "again": {"house-number-repeated", "house-number-out-of-order", "far-from-street"},
    "far": {"far-from-street", "house-number-out-of-order"},
    "elsewhere": {"street-not-in-commune"},
    "unlisted": {"locality-not-in-register"},
    "room": {"parent-elsewhere"},
    "old": {"retired-without-successor"},
    "proposed": {"position-estimated", "text-says-more", "text-names-other-commune"},
    "secret": {"accuracy-poor"},
    **{f"heap {number}": {"position-shared", "street-not-in-register"} for number in range(4)},
}


async def found_alone(
    engine: AsyncEngine, clock: FixedClock, made: dict[str, Address]
) -> dict[str, set[str]]:
    registers = Registers(UnitsInMemory(), NamesInMemory())
    found = {}
    async with transaction(engine) as conn:
        await registers.names.refresh(conn)
        for name, each in made.items():
            (address,) = await addresses.by_ids(conn, [each.address_id])
            alone = await check(conn, address, registers, today(clock))
            found[name] = {finding.id for finding in alone}
    return {name: ids for name, ids in found.items() if ids}


async def found_by_audit(engine: AsyncEngine, made: dict[str, Address]) -> dict[str, set[str]]:
    names = {each.address_id: name for name, each in made.items()}
    found: dict[str, set[str]] = defaultdict(set)
    async with transaction(engine) as conn:
        for each in await rows(conn, "SELECT address_id, kind FROM quality_finding", {}):
            found[names[each["address_id"]]].add(each["kind"])
    return dict(found)


async def test_an_audit_finds_what_each_address_shows_alone(
    small_engine: AsyncEngine, clock: FixedClock
) -> None:
    async with transaction(small_engine) as conn:
        made = await fill(conn, clock)
    assert await found_alone(small_engine, clock, made) == EXPECTED
    run = await audit_addresses(small_engine, CLERK, clock)
    assert await found_by_audit(small_engine, made) == EXPECTED
    assert (run.addresses, run.findings) == (len(made), sum(map(len, EXPECTED.values())))


MOVED = """
UPDATE admin_unit SET boundary = ST_Translate(boundary, -1, 0) WHERE code = '25747';
UPDATE admin_unit_piece SET code = '25750' WHERE code = '25747';
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [(MOVED, "outside-commune"), ("DELETE FROM admin_unit_piece;", "outside-all-communes")],
)
async def test_boundaries_imported_later_tell_who_is_outside(
    small_engine: AsyncEngine, clock: FixedClock, change: LiteralString, expected: str
) -> None:
    async with transaction(small_engine) as conn:
        made = {"house": await register(conn, clock, at(LON, LAT), kind=Kind.PLACE, name="Chợ")}
        driver = await driver_connection(conn)
        await driver.execute(change)
    assert await found_alone(small_engine, clock, made) == {"house": {expected}}
    await audit_addresses(small_engine, CLERK, clock)
    assert await found_by_audit(small_engine, made) == {"house": {expected}}


async def test_what_looks_like_another_is_named_unless_somebody_said_it_is_none(
    small_engine: AsyncEngine, clock: FixedClock
) -> None:
    parts = Components(house_number="3", thoroughfare="Đường Mẫu")
    async with transaction(small_engine) as conn:
        one = await register(conn, clock, at(LON, LAT), components=parts)
        more = {"components": parts, "distinct_because": "test"}
        two = await register(conn, clock, at(LON, LAT + 0.0001), **more)
    made = {"one": one, "two": two}
    await audit_addresses(small_engine, CLERK, clock)
    assert await found_by_audit(small_engine, made) == {}
    async with transaction(small_engine) as conn:
        await execute(conn, "DELETE FROM address_distinct", {})
        asked = AddressRef.parse(one.ref), Registers(UnitsInMemory(), NamesInMemory())
        _, (alone,) = await check_ref(conn, CLERK, *asked, today(clock))
    assert (alone.id, alone.facts) == ("near-duplicate", {"other": two.ref, "metres": "11"})
    async with transaction(small_engine) as conn:
        hide = {"id": two.address_id}
        await execute(
            conn, "UPDATE address_current SET visibility = 'secret' WHERE address_id = %(id)s", hide
        )
        await execute(
            conn,
            'UPDATE address_version SET document = document || \'{"visibility": "secret"}\''
            " WHERE address_id = %(id)s",
            hide,
        )
    await audit_addresses(small_engine, CLERK, clock)
    both = {"near-duplicate"}
    # a secret one is told of itself only
    assert await found_by_audit(small_engine, made) == {"two": both}


async def test_counts_are_told_by_who_asks_and_the_newest_run_stands(
    small_engine: AsyncEngine, clock: FixedClock, tmp_path: Path
) -> None:
    async with transaction(small_engine) as conn:
        secret = {"kind": Kind.WORKS, "visibility": Visibility.SECRET}
        await register(conn, clock, at(LON, LAT, 300.0), name="Kho mẫu", **secret)
        named = {"name": "Trần Thị Mẫu <b>", "text": "=nhà ông Mẫu"}
        await register(conn, clock, at(LON, LAT + 0.01), **named)
        await register(conn, clock, at(106.75, LAT), name="Chợ Mẫu", kind=Kind.PLACE)
    first = await audit_addresses(small_engine, CLERK, clock)
    async with transaction(small_engine) as conn:
        west, east = await repository.counts(conn, sight_of(ANONYMOUS))
        assert (west.code, west.addresses, east.code, east.addresses) == (WEST, 1, EAST, 1)
        assert [each.kind for each in west.counts] == ["personal-name-in-field"]
        (all_west, _) = await repository.counts(conn, sight_of(CLERK))
        assert all_west.addresses == 2
        table = tmp_path / "all.csv"
        assert await write_table(conn, table, first.run_id, [Visibility.PUBLIC]) == 1
        await write_page(conn, tmp_path / "page.html", first.run_id, clock.now())
    with table.open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["commune_code"], line["severity"]) == (WEST, "error")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Có thể là tên người" in page
    assert "Mẫu" not in page
    assert line["ref"] not in page  # where personal data stand is not for showing around
    again = await audit_addresses(small_engine, CLERK, clock, commune=EAST)
    async with transaction(small_engine) as conn:
        kept = await rows(conn, "SELECT DISTINCT run_id, commune_code FROM quality_count", {})
    assert {(each["run_id"], each["commune_code"]) for each in kept} == {
        (first.run_id, WEST),
        (again.run_id, EAST),
    }


async def test_a_killed_run_is_not_seen_and_the_next_one_clears_it_away(
    small_engine: AsyncEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(small_engine) as conn:
        await register(conn, clock, at(LON, LAT, 300.0), name="Nhà kho", kind=Kind.WORKS)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(auditing, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            await audit_addresses(small_engine, CLERK, clock)
    sight = sight_of(CLERK)
    async with transaction(small_engine) as conn:
        left = await rows(conn, "SELECT count(*) AS left FROM quality_finding", {})
        assert left == [{"left": 1}]
        assert await repository.counts(conn, sight) == []
        asked: dict[str, Any] = {"after": ("", 0), "limit": 10}
        assert await repository.findings(conn, sight, WEST, None, **asked) == []
    await audit_addresses(small_engine, CLERK, clock)
    async with transaction(small_engine) as conn:
        assert len(await rows(conn, "SELECT run_id FROM quality_run", {})) == 1
        (noted,) = await repository.findings(conn, sight, WEST, None, **asked)
    assert (noted.finding.id, noted.changed) == ("accuracy-poor", False)


async def test_one_audit_at_a_time_and_not_by_anybody(
    small_engine: AsyncEngine, clock: FixedClock
) -> None:
    with pytest.raises(NotSignedIn):
        await audit_addresses(small_engine, ANONYMOUS, clock)
    async with transaction(small_engine) as conn:
        await rows(conn, auditing.QUERIES["audit_lock"], {})
        with pytest.raises(AuditRunning):
            await audit_addresses(small_engine, CLERK, clock)
