"""Correct and change addresses, and reserve codes: what is said of one address, said otherwise.

A *correction* says that the record was wrong: of the present, or of a past day. A *change* says
that the world became another on a day; what held until then stays on record, and is still found by
its old number and street. Both keep all identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.registry import kin, lifecycle, parts, repository, timeline, versions
from addrsvc.registry.acting import (
    Act,
    Taken,
    begin,
    leave_traces,
    one,
    parent_in_use,
    put_beside,
    reread,
    take,
    write,
)
from addrsvc.registry.coding import draw
from addrsvc.registry.commands import (
    KEEP,
    Amendment,
    ChangeAddress,
    CorrectAddress,
    ReserveAddress,
)
from addrsvc.registry.duplicates.finding import Described
from addrsvc.registry.duplicates.refusing import refuse
from addrsvc.registry.effects import Effects
from addrsvc.registry.errors import DateRefused, ParentNotFound
from addrsvc.registry.fields import clean_components, clean_optional
from addrsvc.registry.locating import Located, locate
from addrsvc.registry.model import Address, Document, Status
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.timeline import Rewriting, Slice
from addrsvc.registry.versions import Locked

_WAITING = frozenset({Status.PROPOSED, Status.RESERVED})
"""Not in use until somebody took its position."""


async def correct_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: CorrectAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Mend the record of an address; a proposal that gets a position gets its code.

    With ``on`` it mends what is said of a past day; its status then stays. ``expected_version``
    None means whatever version there is (``If-Match: *``). A correction that changes nothing
    writes nothing.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        AreaForbidden: it lies, or would lie, outside the principal's areas.
        VersionStale: somebody changed it since.
        TransitionRefused: its status allows no correction.
        ParentNotFound, PartCycle, PartNotInner, PartTooDeep, PartElsewhere, PartTooVisible: see
            ``parts``.
        DuplicateAddress: with what is mended it looks like another one.
        DateRefused: nothing is said of that day, or it is in the future.
    """
    act, taken = await _take(conn, begin(principal, clock, effects), ref, expected_version, command)
    found = one(taken, ref)
    said = _said_on(found, command.on, act.today)
    amended = await _amended(conn, act, taken, found, said, command)
    lifecycle.status_after(found.status, "correct")
    if amended.is_nothing(said):
        return await reread(conn, found.address_id)
    what: lifecycle.Act = "position" if amended.gains_use else "correct"
    is_past = said.valid_to is not None
    status = said.status if is_past else lifecycle.status_after(found.status, what)
    rewriting = timeline.corrected(found.timeline, status, amended.document, on=command.on)
    after = replace(said, status=status, document=amended.document)
    return await _write(conn, act, found, amended, rewriting, what, (said, after))


async def change_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: ChangeAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Say that an address changed in the world on a day; it keeps its code.

    A proposal or a reserved address that gets a position is in use from that day on. A change
    that changes nothing writes nothing.

    Raises:
        AddrsvcError: as for :func:`correct_address`.
        DateRefused: the day is before what is said of the present begins, or in the future.
    """
    act, taken = await _take(conn, begin(principal, clock, effects), ref, expected_version, command)
    found = one(taken, ref)
    day = lifecycle.check_day(command.on or act.today, earliest=found.valid_from, latest=act.today)
    said = found.timeline[-1]
    amended = await _amended(conn, act, taken, found, said, command)
    status = lifecycle.status_after(found.status, "change")
    if amended.is_nothing(said):
        return await reread(conn, found.address_id)
    if amended.gains_use:
        status = lifecycle.status_after(found.status, "position")
    rewriting = timeline.changed(found.timeline, day, status, amended.document)
    what: lifecycle.Act = "position" if amended.gains_use else "change"
    return await _write(conn, act, found, amended, rewriting, what, (said, rewriting.open))


async def reserve_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: ReserveAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Draw the code of a proposal, for a house that is planned and has no position yet.

    Raises:
        AddressNotFound, VersionStale: as for :func:`correct_address`.
        TransitionRefused: it is no proposal.
        NoPrefix: its commune has no code left.
        DateRefused: the day is before it was proposed, or in the future.
    """
    act, taken = await take(conn, begin(principal, clock, effects), [(ref, expected_version)])
    found = one(taken, ref)
    status = lifecycle.status_after(found.status, "reserve")
    day = lifecycle.check_day(command.on or act.today, earliest=found.valid_from, latest=act.today)
    await _give_code(conn, found, found.document)
    rewriting = timeline.changed(found.timeline, day, status, found.document)
    reason = clean_optional("reason", command.reason)
    await write(conn, act, found, rewriting, "reserve", reason)
    return await leave_traces(
        conn, act, "reserved", found.address_id, found.timeline[-1], rewriting.open
    )


@dataclass(frozen=True, slots=True)
class _Amended:
    """What an amendment comes to."""

    command: Amendment
    document: Document
    gains_use: bool
    """It has a position now, and with it a code."""

    def is_nothing(self, said: Slice) -> bool:
        """Tell whether all is said already."""
        command = self.command
        return self.document == said.document and not command.aliases and command.holder is None


async def _take(
    conn: AsyncConnection,
    act: Act,
    ref: AddressRef,
    expected_version: int | None,
    command: Amendment,
) -> tuple[Act, Taken]:
    parents = [command.parent] if isinstance(command.parent, str) else []
    return await take(conn, act, [(ref, expected_version)], codes=parents)


def _said_on(found: Locked, on: date | None, today: date) -> Slice:
    """Give the slice that speaks of a day; None: of the present."""
    if on is None:
        return found.timeline[-1]
    said = timeline.at(found.timeline, on)
    if said is None or on > today:
        raise DateRefused(
            day=on.isoformat(),
            earliest=found.timeline[0].valid_from.isoformat(),
            latest=today.isoformat(),
        )
    return said


async def _amended(
    conn: AsyncConnection, act: Act, taken: Taken, found: Locked, said: Slice, command: Amendment
) -> _Amended:
    """Decide what is to be said instead of a slice; of the present, whether it may be."""
    old, is_past = said.document, said.valid_to is not None
    located = Located(old.commune, old.position)
    if command.position is not KEEP or command.commune_code is not KEEP:
        located = await locate(
            conn,
            old.position if command.position is KEEP else command.position,
            None if command.commune_code is KEEP else command.commune_code,
            command.on if is_past and command.on is not None else act.today,
        )
    document = _document(old, command, located)
    if not is_past:
        act.principal.require_in(Scope.ADDRESSES_WRITE, [located.commune.code])
    if isinstance(command.parent, str):
        parent = _parent(taken, command.parent, is_past=is_past)
        document = replace(document, parent=parent.code)
    if not is_past and parts.place_differs(old, document):
        parent_id = await versions.identity_of(conn, document.parent)
        await kin.check_place(conn, document, parent_id, found.address_id)
    gains_use = not is_past and located.is_positioned and found.status in _WAITING
    return _Amended(command, document, gains_use)


def _document(old: Document, command: Amendment, located: Located) -> Document:
    """Give the document with what the command names replaced, but for a parent."""
    new = replace(old, commune=located.commune, position=located.position)
    if command.kind is not KEEP:
        new = replace(new, kind=command.kind)
    if command.components is not KEEP:
        new = replace(new, components=clean_components(command.components))
    if command.name is not KEEP:
        new = replace(new, name=clean_optional("name", command.name))
    if command.visibility is not KEEP:
        new = replace(new, visibility=command.visibility)
    if command.text is not KEEP:
        new = replace(new, text=clean_optional("text", command.text))
    if command.parent is None:
        new = replace(new, parent=None)
    if command.part is not KEEP:
        new = replace(new, part=command.part)
    return new


def _parent(taken: Taken, text: str, *, is_past: bool) -> Locked:
    """Give the parent named; of a past day it need not be in use any more."""
    if not is_past:
        return parent_in_use(taken, text)
    found = taken.coded(text)
    if found is None:
        raise ParentNotFound(code=text)
    return found


async def _write(
    conn: AsyncConnection,
    act: Act,
    found: Locked,
    amended: _Amended,
    rewriting: Rewriting,
    what: lifecycle.Act,
    about: tuple[Slice, Slice],
) -> Address:
    """Write an amendment: its code first, then the place is looked at, then the version."""
    command, (before, after) = amended.command, about
    if amended.gains_use:
        await _give_code(conn, found, amended.document)
    if after.valid_to is None and after.status in lifecycle.LIVING:
        parent_id = await versions.identity_of(conn, after.document.parent)
        described = [Described(found.address_id, after.document, parent_id, before.document)]
        await refuse(
            conn, act.principal, act.at, described, distinct_because=command.distinct_because
        )
    reason = clean_optional("reason", command.reason)
    await write(conn, act, found, rewriting, what, reason)
    await put_beside(conn, act, found.address_id, command.aliases, command.holder)
    event = {"position": "assigned", "change": "changed"}.get(what, "corrected")
    return await leave_traces(conn, act, event, found.address_id, before, after)


async def _give_code(conn: AsyncConnection, found: Locked, document: Document) -> None:
    """Draw the code of an address that has none yet."""
    if found.code is not None:
        return
    coded = await draw(conn, document.commune.code)
    await repository.give_code(conn, found.address_id, coded.code.text, coded.issuer)
