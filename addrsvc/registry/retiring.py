"""Take addresses out of use, and settle what becomes of their parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.registry import kin, lifecycle, repository, timeline
from addrsvc.registry.act_errors import PartsNeedOneSuccessor
from addrsvc.registry.acting import (
    Act,
    Taken,
    begin,
    close_act,
    identities_named,
    leave_traces,
    one,
    open_act,
    reread,
    take,
    write,
)
from addrsvc.registry.commands import PartsFate, RetireAddress
from addrsvc.registry.effects import Effects
from addrsvc.registry.errors import SuccessorNotFound
from addrsvc.registry.fields import clean
from addrsvc.registry.model import Address, Status
from addrsvc.registry.parts import Kin
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.versions import Locked
from addrsvc.types import AddressId


async def retire_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: RetireAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Take an address out of use from a day on; its code keeps answering, with successors.

    A proposal is rejected instead: it never had a code to keep. With parts it is an act over
    several addresses.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        VersionStale: somebody changed it since.
        TransitionRefused: it is out of use already.
        SuccessorNotFound: a successor is unknown, out of use, or goes in the same act.
        PartsInUse: it has living parts, and nothing is said of them.
        PartsNeedOneSuccessor: they should move, and there is not one successor.
        DateRefused: the day is before it was in use, or in the future.
    """
    inner = await parts_of(conn, [ref])
    act, taken = await take(
        conn,
        begin(principal, clock, effects),
        [(ref, expected_version)],
        codes=command.successors,
        ids=[each.address_id for each in inner],
    )
    found = one(taken, ref)
    lifecycle.status_after(found.status, lifecycle.leaving(found.status))
    settled = concerned(taken, inner, [found.address_id], command.parts)
    going = {found.address_id, *(each.address_id for each in settled)}
    successors = [_successor(taken, code, going) for code in command.successors]
    day = day_of(act, command.on, [found, *settled])
    reason = clean("reason", command.reason)
    if settled:
        act = await open_act(conn, act, "retire", reason=reason, on=day)
    leaving = Leaving(day, reason, tuple(successors), command.relation)
    retired = await take_out(conn, act, found, lifecycle.leaving(found.status), leaving)
    others = await settle_parts(conn, act, settled, command.parts, leaving)
    await kin.check_nobody_left(conn, [found.address_id, *(each.address_id for each in settled)])
    if settled:
        await close_act(conn, act, "retire", [retired, *others])
    return retired


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is said of all that goes out of use in one act."""

    day: date
    """First legal day it is out of use."""
    reason: str
    successors: tuple[AddressId, ...]
    relation: str


async def parts_of(conn: AsyncConnection, refs: Sequence[AddressRef]) -> list[Kin]:
    """Give the living parts of some addresses, and theirs: what must be held with them.

    Nothing is locked yet: a part that comes or goes meanwhile is found in the end, by
    ``kin.check_nobody_left``.
    """
    return await kin.descendants(conn, await identities_named(conn, refs))


def concerned(
    taken: Taken, inner: Sequence[Kin], going: Collection[AddressId], fate: PartsFate | None
) -> list[Locked]:
    """Give the parts an act must settle, outermost first: all that go too, or those that move."""
    if fate is None:
        return []
    found = [taken.by_id[each.address_id] for each in inner if fate == "retire"]
    found += [
        taken.by_id[each.address_id]
        for each in inner
        if fate == "move" and each.parent_id in going and each.address_id not in going
    ]
    return [each for each in found if each.status in lifecycle.LIVING]


def day_of(act: Act, on: date | None, addresses: Sequence[Locked]) -> date:
    """Give the one day an act holds from; None: today.

    Raises:
        DateRefused: in the future, or before what is said of one of them begins.
    """
    earliest = max(each.valid_from for each in addresses)
    return lifecycle.check_day(on or act.today, earliest=earliest, latest=act.today)


async def take_out(
    conn: AsyncConnection, act: Act, found: Locked, what: lifecycle.Act, leaving: Leaving
) -> Address:
    """Take one address out of use, with what took its place.

    Raises:
        TransitionRefused: its status does not allow it.
    """
    status = lifecycle.status_after(found.status, what)
    rewriting = timeline.changed(found.timeline, leaving.day, status, found.document)
    await write(conn, act, found, rewriting, what, leaving.reason)
    await repository.insert_successors(
        conn, found.address_id, leaving.successors, leaving.relation, act.at, act.act_id
    )
    event = "rejected" if status is Status.REJECTED else "retired"
    return await leave_traces(
        conn, act, event, found.address_id, found.timeline[-1], rewriting.open
    )


async def settle_parts(
    conn: AsyncConnection,
    act: Act,
    settled: Sequence[Locked],
    fate: PartsFate | None,
    leaving: Leaving,
) -> list[Address]:
    """Take the parts of what goes out of use as well, or give them to its one successor.

    Raises:
        PartsNeedOneSuccessor: they should move, and there is not one successor.
        PartNotInner, PartTooDeep, PartElsewhere, PartTooVisible: they cannot lie in it.
    """
    if fate != "move":
        alone = replace(leaving, successors=())
        return [
            await take_out(conn, act, each, lifecycle.leaving(each.status), alone)
            for each in settled
        ]
    if not settled:
        return []
    if len(leaving.successors) != 1:
        raise PartsNeedOneSuccessor(count=len(leaving.successors))
    successor = await reread(conn, leaving.successors[0])
    return [await _move(conn, act, each, successor, leaving) for each in settled]


async def _move(
    conn: AsyncConnection, act: Act, part: Locked, parent: Address, leaving: Leaving
) -> Address:
    document = replace(part.document, parent=parent.code)
    await kin.check_place(conn, document, parent.address_id, part.address_id)
    status = lifecycle.status_after(part.status, "change")
    rewriting = timeline.changed(part.timeline, leaving.day, status, document)
    await write(conn, act, part, rewriting, "change", leaving.reason)
    return await leave_traces(
        conn, act, "changed", part.address_id, part.timeline[-1], rewriting.open
    )


def _successor(taken: Taken, text: str, going: Collection[AddressId]) -> AddressId:
    found = taken.coded(text)
    if found is None or found.status is not Status.CURRENT or found.address_id in going:
        raise SuccessorNotFound(code=text)
    return found.address_id
