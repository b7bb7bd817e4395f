"""Put duplicates right: retire one in favour of another, or say that they are two places."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.codes.code import parse_code
from addrsvc.db.rows import execute
from addrsvc.registry import kin, lifecycle, reading
from addrsvc.registry.acting import ActDone, Taken, begin, close_act, one, open_act, take
from addrsvc.registry.duplicates.errors import KeptNotFound, SameAddress
from addrsvc.registry.duplicates.finding import QUERIES
from addrsvc.registry.duplicates.refusing import declare
from addrsvc.registry.effects import Effects
from addrsvc.registry.fields import clean
from addrsvc.registry.model import Address, Status
from addrsvc.registry.parts import Kin
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.retiring import Leaving, concerned, day_of, parts_of, settle_parts, take_out
from addrsvc.registry.versions import Locked


@dataclass(frozen=True, slots=True)
class DuplicateOf:
    """That an address is a duplicate of another, which is kept."""

    keep: str
    """Code of the one that is kept, in any written form."""
    reason: str


@dataclass(frozen=True, slots=True)
class DistinctFrom:
    """That an address is not the place another is, although it looks like it."""

    other: str
    """Code of the other in any written form, or ``p<id>``."""
    reason: str


async def retire_duplicate(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: DuplicateOf,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> ActDone:
    """Retire a duplicate: its code leads to the one kept from now on, and its parts go there.

    Its other identifiers are given to the one kept as well. What is kept is in use and what is
    retired never is again, so that following codes comes to an end.

    Raises:
        AddressNotFound, VersionStale: see ``acting.take``.
        TransitionRefused: it is not in use.
        KeptNotFound: the one to keep is not in use, is itself, or one of its parts.
        PartNotInner, PartElsewhere, PartTooVisible: a part cannot lie in the one kept.
    """
    inner = await parts_of(conn, [ref])
    act, taken = await take(
        conn,
        begin(principal, clock, effects),
        [(ref, expected_version)],
        codes=[command.keep],
        ids=[each.address_id for each in inner],
    )
    going = one(taken, ref)
    lifecycle.status_after(going.status, "duplicate")
    kept = _kept(taken, going, inner, command.keep)
    settled = concerned(taken, inner, [going.address_id], "move")
    day = day_of(act, None, [going, kept, *settled])
    reason = clean("reason", command.reason)
    act = await open_act(conn, act, "duplicate", reason=reason, on=day)
    leaving = Leaving(day, reason, (kept.address_id,), "duplicate")
    gone = await take_out(conn, act, going, "duplicate", leaving)
    others = await settle_parts(conn, act, settled, "move", leaving)
    await kin.check_nobody_left(conn, [going.address_id])
    params = {"from_id": going.address_id, "to_id": kept.address_id, "at": act.at}
    await execute(conn, QUERIES["copy_aliases"], params)
    return await close_act(conn, act, "duplicate", [gone, *others])


def _kept(taken: Taken, going: Locked, inner: list[Kin], code: str) -> Locked:
    kept = taken.coded(code)
    impossible = {going.address_id, *(each.address_id for each in inner)}
    if kept is None or kept.status is not Status.CURRENT or kept.address_id in impossible:
        raise KeptNotFound(code=parse_code(code).code.printed)
    return kept


async def tell_apart(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    command: DistinctFrom,
    clock: Clock,
) -> Address:
    """Declare that two addresses are two places; no list names the pair again.

    Raises:
        AddressNotFound: there is no such address, or not for this principal.
        SameAddress: both are one.
        NotSignedIn, ScopeMissing: only some may say so.
        AreaForbidden: one of them lies outside the principal's areas.
    """
    principal.require(Scope.ADDRESSES_OVERRIDE)
    one_address = await reading.get_address(conn, principal, ref)
    other = await reading.get_address(conn, principal, AddressRef.parse(command.other))
    if one_address.address_id == other.address_id:
        raise SameAddress
    principal.require_in(Scope.ADDRESSES_OVERRIDE, [one_address.area, other.area])
    reason = clean("reason", command.reason)
    pairs = [(int(one_address.address_id), int(other.address_id))]
    await declare(conn, principal, clock.now(), pairs, reason)
    return one_address
