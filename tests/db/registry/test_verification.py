"""Each check finds the damage it is there for, and nothing in a healthy register."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import psycopg
import pytest
from registry_fixtures import IN_WEST, WEST
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.auth.model import command_line
from addrsvc.cli import build
from addrsvc.clock import FixedClock
from addrsvc.codes.schemes import SCHEMES, Scheme
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress, CorrectAddress, RetireAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.verification import CHECKS, STALE_KEYS, verify
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

POSITION = Position(
    LonLat(float(str(IN_WEST["lon"])), float(str(IN_WEST["lat"]))), 4.5, Method.GNSS, Marks.ENTRANCE
)
CLERK = command_line("test")


@pytest.fixture
async def filled_url(registry_url: str) -> str:
    """Give a register with an address in use, one corrected, one retired, one proposed."""
    settings = service_settings(registry_url)
    engine = make_engine(settings)
    begun = FixedClock(datetime(2025, 9, 1, tzinfo=UTC))
    later = FixedClock(datetime(2026, 1, 15, tzinfo=UTC))
    codes = []
    for number in ("1", "2", "3"):
        house = AssignAddress(
            Kind.DWELLING, "test", Components(house_number=number), position=POSITION
        )
        async with transaction(engine) as conn:
            codes.append((await service.assign_address(conn, CLERK, house, begun)).code or "")
    async with transaction(engine) as conn:
        await service.correct_address(
            conn, CLERK, AddressRef.parse(codes[1]), 1, CorrectAddress(name="Mẫu"), later
        )
        retire = RetireAddress("test", (codes[0],), on=date(2025, 12, 1))
        await service.retire_address(conn, CLERK, AddressRef.parse(codes[2]), 1, retire, later)
        proposal = AssignAddress(kind=Kind.PLACE, source="test", commune_code=WEST)
        await service.assign_address(conn, CLERK, proposal, later)
    await engine.dispose()
    return registry_url


async def findings(url: str) -> dict[str, int]:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        found = {name: len(each) async for name, each in verify(conn)}
    await engine.dispose()
    return {name: count for name, count in found.items() if count}


async def test_a_healthy_register_has_no_findings(filled_url: str) -> None:
    assert await findings(filled_url) == {}


DAMAGE = {
    "overlapping_versions": (
        "UPDATE address_version SET valid_to = '2026-01-01'"
        " WHERE version = 2 AND valid_to IS NOT NULL"
    ),
    "addresses_without_open_version": (
        "UPDATE address_version SET recorded_to = now() WHERE address_id = 1"
    ),
    "projection_differs": "UPDATE address_current SET kind = 'place' WHERE address_id = 1",
    "search_keys_differ": "UPDATE address_current SET number_key = '1' WHERE address_id = 1",
    "status_without_its_code": (
        "UPDATE address_current SET status = 'proposed' WHERE address_id = 1"
    ),
    "versions_without_their_act": (
        "UPDATE address_version SET act = 'merge' WHERE address_id = 1 AND version = 1"
    ),
    "successors_of_the_living": (
        "INSERT INTO address_successor (address_id, successor_id, relation, recorded_at)"
        " VALUES (1, 2, 'merged', now())"
    ),
    "parts_left_behind": "UPDATE address_current SET parent_id = 3 WHERE address_id = 1",
    "versions_twice": (
        "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from,"
        " recorded_to, act, principal, document) SELECT address_id, version, status, valid_from,"
        " recorded_from, '2026-03-01', act, principal, document FROM address_version"
        " WHERE address_id = 1 AND recorded_to IS NULL LIMIT 1"
    ),
    "gaps_in_record": (
        "UPDATE address_version SET recorded_to = '2025-10-01' WHERE address_id = 2 AND version = 1"
    ),
    "communes_unknown": (
        "UPDATE address_current SET commune_valid_from = '2020-01-01' WHERE address_id = 1"
    ),
    "identifiers_of_two": (
        "INSERT INTO address_alias (address_id, scheme, value, source, recorded_at, valid_to)"
        " VALUES (1, 'location-id', '000123456789', 'test', now(), '2026-01-02'),"
        " (2, 'location-id', '000123456789', 'test', now(), NULL)"
    ),
    "former_keys_without_past": (
        "INSERT INTO address_former (address_id, base_key, until) VALUES (1, 'x', '2026-01-01')"
    ),
    "acts_without_event": (
        "ALTER TABLE event DISABLE TRIGGER USER;"
        "DELETE FROM event WHERE subject = (SELECT code FROM address WHERE address_id = 1)"
    ),
}


def test_every_check_has_its_damage() -> None:
    assert set(DAMAGE) == {*CHECKS.names(), STALE_KEYS}


@pytest.mark.parametrize("check", sorted(DAMAGE))
async def test_damage_is_found(check: str, filled_url: str) -> None:
    with psycopg.connect(filled_url, autocommit=True) as conn:
        conn.execute(DAMAGE[check].encode())
    assert check in await findings(filled_url)


def test_the_command_tells_and_ends_with_1(
    registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", registry_url)
    healthy = CliRunner().invoke(build(), ["verify"])
    assert healthy.exit_code == 0, healthy.output
    assert healthy.output.count("ok") == len(DAMAGE)
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute("INSERT INTO address (created_at) VALUES (now())")
    broken = CliRunner().invoke(build(), ["verify"])
    assert broken.exit_code == 1
    assert "BROKEN  addresses without open version" in broken.output


def test_identifiers_are_checked_of_every_scheme_that_allows_one() -> None:
    exclusive = {scheme.value for scheme, rule in SCHEMES.items() if rule.is_exclusive}
    assert set(re.findall("'([a-z-]+)'", CHECKS["identifiers_of_two"])) & set(Scheme) == exclusive
