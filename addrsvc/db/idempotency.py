"""Answer a repeated write with the first answer: the key is kept in the work's transaction.

Either both the work and its answer are committed, or neither; a client that never heard back
may always repeat. Two requests with one key at once: the second waits for the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import execute, row
from addrsvc.errors import Conflict, InvalidInput, Text

KEY_LIMIT = 128
"""Most characters of a key."""


@dataclass(eq=False)
class IdempotencyKeyReused(Conflict):
    """The same key came with another request."""

    slug = "idempotency-key-reused"
    title = Text("Idempotency-Key đã dùng cho yêu cầu khác", "Idempotency-Key used before")
    message = Text(
        "Khóa Idempotency-Key này đã đi cùng một yêu cầu khác. Mỗi yêu cầu mới cần một khóa mới; "
        "chỉ gửi lại khóa cũ khi gửi lại đúng yêu cầu cũ.",
        "This Idempotency-Key came with a different request before. Use a new key for each new "
        "request, and repeat a key only with exactly the same request.",
    )


@dataclass(eq=False)
class IdempotencyKeyInvalid(InvalidInput):
    """The key is empty, too long or not printable ASCII."""

    slug = "idempotency-key-invalid"
    title = Text("Idempotency-Key không hợp lệ", "Idempotency-Key not valid")
    message = Text(
        "Idempotency-Key phải có từ 1 đến {limit} ký tự ASCII in được, ví dụ một UUID.",
        "An Idempotency-Key has 1 to {limit} printable ASCII characters, for example a UUID.",
    )
    limit: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, and is kept for its repeats."""

    status: int
    headers: dict[str, str]
    body: bytes


_CLAIM = """
INSERT INTO idempotency_key (principal, key, fingerprint, created_at)
VALUES (%(principal)s, %(key)s, %(fingerprint)s, %(at)s)
ON CONFLICT (principal, key) DO NOTHING
"""
_KEEP = """
UPDATE idempotency_key SET status = %(status)s, headers = %(headers)s, body = %(body)s
WHERE principal = %(principal)s AND key = %(key)s
"""
_FIND = """
SELECT fingerprint, status, headers, body FROM idempotency_key
WHERE principal = %(principal)s AND key = %(key)s
"""

_IS_ANSWERED = """
SELECT FROM idempotency_key WHERE principal = %(principal)s AND key = %(key)s
"""

_FORGET = """
UPDATE idempotency_key SET body = NULL WHERE created_at < %(before)s AND body IS NOT NULL
"""
_FORGET_NAMING = """
UPDATE idempotency_key SET body = NULL WHERE body ILIKE any(%(patterns)s::text[])
"""
_FORGOTTEN = b'{"forgotten":true}'
"""The body in place of one that is not kept any more: it was done, see ``Location``."""


async def forget(conn: AsyncConnection, *, before: datetime) -> int:
    """Drop what was answered before a moment; the keys stay, so that no repeat does it twice."""
    return await execute(conn, _FORGET, {"before": before})


async def forget_naming(conn: AsyncConnection, patterns: Sequence[str]) -> int:
    """Drop the answers that hold a text (patterns of ILIKE): somebody is erased. Keys stay."""
    return await execute(conn, _FORGET_NAMING, {"patterns": list(patterns)})


def fingerprint_of(*parts: bytes) -> bytes:
    """Give what tells one request from another: method, path, precondition and body."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def is_answered(conn: AsyncConnection, *, principal: str, key: str | None) -> bool:
    """Tell whether a key was answered already: for work that begins before its transaction.

    Raises:
        IdempotencyKeyInvalid: not 1–128 printable ASCII characters.
    """
    if key is None:
        return False
    check_key(key)
    return await row(conn, _IS_ANSWERED, {"principal": principal, "key": key}) is not None


def check_key(key: str) -> None:
    """Pass a key of 1–128 printable ASCII characters.

    Raises:
        IdempotencyKeyInvalid: it is not.
    """
    if not (0 < len(key) <= KEY_LIMIT and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(limit=KEY_LIMIT)


async def answer_once(
    conn: AsyncConnection,
    *,
    principal: str,
    key: str | None,
    fingerprint: bytes,
    at: datetime,
    work: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Do the work and keep its answer under the key, or give the answer kept.

    Work that raises leaves no trace: its transaction is rolled back, key included.

    Args:
        conn: the transaction of the work.
        principal: whose key it is; keys of different principals do not meet.
        key: as sent; None means the client wants no such promise.
        fingerprint: of the request, see :func:`fingerprint_of`.
        at: the request's moment.
        work: does it and gives the answer.

    Raises:
        IdempotencyKeyInvalid: not 1–128 printable ASCII characters.
        IdempotencyKeyReused: the key came with another request before.
    """
    if key is None:
        return await work()
    check_key(key)
    mine = {"principal": principal, "key": key, "fingerprint": fingerprint, "at": at}
    if await execute(conn, _CLAIM, mine):
        answer = await work()
        kept = {"status": answer.status, "headers": Jsonb(answer.headers)}
        await execute(conn, _KEEP, {**mine, **kept, "body": answer.body.decode()})
        return answer
    found = await row(conn, _FIND, mine)
    if found is None or bytes(found["fingerprint"]) != fingerprint:
        raise IdempotencyKeyReused
    headers = {**found["headers"], "Idempotency-Replayed": "true"}
    body = _FORGOTTEN if found["body"] is None else found["body"].encode()
    return Answer(found["status"], headers, body)
