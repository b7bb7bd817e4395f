"""Records as supervisors see them: those that wait, each with what the register says now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM, Clock
from addrsvc.collection import applying, comparing, records
from addrsvc.collection.decisions import OPEN
from addrsvc.collection.errors import SubmissionUnknown
from addrsvc.collection.merging import Merged, merge
from addrsvc.collection.model import Act, State, Submission
from addrsvc.collection.records import QUERIES, Standing
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.errors import AddrsvcError
from addrsvc.registry.model import Address

CLAIM: Final = timedelta(minutes=3)
"""How long what the desk gave out is given to nobody else."""

MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records to give out: all given conditions hold together; None: any."""

    commune: str | None = None
    act: Act | None = None
    device: str | None = None
    task: UUID | None = None
    state: State | None = None
    """``received`` (those that wait for review) or ``quarantined``; None: both."""
    reason: str | None = None
    """Slug of something found, or ``conflict``."""


@dataclass(frozen=True, slots=True)
class FieldLook:
    """One field of an address three ways, as JSON: None says nothing.

    ``standing``: ``same`` (nobody says otherwise), ``registered`` (the collector left it),
    ``collected`` (only the collector changed it), ``conflict`` (both did).
    """

    field: str
    base: Any
    """As the device saw it."""
    registered: Any
    """As the register has it now; of what was decided: had it then."""
    collected: Any
    standing: str
    is_base_known: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict as it was when the record was decided, and who chose what."""

    field: str
    base: Any
    registered: Any
    collected: Any
    chosen: str | None
    chosen_by: str | None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo the record announces."""

    sha256: str
    bytes: int
    media_type: str
    marks: str
    is_whole: bool
    is_erased: bool
    fault: str | None = None
    """Why it is never shown though it is whole, see ``pictures.Fault``."""


@dataclass(frozen=True, slots=True)
class Look:
    """A record with all that is needed to decide about it; nothing of people."""

    submission: Submission
    payload: Mapping[str, Any]
    """The newest revision as sent, parsed."""
    address: Address | None
    """What it is about or what came of it, as it stands; None: nothing is, or not for them."""
    fields: tuple[FieldLook, ...]
    """Of ``add`` what was collected, of ``correct`` the merge, of ``gone`` what changed since."""
    conflicts: tuple[Conflict, ...]
    findings: tuple[Mapping[str, Any], ...]
    """Slug beside facts; in words by ``judging.words_of``."""
    photos: tuple[Photo, ...]


async def claim_next(
    conn: AsyncConnection,
    principal: Principal,
    wanted: Wanted,
    clock: Clock,
    *,
    limit: int,
    is_first: bool,
) -> list[Look]:
    """Give the next records that wait, the oldest first, to nobody else for some minutes.

    ``is_first``: whoever asks has none before it, so what it claimed before is free again.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    params = _params(principal, wanted) | {"principal": principal.id}
    if is_first:
        await execute(conn, QUERIES["end_claims"], {"principal": principal.id})
    at = clock.now()
    claim = {"at": at, "until": at + CLAIM, "limit": limit}
    found = await rows(conn, QUERIES["claim_next"], params | claim)
    found.sort(key=lambda each: (each["received_at"], each["submission_id"]))
    return await look_at(conn, principal, [each["submission_id"] for each in found])


async def count(
    conn: Connection, principal: Principal, wanted: Wanted, clock: Clock
) -> tuple[int, int]:
    """Give how many records wait (up to ``MOST_COUNTED``), and how many it decided today.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    params = _params(principal, wanted) | {"most": MOST_COUNTED}
    (left,) = await rows(conn, QUERIES["count_waiting"], params)
    now = clock.now().astimezone(VIETNAM)
    midnight: datetime = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = {"principal": principal.id, "since": midnight}
    (decided,) = await rows(conn, QUERIES["count_decided"], since)
    return left["count"], decided["count"]


def _params(principal: Principal, wanted: Wanted) -> dict[str, Any]:
    """Give the filters of a principal.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.COLLECTION_REVIEW, communes)
    return {
        "state": None if wanted.state is None else wanted.state.value,
        "commune": wanted.commune,
        "act": None if wanted.act is None else wanted.act.value,
        "device": wanted.device,
        "task": wanted.task,
        "reason": wanted.reason,
        "areas": None if principal.areas is None else sorted(principal.areas),
    }


async def get_look(conn: AsyncConnection, principal: Principal, submission_id: UUID) -> Look:
    """Give one record as it stands now.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
        SubmissionUnknown: there is none within the principal's areas.
    """
    found = await look_at(conn, principal, [submission_id])
    if not found:
        raise SubmissionUnknown(record=str(submission_id))
    return found[0]


async def look_at(conn: AsyncConnection, principal: Principal, ids: Sequence[UUID]) -> list[Look]:
    """Give records in the order asked; those not there for the principal are left out.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    which = {"records": list(ids)}
    conflicts: dict[UUID, list[Conflict]] = {}
    for each in await rows(conn, QUERIES["conflicts_of"], which):
        conflicts.setdefault(each.pop("submission_id"), []).append(Conflict(**each))
    photos: dict[UUID, list[Photo]] = {}
    for each in await rows(conn, QUERIES["photos_of"], which):
        photos.setdefault(each.pop("submission_id"), []).append(Photo(**each))
    looks = []
    for standing in await records.find(conn, ids, principal.areas):
        address, fields = await _three_ways(conn, principal, standing)
        key = standing.submission.submission_id
        looks.append(
            Look(
                submission=standing.submission,
                payload=orjson.loads(standing.payload),
                address=address,
                fields=tuple(_field(name, each) for name, each in fields.items()),
                conflicts=tuple(conflicts.get(key, ())),
                findings=standing.findings,
                photos=tuple(photos.get(key, ())),
            )
        )
    return looks


async def _three_ways(
    conn: AsyncConnection, principal: Principal, standing: Standing
) -> tuple[Address | None, Mapping[str, Merged]]:
    """Give the address and how its fields stand: now, or when it was decided."""
    record, submission = standing.record, standing.submission
    said = applying.collected_fields(record)
    is_new = record.act is Act.ADD and submission.address_id is None
    if is_new:
        return None, merge(dict.fromkeys(said), {}, said).fields
    try:
        compared = await comparing.compare(conn, principal, standing)
    except AddrsvcError:  # unknown, or not for them
        return None, merge(None, {}, said).fields
    decided = standing.outcome
    if submission.state not in OPEN and decided is not None:
        return compared.address, decided.merge.fields
    if record.act is Act.GONE:
        return compared.address, comparing.seen_otherwise(compared)
    return compared.address, compared.merge.fields


def _field(name: str, field: Merged) -> FieldLook:
    return FieldLook(name, **field.to_json())
