"""Registry acts: one decision that touches several addresses, with who, why and by what law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from addrsvc.db.rows import Connection, row
from addrsvc.registry.model import Instrument
from addrsvc.registry.repository import QUERIES

ActKind = Literal[
    "retire",
    "merge",
    "split",
    "replace",
    "duplicate",
    "undo",
    "reorganise",
    "name-street",
    "renumber",
    "move-locality",
]
ActStatus = Literal["planned", "running", "done", "undoing", "undone", "cancelled"]


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act about to be recorded."""

    kind: ActKind
    principal: str
    at: datetime
    reason: str | None = None
    instrument: Instrument | None = None
    effective_on: date | None = None
    """First legal day of what it changes; None: it corrects the record."""
    status: ActStatus = "done"
    spec: Mapping[str, Any] | None = None
    """What a bulk act was asked to do."""
    undoes: int | None = None


async def record_act(conn: Connection, new: NewAct) -> int:
    """Insert an act and give its number; versions and successors it writes carry that."""
    params = {
        "kind": new.kind,
        "status": new.status,
        "principal": new.principal,
        "at": new.at,
        "reason": new.reason,
        "instrument": None if new.instrument is None else Jsonb(new.instrument.to_json()),
        "effective_on": new.effective_on,
        "spec": None if new.spec is None else Jsonb(dict(new.spec)),
        "undoes": new.undoes,
        "finished_at": new.at if new.status == "done" else None,
    }
    found = await row(conn, QUERIES["record_act"], params)
    if found is None:
        raise AssertionError("an insert gave no row")
    number: int = found["act_id"]
    return number
