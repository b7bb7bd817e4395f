"""Rows of records as those who decide see them: held, with what was found, merged and chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.collection.merging import Merge, Merged, merge_of, next_base
from addrsvc.collection.model import Act, State, Submission, Waits
from addrsvc.collection.payload import Record, read_record
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows

QUERIES: Final = Queries("addrsvc.collection", "queries_merging.sql")

_COLUMNS: Final = tuple(each.name for each in fields(Submission))


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it stands, with its newest revision."""

    submission: Submission
    record: Record
    payload: str
    """Of the newest revision, as sent."""
    findings: tuple[Mapping[str, Any], ...]
    """Of the newest revision, as kept."""
    merge: Mapping[str, Any] | None
    """Of the newest revision, as kept: see :class:`Outcome`; None: it was not merged yet."""

    @property
    def outcome(self) -> Outcome | None:
        """Give what came of the newest revision so far."""
        return None if self.merge is None else Outcome.from_json(self.merge)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a revision was merged, and what was written of it."""

    merge: Merge
    address_version: int | None = None
    """Of the address when it was merged; None: there was none."""
    wrote: frozenset[str] = frozenset()
    """Fields written to the register."""
    has_written: bool = False
    """A supervisor's decision wrote to the register, so it is not taken back."""
    decision: State | None = None
    """Where a supervisor's decision left this revision; None: none was made."""
    was: State | None = None
    """Where the record stood before that."""

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form."""
        return {
            "fields": self.merge.to_json(),
            "address_version": self.address_version,
            "wrote": sorted(self.wrote),
            "has_written": self.has_written,
            "decision": None if self.decision is None else self.decision.value,
            "was": None if self.was is None else self.was.value,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Outcome:
        """Read the jsonb form."""
        return cls(
            merge_of(stored["fields"]),
            stored["address_version"],
            frozenset(stored["wrote"]),
            stored["has_written"],
            None if stored["decision"] is None else State(stored["decision"]),
            None if stored["was"] is None else State(stored["was"]),
        )


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a record is to stand."""

    state: State
    waits_for: Waits | None
    findings: Sequence[Mapping[str, Any]]
    outcome: Outcome
    address_id: int | None
    commune: str | None
    """Where it lies, if that was not known before."""
    decided_at: datetime | None
    decided_by: str | None
    note: str | None = None
    code: str | None = None
    """Spoken for by the record."""


async def lock(conn: AsyncConnection, submission_id: UUID) -> Standing | None:
    """Hold a record until the end of the transaction; None: there is none."""
    await execute(conn, QUERIES["lock_record"], {"record": submission_id})
    # only now: who waited for it would read its revision as it was before
    found = await find(conn, [submission_id], None)
    return found[0] if found else None


async def find(
    conn: Connection, ids: Sequence[UUID], areas: Collection[str] | None
) -> list[Standing]:
    """Give records in the order asked, those within some present communes (None: all)."""
    params = {"records": list(ids), "areas": None if areas is None else sorted(areas)}
    return [await _standing(each) for each in await rows(conn, QUERIES["records"], params)]


async def _standing(found: Row) -> Standing:
    record = await asyncio.to_thread(read_record, found["payload"].encode())
    return Standing(
        submission_of(found), record, found["payload"], tuple(found["findings"]), found["merge"]
    )


def submission_of(found: Row) -> Submission:
    """Make a submission of a row."""
    facts = {name: found[name] for name in _COLUMNS}
    waits_for = facts["waits_for"]
    facts |= {
        "act": Act(facts["act"]),
        "state": State(facts["state"]),
        "waits_for": None if waits_for is None else Waits(waits_for),
    }
    return Submission(**facts)


@dataclass(frozen=True, slots=True)
class Before:
    """The revision before this one that somebody, or the rules, looked at."""

    record: Record
    outcome: Outcome
    chosen: frozenset[str]
    """Fields somebody chose."""

    def base_of(self, record: Record) -> dict[str, Any] | None:
        """Give what the collector had in view when sending it again; None: nothing of that.

        Where the revision names another version of the address, the collector looked anew, and
        what is written of that version counts.
        """
        if self.record.fields is None or record.address != self.record.address:
            return None
        if self.outcome.address_version is None:  # nothing was there to merge it with
            return None
        return next_base(self.outcome.merge, self.outcome.wrote | self.chosen)


async def find_before(conn: AsyncConnection, standing: Standing) -> Before | None:
    """Give the revision before this one, of those looked at; None: it is the first."""
    submission = standing.submission
    if submission.revision == 1:
        return None
    params = {"record": submission.submission_id, "revision": submission.revision}
    found = await row(conn, QUERIES["merged_before"], params)
    if found is None:
        return None
    record = await asyncio.to_thread(read_record, found["payload"].encode())
    return Before(record, Outcome.from_json(found["merge"]), frozenset(found["chosen"]))


async def settle(conn: AsyncConnection, standing: Standing, settled: Settlement) -> None:
    """Write where a record stands; the last that is done in a transaction."""
    submission = standing.submission
    params = {
        "record": submission.submission_id,
        "revision": submission.revision,
        "findings": Jsonb([dict(each) for each in settled.findings]),
        "merge": Jsonb(settled.outcome.to_json()),
        "state": settled.state.value,
        "waits_for": None if settled.waits_for is None else settled.waits_for.value,
        "address_id": settled.address_id,
        "commune": settled.commune,
        "decided_at": settled.decided_at,
        "decided_by": settled.decided_by,
        "note": settled.note,
        "code": settled.code,
    }
    await execute(conn, QUERIES["settle"], params)


async def put_conflicts(
    conn: AsyncConnection, submission: Submission, conflicts: Mapping[str, Merged]
) -> None:
    """Keep fields said otherwise side by side, until somebody chooses."""
    if not conflicts:
        return
    params = {
        "record": submission.submission_id,
        "revision": submission.revision,
        "fields": list(conflicts),
        "base": [Jsonb(each.base) for each in conflicts.values()],
        "registered": [Jsonb(each.registered) for each in conflicts.values()],
        "collected": [Jsonb(each.collected) for each in conflicts.values()],
    }
    await execute(conn, QUERIES["put_conflicts"], params)


async def choose(
    conn: AsyncConnection,
    submission: Submission,
    chosen: Mapping[str, str],
    *,
    by: str,
    at: datetime,
) -> None:
    """Note what somebody chose of open conflicts: ``registered``, ``collected`` or ``other``."""
    if not chosen:
        return
    params = {
        "record": submission.submission_id,
        "revision": submission.revision,
        "fields": list(chosen),
        "chosen": list(chosen.values()),
        "principal": by,
        "at": at,
    }
    await execute(conn, QUERIES["choose"], params)
