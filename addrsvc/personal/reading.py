"""Reading the person behind an address: with a purpose, counted, and audited before the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM
from addrsvc.db.rows import execute, rows
from addrsvc.personal.crypto import keyring_of
from addrsvc.personal.errors import ReadingsExhausted
from addrsvc.personal.holders import QUERIES, holder_of, open_holders
from addrsvc.personal.model import Person, Purpose
from addrsvc.types import AddressId


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """Why somebody looks."""

    purpose: Purpose
    note: str | None = None
    """In their own words; kept encrypted, never in a log."""


@dataclass(frozen=True, slots=True)
class Place:
    """The address behind which somebody looks for a person."""

    address_id: AddressId
    ref: str
    commune_code: str


async def read_holder(
    conn: AsyncConnection,
    principal: Principal,
    place: Place,
    reading: Reading,
    *,
    at: datetime,
    per_day: int,
) -> Person | None:
    """Give the person behind an address; None: nobody is kept there.

    The reading is on record, with its purpose, before anything is read; both are one transaction.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal to read.
        ReadingsExhausted: it has read as many today as one may in a day.
        EncryptionKeyMissing, EncryptionKeyUnknown: the row cannot be decrypted.
    """
    principal.require_in(Scope.HOLDERS_READ, [place.commune_code])
    await count_reading(conn, principal, at, per_day)
    await audit.record(
        conn,
        principal=principal.id,
        action="holder.read",
        subject=place.ref,
        at=at,
        detail={"purpose": reading.purpose.value, "noted": reading.note is not None},
    )
    await open_holders(conn, principal.areas)
    if reading.note is not None:
        owner = f"reading_note:{place.address_id}"
        sealed = keyring_of(conn).encrypt(reading.note.encode(), bound_to=owner)
        note = {"sealed": sealed.token, "key_id": sealed.key_id, "at": at}
        who = {"principal": principal.id, "address_id": place.address_id}
        await execute(conn, QUERIES["insert_note"], note | who)
    return await holder_of(conn, place.address_id)


async def count_reading(
    conn: AsyncConnection, principal: Principal, at: datetime, per_day: int
) -> None:
    """Count one more reading of a principal; a stolen key cannot drain everything in a day.

    Raises:
        ReadingsExhausted: it has read as many today as one may in a day.
    """
    local = at.astimezone(VIETNAM)
    params = {"principal": principal.id, "day": local.date()}
    counted = await rows(conn, QUERIES["count_reading"], params)
    if counted[0]["readings"] > per_day:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        raise ReadingsExhausted(
            per_day=per_day, retry_after_s=int((midnight - local).total_seconds()) + 1
        )
