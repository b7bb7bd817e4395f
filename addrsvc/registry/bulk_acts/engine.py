"""Run a bulk act and undo it, in chunks: each is one transaction, and says how far the act is.

Killed at any moment, the same call goes on after the last chunk committed. Two runners take turns
on the act's row. Rows of addresses are locked in order of identity, as single writes do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.rows import execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.registry.acts import NewAct, record_act
from addrsvc.registry.bulk_acts import acts, registers
from addrsvc.registry.bulk_acts.deciding import Decider, count, next_ids, rewritings, tally
from addrsvc.registry.bulk_acts.errors import (
    ActOverwritten,
    ActStatusRefused,
    ActTooEarly,
    ReasonMissing,
)
from addrsvc.registry.bulk_acts.model import BulkAct, Tally, Why
from addrsvc.registry.bulk_acts.rules import load_rule
from addrsvc.registry.bulk_acts.storing import (
    QUERIES,
    Read,
    Rewritten,
    read_many,
    rewrite_many,
)
from addrsvc.registry.fields import clean
from addrsvc.registry.timeline import Timeline, restored
from addrsvc.registry.versions import Signature

CHUNK: Final = 5_000
"""Addresses settled in one transaction: about a second's work."""

_FIRST_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act, or its undoing, is."""

    act_id: int
    done: bool
    tally: Tally


Report = Callable[[int], None]
"""Is told how many addresses were settled so far."""


class Runner:
    """Runs one act; what its rule needs is read once."""

    def __init__(
        self, engine: AsyncEngine, principal: Principal, clock: Clock, act_id: int
    ) -> None:
        """Make a runner.

        Raises:
            NotSignedIn, ScopeMissing: the principal may not run bulk acts.
        """
        principal.require(Scope.ACTS_WRITE)
        self._engine, self._principal, self._clock = engine, principal, clock
        self.act_id = act_id
        self._decider: Decider | None = None

    async def total(self) -> int:
        """Count the addresses settled and those still to look at."""
        async with transaction(self._engine) as conn:
            act = await acts.get_bulk_act(conn, self.act_id)
            decider = await self._ready(conn, act)
            settled = Tally.from_json(act.counts).concerned
            return settled + await count(conn, decider.rule.whom, after=act.done_up_to)

    async def chunk(self, size: int = CHUNK) -> Progress:
        """Settle the next addresses.

        Raises:
            ActNotFound, ActStatusRefused, ActTooEarly: it cannot be run, or not any more.
            AreaForbidden: it reaches beyond the principal's areas.
        """
        async with transaction(self._engine) as conn:
            return await self.chunk_in(conn, size)

    async def chunk_in(self, conn: AsyncConnection, size: int) -> Progress:
        """Do the same in a transaction that is the caller's to end."""
        act = await acts.lock_bulk_act(conn, self.act_id)
        await acts.require(conn, self._principal, Scope.ACTS_WRITE, act)
        if act.status == "done":
            return Progress(self.act_id, done=True, tally=Tally.from_json(act.counts))
        self._check(act)
        decider = await self._ready(conn, act)
        return await self._settle(conn, act, decider, size)

    def _check(self, act: BulkAct) -> None:
        if act.status not in {"planned", "running"}:
            raise ActStatusRefused(act.act_id, act.status, "run")
        if act.day > today(self._clock):
            raise ActTooEarly(act.act_id, act.day.isoformat())

    async def _ready(self, conn: AsyncConnection, act: BulkAct) -> Decider:
        if self._decider is None:
            self._decider = Decider(await load_rule(conn, act), act.day)
        return self._decider

    async def _settle(
        self, conn: AsyncConnection, act: BulkAct, decider: Decider, size: int
    ) -> Progress:
        whom = decider.rule.whom
        ids = await next_ids(conn, whom, after=act.done_up_to, limit=size, locked=True)
        decided = await decider.decide(conn, [read for read, _ in await read_many(conn, ids)])
        now = self._clock.now()
        written = rewritings(decided, act.day)
        await rewrite_many(conn, written, self._signed(act, now))
        await registers.keep_old_numbers(conn, act, written, now)
        left = [
            (each.read, each.undecided.why.value, each.undecided.candidates)
            for each in decided
            if each.undecided is not None
        ]
        await acts.leave_undecided(conn, act.act_id, left)
        done = len(ids) < size
        if done:
            act = await registers.follow(conn, act, now)
        counts = tally(decided)
        total = await acts.advance(
            conn,
            act,
            counts,
            done_up_to=ids[-1] if ids else act.done_up_to,
            finished_at=now if done else None,
        )
        await _leave_traces(conn, self._principal, act, counts, now, "done" if done else None)
        return Progress(act.act_id, done=done, tally=total)

    def _signed(self, act: BulkAct, now: datetime) -> Signature:
        return Signature(act.kind, self._principal.id, now, act.reason, act.act_id)


class Undoer:
    """Undoes one bulk act as one act."""

    def __init__(
        self, engine: AsyncEngine, principal: Principal, clock: Clock, act_id: int
    ) -> None:
        """Make an undoer of an act.

        Raises:
            NotSignedIn, ScopeMissing: the principal may not undo bulk acts.
        """
        principal.require(Scope.ACTS_WRITE)
        self._engine, self._principal, self._clock = engine, principal, clock
        self.act_id = act_id
        self._leave_changed = False

    async def begin(self, reason: str | None, *, leave_changed: bool = False) -> int:
        """Record that the act is undone, or take up the undoing begun before; give its number.

        Raises:
            ActNotFound, ActStatusRefused: there is no such act, or nothing of it was done.
            AreaForbidden: it reaches beyond the principal's areas.
            ActOverwritten: addresses were written since, and are not to be left as they are.
            ReasonMissing: nobody says why.
        """
        async with transaction(self._engine) as conn:
            return await self.begin_in(conn, reason, leave_changed=leave_changed)

    async def begin_in(
        self, conn: AsyncConnection, reason: str | None, *, leave_changed: bool = False
    ) -> int:
        """Do the same in a transaction that is the caller's to end."""
        self._leave_changed = leave_changed
        act = await acts.lock_bulk_act(conn, self.act_id)
        await acts.require(conn, self._principal, Scope.ACTS_WRITE, act)
        begun = await acts.undo_of(conn, self.act_id)
        done_up_to = 0 if begun is None else (await acts.lock_act(conn, begun)).done_up_to
        if act.status not in {"running", "done", "undoing"}:
            raise ActStatusRefused(act.act_id, act.status, "undo")
        if not leave_changed:
            await self._refuse_overwritten(conn, done_up_to)
        if begun is not None:
            return begun
        if reason is None:
            raise ReasonMissing
        new = NewAct(
            "undo",
            self._principal.id,
            self._clock.now(),
            clean("reason", reason),
            status="running",
            undoes=act.act_id,
        )
        await acts.set_status(conn, act.act_id, "undoing")
        return await record_act(conn, new)

    async def total(self, undo_id: int) -> int:
        """Count the addresses settled and those still to be restored."""
        async with transaction(self._engine) as conn:
            undo = await acts.get_act(conn, undo_id)
            params = {"act_id": self.act_id, "after": undo.done_up_to}
            found = await row(conn, QUERIES["count_touched"], params)
            settled = Tally.from_json(undo.counts).concerned
            return settled if found is None else settled + int(found["count"])

    async def chunk(self, undo_id: int, size: int = CHUNK) -> Progress:
        """Restore the next addresses.

        Raises:
            ActOverwritten: some of them were written since the undoing was begun.
        """
        async with transaction(self._engine) as conn:
            return await self.chunk_in(conn, undo_id, size)

    async def chunk_in(self, conn: AsyncConnection, undo_id: int, size: int) -> Progress:
        """Do the same in a transaction that is the caller's to end."""
        await acts.lock_act(conn, self.act_id)
        undo = await acts.lock_act(conn, undo_id)
        if undo.status == "done":
            return Progress(undo_id, done=True, tally=Tally.from_json(undo.counts))
        params = {"act_id": self.act_id, "after": undo.done_up_to, "limit": size}
        found = await rows(conn, QUERIES["touched"], params)
        ids = [each["address_id"] for each in found]
        await execute(conn, QUERIES["lock_addresses"], {"ids": ids})
        reads = await read_many(conn, ids, before=self.act_id)
        kept = [read for read, _ in reads if read.act_id != self.act_id]
        if kept and not self._leave_changed:
            await self._refuse_overwritten(conn, undo.done_up_to)
        ours = [each for each in reads if each[0].act_id == self.act_id]
        return await self._restore(conn, undo, ours, kept, done=len(ids) < size)

    async def _restore(
        self,
        conn: AsyncConnection,
        undo: BulkAct,
        ours: list[tuple[Read, Timeline]],
        kept: list[Read],
        *,
        done: bool,
    ) -> Progress:
        written = [Rewritten(read, restored(read.locked.timeline, then)) for read, then in ours]
        now = self._clock.now()
        signature = Signature("undo", self._principal.id, now, undo.reason, undo.act_id)
        await rewrite_many(conn, written, signature)
        ids = [read.locked.address_id for read, _ in ours]
        await registers.withdraw_old_numbers(conn, self.act_id, ids, now)
        left = [(each, Why.CHANGED_SINCE.value, ()) for each in kept]
        await acts.leave_undecided(conn, undo.act_id, left)
        if done:
            await registers.restore(conn, await acts.get_act(conn, self.act_id), now)
            await acts.set_status(conn, self.act_id, "undone")
        counts = Tally(concerned=len(ours) + len(kept), changed=len(ours))
        if kept:
            counts.undecided[Why.CHANGED_SINCE.value] = len(kept)
        ids += [each.locked.address_id for each in kept]
        last = max(ids, default=undo.done_up_to)
        total = await acts.advance(
            conn, undo, counts, done_up_to=last, finished_at=now if done else None
        )
        await _leave_traces(conn, self._principal, undo, counts, now, "undone" if done else None)
        return Progress(undo.act_id, done=done, tally=total)

    async def _refuse_overwritten(self, conn: AsyncConnection, after: int) -> None:
        params = {"act_id": self.act_id, "after": after, "limit": _FIRST_FEW}
        found = await rows(conn, QUERIES["overwritten"], params)
        if found:
            first = ", ".join(each["ref"] for each in found)
            raise ActOverwritten(self.act_id, found[0]["count"], first)


async def _leave_traces(
    conn: AsyncConnection,
    principal: Principal,
    act: BulkAct,
    counts: Tally,
    now: datetime,
    ended: str | None,
) -> None:
    """Write the audit row of a chunk; at the end the event of the whole act."""
    subject = f"act:{act.undoes or act.act_id}"
    action = "act.undo" if act.undoes is not None else f"act.{act.kind}"
    detail = {"act": act.act_id, **counts.to_json()}
    await audit.record(
        conn, principal=principal.id, action=action, subject=subject, at=now, detail=detail
    )
    if ended is not None:
        data = {"act": act.act_id, "kind": act.kind}
        await events.record(conn, type=f"act.{ended}", subject=subject, at=now, data=data)


async def run_act(
    runner: Runner, *, size: int = CHUNK, report: Report = lambda _: None
) -> Progress:
    """Run an act to its end."""
    while True:
        progress = await runner.chunk(size)
        report(progress.tally.concerned)
        if progress.done:
            return progress


async def undo_act(
    undoer: Undoer,
    reason: str | None,
    *,
    leave_changed: bool = False,
    size: int = CHUNK,
    report: Report = lambda _: None,
) -> Progress:
    """Undo an act to its end, as one act."""
    undo_id = await undoer.begin(reason, leave_changed=leave_changed)
    while True:
        progress = await undoer.chunk(undo_id, size)
        report(progress.tally.concerned)
        if progress.done:
            return progress
