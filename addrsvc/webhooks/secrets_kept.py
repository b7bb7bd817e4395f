"""Secrets of receivers, encrypted at rest: made, read to sign with, moved to a newer key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import Connection, rows
from addrsvc.personal.crypto import Keyring, keyring_of
from addrsvc.personal.errors import EncryptionKeyMissing
from addrsvc.webhooks import signing
from addrsvc.webhooks.errors import SecretKeyMissing
from addrsvc.webhooks.repository import QUERIES, run


async def give_secret(conn: AsyncConnection, receiver_id: int, at: datetime) -> str:
    """Make the present secret of a receiver that has none, and give it this once.

    Raises:
        SecretKeyMissing: there is nothing to encrypt it with.
    """
    secret = signing.new_secret()
    try:
        keys = keyring_of(conn)
    except EncryptionKeyMissing:
        raise SecretKeyMissing from None
    sealed = keys.encrypt(secret.encode(), bound_to=_bound_to(receiver_id))
    await run(
        conn,
        "add_secret",
        receiver_id=receiver_id,
        token=sealed.token,
        key_id=sealed.key_id,
        at=at,
    )
    return secret


async def signing_keys(
    conn: Connection, keys: Keyring, receiver_id: int, at: datetime
) -> list[str]:
    """Give the secrets that sign now, the present one first.

    Raises:
        EncryptionKeyUnknown: one of them cannot be decrypted.
    """
    found = await rows(conn, QUERIES["secrets_of"], {"receiver_id": receiver_id, "at": at})
    bound = _bound_to(receiver_id)
    return [
        keys.decrypt(each["token"], bound_to=bound, key_id=each["key_id"]).decode()
        for each in found
    ]


async def re_encrypt_secrets(conn: AsyncConnection) -> int:
    """Encrypt with the newest key what an older one holds; give how many secrets it were."""
    keys = keyring_of(conn)
    found = await rows(conn, QUERIES["secrets_of_other_keys"], {"key_id": keys.key_id})
    for each in found:
        bound = _bound_to(each["receiver_id"])
        plain = keys.decrypt(each["token"], bound_to=bound, key_id=each["key_id"])
        sealed = keys.encrypt(plain, bound_to=bound)
        await run(
            conn,
            "replace_token",
            receiver_id=each["receiver_id"],
            before=each["token"],
            token=sealed.token,
            key_id=sealed.key_id,
        )
    return len(found)


def _bound_to(receiver_id: int) -> str:
    return f"webhook:{receiver_id}"
