"""The people behind addresses: sealed when written, opened when read, found by blind index.

What is done here needs the scope and area checked before; row-level security then holds every
statement to the areas of the principal, whatever else is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.db.queries import Queries
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.personal.crypto import Keyring, keyring_of
from addrsvc.personal.model import Person, name_key_of, phone_key_of
from addrsvc.types import AddressId

QUERIES = Queries("addrsvc.personal")


async def open_holders(conn: AsyncConnection, areas: Collection[str] | None) -> None:
    """Open holders of some present communes (None: all) for the rest of the transaction."""
    await open_rows(conn, "holders", areas)


async def put_holders(
    conn: AsyncConnection,
    principal: Principal,
    people: Sequence[tuple[AddressId, Person]],
    at: datetime,
) -> None:
    """Keep people behind addresses, apart and sealed; the latest replaces the one before.

    Raises:
        EncryptionKeyMissing: there is no key to encrypt with; nothing is kept.
    """
    if not people:
        return
    ring = keyring_of(conn)
    await open_holders(conn, principal.areas)
    await execute(
        conn,
        QUERIES["put_holders"],
        {**sealed_columns(ring, people), "at": at, "principal": principal.id},
    )


async def put_first_holder(
    conn: AsyncConnection, address_id: AddressId, person: Person, *, by: str, at: datetime
) -> bool:
    """Keep a person behind an address where nobody is, of the holders opened; False: somebody is.

    Also if they came at this very moment: nobody is replaced.

    Raises:
        EncryptionKeyMissing: there is no key to encrypt with; nothing is kept.
    """
    sealed = sealed_columns(keyring_of(conn), [(address_id, person)])
    count = await execute(conn, QUERIES["put_first_holder"], {**sealed, "at": at, "principal": by})
    return count == 1


def sealed_columns(ring: Keyring, people: Iterable[tuple[AddressId, Person]]) -> dict[str, object]:
    """Give the columns of sealed rows, as arrays, and the key used."""
    ids, sealed, names, phones = [], [], [], []
    for address_id, person in people:
        ids.append(address_id)
        sealed.append(seal(ring, person, f"holder:{address_id}"))
        names.append(ring.index("name", name_key_of(person.name)))
        phone = phone_key_of(person.phone or "")
        phones.append(ring.index("phone", phone) if phone else None)
    return {
        "ids": ids,
        "sealed": sealed,
        "name_indexes": names,
        "phone_indexes": phones,
        "key_id": ring.key_id,
    }


def seal(ring: Keyring, person: Person, owner: str) -> str:
    """Give a person as one encrypted document that opens for its owner only."""
    document = orjson.dumps({"name": person.name, "phone": person.phone})
    return ring.encrypt(document, bound_to=owner).token


def unseal(ring: Keyring, token: str, owner: str, key_id: str) -> Person:
    """Give the person of an encrypted document.

    Raises:
        EncryptionKeyUnknown: no key fits, or it was altered or moved.
    """
    return Person(**orjson.loads(ring.decrypt(token, bound_to=owner, key_id=key_id)))


def person_of(ring: Keyring, row: Row) -> Person:
    """Give the person of a row; one kept before there was a key is read as it is."""
    if row["sealed"] is None:
        return Person(row["name"], row["phone"])
    return unseal(ring, row["sealed"], f"holder:{row['address_id']}", row["key_id"])


async def holder_of(conn: AsyncConnection, address_id: AddressId) -> Person | None:
    """Give the person behind an address, of the holders opened.

    Raises:
        EncryptionKeyMissing, EncryptionKeyUnknown: the row cannot be decrypted.
    """
    found = await rows(conn, QUERIES["holders_of"], {"ids": [address_id]})
    return person_of(keyring_of(conn), found[0]) if found else None


async def lock_holder(conn: AsyncConnection, address_id: AddressId) -> Person | None:
    """Give and lock the person behind an address, of the holders opened.

    Raises:
        EncryptionKeyMissing, EncryptionKeyUnknown: the row cannot be decrypted.
    """
    found = await row(conn, QUERIES["lock_holder"], {"address_id": address_id})
    return None if found is None else person_of(keyring_of(conn), found)


async def holders_of(
    conn: AsyncConnection, ids: Collection[AddressId]
) -> list[tuple[AddressId, Person, datetime]]:
    """Give the people behind addresses with the moment each was recorded, of those opened."""
    found = await rows(conn, QUERIES["holders_of"], {"ids": list(ids)})
    ring = keyring_of(conn)
    return [
        (AddressId(each["address_id"]), person_of(ring, each), each["recorded_at"])
        for each in found
    ]


async def find_addresses(
    conn: AsyncConnection, person: Person, at_address: AddressId | None = None
) -> list[AddressId]:
    """Find and lock the rows of one person among the holders opened.

    A row is theirs when the name is the same but for title, case and accents, and the phone is the
    same; or when it stands at the one address named beside.
    """
    ring = keyring_of(conn)
    phone = phone_key_of(person.phone or "")
    params = {
        "name_indexes": ring.indexes("name", name_key_of(person.name)),
        "phone_indexes": ring.indexes("phone", phone) if phone else [],
        "address_id": at_address,
    }
    found = await rows(conn, QUERIES["find_holders"], params)
    return [AddressId(each["address_id"]) for each in found]


async def erase_holders(conn: AsyncConnection, ids: Collection[AddressId]) -> int:
    """Erase the people behind addresses and what readers noted of them; give how many."""
    await execute(conn, QUERIES["erase_notes"], {"ids": list(ids)})
    return await execute(conn, QUERIES["erase_holders"], {"ids": list(ids)})
