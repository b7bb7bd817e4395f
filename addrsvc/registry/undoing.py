"""Take back what was written: the last version of one address, or an act over several.

Nothing is erased. What was said before is said again, as a new version, and an undo may be undone
in its turn. An address cannot be unmade: where its registration is undone it is rejected, and where
the write that drew its code is undone it keeps that code, reserved. A person behind an address
stays as last recorded: what was replaced there is gone for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.registry import acts, kin, timeline, versions
from addrsvc.registry.act_errors import (
    ActNotFound,
    ActOvertaken,
    ActUndone,
    UndoInChunks,
    UndoTheAct,
)
from addrsvc.registry.acting import (
    Act,
    ActDone,
    begin,
    close_act,
    identities_named,
    leave_traces,
    one,
    open_act,
    take,
    write,
)
from addrsvc.registry.duplicates.finding import Described
from addrsvc.registry.duplicates.refusing import refuse
from addrsvc.registry.effects import Effects
from addrsvc.registry.fields import clean
from addrsvc.registry.lifecycle import LIVING, status_with_code
from addrsvc.registry.model import Address, Status
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.timeline import Rewriting
from addrsvc.registry.versions import Locked, Written
from addrsvc.types import AddressId


async def undo_version(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    reason: str,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Take back the last write of one address; its registration: it is rejected.

    Raises:
        AddressNotFound, VersionStale: see ``acting.take``.
        NotSignedIn, ScopeMissing: somebody else wrote it, and that needs a scope of its own.
        UndoTheAct: it belongs to an act over several addresses.
        PartsInUse, ParentGone, SuccessorWithdrawn: others rest on what would be taken back.
        DuplicateAddress: another address is at its place by now.
    """
    act = begin(principal, clock, effects)
    above = await _parents_ever(conn, await identities_named(conn, [ref]))
    act, taken = await take(conn, act, [(ref, expected_version)], ids=above)
    found = one(taken, ref)
    history = (await versions.written(conn, [found.address_id]))[found.address_id]
    last = history[-1]
    if last.act_id is not None:
        raise UndoTheAct(act_id=last.act_id)
    _require_right(principal, last.principal)
    restored = _restored(found, history, len(_writes(history)) - 1)
    await _look_at_revived(conn, act, [(found, restored)], last.at)
    await write(conn, act, found, restored, "undo", clean("reason", reason))
    await acts.take_back_beside(conn, [found.address_id], last.at, act.at, None)
    await kin.check_nobody_left(conn, [found.address_id])
    return await leave_traces(
        conn, act, _event(restored), found.address_id, found.timeline[-1], restored.open
    )


async def undo_act(
    conn: AsyncConnection,
    principal: Principal,
    act_id: int,
    reason: str,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> ActDone:
    """Take back an act over several addresses as one act; those it made are rejected.

    Raises:
        ActNotFound: there is no such act, or it is about what this principal may not see.
        NotSignedIn, ScopeMissing: somebody else did it, and that needs a scope of its own.
        UndoInChunks: it is an act over thousands, undone by its own command.
        ActUndone: it was undone before.
        ActOvertaken: addresses it touched were changed since.
        PartsInUse, ParentGone, SuccessorWithdrawn: others rest on what would be taken back.
        DuplicateAddress: another address is at its place by now.
    """
    act = begin(principal, clock, effects)
    undone = await acts.lock_act(conn, act_id)
    if undone.root_kind in acts.BULK_KINDS:
        raise UndoInChunks(act_id=act_id, act=undone.root_kind)
    if undone.undone_by is not None:
        raise ActUndone(act_id=act_id, by=undone.undone_by)
    _require_right(principal, undone.principal)
    ids = await acts.addresses_of(conn, act_id)
    act, taken = await take(conn, act, [], ids=[*ids, *await _parents_ever(conn, ids)])
    touched = [taken.by_id[each] for each in ids]
    if any(not taken.sight.sees(each.document.visibility, each.area) for each in touched):
        raise ActNotFound(act_id=act_id)
    history = await versions.written(conn, ids)
    writes = {each: _write_of(act_id, history[each]) for each in ids}
    _check_not_overtaken(act_id, touched, history, writes)
    reason = clean("reason", reason)
    act = await open_act(conn, act, "undo", reason=reason, undoes=act_id)
    restored = [
        (each, _restored(each, history[each.address_id], writes[each.address_id]))
        for each in touched
    ]
    await _look_at_revived(conn, act, restored, undone.recorded_at)
    for each, rewriting in restored:
        await write(conn, act, each, rewriting, "undo", reason)
    await acts.take_back_beside(conn, ids, undone.recorded_at, act.at, act.act_id)
    await acts.turn(conn, act_id)
    await kin.check_nobody_left(conn, ids)
    addresses = [
        await leave_traces(
            conn, act, _event(rewriting), each.address_id, each.timeline[-1], rewriting.open
        )
        for each, rewriting in restored
    ]
    return await close_act(conn, act, "undo", addresses)


def _require_right(principal: Principal, author: str) -> None:
    if author != principal.id:
        principal.require(Scope.ADDRESSES_OVERRIDE)


def _writes(history: Sequence[Written]) -> list[Written]:
    """Give of each write its last version, which is the one without end."""
    return [each for each in history if each.said.valid_to is None]


def _write_of(act_id: int, history: Sequence[Written]) -> int:
    """Give which of the writes of an address is the act's, from 0."""
    return next(n for n, each in enumerate(_writes(history)) if each.act_id == act_id)


def _check_not_overtaken(
    act_id: int,
    touched: Sequence[Locked],
    history: Mapping[AddressId, Sequence[Written]],
    writes: Mapping[AddressId, int],
) -> None:
    """Pass addresses of which is said what the act said, be it after changes that were undone."""
    later = []
    for each in touched:
        told = timeline.after_each_write(one.said for one in history[each.address_id])
        if not timeline.say_the_same(told[writes[each.address_id]], each.timeline):
            later.append(each.code or f"p{each.address_id}")
    if later:
        raise ActOvertaken(act_id=act_id, count=len(later), codes=later[: kin.SHOWN])


def _restored(found: Locked, history: Sequence[Written], write: int) -> Rewriting:
    """Say of one address what was said before a write; before the first: that it never was."""
    if write == 0:
        return timeline.withdrawn(found.timeline)
    before = timeline.after_each_write(each.said for each in history)[write - 1]
    return timeline.restored(found.timeline, _with_code(before, found))


def _with_code(before: timeline.Timeline, found: Locked) -> timeline.Timeline:
    """Let what is said of the present keep a code that was drawn meanwhile."""
    last = before[-1]
    status = status_with_code(last.status, has_code=found.code is not None)
    return (*before[:-1], replace(last, status=status))


async def _look_at_revived(
    conn: AsyncConnection,
    act: Act,
    restored: Sequence[tuple[Locked, Rewriting]],
    since: datetime,
) -> None:
    """Look for addresses registered since at the place of one that comes back into use.

    Raises:
        DuplicateAddress: there is one.
    """
    described = [
        Described(
            found.address_id,
            rewriting.open.document,
            await versions.identity_of(conn, rewriting.open.document.parent),
        )
        for found, rewriting in restored
        if rewriting.open.status in LIVING and found.status not in LIVING
    ]
    ids = [found.address_id for found, _ in restored]
    await refuse(conn, act.principal, act.at, described, instead_of=ids, since=since)


def _event(rewriting: Rewriting) -> str:
    return "withdrawn" if rewriting.open.status is Status.REJECTED else "restored"


async def _parents_ever(conn: AsyncConnection, ids: Sequence[AddressId]) -> list[AddressId]:
    """Give all that some addresses were ever parts of: what they come back to is held as well."""
    history = await versions.written(conn, ids)
    documents = [each.said.document for told in history.values() for each in told]
    return await versions.identities(conn, {each.parent for each in documents if each.parent})
