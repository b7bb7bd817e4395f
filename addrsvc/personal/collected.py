"""What collectors noted of people beside a record: a contact, words; sealed until it has its place.

The contact becomes the holder of the address once the record is accepted, and is kept here no
longer. What is done here needs the right checked before, as with holders.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.personal.crypto import Keyring, keyring_of
from addrsvc.personal.holders import QUERIES
from addrsvc.personal.said import Contact

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True, repr=False)
class Collected:
    """What one collector noted; never logged (so: no repr)."""

    contact: Contact | None = None
    words: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was noted, or nothing is left."""
        return self.contact is None and self.words is None

    def without_contact(self) -> Collected:
        """Give the words alone."""
        return replace(self, contact=None)

    def over(self, before: Collected) -> Collected:
        """Give this, with what was noted before where this says nothing.

        A contact is taken whole, with the consent it was given under.
        """
        return Collected(self.contact or before.contact, self.words or before.words)


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """What was noted beside a record, as it is kept."""

    record: UUID
    commune: str | None
    noted: Collected
    differs: bool
    """The address has another holder, and nobody chose yet."""
    kept_at: datetime


async def open_collected(conn: AsyncConnection, areas: Collection[str] | None) -> None:
    """Open what was noted in some present communes (None: all) for the rest of the transaction."""
    await open_rows(conn, "submissions", areas)


async def put_collected(
    conn: AsyncConnection,
    record: UUID,
    commune: str | None,
    collected: Collected,
    *,
    at: datetime,
    differs: bool = False,
) -> None:
    """Keep what was noted, sealed, instead of what was kept before; nothing noted: nothing kept.

    Args:
        conn: the transaction.
        record: the submission.
        commune: rights rest on it.
        collected: what was noted.
        at: the moment it came; that of the first time stays.
        differs: the address has another holder, and nobody chose yet.

    Raises:
        EncryptionKeyMissing: there is no key to encrypt with; nothing is kept.
    """
    if collected.is_empty:
        await erase_collected(conn, [record])
        return
    sealed = keyring_of(conn).encrypt(orjson.dumps(asdict(collected)), bound_to=_owner(record))
    params = {
        "record": record,
        "commune": commune,
        "sealed": sealed.token,
        "key_id": sealed.key_id,
        "at": at,
        "has_contact": collected.contact is not None,
        "differs": differs,
    }
    await execute(conn, QUERIES["put_collected"], params)


async def lock_collected(conn: AsyncConnection, record: UUID) -> Kept | None:
    """Give and lock what was noted beside a record, of those opened; None: nothing, or no more.

    Raises:
        EncryptionKeyMissing, EncryptionKeyUnknown: the row cannot be decrypted.
    """
    found = await row(conn, QUERIES["lock_collected"], {"record": record})
    return None if found is None else _kept(keyring_of(conn), found)


async def place_collected(conn: AsyncConnection, record: UUID) -> None:
    """Have what was noted lie where its record lies by now; all of it is open."""
    await execute(conn, QUERIES["place_collected"], {"record": record})


async def list_collected(conn: AsyncConnection, *, after: UUID | None, limit: int) -> list[Kept]:
    """Give and lock a page of what was noted, in order of identity."""
    params = {"after": after or _FIRST, "limit": limit}
    found = await rows(conn, QUERIES["collected_after"], params)
    ring = keyring_of(conn)
    return [_kept(ring, each) for each in found]


async def list_to_hand_over(conn: AsyncConnection, *, after: UUID | None, limit: int) -> list[UUID]:
    """Give records that were accepted and whose contact is still here; not those that differ.

    A page in order of identity.
    """
    params = {"after": after or _FIRST, "limit": limit}
    found = await rows(conn, QUERIES["contacts_of_accepted"], params)
    return [each["id"] for each in found]


async def list_differing(conn: AsyncConnection, *, limit: int) -> list[UUID]:
    """Give records, of those opened, whose address has another holder; the oldest first."""
    found = await rows(conn, QUERIES["contacts_differing"], {"limit": limit})
    return [each["id"] for each in found]


async def erase_collected(conn: AsyncConnection, ids: Collection[UUID]) -> int:
    """Erase what was noted beside records, of those opened; give how many."""
    return await execute(conn, QUERIES["erase_collected"], {"ids": list(ids)})


async def drop_collected(conn: AsyncConnection, *, before: datetime) -> int:
    """Erase what was noted before a moment, whatever became of its record; give how many."""
    return await execute(conn, QUERIES["drop_collected"], {"before": before})


def _owner(record: UUID) -> str:
    return f"submission:{record}"


def _kept(ring: Keyring, found: Row) -> Kept:
    plain = ring.decrypt(found["sealed"], bound_to=_owner(found["id"]), key_id=found["key_id"])
    document = orjson.loads(plain)
    contact = document.pop("contact")
    noted = Collected(None if contact is None else Contact(**contact), **document)
    return Kept(
        found["id"], found["commune_code"], noted, found["holder_differs"], found["kept_at"]
    )
