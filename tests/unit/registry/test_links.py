"""Which identifier may stand for which address at the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes.errors import LocationIdInvalid
from addrsvc.codes.schemes import Scheme
from addrsvc.registry.identifier_errors import (
    IdentifierDiffers,
    IdentifierTaken,
    LinkPeriodInvalid,
    SchemeUnknown,
)
from addrsvc.registry.links import Link, LinkScheme, check_period, read_scheme, settle, shown, spelt
from addrsvc.registry.model import Visibility

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
ONE = Link(1, "7512304827", Visibility.PUBLIC, LinkScheme.LOCATION_ID, "000123456789", "Sở", 0.9)
OTHER = replace(ONE, address_id=2, code=None)


def test_every_scheme_of_an_alias_is_a_scheme_of_a_link() -> None:
    assert {each.value for each in LinkScheme} == {each.value for each in Scheme} | {"code"}


def test_schemes_and_values_are_read_as_written() -> None:
    assert read_scheme(" parcel ") is LinkScheme.PARCEL
    assert spelt(LinkScheme.CODE, "75123-04827") == "7512304827"
    assert spelt(LinkScheme.LOCATION_ID, "000 123 456 789") == "000123456789"
    with pytest.raises(SchemeUnknown):
        read_scheme("postcode")
    with pytest.raises(LocationIdInvalid):
        spelt(LinkScheme.LOCATION_ID, "12")


def test_only_land_and_ownership_need_a_scope() -> None:
    closed = {each for each in LinkScheme if not each.is_public}
    assert closed == {LinkScheme.PARCEL, LinkScheme.REAL_ESTATE_ID}


def test_a_claim_alone_is_added_and_again_is_there_already() -> None:
    assert settle(ONE, [], may_correct=False) == "added"
    assert settle(ONE, [ONE], may_correct=False) == "already-there"


def test_said_otherwise_it_is_a_correction_where_that_is_allowed() -> None:
    again = replace(ONE, confidence=0.5, valid_from=MAY)
    assert settle(again, [ONE], may_correct=True) == "corrected"
    with pytest.raises(IdentifierDiffers) as differs:
        settle(again, [ONE], may_correct=False)
    assert differs.value.fields == "confidence, valid_from"


def test_at_one_time_one_address_where_the_scheme_says_so() -> None:
    with pytest.raises(IdentifierTaken) as taken:
        settle(ONE, [OTHER], may_correct=True)
    assert taken.value.other == "p2"
    with pytest.raises(IdentifierTaken) as taken:
        settle(ONE, [replace(OTHER, visibility=Visibility.SECRET)], may_correct=True)
    assert taken.value.other == "…"
    parcel = replace(ONE, scheme=LinkScheme.PARCEL, value="25747-12-345")
    assert settle(parcel, [replace(parcel, address_id=2)], may_correct=False) == "added"


def test_one_after_the_other_is_no_conflict() -> None:
    earlier, later = replace(OTHER, valid_to=JUNE), replace(ONE, valid_from=JUNE)
    assert settle(later, [earlier], may_correct=False) == "added"
    assert settle(replace(ONE, valid_to=MAY), [replace(OTHER, valid_from=MAY)], may_correct=False)
    with pytest.raises(IdentifierTaken):
        settle(replace(later, valid_from=MAY), [earlier], may_correct=False)


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9))


@given(DAYS, DAYS, DAYS, DAYS)
def test_conflict_is_a_common_day(
    one_from: date | None, one_to: date | None, other_from: date | None, other_to: date | None
) -> None:
    one = replace(ONE, valid_from=one_from, valid_to=one_to)
    other = replace(OTHER, valid_from=other_from, valid_to=other_to)
    try:
        check_period(one_from, one_to)
        check_period(other_from, other_to)
    except LinkPeriodInvalid:
        return
    days = [date(2025, 12, 31), *(date(2026, 1, day) for day in range(1, 11))]
    common = any(one.holds(day) and other.holds(day) for day in days)
    try:
        assert settle(one, [other], may_correct=False) == "added"
    except IdentifierTaken:
        assert common
    else:
        assert not common


def test_who_may_see_what() -> None:
    parcel = replace(ONE, scheme=LinkScheme.PARCEL)
    withdrawn = replace(ONE, withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC))
    ended = replace(ONE, valid_to=JUNE)
    links = [ONE, parcel, withdrawn, ended]
    assert shown(links, None, is_full=False) == [ONE, ended]
    assert shown(links, None, is_full=True) == links
    assert shown(links, JULY, is_full=False) == [ONE]
    assert ended.holds(MAY)
