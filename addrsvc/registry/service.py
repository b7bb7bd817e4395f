"""Register addresses: one act is one transaction, its event and audit row.

Correcting and changing them is in ``changing``, taking them out of use in ``retiring``, merging,
splitting and replacing in ``succeeding``, taking back in ``undoing``; what these share is in
``acting``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.registry import kin, lifecycle, versions
from addrsvc.registry.acting import Act, Taken, begin, leave_traces, parent_in_use, put_beside, take
from addrsvc.registry.changing import correct_address
from addrsvc.registry.coding import insert_coded, insert_drawn, take_handed_out, take_over
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.duplicates.finding import Described
from addrsvc.registry.duplicates.refusing import refuse
from addrsvc.registry.effects import Effects
from addrsvc.registry.fields import clean, clean_components, clean_optional
from addrsvc.registry.locating import locate
from addrsvc.registry.model import Address, Document, Status
from addrsvc.registry.retiring import retire_address
from addrsvc.registry.versions import NewVersion
from addrsvc.types import AddressId

__all__ = ["assign_address", "correct_address", "register", "retire_address"]

_EARLIEST = date(1900, 1, 1)
"""No address is said to hold from before this day."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A new address as decided, before it has a code."""

    command: AssignAddress
    document: Document
    status: Status
    valid_from: date
    parent_id: AddressId | None


async def assign_address(
    conn: AsyncConnection,
    principal: Principal,
    command: AssignAddress,
    clock: Clock,
    *,
    effects: Effects | None = None,
) -> Address:
    """Register one object and give it its code.

    Positioned, it is in use at once. Without a position it is proposed at its commune and has
    no code yet; with a code issued elsewhere it is reserved under that code.

    Raises:
        NothingToLocate, OutsideCoverage, OutsideCommune: see ``locating.locate``.
        NoPrefix, CodeTaken, CodeNotHandedOut, IssuerMissing: see ``coding``.
        ParentNotFound: the building it should be a part of is not in use.
        PartNotInner, PartTooDeep, PartElsewhere, PartTooVisible: see ``parts.check_place``.
        DuplicateAddress: see ``duplicates.refusing.refuse``.
        AreaForbidden: it lies outside the principal's areas.
        FieldInvalid, DateRefused: a text or day that cannot be.
    """
    act = begin(principal, clock, effects)
    act, taken = await take(conn, act, [], codes=parents_of([command]))
    (new,) = await register(conn, act, taken, [command])
    what = "proposed" if new.status is Status.PROPOSED else "assigned"
    return await leave_traces(conn, act, what, new.address_id)


def parents_of(commands: Sequence[AssignAddress]) -> list[str]:
    """Give the codes of parents that must be held while these are registered."""
    return [each.parent for each in commands if each.parent is not None]


async def register(
    conn: AsyncConnection,
    act: Act,
    taken: Taken,
    commands: Sequence[AssignAddress],
    *,
    instead_of: Collection[AddressId] = (),
) -> list[NewVersion]:
    """Write new addresses within an act that holds their parents; give their first versions.

    Codes are drawn commune by commune, so that acts take turns at prefixes in one order; places
    are looked at once all have theirs. One reason why they are no duplicates speaks for all.

    Args:
        conn: the transaction of the act.
        act: the act itself.
        taken: the addresses it holds.
        commands: what to register.
        instead_of: addresses that go out of use in the same act.

    Raises:
        AddrsvcError: as for :func:`assign_address`.
    """
    drafts = [await _draft(conn, act, taken, command) for command in commands]
    coded = [
        (await _identity(conn, act, draft), draft)
        for draft in sorted(drafts, key=lambda each: each.document.commune.code)
    ]
    described = [Described(each, draft.document, draft.parent_id) for each, draft in coded]
    reasons = [each.distinct_because for each in commands if each.distinct_because is not None]
    # after the prefixes are locked, before anything of the addresses can be found
    await refuse(
        conn,
        act.principal,
        act.at,
        described,
        distinct_because=reasons[0] if reasons else None,
        instead_of=instead_of,
    )
    written: dict[int, NewVersion] = {}
    for address_id, draft in coded:
        new = NewVersion(
            address_id=address_id,
            status=draft.status,
            valid_from=draft.valid_from,
            act="assign",
            principal=act.principal.id,
            reason=None,
            document=draft.document,
            parent_id=draft.parent_id,
            at=act.at,
            act_id=act.act_id,
        )
        await versions.insert_first_version(conn, new)
        await put_beside(conn, act, address_id, draft.command.aliases, draft.command.holder)
        written[id(draft)] = new
    return [written[id(draft)] for draft in drafts]


async def _draft(conn: AsyncConnection, act: Act, taken: Taken, command: AssignAddress) -> _Draft:
    valid_from = lifecycle.check_day(
        command.valid_from or act.today, earliest=_EARLIEST, latest=act.today
    )
    located = await locate(conn, command.position, command.commune_code, act.today)
    act.principal.require_in(Scope.ADDRESSES_WRITE, [located.commune.code])
    parent = None if command.parent is None else parent_in_use(taken, command.parent)
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
        part=command.part,
    )
    parent_id = None if parent is None else parent.address_id
    if parent_id is not None:
        await kin.check_place(conn, document, parent_id)
    status = lifecycle.first_status(
        positioned=located.is_positioned,
        code_given=command.code is not None or command.block_code is not None,
    )
    return _Draft(command, document, status, valid_from, parent_id)


async def _identity(conn: AsyncConnection, act: Act, draft: _Draft) -> AddressId:
    """Insert the identity of a new address under its code; a proposal has none."""
    if draft.command.code is not None:
        coded = await take_over(conn, draft.command.code, draft.command.issuer)
        return await insert_coded(conn, coded, act.at)
    if draft.command.block_code is not None:
        coded = await take_handed_out(conn, draft.command.block_code)
        return await insert_coded(conn, coded, act.at)
    if draft.status is Status.CURRENT:
        return await insert_drawn(conn, draft.document.commune.code, act.at)
    return await insert_coded(conn, None, act.at)
