"""Notes of refusals: merged, bounded, and kept while there is no database."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest
import tasks

from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.edge import refusals
from addrsvc.edge.refusals import Refusals
from addrsvc.settings import Settings

CLOCK = FixedClock(datetime(2026, 1, 15, tzinfo=UTC))
NOWHERE = Settings.model_validate({"database_url": "postgresql://127.0.0.1:1/none"})


def test_the_same_is_one_note_and_there_are_never_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusals, "_MOST", 2)
    notes = Refusals(CLOCK)
    for what in ("GET /a", "GET /a", "GET /b", "GET /c"):
        notes.note("key:1", what, "scope-missing", "r")
    assert [(key[1], note.times) for key, note in notes._notes.items()] == [
        ("GET /a", 2),
        ("GET /b", 1),
    ]


@pytest.mark.anyio
async def test_without_a_database_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_MOST", 2)
    notes, engine = Refusals(CLOCK), make_engine(NOWHERE)
    await notes.write_down(engine)
    notes.note("key:1", "GET /a", None, "r")
    await notes.write_down(engine)
    notes.note("key:1", "GET /a", None, "s")
    assert [(note.times, note.request_id) for note in notes._notes.values()] == [(2, "r")]
    await engine.dispose()


@pytest.mark.anyio
async def test_the_end_in_the_midst_of_writing_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object, **__: object) -> None:
        writing.set()
        await asyncio.sleep(60)

    writing = asyncio.Event()
    monkeypatch.setattr(refusals, "transaction", lambda _: contextlib.nullcontext())
    monkeypatch.setattr(refusals.audit, "record", hang)
    notes, engine = Refusals(CLOCK), make_engine(NOWHERE)
    notes.note("key:1", "GET /a", None, "r")
    task = asyncio.create_task(notes.write_down(engine))
    await writing.wait()
    notes.note("key:1", "GET /a", None, "s")
    await tasks.end(task)
    assert [(note.times, note.request_id) for note in notes._notes.values()] == [(2, "r")]
    await engine.dispose()
