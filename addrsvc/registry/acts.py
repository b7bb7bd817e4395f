"""Registry acts: one decision that touches several addresses, with who, why and by what law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from psycopg.types.json import Jsonb

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, execute, row, rows
from addrsvc.registry.act_errors import ActNotFound
from addrsvc.registry.model import Instrument
from addrsvc.registry.repository import QUERIES
from addrsvc.types import AddressId

ACTS: Final = Queries("addrsvc.registry", "queries_acts.sql")

ActKind = Literal[
    "retire",
    "merge",
    "split",
    "replace",
    "duplicate",
    "undo",
    "reorganise",
    "name-street",
    "renumber",
    "move-locality",
]
ActStatus = Literal["planned", "running", "done", "undoing", "undone", "cancelled"]
BULK_KINDS: Final = frozenset({"reorganise", "name-street", "renumber", "move-locality"})
"""Acts over thousands of addresses, done and undone in chunks."""


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act about to be recorded."""

    kind: ActKind
    principal: str
    at: datetime
    reason: str | None = None
    instrument: Instrument | None = None
    effective_on: date | None = None
    """First legal day of what it changes; None: it corrects the record."""
    status: ActStatus = "done"
    spec: Mapping[str, Any] | None = None
    """What a bulk act was asked to do."""
    undoes: int | None = None


async def record_act(conn: Connection, new: NewAct) -> int:
    """Insert an act and give its number; versions and successors it writes carry that."""
    params = {
        "kind": new.kind,
        "status": new.status,
        "principal": new.principal,
        "at": new.at,
        "reason": new.reason,
        "instrument": None if new.instrument is None else Jsonb(new.instrument.to_json()),
        "effective_on": new.effective_on,
        "spec": None if new.spec is None else Jsonb(dict(new.spec)),
        "undoes": new.undoes,
        "finished_at": new.at if new.status == "done" else None,
    }
    found = await row(conn, QUERIES["record_act"], params)
    if found is None:
        raise AssertionError("an insert gave no row")
    number: int = found["act_id"]
    return number


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """An act as it is on record."""

    act_id: int
    kind: str
    status: str
    principal: str
    recorded_at: datetime
    reason: str | None
    instrument: Mapping[str, Any] | None
    effective_on: date | None
    counts: Mapping[str, Any]
    """Of a bulk act: what it did so far."""
    undoes: int | None
    undone_by: int | None
    """The last of the acts that undid it, or each other; None: nobody has undone it."""
    root_kind: str
    """What it all began with: the kind of the act an undo undoes in the end."""
    spec: Mapping[str, Any] | None
    """What a bulk act was asked to do."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An address an act wrote of."""

    address_id: AddressId
    ref: str
    status: str
    version: int
    """What the act wrote last of it."""
    version_now: int


async def find_act(conn: Connection, act_id: int) -> RecordedAct:
    """Give an act on record.

    Raises:
        ActNotFound: there is none.
    """
    found = await row(conn, ACTS["act"], {"act_id": act_id})
    if found is None:
        raise ActNotFound(act_id=act_id)
    return RecordedAct(**{each: found[each] for each in RecordedAct.__slots__})


async def lock_act(conn: Connection, act_id: int) -> RecordedAct:
    """Give an act, held so that nobody else undoes it meanwhile.

    Raises:
        ActNotFound: there is none.
    """
    await row(conn, ACTS["lock_act"], {"act_id": act_id})
    return await find_act(conn, act_id)


async def get_act(
    conn: Connection, principal: Principal, act_id: int, *, after: int = 0, limit: int = 100
) -> tuple[RecordedAct, list[Touched], int | None]:
    """Give an act with a page of the addresses it touched, and where the next page begins.

    Raises:
        ActNotFound: there is none, or nothing of it lies within the principal's areas.
        NotSignedIn, ScopeMissing: acts name who wrote.
    """
    principal.require(Scope.ADDRESSES_READ)
    act = await find_act(conn, act_id)
    params = {
        "act_id": act_id,
        "after": after,
        "limit": limit + 1,
        **sight_of(principal).params(),
    }
    if principal.areas is not None and not is_inside(principal, act.spec):
        first = await row(conn, ACTS["addresses_of_act"], {**params, "after": 0, "limit": 1})
        if first is None:
            raise ActNotFound(act_id=act_id)
    found = [
        Touched(
            AddressId(each["address_id"]),
            each["code"] or f"p{each['address_id']}",
            each["status"],
            each["version"],
            each["version_now"],
        )
        for each in await rows(conn, ACTS["addresses_of_act"], params)
    ]
    return act, found[:limit], found[limit - 1].address_id if len(found) > limit else None


def communes_of(spec: Mapping[str, Any]) -> frozenset[str]:
    """Give the codes of all communes a bulk act concerns, before it and after."""
    units = [*spec.get("communes", ())]
    units += [spec[name] for name in ("commune", "to") if name in spec]
    parts = [part[at] for part in spec.get("parts", ()) for at in (0, 2)]
    return frozenset([*parts, *(code for code, _ in units)])


def is_inside(principal: Principal, spec: Mapping[str, Any] | None) -> bool:
    """Tell whether a bulk act was asked for, and lies wholly within a principal's areas."""
    return bool(spec) and all(principal.reaches(each) for each in communes_of(spec or {}))


async def addresses_of(conn: Connection, act_id: int) -> list[AddressId]:
    """Give the identities an act wrote of, ascending."""
    found = await rows(conn, ACTS["identities_of_act"], {"act_id": act_id})
    return [AddressId(each["address_id"]) for each in found]


async def turn(conn: Connection, act_id: int) -> None:
    """Note that an act is undone: what it undid in turn is in force again, and so on."""
    await execute(conn, ACTS["turn_act"], {"act_id": act_id})


async def take_back_beside(
    conn: Connection,
    ids: Sequence[AddressId],
    written_at: datetime,
    at: datetime,
    act_id: int | None,
) -> None:
    """Take back what one write said beside the versions of some addresses, or say it again.

    Successors and identifiers it brought are withdrawn; those it withdrew count again.
    """
    params = {"ids": list(ids), "written_at": written_at, "at": at, "act_id": act_id}
    for name in ("withdraw_successors", "renew_successors", "withdraw_aliases", "renew_aliases"):
        await execute(conn, ACTS[name], params)
