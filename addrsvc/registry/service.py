"""Assign, correct and retire addresses: one act is one transaction, its event and audit row.

Every function takes the connection of the running transaction, the principal and the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.codes.code import parse_code
from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.events import service as events
from addrsvc.registry import lifecycle, repository, timeline, versions
from addrsvc.registry.coding import Coded, draw, insert_coded, take_over
from addrsvc.registry.commands import KEEP, AssignAddress, CorrectAddress, RetireAddress
from addrsvc.registry.duplicates.finding import Described
from addrsvc.registry.duplicates.refusing import refuse
from addrsvc.registry.errors import (
    AddressNotFound,
    ParentNotFound,
    SuccessorNotFound,
    VersionStale,
)
from addrsvc.registry.fields import clean, clean_components, clean_optional
from addrsvc.registry.locating import Located, locate
from addrsvc.registry.model import Address, Alias, Document, Holder, Status
from addrsvc.registry.reading import AddressRef, visible_to
from addrsvc.registry.versions import Locked, NewVersion, Signature
from addrsvc.types import AddressId

_EARLIEST = date(1900, 1, 1)
"""No address is said to hold from before this day."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What every write needs to know about itself."""

    principal: Principal
    at: datetime
    today: date

    def signed(self, act: str, reason: str | None) -> Signature:
        """Sign what is written."""
        return Signature(act, self.principal.id, self.at, reason)


def _act(principal: Principal, clock: Clock) -> _Act:
    principal.require(Scope.ADDRESSES_WRITE)
    return _Act(principal, clock.now(), today(clock))


async def assign_address(
    conn: AsyncConnection, principal: Principal, command: AssignAddress, clock: Clock
) -> Address:
    """Register one object and give it its code.

    Positioned, it is in use at once. Without a position it is proposed at its commune and has
    no code yet; with a code issued elsewhere it is reserved under that code.

    Raises:
        NothingToLocate, OutsideCoverage, OutsideCommune: see ``locating.locate``.
        NoPrefix, CodeTaken, IssuerMissing: see ``coding``.
        ParentNotFound: the building it should be a part of is not in use.
        DuplicateAddress: see ``duplicates.refusing.refuse``.
        FieldInvalid, DateRefused: a text or day that cannot be.
    """
    act = _act(principal, clock)
    valid_from = lifecycle.check_day(
        command.valid_from or act.today, earliest=_EARLIEST, latest=act.today
    )
    located = await locate(conn, command.position, command.commune_code, act.today)
    parent = await _parent(conn, command.parent)
    status = lifecycle.first_status(
        positioned=located.is_positioned, code_given=command.code is not None
    )
    document = Document(
        kind=command.kind,
        commune=located.commune,
        components=clean_components(command.components),
        position=located.position,
        visibility=command.visibility,
        source=clean("source", command.source),
        name=clean_optional("name", command.name),
        parent=None if parent is None else parent.code,
        text=clean_optional("text", command.text),
    )
    aliases = _normal(command.aliases)
    coded: Coded | None = None
    if command.code is not None:
        coded = await take_over(conn, command.code, command.issuer)
    elif status is Status.CURRENT:
        coded = await draw(conn, located.commune.code)
    address_id = await insert_coded(conn, coded, act.at)
    parent_id = None if parent is None else parent.address_id
    described = [Described(address_id, document, parent_id)]
    # after the prefix is locked, before anything of the address can be found
    await refuse(conn, principal, act.at, described, distinct_because=command.distinct_because)
    new = NewVersion(
        address_id=address_id,
        status=status,
        valid_from=valid_from,
        act="assign",
        principal=principal.id,
        reason=None,
        document=document,
        parent_id=parent_id,
        at=act.at,
    )
    await versions.insert_first_version(conn, new)
    await _beside(conn, act, address_id, aliases, command.holder)
    assigned = (await repository.by_ids(conn, [address_id]))[0]
    what = "address.proposed" if status is Status.PROPOSED else "address.assigned"
    await _leave_traces(conn, act, what, assigned)
    return assigned


async def correct_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: CorrectAddress,
    clock: Clock,
) -> Address:
    """Mend the record of an address; a proposal that gets a position gets its code.

    ``expected_version`` None means whatever version there is (``If-Match: *``). A correction
    that changes nothing writes nothing.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        VersionStale: somebody changed it since.
        TransitionRefused: its status allows no correction.
        DuplicateAddress: with what is mended it looks like another one.
    """
    act = _act(principal, clock)
    found = await _lock(conn, principal, ref, expected_version)
    old = found.document
    moved = command.position is not KEEP or command.commune_code is not KEEP
    located = Located(old.commune, old.position)
    if moved:
        located = await locate(
            conn,
            old.position if command.position is KEEP else command.position,
            None if command.commune_code is KEEP else command.commune_code,
            act.today,
        )
    document = _corrected(old, command, located)
    gains_code = located.is_positioned and found.status in {Status.PROPOSED, Status.RESERVED}
    if document == old and not command.aliases and command.holder is None:
        return await _reread(conn, found.address_id)
    status = lifecycle.status_after(found.status, "position" if gains_code else "correct")
    if gains_code and found.code is None:
        coded = await draw(conn, located.commune.code)
        await repository.give_code(conn, found.address_id, coded.code.text, coded.issuer)
    parent = await _parent(conn, old.parent, any_status=True)
    parent_id = None if parent is None else parent.address_id
    described = [Described(found.address_id, document, parent_id, before=old)]
    await refuse(conn, principal, act.at, described, distinct_because=command.distinct_because)
    what = "position" if gains_code else "correct"
    await versions.rewrite(
        conn,
        found,
        timeline.corrected(found.timeline, status, document),
        act.signed(what, clean_optional("reason", command.reason)),
        parent_id,
    )
    await _beside(conn, act, found.address_id, _normal(command.aliases), command.holder)
    corrected = await _reread(conn, found.address_id)
    what = "address.assigned" if gains_code else "address.corrected"
    await _leave_traces(conn, act, what, corrected)
    return corrected


async def retire_address(
    conn: AsyncConnection,
    principal: Principal,
    ref: AddressRef,
    expected_version: int | None,
    command: RetireAddress,
    clock: Clock,
) -> Address:
    """Take an address out of use from a day on; its code keeps answering, with successors.

    A proposal is rejected instead: it never had a code to keep.

    Raises:
        AddressNotFound, VersionStale: as for a correction.
        TransitionRefused: it is out of use already.
        SuccessorNotFound: a successor is unknown, out of use, or the address itself.
        DateRefused: the day is before it was in use, or in the future.
    """
    act = _act(principal, clock)
    found = await _lock(conn, principal, ref, expected_version)
    rejected = found.status is Status.PROPOSED
    status = lifecycle.status_after(found.status, "reject" if rejected else "retire")
    day = lifecycle.check_day(command.on or act.today, earliest=found.valid_from, latest=act.today)
    successors = [await _successor(conn, code, found) for code in command.successors]
    parent = await _parent(conn, found.document.parent, any_status=True)
    what = "reject" if rejected else "retire"
    await versions.rewrite(
        conn,
        found,
        timeline.changed(found.timeline, day, status, found.document),
        act.signed(what, clean("reason", command.reason)),
        None if parent is None else parent.address_id,
    )
    await repository.insert_successors(conn, found.address_id, successors, command.relation, act.at)
    retired = await _reread(conn, found.address_id)
    await _leave_traces(conn, act, "address.rejected" if rejected else "address.retired", retired)
    return retired


def _corrected(old: Document, command: CorrectAddress, located: Located) -> Document:
    """Give the document with what the command names replaced."""
    kept = replace(old, commune=located.commune, position=located.position)
    if command.kind is not KEEP:
        kept = replace(kept, kind=command.kind)
    if command.components is not KEEP:
        kept = replace(kept, components=clean_components(command.components))
    if command.name is not KEEP:
        kept = replace(kept, name=clean_optional("name", command.name))
    if command.visibility is not KEEP:
        kept = replace(kept, visibility=command.visibility)
    if command.text is not KEEP:
        kept = replace(kept, text=clean_optional("text", command.text))
    return kept


def _normal(aliases: Sequence[Alias]) -> list[Alias]:
    """Spell each identifier as its scheme does; look-ups compare that form."""
    return [replace(alias, value=normalise(Scheme(alias.scheme), alias.value)) for alias in aliases]


async def _parent(
    conn: AsyncConnection, text: str | None, *, any_status: bool = False
) -> Locked | None:
    if text is None:
        return None
    found = await versions.lock(conn, code=parse_code(text).code.text)
    if found is None or not (any_status or found.status is Status.CURRENT):
        raise ParentNotFound(code=text)
    return found


async def _successor(conn: AsyncConnection, text: str, retiring: Locked) -> AddressId:
    found = await versions.lock(conn, code=parse_code(text).code.text)
    if (
        found is None
        or found.status is not Status.CURRENT
        or found.address_id == retiring.address_id
    ):
        raise SuccessorNotFound(code=text)
    return found.address_id


async def _lock(
    conn: AsyncConnection, principal: Principal, ref: AddressRef, expected_version: int | None
) -> Locked:
    found = await versions.lock(conn, code=ref.code, address_id=ref.address_id)
    if found is None or found.document.visibility not in visible_to(principal):
        raise AddressNotFound(code=ref.text)
    if expected_version is not None and expected_version != found.version:
        raise VersionStale(given=str(expected_version), current=found.version)
    return found


async def _beside(
    conn: AsyncConnection,
    act: _Act,
    address_id: AddressId,
    aliases: Sequence[Alias],
    holder: Holder | None,
) -> None:
    """Keep what stands beside the document: other identifiers, and the person, apart."""
    await repository.insert_aliases(conn, address_id, aliases, act.at)
    if holder is None:
        return
    kept = Holder(clean("holder.name", holder.name), clean_optional("holder.phone", holder.phone))
    await repository.put_holder(conn, address_id, kept, act.principal.id, act.at)


async def _reread(conn: AsyncConnection, address_id: AddressId) -> Address:
    return (await repository.by_ids(conn, [address_id]))[0]


async def _leave_traces(conn: AsyncConnection, act: _Act, what: str, address: Address) -> None:
    """Write the event followers read and the audit row, in the act's own transaction."""
    data: dict[str, object] = {"version": address.version, "commune": address.commune_code}
    if address.successors:
        data["successors"] = [successor.code for successor in address.successors]
    await events.record(conn, type=what, subject=address.ref, at=act.at, data=data)
    await audit.record(
        conn,
        principal=act.principal.id,
        action=what,
        subject=address.ref,
        at=act.at,
        detail={"version": address.version},
    )
