"""Devices as those see and end them who lead collectors. All people are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from collection_world import open_accounts
from registry_fixtures import EAST, WEST
from service_settings import service_settings

from addrsvc.auth.errors import KeyUnknown, ScopeMissing
from addrsvc.auth.field_devices import (
    list_collectors,
    list_devices,
    persons_of,
    report_lost,
)
from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.auth.service import create_device
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
LEADS_WEST = Principal("account:lan", frozenset({Scope.COLLECTION_REVIEW}), frozenset({WEST}))
LEADS_ALL = Principal("account:minh", frozenset({Scope.COLLECTION_REVIEW}))
COLLECTS = Principal("account:tuan", frozenset({Scope.ADDRESSES_WRITE}))


async def test_only_those_that_work_nowhere_else(registry_url: str) -> None:
    await open_accounts(registry_url, ["tuan", "lan"], areas=[WEST])
    engine = make_engine(service_settings(registry_url))
    given = {}
    async with transaction(engine) as conn:
        for name, held_by, areas in (
            ("west", "account:tuan", [WEST]),
            ("both", "tuan", [WEST, EAST]),
            ("all", "tuan", None),
        ):
            key = await create_device(
                conn,
                command_line("t"),
                name=name,
                held_by=held_by,
                areas=areas,
                expires_at=NOW + timedelta(days=9),
                at=NOW,
            )
            given[name] = key.split("_")[1]
    async with transaction(engine) as conn:
        assert [each.name for each in await list_devices(conn, LEADS_WEST)] == ["west"]
        assert {each.name for each in await list_devices(conn, LEADS_ALL)} == set(given)
        with pytest.raises(ScopeMissing):
            await list_devices(conn, COLLECTS)
        assert await persons_of(conn, COLLECTS) == ("account:tuan",)
        device = Principal(f"device:{given['both']}", COLLECTS.scopes)
        assert await persons_of(conn, device) == ("tuan", "account:tuan")
        people = await list_collectors(conn, LEADS_WEST)
        assert [each.person for each in people] == ["account:tuan", "account:lan"]
        assert people[0].reaches(WEST)
        assert not people[0].reaches(EAST)
        for name in ("both", "all", "none"):
            with pytest.raises(KeyUnknown):
                await report_lost(conn, LEADS_WEST, given.get(name, "00000000"), NOW)
        with pytest.raises(ScopeMissing):
            await report_lost(conn, COLLECTS, given["west"], NOW)
        for _ in range(2):
            await report_lost(conn, LEADS_WEST, given["west"], NOW)
        (west,) = await list_devices(conn, LEADS_WEST)
        assert west.revoked_at == NOW
        assert not west.is_good(NOW)
        noted = "SELECT action FROM audit_entry WHERE subject = %(subject)s ORDER BY 1"
        found = await rows(conn, noted, {"subject": given["west"]})
        assert [each["action"] for each in found] == ["device.create", "device.revoke"]
    await engine.dispose()
