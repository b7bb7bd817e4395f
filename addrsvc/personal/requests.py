"""What people ask about the data kept of them: on record with its due day, handled, closed.

A person's rows may lie in any commune, so only principals without a limit of area handle requests.
Who asked is kept encrypted and forgotten some time after the answer; the log never names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import orjson
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Row, execute, rows
from addrsvc.personal.crypto import keyring_of
from addrsvc.personal.errors import (
    ReceivedInFuture,
    RequestClosed,
    RequestNotFound,
    RequestOfOtherKind,
)
from addrsvc.personal.holders import QUERIES, open_holders
from addrsvc.personal.model import Person, working_days_after
from addrsvc.settings import Settings

REASON = "[a-z0-9-]{2,40}"
"""What a code of a reason looks like: no name fits in."""


class RequestKind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    CORRECT = "correct"
    ERASE = "erase"


class RequestStatus(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, repr=False)
class Asker:
    """Who asks, and what they wrote beside it."""

    person: Person
    note: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PersonRequest:
    """One request."""

    request_id: int
    kind: RequestKind
    status: RequestStatus
    received_on: date
    reply_by: date
    due_on: date
    received_by: str
    handled_by: str | None
    handled_at: datetime | None
    outcome: Mapping[str, object] | None
    asker: Asker | None
    """None: forgotten since, or not asked for."""

    def is_overdue(self, day: date) -> bool:
        """Tell whether it should have been answered before a day."""
        return self.status is RequestStatus.OPEN and self.due_on < day


async def open_for(conn: AsyncConnection, principal: Principal) -> None:
    """Open requests and holders for the rest of the transaction, to who may handle them.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden: not for this principal to do.
    """
    principal.require_everywhere(Scope.HOLDERS_WRITE)
    await open_holders(conn, None)
    await open_rows(conn, "requests", None)


async def receive(
    conn: AsyncConnection,
    principal: Principal,
    kind: RequestKind,
    asker: Asker,
    *,
    received_on: date | None,
    settings: Settings,
    clock: Clock,
) -> PersonRequest:
    """Put a request on record with the days by which it must be answered.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden: not for this principal to do.
        ReceivedInFuture: the day it was received is still to come.
        EncryptionKeyMissing: who asks cannot be kept.
    """
    await open_for(conn, principal)
    day = received_on or today(clock)
    if day > today(clock):
        raise ReceivedInFuture(today=today(clock))
    days = settings.person_erase_days if kind is RequestKind.ERASE else settings.person_access_days
    due_on = day + timedelta(days=days)
    params = {
        "kind": kind.value,
        "received_on": day,
        "reply_by": working_days_after(day, settings.person_reply_working_days),
        "due_on": due_on,
        "principal": principal.id,
    }
    request_id: int = (await rows(conn, QUERIES["insert_request"], params))[0]["request_id"]
    person = asker.person
    document = {"name": person.name, "phone": person.phone, "note": asker.note}
    sealed = keyring_of(conn).encrypt(orjson.dumps(document), bound_to=f"request:{request_id}")
    kept = {"id": request_id, "sealed": sealed.token, "key_id": sealed.key_id}
    await execute(conn, QUERIES["reseal_request"], kept)
    await audit.record(
        conn,
        principal=principal.id,
        action="request.receive",
        subject=f"request:{request_id}",
        at=clock.now(),
        detail={"kind": kind.value, "due_on": due_on.isoformat()},
    )
    return await get_request(conn, principal, request_id)


async def list_requests(
    conn: AsyncConnection,
    principal: Principal,
    *,
    open_only: bool = True,
    due_by: date | None = None,
) -> list[PersonRequest]:
    """Give requests without who asked, those open first, by due day; at most 1,000.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden: not for this principal to do.
    """
    await open_for(conn, principal)
    wanted = {"id": None, "open_only": open_only, "due_by": due_by}
    return [_request_of(each, None) for each in await rows(conn, QUERIES["requests"], wanted)]


async def get_request(
    conn: AsyncConnection, principal: Principal, request_id: int
) -> PersonRequest:
    """Give one request.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden: not for this principal to do.
        RequestNotFound: there is none of this number.
        EncryptionKeyMissing, EncryptionKeyUnknown: who asked cannot be decrypted.
    """
    await open_for(conn, principal)
    wanted = {"id": request_id, "open_only": False, "due_by": None}
    found = await rows(conn, QUERIES["requests"], wanted)
    if not found:
        raise RequestNotFound(number=request_id)
    row, asker = found[0], None
    if row["sealed"] is not None:
        owner = f"request:{request_id}"
        plain = keyring_of(conn).decrypt(row["sealed"], bound_to=owner, key_id=row["key_id"])
        document = orjson.loads(plain)
        asker = Asker(Person(document["name"], document["phone"]), document["note"])
    return _request_of(row, asker)


def _request_of(row: Row, asker: Asker | None) -> PersonRequest:
    facts = {key: value for key, value in row.items() if key not in {"sealed", "key_id"}}
    facts["kind"] = RequestKind(row["kind"])
    facts["status"] = RequestStatus(row["status"])
    return PersonRequest(**facts, asker=asker)


async def close(
    conn: AsyncConnection,
    principal: Principal,
    request_id: int,
    status: RequestStatus,
    outcome: Mapping[str, object],
    *,
    at: datetime,
    answers: RequestKind | None = None,
) -> None:
    """Close a request with what came of it: counts and codes, never personal data.

    ``answers`` is the kind of request an act answers; None: closed without an act.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden: not for this principal to do.
        RequestNotFound: there is none of this number.
        RequestClosed: it was closed before.
        RequestOfOtherKind: it asked for something else than was done.
    """
    found = await get_request(conn, principal, request_id)
    if answers not in {None, found.kind}:
        raise RequestOfOtherKind(number=request_id)
    params = {"request_id": request_id, "status": status.value, "principal": principal.id}
    kept = {"at": at, "outcome": Jsonb(dict(outcome))}
    if not await execute(conn, QUERIES["close_request"], params | kept):
        raise RequestClosed(number=request_id)
    await audit.record(
        conn,
        principal=principal.id,
        action="request.close",
        subject=f"request:{request_id}",
        at=at,
        detail={"status": status.value, **outcome},
    )


async def count_overdue(conn: AsyncConnection, clock: Clock) -> int:
    """Count the requests that should have been answered before today; names nobody."""
    await open_rows(conn, "requests", None)
    found = await rows(conn, QUERIES["overdue"], {"today": today(clock)})
    overdue: int = found[0]["overdue"]
    return overdue
