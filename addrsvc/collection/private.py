"""Contacts and words collectors noted: kept sealed, read by reviewers, handed on, erased.

The contact goes where it belongs: behind the address, once the record is accepted. Somebody else
who is there already stays until a supervisor chooses.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import orjson
import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection.devices import Device
from addrsvc.collection.errors import ContactChanged, ContactSettled, SubmissionUnknown
from addrsvc.collection.keeping import QUERIES
from addrsvc.collection.model import Act, State
from addrsvc.collection.private_payload import Private, read_private
from addrsvc.db.rows import Row, execute, row
from addrsvc.db.transaction import transaction
from addrsvc.personal.collected import (
    Collected,
    Kept,
    list_differing,
    list_to_hand_over,
    lock_collected,
    open_collected,
    place_collected,
    put_collected,
)
from addrsvc.personal.crypto import keyring_of
from addrsvc.personal.errors import EncryptionKeyUnknown
from addrsvc.personal.holders import lock_holder, open_holders, put_first_holder, put_holders
from addrsvc.personal.model import Person, name_key_of, phone_key_of
from addrsvc.personal.reading import count_reading
from addrsvc.personal.said import Contact
from addrsvc.settings import Settings
from addrsvc.types import AddressId

_BATCH: Final = 200
_LOOK_S: Final = 20.0
_NAMELESS: Final = "Chưa rõ tên"
"""Called so where only a telephone number was noted."""

log = structlog.get_logger("addrsvc.collection")


class Chosen(StrEnum):
    """Who is the holder where two were named."""

    REGISTERED = "registered"
    COLLECTED = "collected"


@dataclass(frozen=True, slots=True, repr=False)
class Noted:
    """What was noted beside a record, as a reviewer reads it; never logged."""

    words: str | None
    contact: Contact | None
    """None: none is here, or not for this reader."""
    has_contact: bool
    holder_differs: bool
    """The address has another holder: somebody has to choose."""
    tag: str | None = None
    """Of the two there are to choose from, for who may: another where either is another."""


async def keep_private(
    conn: AsyncConnection, device: Device, record: UUID, payload: bytes, clock: Clock
) -> None:
    """Keep the private part of a record; one that came before, or a newer one, stays.

    A contact, or words, take the place of those noted with revisions before; saying none, a later
    revision takes nothing away: who wants to be forgotten is erased. What was noted with a
    revision is noted once: sent again after it was handed on or erased, it does not come back.

    Raises:
        SubmissionUnreadable: it is none, or a contact comes without consent; nothing is kept.
        SubmissionUnknown: the device has no such record, or not yet this revision of it.
        EncryptionKeyMissing: there is no key to encrypt with; nothing is kept.
    """
    private = await asyncio.to_thread(read_private, payload)
    there = await row(conn, QUERIES["lock_submission"], {"record": record})
    if there is None or there["device"] != device.key_id or private.revision > there["revision"]:
        raise SubmissionUnknown(record=str(record))
    if private.revision <= (there["private_revision"] or 0):
        return
    is_taken_back = private.revision < there["revision"] and not there["has_private"]
    if is_taken_back:
        return
    await open_collected(conn, None)  # of this one only: nothing else is asked for here
    noted = _collected(private)
    # the same contact still differs; whether another one does is found when it is handed over
    before = await lock_collected(conn, record)
    differs = noted.contact is None and before is not None and before.differs
    noted = noted if before is None else noted.over(before.noted)
    await put_collected(conn, record, there["commune_code"], noted, at=clock.now(), differs=differs)
    await execute(conn, QUERIES["note_private"], {"record": record, "revision": private.revision})


def _collected(private: Private) -> Collected:
    if not private.has_contact:
        return Collected(None, private.words)
    contact = Contact(private.name, private.phone, consent=private.consent)
    return Collected(contact, private.words)


async def hand_over(conn: AsyncConnection, record: UUID, clock: Clock) -> None:
    """Make the contact of a record that was accepted the holder of its address, then forget it.

    Somebody else who is the holder stays: then it is for a supervisor to choose. Of any other
    record nothing is done.
    """
    there = await row(conn, QUERIES["lock_submission"], {"record": record})
    if there is None or there["state"] != State.ACCEPTED or there["address_id"] is None:
        return
    # of a house that is gone, or where nobody was met, it tells of no holder
    if there["act"] not in {Act.ADD, Act.CORRECT}:
        return
    await open_collected(conn, None)
    kept = await lock_collected(conn, record)
    if kept is None or kept.noted.contact is None or kept.differs:
        return
    person, now = _person(kept.noted.contact), clock.now()
    await open_holders(conn, None)
    holder = await lock_holder(conn, AddressId(there["address_id"]))
    has_place = holder is None or _is_same(holder, person)
    if holder is None or (has_place and holder.phone is None and person.phone is not None):
        has_place = await _become_holder(conn, there, record, holder, person, now)
    left = kept.noted.without_contact() if has_place else kept.noted
    await put_collected(conn, record, there["commune_code"], left, at=now, differs=not has_place)


async def hand_over_accepted(engine: AsyncEngine, clock: Clock) -> int:
    """Hand over the contacts of all records that were accepted; gives how many were looked at.

    One that cannot be stays, and holds no other up.
    """
    total, after = 0, None
    while True:
        async with transaction(engine) as conn:
            await open_collected(conn, None)
            ids = await list_to_hand_over(conn, after=after, limit=_BATCH)
        for each in ids:
            try:
                async with transaction(engine) as conn:
                    await hand_over(conn, each, clock)
            except (EncryptionKeyUnknown, DBAPIError, Error) as error:
                log.warning("a contact was not handed over", error=type(error).__name__)
        total += len(ids)
        if len(ids) < _BATCH:
            return total
        after = ids[-1]


async def read_noted(
    conn: AsyncConnection, principal: Principal, record: UUID, clock: Clock, settings: Settings
) -> Noted:
    """Give what was noted beside a record; a contact only to who reads holders, and on record.

    Raises:
        NotSignedIn, ScopeMissing: for who reviews records.
        SubmissionUnknown: there is none within the principal's areas.
        ReadingsExhausted: it has read as many contacts today as one may in a day.
    """
    there, kept = await _noted(conn, principal, record)
    if kept is None:
        return Noted(None, None, has_contact=False, holder_differs=False)
    contact, tag = kept.noted.contact if principal.may(Scope.HOLDERS_READ) else None, None
    if contact is not None:
        await count_reading(conn, principal, clock.now(), settings.holder_readings_per_day)
        await _note(conn, principal, "read_contact", record, clock.now())
    if contact is not None and kept.differs and there["address_id"] is not None:
        _, tag = await _lock_two(conn, there, record, contact)
    return Noted(
        kept.noted.words,
        contact,
        has_contact=kept.noted.contact is not None,
        holder_differs=kept.differs,
        tag=tag,
    )


async def list_to_choose(conn: AsyncConnection, principal: Principal) -> list[UUID]:
    """Give records of the principal's areas whose address has another holder, the oldest first.

    Raises:
        NotSignedIn, ScopeMissing: for who reviews records.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    await open_collected(conn, principal.areas)
    return await list_differing(conn, limit=_BATCH)


async def choose_holder(
    conn: AsyncConnection,
    principal: Principal,
    record: UUID,
    chosen: Chosen,
    tag: str | None,
    clock: Clock,
) -> None:
    """Do what was chosen where an address has another holder than was noted; the other is erased.

    Args:
        conn: the transaction.
        principal: who chose.
        record: whose contact waits.
        chosen: one of the two.
        tag: of the two as they were read (``Noted.tag``); None: whoever they are.
        clock: the moment.

    Raises:
        NotSignedIn, ScopeMissing: for who reviews records and reads holders.
        SubmissionUnknown: there is none within the principal's areas.
        ContactSettled: there is nothing to choose, or no more.
        ContactChanged: either of the two is another by now; nothing is done.
    """
    principal.require(Scope.HOLDERS_READ)
    there, kept = await _noted(conn, principal, record)
    if kept is None or kept.noted.contact is None or not kept.differs:
        raise ContactSettled(record=str(record))
    if there["address_id"] is None:  # it was sent again, and is about no address any more
        raise ContactSettled(record=str(record))
    now, contact = clock.now(), kept.noted.contact
    holder, standing = await _lock_two(conn, there, record, contact)
    if tag is not None and tag != standing:
        raise ContactChanged
    if chosen is Chosen.COLLECTED and not await _become_holder(
        conn, there, record, holder, _person(contact), now
    ):
        raise ContactChanged
    left = kept.noted.without_contact()
    await put_collected(conn, record, there["commune_code"], left, at=now)
    await _note(conn, principal, f"holder_{chosen.value}", record, now)


async def _noted(
    conn: AsyncConnection, principal: Principal, record: UUID
) -> tuple[Row, Kept | None]:
    """Hold a record and what was noted beside it, for who may see it."""
    principal.require(Scope.COLLECTION_REVIEW)
    there = await row(conn, QUERIES["lock_submission"], {"record": record})
    if there is None or not _reaches(principal, there["commune_code"]):
        raise SubmissionUnknown(record=str(record))
    await open_collected(conn, None)
    await place_collected(conn, record)
    await open_collected(conn, principal.areas)
    return there, await lock_collected(conn, record)


async def _lock_two(
    conn: AsyncConnection, there: Row, record: UUID, contact: Contact
) -> tuple[Person | None, str]:
    """Hold who is behind the address; gives them, and what tells these two from any others.

    Keyed, so that nobody finds out who they are by trying names.
    """
    await open_holders(conn, None)
    holder = await lock_holder(conn, AddressId(there["address_id"]))
    registered = None if holder is None else asdict(holder)
    said = orjson.dumps([record, there["address_id"], registered, asdict(contact)])
    return holder, keyring_of(conn).index("two contacts", said.decode()).hex()


def _reaches(principal: Principal, commune: str | None) -> bool:
    return principal.areas is None or (commune is not None and principal.reaches(commune))


async def _become_holder(
    conn: AsyncConnection,
    there: Row,
    record: UUID,
    holder: Person | None,
    person: Person,
    at: datetime,
) -> bool:
    """Put a person behind the address; recorded as noted by the device. Rights were checked.

    ``holder``: whom they replace, locked; None: nobody, and then False where somebody is there.
    """
    device, address_id = Principal(f"device:{there['device']}"), AddressId(there["address_id"])
    if holder is not None:
        await put_holders(conn, device, [(address_id, person)], at)
    elif not await put_first_holder(conn, address_id, person, by=device.id, at=at):
        return False
    await _note(conn, device, "hand_over", record, at)
    return True


def _person(contact: Contact) -> Person:
    return Person(contact.name or _NAMELESS, contact.phone)


def _is_same(holder: Person, person: Person) -> bool:
    """Tell whether two are one: the same telephone; else the same name where one has none."""
    phones = [phone_key_of(each.phone or "") for each in (holder, person)]
    is_same_name = name_key_of(holder.name) == name_key_of(person.name)
    if all(phones):
        return phones[0] == phones[1] and (is_same_name or person.name == _NAMELESS)
    return is_same_name


async def _note(
    conn: AsyncConnection, principal: Principal, verb: str, record: UUID, at: datetime
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"submission.{verb}",
        subject=f"submission:{record}",
        at=at,
    )


async def keep_handing_over(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    """Hand over contacts for ever, whoever accepted their records; cancel it to end."""
    while True:
        await hand_over_accepted(engine, clock)
        await asyncio.sleep(_LOOK_S)
