"""What is kept of an owner with a receiver decides all that the owner would be told."""

from __future__ import annotations

import pytest

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.webhooks.service import _sight


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("areas", [None, frozenset({"26734"})])
def test_a_receiver_is_told_what_its_owner_is_told(
    scope: Scope, areas: frozenset[str] | None
) -> None:
    for scopes in (frozenset({scope}), frozenset(Scope) - {scope}):
        owner = Principal("key:k", scopes, areas)
        kept = _sight(owner)
        told = Principal("key:k", frozenset(map(Scope, kept["scopes"] or ())), areas)
        assert sight_of(told) == sight_of(owner)
        assert told.may(Scope.EVENTS_READ) == owner.may(Scope.EVENTS_READ)
