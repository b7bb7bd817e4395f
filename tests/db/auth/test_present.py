"""What is left of somebody's rights, for work in their name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth import oidc_grants, service
from addrsvc.auth.model import Principal, Role, Scope, command_line
from addrsvc.auth.permissions import SCOPES_OF
from addrsvc.auth.present import as_of_now
from addrsvc.db.rows import execute

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
BOTH = frozenset({Scope.EVENTS_READ, Scope.ADDRESSES_READ})


async def test_a_key_keeps_what_it_has_until_it_ends(conn: AsyncConnection) -> None:
    text = await service.create_key(
        conn,
        command_line("test"),
        name="test",
        scopes=[Scope.EVENTS_READ],
        areas=["25747", "25750"],
        expires_at=NOW + timedelta(days=1),
        at=NOW,
    )
    key_id = text.split("_")[1]
    kept = Principal(f"key:{key_id}", BOTH, frozenset({"25747", "25942"}))
    left = Principal(kept.id, frozenset({Scope.EVENTS_READ}), frozenset({"25747"}))
    assert await as_of_now(conn, kept, NOW) == left
    everywhere = Principal(kept.id, BOTH)
    found = await as_of_now(conn, everywhere, NOW)
    assert found is not None
    assert found.areas == {"25747", "25750"}
    assert await as_of_now(conn, kept, NOW + timedelta(days=1)) is None
    await service.revoke_key(conn, command_line("test"), key_id, at=NOW)
    assert await as_of_now(conn, kept, NOW) is None
    assert await as_of_now(conn, Principal("key:00000000", BOTH), NOW) is None


async def test_an_account_keeps_what_its_roles_give_while_it_is_open(conn: AsyncConnection) -> None:
    made = (
        "INSERT INTO account (login, display_name, password_hash, password_changed_at, must_change,"
        " roles, scopes, created_at) VALUES ('lan', 'Trần Thị Bịa', '$argon2id$invented', %(at)s,"
        " false, '{integrator}', '{}', %(at)s)"
    )
    await execute(conn, made, {"at": NOW})
    kept = Principal("account:lan", BOTH | {Scope.ADDRESSES_SECRET}, frozenset({"25747"}))
    assert await as_of_now(conn, kept, NOW) == Principal(kept.id, BOTH, frozenset({"25747"}))
    assert SCOPES_OF[Role.INTEGRATOR] >= BOTH
    await execute(conn, "UPDATE account SET disabled_at = %(at)s", {"at": NOW})
    assert await as_of_now(conn, kept, NOW) is None


async def test_of_others_nothing_newer_is_known(conn: AsyncConnection) -> None:
    for name in ("cli:root", "oidc:one:7f"):
        kept = Principal(name, BOTH)
        assert await as_of_now(conn, kept, NOW) == kept


async def test_a_person_of_elsewhere_keeps_what_is_granted_until_it_ends(
    conn: AsyncConnection,
) -> None:
    me = command_line("test")

    async def grant(**changes: object) -> None:
        asked = {"roles": [Role.INTEGRATOR], "areas": ["25747"], "at": NOW, **changes}
        await oidc_grants.put_grant(conn, me, issuer="one", subject="7f", **asked)  # type: ignore[arg-type]

    kept = Principal("oidc:one:7f", BOTH | {Scope.ADDRESSES_SECRET})
    left = Principal(kept.id, BOTH, frozenset({"25747"}))
    await grant(expires_at=NOW + timedelta(days=1))
    assert await as_of_now(conn, kept, NOW) == left
    assert await as_of_now(conn, kept, NOW + timedelta(days=1)) is None
    await grant()
    assert await as_of_now(conn, kept, NOW + timedelta(days=1)) == left
    await oidc_grants.end_grant(conn, me, issuer="one", subject="7f", at=NOW)
    assert await as_of_now(conn, kept, NOW) is None
