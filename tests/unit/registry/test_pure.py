"""Lifecycle, documents, labels and texts of the registry."""

from __future__ import annotations

import doctest
import itertools
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.errors import LANGUAGES, AddrsvcError
from addrsvc.registry import fields, label, lifecycle
from addrsvc.registry.act_errors import ActOvertaken, PartsInUse, TransitionRefused
from addrsvc.registry.acts import ActKind
from addrsvc.registry.errors import DateRefused, FieldInvalid
from addrsvc.registry.model import (
    ACT_NAMES,
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Part,
    Position,
    Status,
    Visibility,
)
from addrsvc.types import LonLat

TEXT = st.text(min_size=1, max_size=20)
MAYBE = st.none() | TEXT
COMPONENTS = st.builds(
    Components,
    unit=MAYBE,
    floor=MAYBE,
    building=MAYBE,
    house_number=MAYBE,
    thoroughfare=MAYBE,
    localities=st.lists(st.builds(Locality, st.just("ap"), TEXT), max_size=3).map(tuple),
)
POSITIONS = st.builds(
    Position,
    st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    st.floats(0.1, 1000),
    st.sampled_from(Method),
    st.sampled_from(Marks),
)
DOCUMENTS = st.builds(
    Document,
    kind=st.sampled_from(Kind),
    commune=st.builds(CommuneRef, TEXT, st.dates()),
    components=COMPONENTS,
    position=st.none() | POSITIONS,
    visibility=st.sampled_from(Visibility),
    source=TEXT,
    name=MAYBE,
    parent=MAYBE,
    text=MAYBE,
    part=st.none() | st.sampled_from(Part),
)
ACTS: tuple[lifecycle.Act, ...] = get_args(lifecycle.Act)


@pytest.mark.parametrize("module", [fields, label, lifecycle])
def test_examples_in_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # any module will do


@given(DOCUMENTS)
def test_document_survives_its_json_form(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document


def test_nothing_leads_out_of_the_end_and_back_into_use() -> None:
    reached: dict[Status, set[Status]] = {status: set() for status in Status}
    for status, act in itertools.product(Status, ACTS):
        try:
            reached[status].add(lifecycle.status_after(status, act))
        except TransitionRefused:
            continue
    assert reached[Status.RETIRED] == {Status.RETIRED}
    assert reached[Status.REJECTED] == set()
    assert Status.PROPOSED not in reached[Status.CURRENT] | reached[Status.RESERVED]
    assert all(
        Status.REJECTED not in reached[status] for status in (Status.CURRENT, Status.RESERVED)
    )


def test_a_code_once_drawn_is_kept_by_an_undo() -> None:
    assert lifecycle.status_with_code(Status.PROPOSED, has_code=True) is Status.RESERVED
    assert lifecycle.status_with_code(Status.PROPOSED, has_code=False) is Status.PROPOSED
    assert lifecycle.status_with_code(Status.CURRENT, has_code=True) is Status.CURRENT


def test_what_has_no_code_is_rejected_rather_than_retired() -> None:
    for status in lifecycle.LIVING:
        after = lifecycle.status_after(status, lifecycle.leaving(status))
        assert after is (Status.REJECTED if status is Status.PROPOSED else Status.RETIRED)


def test_a_refused_step_says_which_steps_there_are() -> None:
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.status_after(Status.RETIRED, "merge")
    assert refused.value.text("vi").endswith("Việc làm được lúc này: Đính chính.")
    assert refused.value.text("en").endswith("Possible now: Correction.")
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.status_after(Status.REJECTED, "correct")
    assert refused.value.text("en").endswith("Possible now: nothing but an undo.")


@pytest.mark.parametrize(
    "error",
    [
        PartsInUse(count=2, codes=["7512300001", "7512300002"]),
        ActOvertaken(act_id=1, count=2, codes=["7512300001", "7512300002"]),
    ],
)
def test_refusals_list_their_codes(error: AddrsvcError) -> None:
    for language in LANGUAGES:
        assert "7512300001, 7512300002" in error.text(language)


def test_every_act_has_a_name() -> None:
    assert {*get_args(lifecycle.Act), *get_args(ActKind)} <= ACT_NAMES.keys()


def test_days_outside_life_are_refused() -> None:
    first, last = date(2025, 7, 1), date(2026, 1, 15)
    for day in (first, last):
        assert lifecycle.check_day(day, earliest=first, latest=last) == day
    for day in (date(2025, 6, 30), date(2026, 1, 16)):
        with pytest.raises(DateRefused):
            lifecycle.check_day(day, earliest=first, latest=last)


@given(st.text(max_size=40))
def test_kept_text_is_settled_or_refused(text: str) -> None:
    try:
        kept = fields.clean("name", text)
    except FieldInvalid:
        return
    assert fields.clean("name", kept) == kept
    assert kept == kept.strip()
    assert "\n" not in kept


@pytest.mark.parametrize("text", ["", "   ", "a\u0000b", "a\u0007", "\ud800", "a\ue000"])
def test_blank_and_control_texts_are_refused(text: str) -> None:
    with pytest.raises(FieldInvalid):
        fields.clean("name", text)


def test_decomposed_vietnamese_is_composed() -> None:
    assert fields.clean("name", "Hoa\u0300 Bi\u0300nh") == "Hoà Bình"


def test_label_writes_innermost_first() -> None:
    components = Components(
        unit="Căn 25 - 06", building="Tòa A", localities=(Locality("khu_pho", "Khu phố 3"),)
    )
    assert (
        label.address_line(components, "Phường Tây", "Thành phố Mẫu")
        == "Căn 25 - 06, Tòa A, Khu phố 3, Phường Tây, Thành phố Mẫu"
    )


def test_refusals_never_crash_on_their_own_words() -> None:
    error = FieldInvalid(field="{name}")
    assert isinstance(error, AddrsvcError)
    assert "{name}" in error.text("vi")
