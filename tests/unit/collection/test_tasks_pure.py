"""Tasks, their areas and how pages word them: what takes no database."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from addrsvc.auth.field_devices import Collector, FieldDevice
from addrsvc.collection import areas, packages, progress, tasks_model
from addrsvc.collection.model import Act, State, Waits
from addrsvc.collection.progress import Found, Progress
from addrsvc.collection.tasks_model import Named, Task, TaskKind, TaskState
from addrsvc.types import LonLat
from addrsvc.web import collection_showing
from addrsvc.web.collection_showing import (
    drawn_records,
    names_of,
    shown_device,
    shown_record,
    shown_task,
)

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
DAY = date(2026, 1, 15)
LAN = Collector("account:lan", "Trần Thị Bịa", ("25747",))


def task(**facts: object) -> Task:
    usual = {
        "task_id": uuid4(), "title": "Khu phố 3", "kind": TaskKind.LOCALITY,
        "commune_code": "25747", "named": Named("3", "khu_pho"), "state": TaskState.OPEN,
        "assigned_to": "account:lan", "due_on": None, "note": None, "version": 1,
        "created_by": "cli:t", "created_at": NOW, "changed_at": NOW, "closed_at": None,
    }  # fmt: skip
    return Task(**{**usual, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "module",
    [areas, packages, progress, tasks_model, collection_showing],
    ids=lambda it: it.__name__,
)
def test_doctests(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("due", "state", "words", "late"),
    [
        (None, TaskState.OPEN, "", False),
        (DAY, TaskState.OPEN, "15/01/2026, hết hạn hôm nay", False),
        (DAY + timedelta(days=3), TaskState.OPEN, "18/01/2026, còn 3 ngày", False),
        (DAY - timedelta(days=2), TaskState.OPEN, "13/01/2026, quá hạn 2 ngày", True),
        (DAY - timedelta(days=2), TaskState.CLOSED, "13/01/2026", False),
    ],
)
def test_due_days(due: date | None, state: TaskState, words: str, late: bool) -> None:  # noqa: FBT001
    shown = shown_task(
        task(due_on=due, state=state), Progress(10, 4), {}, names_of([LAN]), DAY, "vi"
    )
    assert (shown.due, shown.is_late) == (words, late)
    assert (shown.percent, shown.visited) == ("40%", "4 trong 10 địa chỉ")
    assert shown.person == "Trần Thị Bịa"
    assert shown.where == "Khu phố, ấp, 25747"


def test_counts_leave_out_what_there_is_none_of() -> None:
    shown = shown_task(task(assigned_to=None), Progress(0, new=2, waiting=1), {}, {}, DAY, "en")
    assert shown.counts == (("New", "2"), ("To review", "1"))
    assert (shown.person, shown.share) == ("Nobody yet", 0.0)


def found(act: Act, state: State, **facts: object) -> Found:
    waits = Waits.REVIEW if state is State.RECEIVED else None
    usual = {
        "submission_id": uuid4(), "act": act, "state": state, "waits_for": waits, "made_at": NOW,
        "received_at": NOW, "device": "d", "note": None, "address_id": 1, "code": "7512304827",
        "point": LonLat(106.65, 10.95),
    }  # fmt: skip
    return Found(**{**usual, **facts})  # type: ignore[arg-type]


def test_what_a_map_marks() -> None:
    records = [
        found(Act.GONE, State.RECEIVED),
        found(Act.GONE, State.REFUSED),
        found(Act.ADD, State.RECEIVED, code=None),
        found(Act.ADD, State.QUARANTINED),
        found(Act.ADD, State.ACCEPTED, point=None),
        found(Act.CORRECT, State.ACCEPTED),
    ]
    assert drawn_records(records) == [
        {"gone": "7512304827"},
        {"new": None, "lon": 106.65, "lat": 10.95},
        {"new": "7512304827", "lon": None, "lat": None},
    ]


def test_records_and_phones_are_worded() -> None:
    waiting = shown_record(found(Act.ADD, State.RECEIVED, code=None), "vi")
    assert (waiting.state, waiting.mark, waiting.page) == ("Chờ duyệt", "waiting", "")
    back = shown_record(found(Act.CORRECT, State.NEEDS_YOU, note="Xem lại"), "vi")
    assert (back.mark, back.note, back.page) == ("bad", "Xem lại", "/a/7512304827")
    phone = FieldDevice("k", "Máy", "account:lan", None, NOW, NOW + timedelta(days=1), None, None)
    shown = shown_device(phone, names_of([LAN]), NOW, "vi")
    assert (shown.state, shown.held_by, shown.used) == ("Đang dùng", "Trần Thị Bịa", "chưa dùng")
    later = shown_device(phone, {}, NOW + timedelta(days=2), "vi")
    assert (later.state, later.held_by) == ("Hết hạn", "lan")
