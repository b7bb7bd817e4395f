"""What acts make of timelines: nothing lost, nothing said twice, everything can be said again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from addrsvc.registry import timeline
from addrsvc.registry.errors import DateRefused
from addrsvc.registry.model import CommuneRef, Components, Document, Kind, Status, Visibility
from addrsvc.registry.timeline import Rewriting, Slice, Timeline

FIRST = date(2025, 7, 1)
DAYS = st.integers(0, 400).map(lambda days: FIRST + timedelta(days=days))
NUMBERS = st.integers(1, 9).map(str)
STATUSES = st.sampled_from(Status)


def document(number: str) -> Document:
    return Document(
        kind=Kind.DWELLING,
        commune=CommuneRef("25747", FIRST),
        components=Components(house_number=number, thoroughfare="Đường Mẫu"),
        position=None,
        visibility=Visibility.PUBLIC,
        source="test",
    )


class Kept:
    """An address's rows: all there ever were, and which of them are open."""

    def __init__(self, first: Slice) -> None:
        self.written: list[Slice] = [replace(first, version=1)]
        self.now: Timeline = tuple(self.written)
        self.after: list[Timeline] = [self.now]

    def take(self, rewriting: Rewriting) -> None:
        number = self.written[-1].version + 1
        added = [replace(each, version=number + n) for n, each in enumerate(rewriting.added)]
        self.now = timeline.rewritten(self.now, rewriting, number)
        self.written += added
        self.after.append(self.now)


@st.composite
def histories(draw: st.DrawFn) -> Kept:
    """Draw an address that was corrected, changed and restored in any order."""
    kept = Kept(Slice(0, FIRST, None, draw(STATUSES), document("0")))
    for act in draw(st.lists(st.sampled_from(["change", "correct", "mend", "undo"]), max_size=8)):
        status, said = draw(STATUSES), document(draw(NUMBERS))
        last = kept.now[-1]
        if act == "change":
            day = last.valid_from + timedelta(days=draw(st.integers(0, 30)))
            kept.take(timeline.changed(kept.now, day, status, said))
        elif act == "correct":
            kept.take(timeline.corrected(kept.now, status, said))
        elif act == "mend":
            day = draw(st.sampled_from(kept.now)).valid_from
            kept.take(timeline.corrected(kept.now, status, said, on=day))
        elif len(kept.after) > 1:
            kept.take(timeline.restored(kept.now, kept.after[-2]))
    return kept


def is_whole(told: Sequence[Slice]) -> bool:
    ends = [each.valid_to for each in told]
    begins = [each.valid_from for each in told]
    return ends == [*begins[1:], None]


@given(histories())
def test_a_timeline_has_no_gap_no_overlap_and_one_open_end(kept: Kept) -> None:
    assert all(is_whole(told) for told in kept.after)
    assert all(told[0].valid_from == FIRST for told in kept.after)


@given(histories())
def test_the_open_slice_has_the_highest_number(kept: Kept) -> None:
    for told in kept.after:
        assert max(told, key=lambda each: each.version) == told[-1]


@given(histories())
def test_every_timeline_there_was_is_told_by_the_numbers_alone(kept: Kept) -> None:
    assert timeline.after_each_write(kept.written) == kept.after


@given(histories(), DAYS, STATUSES, NUMBERS)
def test_restoring_after_a_change_is_as_if_nothing_had_been(
    kept: Kept, day: date, status: Status, number: str
) -> None:
    before = kept.now
    assume(day >= before[-1].valid_from)
    kept.take(timeline.changed(before, day, status, document(number)))
    assert timeline.at(kept.now, day) is kept.now[-1]
    kept.take(timeline.restored(kept.now, before))
    assert timeline.say_the_same(kept.now, before)


@given(histories(), histories())
def test_restoring_anything_says_just_that(kept: Kept, other: Kept) -> None:
    kept.take(timeline.restored(kept.now, other.now))
    assert timeline.say_the_same(kept.now, other.now)


@given(histories(), DAYS, NUMBERS)
def test_a_correction_touches_the_days_of_one_slice(kept: Kept, day: date, number: str) -> None:
    before = kept.now
    wrong = timeline.at(before, day)
    assert wrong is not None
    kept.take(timeline.corrected(before, wrong.status, document(number), on=day))
    for days in range(0, 400, 7):
        other = FIRST + timedelta(days=days)
        told, was = timeline.at(kept.now, other), timeline.at(before, other)
        assert told is not None
        assert was is not None
        if wrong.holds(other):
            assert told.document == document(number)
        else:
            assert told.says(was)


@given(histories())
def test_what_never_was_is_rejected_from_its_first_day_on(kept: Kept) -> None:
    last = kept.now[-1]
    kept.take(timeline.withdrawn(kept.now))
    (never,) = kept.now
    assert (never.valid_from, never.status) == (FIRST, Status.REJECTED)
    assert never.document == last.document


def test_days_of_which_nothing_is_said_are_refused() -> None:
    told = (Slice(1, FIRST, None, Status.CURRENT, document("1")),)
    early = FIRST - timedelta(days=1)
    with pytest.raises(DateRefused):
        timeline.changed(told, early, Status.CURRENT, document("2"))
    with pytest.raises(DateRefused):
        timeline.corrected(told, Status.CURRENT, document("2"), on=early)
    assert timeline.at(told, early) is None


def test_former_keys_are_those_of_past_use_only() -> None:
    spring, autumn = date(2026, 3, 1), date(2026, 9, 1)
    told = (
        Slice(1, FIRST, spring, Status.PROPOSED, document("1")),
        Slice(2, spring, autumn, Status.CURRENT, document("2")),
        Slice(3, autumn, None, Status.CURRENT, document("3")),
    )
    assert timeline.former_keys(told) == {("mau", "00002"): autumn}
    assert timeline.former_keys((*told[:2], replace(told[2], document=document("2")))) == {}
