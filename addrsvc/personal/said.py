"""What senders of tickets wrote, and how to reach them: sealed, opened by area, erased when due.

Free text may name anybody, so all of it is treated as data of a person. What is done here needs
the right checked before, as with holders.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.roles import open_rows
from addrsvc.db.rows import execute, rows
from addrsvc.personal.crypto import Keyring, keyring_of
from addrsvc.personal.holders import QUERIES


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """How somebody wishes to be reached; never logged (so: no repr)."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    consent: str | None = None
    """Which wording they agreed to."""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What one sender wrote; never logged."""

    text: str | None = None
    place: str | None = None
    """Where it is, as typed."""
    contact: Contact | None = None

    def without_contact(self) -> Said:
        """Give what was written alone."""
        return replace(self, contact=None)


async def open_said(conn: AsyncConnection, areas: Collection[str] | None) -> None:
    """Open what was said of some present communes (None: all) for the rest of the transaction."""
    await open_rows(conn, "tickets", areas)


async def put_said(conn: AsyncConnection, ticket_id: int, commune: str | None, said: Said) -> None:
    """Keep what was said, sealed, instead of what was kept before.

    Raises:
        EncryptionKeyMissing: there is no key to encrypt with; nothing is kept.
    """
    document = orjson.dumps(asdict(said))
    sealed = keyring_of(conn).encrypt(document, bound_to=f"ticket:{ticket_id}")
    params = {"ticket_id": ticket_id, "commune": commune}
    kept = {"sealed": sealed.token, "key_id": sealed.key_id}
    await execute(conn, QUERIES["put_said"], params | kept)


async def said_of(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Said]:
    """Give what was said, of the tickets opened; those erased are left out.

    Raises:
        EncryptionKeyMissing, EncryptionKeyUnknown: a row cannot be decrypted.
    """
    found = await rows(conn, QUERIES["said_of"], {"ids": list(ids)})
    ring = keyring_of(conn)
    return {
        each["ticket_id"]: _unsealed(ring, each["ticket_id"], each["sealed"], each["key_id"])
        for each in found
    }


async def list_said(
    conn: AsyncConnection, *, after: int, limit: int
) -> list[tuple[int, str | None, Said]]:
    """Give and lock a page of what was said with the commune of each, in order of identity."""
    found = await rows(conn, QUERIES["said_after"], {"after": after, "limit": limit})
    ring = keyring_of(conn)
    return [
        (
            each["ticket_id"],
            each["commune_code"],
            _unsealed(ring, each["ticket_id"], each["sealed"], each["key_id"]),
        )
        for each in found
    ]


async def erase_said(conn: AsyncConnection, ids: Collection[int]) -> int:
    """Erase what was said, of the tickets opened; give how many."""
    return await execute(conn, QUERIES["erase_said"], {"ids": list(ids)})


def _unsealed(ring: Keyring, ticket_id: int, token: str, key_id: str) -> Said:
    plain = ring.decrypt(token, bound_to=f"ticket:{ticket_id}", key_id=key_id)
    document = orjson.loads(plain)
    contact = document.pop("contact")
    return Said(**document, contact=None if contact is None else Contact(**contact))
