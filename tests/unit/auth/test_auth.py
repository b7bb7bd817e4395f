"""Keys, principals and limits."""

from __future__ import annotations

import pytest

from addrsvc.auth.errors import NotSignedIn, RateLimited, ScopeMissing
from addrsvc.auth.keys import hash_of, new_key, split_key
from addrsvc.auth.limits import ClientLimits, Rate, client_of
from addrsvc.auth.model import ANONYMOUS, Principal, Scope, command_line


def test_a_key_is_kept_only_as_a_hash_and_reads_back() -> None:
    key = new_key()
    assert key.secret_hash not in key.text.encode()
    parts = split_key(key.text)
    assert parts is not None
    assert parts[0] == key.key_id
    assert hash_of(parts[1]) == key.secret_hash
    assert len({new_key().text for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text", ["", "adr_", "adr_00000000_", "x" * 60, "adr_0000000g_" + "a" * 43]
)
def test_what_is_no_key_is_no_key(text: str) -> None:
    assert split_key(text) is None


def test_scopes_open_doors() -> None:
    reader = Principal("key:1", frozenset({Scope.ADDRESSES_READ}))
    reader.require(Scope.ADDRESSES_READ)
    with pytest.raises(ScopeMissing, match="addresses:write"):
        reader.require(Scope.ADDRESSES_WRITE)
    with pytest.raises(NotSignedIn):
        ANONYMOUS.require(Scope.ADDRESSES_READ)
    assert all(command_line("root").may(scope) for scope in Scope)


def test_hits_and_misses_are_counted_per_client() -> None:
    now = 1000.0
    limits = ClientLimits(per_minute=3, misses_per_minute=2, monotonic=lambda: now)
    for _ in range(3):
        limits.admit("203.0.113.1")
    with pytest.raises(RateLimited) as refused:
        limits.admit("203.0.113.1")
    assert refused.value.retry_after_s == 20
    limits.admit("203.0.113.2")
    limits.miss("203.0.113.2")
    limits.miss("203.0.113.2")
    with pytest.raises(RateLimited) as refused:
        limits.admit("203.0.113.2")
    assert refused.value.retry_after_s == 30
    now += 20
    limits.admit("203.0.113.1")
    with pytest.raises(RateLimited):
        limits.admit("203.0.113.2")
    now += 10
    limits.admit("203.0.113.2")


def test_clients_who_owe_nothing_are_forgotten() -> None:
    now = 0.0
    rate = Rate(60, lambda: now)
    for client in range(9_999):
        rate.spend(str(client))
    now = 120.0
    rate.spend("last")
    assert list(rate._paid_at) == ["last"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "nonsense", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("x:y", "x:y", True),
    ],
)
def test_a_client_is_an_address_or_a_network(one: str, other: str, *, same: bool) -> None:
    assert (client_of(one) == client_of(other)) is same
