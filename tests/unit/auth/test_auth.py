"""Keys and principals."""

from __future__ import annotations

import pytest

from addrsvc.auth.errors import NotSignedIn, ScopeMissing
from addrsvc.auth.keys import hash_of, new_key, split_key
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
