from __future__ import annotations

from datetime import date

from addrsvc.admin_units.model import LinkKind
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.types import UnitId, ValidPeriod

OLD, NEW, LATER = date(2025, 6, 1), date(2025, 7, 1), date(2027, 1, 1)
A, B = UnitId("00001", OLD), UnitId("00002", OLD)
X, Y = UnitId("00001", NEW), UnitId("00003", NEW)
Z = UnitId("00001", LATER)
PERIODS = {
    A: ValidPeriod(OLD, NEW),
    B: ValidPeriod(OLD, NEW),
    X: ValidPeriod(NEW, LATER),
    Y: ValidPeriod(NEW),
    Z: ValidPeriod(LATER),
}
WHOLE, PART = LinkKind.WHOLE, LinkKind.PART
SUCCESSION = Succession(
    PERIODS,
    [
        (A, Link(X, PART, 0.3)),
        (A, Link(Y, PART, 0.7)),
        (B, Link(X, WHOLE, 1.0)),
        (X, Link(Z, PART, None)),
        (X, Link(Y, PART, None)),
    ],
)


def test_an_unsplit_unit_has_one_certain_successor() -> None:
    outcome = SUCCESSION.on(B, NEW)
    assert outcome.certain
    assert [(s.unit, s.share) for s in outcome.successors] == [(X, 1.0)]


def test_a_split_unit_has_candidates_by_share_and_no_default() -> None:
    outcome = SUCCESSION.on(A, NEW)
    assert not outcome.certain
    assert [(s.unit, s.share) for s in outcome.successors] == [(Y, 0.7), (X, 0.3)]


def test_a_unit_in_force_is_its_own_outcome() -> None:
    assert SUCCESSION.on(A, OLD).certain
    assert SUCCESSION.on(A, OLD).successors[0].unit == A


def test_steps_follow_each_other_and_unknown_shares_stay_unknown() -> None:
    outcome = SUCCESSION.on(A, LATER)
    assert not outcome.certain
    assert {s.unit: s.share for s in outcome.successors} == {Y: None, Z: None}
    assert not SUCCESSION.on(B, LATER).certain


def test_a_part_that_leads_to_one_unit_only_is_not_certain() -> None:
    lone = Succession(PERIODS, [(A, Link(X, PART, None))])
    assert not lone.on(A, NEW).certain


def test_the_future_and_the_end_lead_nowhere() -> None:
    assert SUCCESSION.on(Z, OLD).successors == ()
    ended = Succession({A: ValidPeriod(OLD, NEW)}, [])
    assert ended.on(A, NEW) == ended.on(A, LATER)
    assert not ended.on(A, NEW).successors
    assert not ended.on(A, NEW).certain


def test_back_to_what_a_unit_was_made_of() -> None:
    outcome = SUCCESSION.before(X, OLD)
    assert not outcome.certain
    assert [(s.unit, s.share) for s in outcome.successors] == [(B, 1.0), (A, 0.3)]
    assert SUCCESSION.before(Z, OLD).successors[0].share is None
    assert SUCCESSION.before(A, OLD).successors[0].unit == A
    assert SUCCESSION.before(A, date(2020, 1, 1)).successors == ()


def test_a_unit_reached_by_two_ways_back_keeps_no_share() -> None:
    links = [
        (A, Link(X, PART, 0.3)),
        (A, Link(Y, PART, 0.7)),
        (X, Link(Z, WHOLE, 1.0)),
        (Y, Link(Z, WHOLE, 1.0)),
    ]
    back = Succession({**PERIODS, Y: ValidPeriod(NEW, LATER)}, links).before(Z, OLD)
    assert [(s.unit, s.share) for s in back.successors] == [(A, None)]
    assert back.certain
