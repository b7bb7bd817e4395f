"""What principals see, where; roles and areas; how keys and tokens look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from access_table import ROLES

from addrsvc.auth.errors import (
    AreaForbidden,
    EverywhereForbidden,
    GrantTooWide,
    NotSignedIn,
    ScopeMissing,
)
from addrsvc.auth.keys import hash_of, is_token, new_key, new_token, split_key
from addrsvc.auth.model import ANONYMOUS, Principal, Scope, command_line
from addrsvc.auth.permissions import DEVICE_SCOPES, SCOPES_OF, Role, scopes_of
from addrsvc.auth.service import ApiKey, check_grant
from addrsvc.auth.sight import PUBLIC, RESTRICTED, SECRET, sight_of
from addrsvc.registry.acts import communes_of, is_inside
from addrsvc.registry.model import Visibility

HERE, THERE = "25747", "25750"
NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)


def holder(*scopes: Scope, areas: set[str] | None = None) -> Principal:
    return Principal("key:x", frozenset(scopes), None if areas is None else frozenset(areas))


def test_roles_are_those_of_the_access_table() -> None:
    assert {role.value: {each.value for each in SCOPES_OF[role]} for role in Role} == ROLES
    assert all(Scope.ADDRESSES_SECRET not in scopes for scopes in SCOPES_OF.values())
    assert scopes_of([Role.FIELD]) == DEVICE_SCOPES
    assert scopes_of([Role.PLANNER], [Scope.AUDIT_READ]) == {
        Scope.ADDRESSES_READ,
        Scope.PLANS_WRITE,
        Scope.AUDIT_READ,
    }


def test_levels_are_named_as_in_the_registry() -> None:
    assert {PUBLIC, RESTRICTED, SECRET} == {each.value for each in Visibility}


@pytest.mark.parametrize(
    ("principal", "visibility", "here", "there"),
    [
        (ANONYMOUS, "public", True, True),
        (ANONYMOUS, "restricted", False, False),
        (ANONYMOUS, "secret", False, False),
        (holder(Scope.ADDRESSES_READ), "restricted", True, True),
        (holder(Scope.ADDRESSES_WRITE), "restricted", True, True),
        (holder(Scope.ADDRESSES_READ), "secret", False, False),
        (holder(Scope.ADDRESSES_SECRET), "secret", True, True),
        (holder(Scope.ADDRESSES_SECRET), "restricted", False, False),
        (holder(Scope.ADDRESSES_READ, areas={HERE}), "public", True, True),
        (holder(Scope.ADDRESSES_READ, areas={HERE}), "restricted", True, False),
        (holder(*Scope, areas={HERE}), "secret", True, False),
        (holder(*Scope, areas=set()), "restricted", False, False),
        (command_line("x"), "secret", True, True),
    ],
)
def test_one_address_is_seen(
    principal: Principal, visibility: str, *, here: bool, there: bool
) -> None:
    sight = sight_of(principal)
    assert (sight.sees(visibility, HERE), sight.sees(visibility, THERE)) == (here, there)


def test_many_are_listed_within_the_areas_only() -> None:
    sight = sight_of(holder(Scope.ADDRESSES_READ, areas={HERE}))
    assert [sight.lists(PUBLIC, each) for each in (HERE, THERE)] == [True, False]
    assert [sight.sees_fully(each) for each in (HERE, THERE)] == [True, False]
    assert [sight.sees_anywhere(each) for each in (PUBLIC, RESTRICTED)] == [True, False]
    assert sight.params() == {"visibilities": ["public", "restricted"], "areas": [HERE]}
    everywhere = sight_of(holder(Scope.ADDRESSES_READ))
    assert everywhere.sees_anywhere(RESTRICTED)
    assert everywhere.params()["areas"] is None
    assert not sight_of(holder(Scope.ADDRESSES_WRITE)).sees_fully(HERE)


def test_scopes_hold_within_areas() -> None:
    local = holder(Scope.ADDRESSES_WRITE, areas={HERE})
    local.require_in(Scope.ADDRESSES_WRITE, [HERE, HERE])
    assert local.may_in(Scope.ADDRESSES_WRITE, HERE)
    assert not local.may_in(Scope.ADDRESSES_WRITE, THERE)
    with pytest.raises(AreaForbidden) as refused:
        local.require_in(Scope.ADDRESSES_WRITE, [HERE, THERE])
    assert refused.value.commune == THERE
    with pytest.raises(ScopeMissing):
        local.require_in(Scope.ADDRESSES_READ, [HERE])
    with pytest.raises(EverywhereForbidden):
        local.require_everywhere(Scope.ADDRESSES_WRITE)
    with pytest.raises(NotSignedIn):
        ANONYMOUS.require_everywhere(Scope.ADDRESSES_WRITE)
    holder(Scope.ADDRESSES_WRITE).require_everywhere(Scope.ADDRESSES_WRITE)


@pytest.mark.parametrize(
    ("giver", "scopes", "areas", "beyond"),
    [
        (holder(Scope.ADDRESSES_READ), [Scope.ADDRESSES_READ], None, None),
        (holder(Scope.ADDRESSES_READ), [Scope.ADDRESSES_READ], [HERE], None),
        (holder(Scope.ADDRESSES_READ), [Scope.ADDRESSES_WRITE], [HERE], "addresses:write"),
        (holder(Scope.ADDRESSES_READ, areas={HERE}), [Scope.ADDRESSES_READ], [HERE], None),
        (holder(Scope.ADDRESSES_READ, areas={HERE}), [Scope.ADDRESSES_READ], None, "*"),
        (holder(Scope.ADDRESSES_READ, areas={HERE}), [], [HERE, THERE], THERE),
    ],
)
def test_nobody_gives_more_than_they_hold(
    giver: Principal, scopes: list[Scope], areas: list[str] | None, beyond: str | None
) -> None:
    if beyond is None:
        check_grant(giver, scopes, areas)
        return
    with pytest.raises(GrantTooWide) as refused:
        check_grant(giver, scopes, areas)
    assert refused.value.beyond == beyond


def key(**more: object) -> ApiKey:
    said: dict[str, object] = {
        "key_id": "00000001",
        "secret_hash": hash_of("new"),
        "name": "x",
        "scopes": ["addresses:read", "events:read"],
        "created_at": NOW,
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
    }
    return ApiKey(**(said | more))  # type: ignore[arg-type]


def test_the_secret_before_is_good_for_a_while() -> None:
    rotated = key(previous_hash=hash_of("old"), previous_until=NOW + timedelta(hours=1))
    assert rotated.has_secret("new", NOW)
    assert rotated.has_secret("old", NOW)
    assert not rotated.has_secret("old", NOW + timedelta(hours=1))
    assert not rotated.has_secret("other", NOW)
    assert not key().has_secret("old", NOW)


def test_a_key_stands_for_a_service_or_a_device() -> None:
    assert key().principal().id == "key:00000001"
    device = key(kind="device", areas=[HERE]).principal(["events:read", "holders:read"])
    assert (device.id, device.areas) == ("device:00000001", {HERE})
    assert device.scopes == {Scope.EVENTS_READ}
    assert not key(expires_at=NOW).is_good(NOW)
    assert not key(revoked_at=NOW).is_good(NOW)


def test_a_new_secret_keeps_the_id_and_tokens_look_otherwise() -> None:
    parts = split_key(new_key("00000001").text)
    assert parts is not None
    assert parts[0] == "00000001"
    token = new_token()
    assert is_token(token)
    assert split_key(token) is None
    assert not is_token(new_key().text)


@pytest.mark.parametrize(
    ("spec", "communes"),
    [
        ({"communes": [[HERE, "2025-07-01"], [THERE, "2025-07-01"]]}, {HERE, THERE}),
        ({"commune": [HERE, "2025-07-01"], "to": [THERE, "2025-07-01"]}, {HERE, THERE}),
        ({"parts": [[HERE, "x", THERE, "y", "whole", None]]}, {HERE, THERE}),
        ({}, set()),
    ],
)
def test_communes_of_a_bulk_act(spec: dict[str, object], communes: set[str]) -> None:
    assert communes_of(spec) == communes
    assert is_inside(holder(areas={HERE, THERE}), spec) == bool(spec)
    assert not is_inside(holder(areas={HERE}), spec)
    assert not is_inside(holder(), None)
