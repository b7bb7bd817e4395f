"""Batches and marks in words, lists of codes as people paste them, and counts as CSV."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime

from addrsvc.notices.model import Batch, Count, Mark, Reason, State
from addrsvc.web import notices_showing
from addrsvc.web.notices_showing import counts_csv, mark_words, part_bounds, shown_batch

BATCH = Batch(7, "25747", "Khu phố 3", None, ("25747",), 201, datetime(2026, 1, 5, tzinfo=UTC), "x")


def test_a_batch_is_said_by_its_place() -> None:
    names = {"25747": "Phường Tây"}
    shown = shown_batch(BATCH, {State.NOTIFIED: 12}, names, "theo danh sách", "vi")
    assert (shown.where, shown.told, shown.plated) == ("Khu phố 3, Phường Tây", "12", "0")
    of_codes = Batch(8, None, None, "n", ("25747",), 1, BATCH.made_at, "x")
    assert shown_batch(of_codes, {}, names, "theo danh sách", "vi").where == "theo danh sách"
    assert [part_bounds(BATCH, part) for part in (1, 2, 3)] == [(1, 100), (101, 200), (201, 201)]


def test_counts_are_a_table_no_spreadsheet_computes() -> None:
    counts = [Count("25747", 10, 3, 2, 1), Count("99999", 1, 0, 0, 0)]
    table = counts_csv(counts, {"25747": "=HYPERLINK(1)"}, "en").decode("utf-8-sig").splitlines()
    assert table[0] == "Commune code,Commune,Addresses in use,Told the code,Plate fixed,Nobody met"
    assert table[1] == "25747,'=HYPERLINK(1),10,3,2,1"
    assert table[2] == "99999,,1,0,0,0"
    assert mark_words(Mark(State.NOT_MET, date(2026, 1, 5), None, Reason.NOT_FOUND), "en") == (
        "Nobody met 5 January 2026 (House not found)"
    )


def test_doctests() -> None:
    assert doctest.testmod(notices_showing).failed == 0
