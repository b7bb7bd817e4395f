"""What a report must hold, how words are kept, which acts fit which state. All names invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.tickets.errors import TicketInOtherState
from addrsvc.tickets.model import (
    MAX_PLACE,
    MAX_TEXT,
    Act,
    Given,
    Kind,
    Report,
    State,
    Ticket,
    clean_line,
    clean_text,
    cleaned,
    list_missing,
    state_after,
)
from addrsvc.types import LonLat


def pointers(report: Report) -> set[str]:
    return {each.pointer for each in list_missing(cleaned(report))}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report(Kind.WRONG), {"/code", "/text"}),
        (Report(Kind.WRONG, "Sai", "7512304827"), set()),
        (Report(Kind.MISSING), {"/place"}),
        (Report(Kind.MISSING, place=" \u202e "), {"/place"}),
        (Report(Kind.NO_NUMBER, point=LonLat(106.6, 10.9)), set()),
        (Report(Kind.NO_NUMBER, commune="25747"), set()),
        (Report(Kind.MISSING, place="x" * (MAX_PLACE + 1)), {"/place"}),
        (Report(Kind.MISSING, "x" * (MAX_TEXT + 1), place="x"), {"/text"}),
    ],
)
def test_all_that_is_missing_is_told_at_once(report: Report, expected: set[str]) -> None:
    assert pointers(report) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (Given(), set()),
        (Given("Trần Văn Canari", "0900 000 111", "canari@mau.example", has_consent=True), set()),
        (Given("Trần Văn Canari"), {"/contact/consent"}),
        (Given(phone="không có", has_consent=True), {"/contact/phone"}),
        (Given(phone="0900", has_consent=True), {"/contact/phone"}),
        (Given(email="canari@", has_consent=True), {"/contact/email"}),
        (Given(email="a@b.vn\r\nBcc: c@d.vn", has_consent=True), {"/contact/email"}),
        (Given("x" * 121, has_consent=True), {"/contact/name"}),
    ],
)
def test_a_contact_is_kept_with_consent_only(given_: Given, expected: set[str]) -> None:
    assert pointers(Report(Kind.MISSING, place="x", contact=given_)) == expected


@given(st.text())
def test_words_are_kept_clean_and_stay_so(text: str) -> None:
    kept = clean_text(text)
    if kept is not None:
        assert kept == kept.strip() == clean_text(kept)
        assert not any(ord(sign) < 32 and sign != "\n" for sign in kept)
    line = clean_line(text)
    assert line is None or "\n" not in line


def test_every_act_fits_open_or_closed_tickets_only() -> None:
    for act in Act:
        for state in State:
            if state.is_closed == (act is Act.REOPEN):
                after = state_after(state, act)
                assert after.is_closed == (act in {Act.DONE, Act.REFUSE})
            else:
                with pytest.raises(TicketInOtherState):
                    state_after(state, act)
    assert {act for act in Act if act.needs_words} == {Act.ANSWER, Act.REFUSE}


def test_a_ticket_is_late_while_it_is_open_only() -> None:
    at, day = datetime(2026, 1, 5, tzinfo=UTC), date(2026, 1, 19)
    ticket = Ticket(
        ticket_id=7,
        kind=Kind.MISSING,
        state=State.RECEIVED,
        version=1,
        **dict.fromkeys(("code", "point", "accuracy_m", "commune", "handled_by", "handled_at")),
        **dict.fromkeys(("closed_at", "answer", "result", "erased_at")),
        has_contact=False,
        received_at=at,
        due_on=day,
    )
    assert ticket.ref == "t7"
    assert not ticket.is_overdue(day)
    assert ticket.is_overdue(day + timedelta(days=1))
    assert not replace(ticket, closed_at=at).is_overdue(day + timedelta(days=1))
