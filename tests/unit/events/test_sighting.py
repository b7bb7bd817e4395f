"""Which events a principal is shown, and what of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.events.errors import TypesUnreadable
from addrsvc.events.reading import TypeFilter
from addrsvc.events.sighting import (
    SealedEvent,
    Standing,
    hidden,
    proposal_of,
    sees_all,
    shown,
)

STANDING = {
    "7512300001": Standing(1, "public", "25747"),
    "7512300002": Standing(2, "restricted", "25747"),
    "7512300003": Standing(3, "secret", "25747"),
    "7512400004": Standing(4, "public", "25750"),
    "7512400005": Standing(5, "restricted", "25750"),
    "p6": Standing(6, "public", "25747"),
}


def sight(*scopes: Scope, areas: set[str] | None = None) -> Sight:
    return sight_of(
        Principal("key:1", frozenset(scopes), None if areas is None else frozenset(areas))
    )


FOLLOWS = sight(Scope.EVENTS_READ)
READS = sight(Scope.EVENTS_READ, Scope.ADDRESSES_READ)
LIMITED = sight(Scope.EVENTS_READ, Scope.ADDRESSES_READ, areas={"25747"})
DOSSIERS = sight(Scope.EVENTS_READ, Scope.DOSSIERS_READ)
ALL_ADDRESSES = sight(Scope.EVENTS_READ, Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET)
ALL = sight(Scope.EVENTS_READ, Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, Scope.DOSSIERS_READ)


def event(
    subject: str, type_: str = "address.corrected", data: Mapping[str, Any] | None = None
) -> SealedEvent:
    return SealedEvent(1, type_, subject, datetime(2026, 1, 15, tzinfo=UTC), data, b"h" * 32)


@pytest.mark.parametrize(
    ("sees", "expected"),
    [
        (FOLLOWS, {"7512300001", "7512400004"}),
        (READS, set(STANDING) - {"7512300003"}),
        (LIMITED, {"7512300001", "7512300002", "p6"}),
        (ALL, set(STANDING)),
    ],
)
def test_events_of_addresses_out_of_sight_are_left_out(sees: Sight, expected: set[str]) -> None:
    events = [event(subject) for subject in [*STANDING, "7512399999", "p7"]]
    seen, kept = shown(events, STANDING, sees)
    assert {each.subject for each in seen} == expected
    assert len(seen) + len(kept) == len(events)
    assert all(each.hash is None for each in seen)


def test_what_concerns_no_single_address_is_told_to_all() -> None:
    told = [event("75123", "prefix.imported"), event("act:7", "act.run"), event("25747", "a.b")]
    seen, kept = shown(told, {}, LIMITED)
    assert [each.subject for each in seen] == ["75123", "act:7", "25747"]
    assert kept == []


def test_dossiers_are_told_to_who_sees_dossiers_where_they_lie() -> None:
    told = [
        event("H09-260115-0001", "dossier.received", {"communes": ["25747", "25750"]}),
        event("H09-260115-0002", "dossier.received", {"communes": ["25750"]}),
        event("H09-260115-0003", "dossier.received", {"communes": []}),
    ]
    limited = sight(Scope.EVENTS_READ, Scope.DOSSIERS_READ, areas={"25747"})
    for sees, expected in ((DOSSIERS, told), (limited, told[:1]), (ALL_ADDRESSES, []), (ALL, told)):
        seen, kept = shown(told, {}, sees)
        assert [each.subject for each in seen] == [each.subject for each in expected]
        assert len(seen) + len(kept) == len(told)


def test_addresses_out_of_sight_are_not_named_by_others() -> None:
    named = ["7512300001", "7512300002", "7512300003", "7512400004", "7512400005", "7512399999"]
    retired = event("7512300001", "address.retired", {"version": 2, "successors": named})
    told_apart = event("7512300001", "address.told-apart", {"from": ["p6", *named]})
    assert retired.mentions() == ["7512300001", *named]

    def names(sees: Sight) -> list[Any]:
        seen, _ = shown([retired, told_apart], STANDING, sees)
        return [each.data and each.data.get("successors", each.data.get("from")) for each in seen]

    public = ["7512300001", "7512400004"]
    assert names(FOLLOWS) == [public, public]
    # public addresses are known by their codes everywhere, the rest within the areas
    limited = ["7512300001", "7512300002", "7512400004"]
    assert names(LIMITED) == [limited, ["p6", *limited]]
    everything = named[:-1]
    assert names(ALL) == [everything, ["p6", *everything]]


def test_only_who_sees_every_level_everywhere_has_no_gaps() -> None:
    assert sees_all(ALL)
    assert not sees_all(READS)
    assert not sees_all(LIMITED)
    assert not sees_all(ALL_ADDRESSES)
    assert not sees_all(sight(Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, areas=set()))


def test_a_departure_tells_nothing_but_the_code() -> None:
    gone = hidden(event("7512300003", data={"version": 2, "commune": "25747"}))
    assert (gone.type, gone.subject, gone.data, gone.hash) == (
        "address.hidden",
        "7512300003",
        None,
        None,
    )


def test_a_version_is_what_the_event_wrote() -> None:
    assert event("7512300001", data={"version": 3}).version() == 3
    assert event("7512300001", data={"version": 3, "scheme": "parcel"}).version() is None
    assert event("7512300001").version() is None


def test_references_of_proposals() -> None:
    assert proposal_of("p12") == 12
    assert [proposal_of(each) for each in ("7512300001", "p", "p012", "p-1", "p1x")] == [None] * 5


def test_types_are_read() -> None:
    assert TypeFilter.parse(None) is None
    read = TypeFilter.parse("address.*, prefix.imported")
    assert read == TypeFilter(("prefix.imported",), ("address.",))


@pytest.mark.parametrize("text", ["", "*", "address.retired,", "a*b", "Địa chỉ", "a" * 80, "%"])
def test_what_can_be_no_type_is_refused(text: str) -> None:
    with pytest.raises(TypesUnreadable):
        TypeFilter.parse(text)
