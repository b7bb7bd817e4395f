"""What supervisors do with records that wait for them: look, accept, send back, refuse, reopen.

Each on the version read: who decides on what somebody changed since is told so. A record whose
commune is not known is for those without a limit of area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.collection.model import Act, State, Submission
from addrsvc.db.rows import Connection
from addrsvc.registry.model import Address


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records to give out: all given conditions hold together; None: any."""

    commune: str | None = None
    act: Act | None = None
    device: str | None = None
    task: UUID | None = None
    state: State | None = None
    """``received`` (those that wait for review) or ``quarantined``; None: both."""


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
    """As the register has it now."""
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


@dataclass(frozen=True, slots=True)
class Look:
    """A record with all that is needed to decide about it; nothing of people."""

    submission: Submission
    payload: Mapping[str, Any]
    """The newest revision as sent, parsed."""
    address: Address | None
    """What it is about or what came of it, as it stands; None: nothing is there, or not for them"""
    fields: tuple[FieldLook, ...]
    """Of ``add`` what was collected, of ``correct`` the merge as it stands now."""
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
    raise NotImplementedError


async def count(
    conn: Connection, principal: Principal, wanted: Wanted, clock: Clock
) -> tuple[int, int]:
    """Give how many records wait (up to ``MOST_COUNTED``), and how many it decided today.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    raise NotImplementedError


async def get_look(conn: AsyncConnection, principal: Principal, submission_id: UUID) -> Look:
    """Give one record as it stands now.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal.
        SubmissionUnknown: there is none within the principal's areas.
    """
    raise NotImplementedError


async def look_at(conn: AsyncConnection, principal: Principal, ids: Sequence[UUID]) -> list[Look]:
    """Give records in the order asked; those not there for the principal are left out."""
    raise NotImplementedError


async def accept(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    *,
    values: Mapping[str, Any] | None = None,
    distinct_because: str | None = None,
    address_version: int | None = None,
    clock: Clock,
) -> Submission:
    """Do in the register what the record says, as the supervisor.

    Args:
        conn: the transaction.
        principal: the supervisor, who acts in the register.
        submission_id: the record.
        version: of the record, as read.
        values: by field, what the supervisor chose or typed, as :class:`FieldLook` gives values;
            None as a value says nothing. Fields left out: as collected, but where the register
            says otherwise by now one must be chosen.
        distinct_because: why it is no duplicate of what it looks like.
        address_version: of ``Look.address``, as read; None: whichever it is.
        clock: the moment.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        ConflictsOpen: fields the register says otherwise, and nothing was chosen.
        VersionStale: the address changed since it was read.
        AddrsvcError: what the register refuses, such as DuplicateAddress.
    """
    raise NotImplementedError


async def send_back(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    note: str,
    clock: Clock,
) -> Submission:
    """Give a record back to its collector, with what is to be done.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        NoteMissing: without words the collector cannot know what to do.
    """
    raise NotImplementedError


async def refuse(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    note: str | None,
    clock: Clock,
) -> Submission:
    """Decide that nothing comes of a record; the register keeps what it has.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
    """
    raise NotImplementedError


async def reopen(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    clock: Clock,
) -> Submission:
    """Take a decision back; it waits for review again.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        DecisionWritten: the register was written; what was done is undone there.
    """
    raise NotImplementedError
