"""Merge, split and replace addresses: each one act, with what took the place of what.

Reserved codes are not merged or split: nothing stands there yet, so they are retired. New
addresses hold from the day of the act and are in use at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.registry import kin, lifecycle
from addrsvc.registry.act_errors import SuccessorUnplaced
from addrsvc.registry.acting import (
    Act,
    ActDone,
    Taken,
    begin,
    close_act,
    leave_traces,
    one,
    open_act,
    take,
)
from addrsvc.registry.commands import (
    AssignAddress,
    MergeAddresses,
    PartsFate,
    ReplaceAddress,
    SplitAddress,
)
from addrsvc.registry.effects import Effects
from addrsvc.registry.errors import SuccessorNotFound
from addrsvc.registry.fields import clean
from addrsvc.registry.model import Instrument, Status
from addrsvc.registry.parts import Kin
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.retiring import (
    Leaving,
    concerned,
    day_of,
    parts_of,
    settle_parts,
    take_out,
)
from addrsvc.registry.service import parents_of, register
from addrsvc.registry.versions import Locked


async def merge_addresses(
    conn: AsyncConnection,
    principal: Principal,
    command: MergeAddresses,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> ActDone:
    """Make several addresses one: they are retired, their parts move to the one that stands.

    Raises:
        AddressNotFound, VersionStale, NamedTwice: see ``acting.take``.
        TransitionRefused: one of them is not in use.
        SuccessorNotFound: what they should become is not in use.
        SuccessorUnplaced: it is new, and has no position.
        PartNotInner, PartElsewhere, PartTooVisible: a part cannot lie in it.
        DateRefused: the day is in the future, or before what is said of one of them begins.
        AddrsvcError: for a new address, as ``service.assign_address``.
    """
    named = [(AddressRef.parse(each.ref), each.version) for each in command.addresses]
    new = [command.into] if isinstance(command.into, AssignAddress) else []
    inner = await parts_of(conn, [ref for ref, _ in named])
    into = None
    if not isinstance(command.into, AssignAddress):
        into = AddressRef.parse(command.into.ref)
        named.append((into, command.into.version))
    act, taken = await take(
        conn,
        begin(principal, clock, effects),
        named,
        codes=parents_of(new),
        ids=[each.address_id for each in inner],
    )
    going = [one(taken, ref) for ref, _ in named[: len(command.addresses)]]
    target = None if into is None else one(taken, into)
    if target is not None and target.status is not Status.CURRENT:
        raise SuccessorNotFound(code=target.code or f"p{target.address_id}")
    return await _succeed(
        conn,
        act,
        taken,
        _Succession("merge", "merged", command.reason, command.on, command.instrument, "move"),
        going,
        inner,
        new,
        target,
    )


async def split_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: SplitAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> ActDone:
    """Make one address several new ones.

    Raises:
        AddrsvcError: as for :func:`merge_addresses`.
        PartsInUse: it has living parts, and nothing is said of them.
    """
    succession = _Succession(
        "split", "split", command.reason, command.on, command.instrument, command.parts
    )
    return await _replaced(
        conn, begin(principal, clock, effects), ref, expected_version, succession, command.into
    )


async def replace_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: ReplaceAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> ActDone:
    """Let one new address take the place of another.

    Raises:
        AddrsvcError: as for :func:`split_address`.
    """
    succession = _Succession(
        "replace", "replaced", command.reason, command.on, command.instrument, command.parts
    )
    return await _replaced(
        conn, begin(principal, clock, effects), ref, expected_version, succession, (command.by,)
    )


@dataclass(frozen=True, slots=True)
class _Succession:
    """What merging, splitting and replacing have in common."""

    kind: Literal["merge", "split", "replace"]
    relation: str
    reason: str
    on: date | None
    instrument: Instrument | None
    parts: PartsFate | None


async def _replaced(
    conn: AsyncConnection,
    act: Act,
    ref: AddressRef,
    expected_version: int | None,
    succession: _Succession,
    new: Sequence[AssignAddress],
) -> ActDone:
    inner = await parts_of(conn, [ref])
    act, taken = await take(
        conn,
        act,
        [(ref, expected_version)],
        codes=parents_of(new),
        ids=[each.address_id for each in inner],
    )
    return await _succeed(conn, act, taken, succession, [one(taken, ref)], inner, new, None)


async def _succeed(
    conn: AsyncConnection,
    act: Act,
    taken: Taken,
    succession: _Succession,
    going: Sequence[Locked],
    inner: Sequence[Kin],
    new: Sequence[AssignAddress],
    target: Locked | None,
) -> ActDone:
    """Write a succession: new addresses first, so that the old ones can name them."""
    kind = succession.kind
    for each in going:
        lifecycle.status_after(each.status, kind)
    ids = [each.address_id for each in going]
    settled = concerned(taken, inner, ids, succession.parts)
    held = [*going, *settled] if target is None else [*going, *settled, target]
    day = day_of(act, succession.on, held)
    reason = clean("reason", succession.reason)
    act = await open_act(conn, act, kind, reason=reason, instrument=succession.instrument, on=day)
    made = await register(conn, act, taken, [_from_day(each, day) for each in new], instead_of=ids)
    if any(each.status is not Status.CURRENT for each in made):
        raise SuccessorUnplaced
    standing = [each.address_id for each in made] if target is None else [target.address_id]
    leaving = Leaving(day, reason, tuple(standing), succession.relation)
    assigned = [await leave_traces(conn, act, "assigned", each.address_id) for each in made]
    gone = [await take_out(conn, act, each, kind, leaving) for each in going]
    others = await settle_parts(conn, act, settled, succession.parts, leaving)
    await kin.check_nobody_left(conn, [*ids, *(each.address_id for each in settled)])
    return await close_act(conn, act, kind, [*gone, *others, *assigned])


def _from_day(command: AssignAddress, day: date) -> AssignAddress:
    """Let a new address hold from the day of the act.

    Raises:
        DateRefused: it names another day.
    """
    stated = command.valid_from or day
    return replace(command, valid_from=lifecycle.check_day(stated, earliest=day, latest=day))
