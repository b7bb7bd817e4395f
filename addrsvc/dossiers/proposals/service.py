"""Proposals: list them, accept, refuse, and take a decision back.

Accepting links what took the place of an address, as if a person had chosen it; where the link
stays, accepting says that somebody knows. Whatever another decided about the address meanwhile
stays: a proposal ends with the link it is about, by whatever way that ends. Candidates are told as
they stand now: where one is retired by then, what took its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM, Clock
from addrsvc.codes.code import DigitalCode, parse_code
from addrsvc.db.rows import Connection
from addrsvc.dossiers import deciding
from addrsvc.dossiers import repository as dossiers
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import LinkState
from addrsvc.dossiers.proposals import repository
from addrsvc.dossiers.proposals.errors import (
    ProposalDecided,
    ProposalNeedsChoice,
    ProposalNotFound,
    ProposalOvertaken,
    ProposalUndecided,
)
from addrsvc.dossiers.proposals.model import Proposal, State, Why, in_use_instead
from addrsvc.dossiers.proposals.repository import ProposalFilter
from addrsvc.dossiers.register_errors import DecisionOfOthers, DossierAddressNotFound
from addrsvc.dossiers.repository import Written, open_dossiers
from addrsvc.events import service as events
from addrsvc.events.service import Event
from addrsvc.registry.model import Address
from addrsvc.registry.reading import AddressRef, find_addresses, get_address, is_seen

PAGE_LIMIT: Final = 200
"""Most proposals in one page."""

_CHAIN: Final = 20
"""Successors of successors looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which proposals are asked for, as a person names them; None: any."""

    dossier: str | None = None
    address: str | None = None
    act: int | None = None
    event: int | None = None
    commune: str | None = None
    why: Why | None = None
    state: State | None = None
    plan: int | None = None


async def list_proposals(
    conn: AsyncConnection, principal: Principal, wanted: Wanted, *, after: int = 0, limit: int = 50
) -> tuple[list[Proposal], int | None]:
    """Give a page of proposals, the oldest first, and where the next begins.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        AreaForbidden: the commune asked for lies outside its areas.
        AddressNotFound, InvalidInput: there is no such address for it, or no such code.
    """
    communes = () if wanted.commune is None else [wanted.commune]
    principal.require_in(Scope.DOSSIERS_READ, communes)
    narrowed = await narrowed_to(conn, principal, wanted)
    await open_dossiers(conn, principal)
    found = await repository.list_proposals(conn, narrowed, after=after, limit=limit + 1)
    page = await with_candidates(conn, principal, found[:limit])
    return page, page[-1].proposal_id if len(found) > limit else None


async def narrowed_to(conn: Connection, principal: Principal, wanted: Wanted) -> ProposalFilter:
    """Give what is asked for within what a principal may see.

    Raises:
        AddressNotFound, InvalidInput: as for :func:`list_proposals`.
    """
    address = None
    if wanted.address is not None:
        address = (await get_address(conn, principal, AddressRef.parse(wanted.address))).code
    return ProposalFilter(
        dossier=None if wanted.dossier is None else parse_dossier_code(wanted.dossier).key,
        address=address or wanted.address,
        act=wanted.act,
        event=wanted.event,
        plan=wanted.plan,
        why=wanted.why,
        state=wanted.state,
        communes=principal.areas if wanted.commune is None else [wanted.commune],
        own=principal.id if wanted.commune is None else None,
    )


async def get_proposal(conn: AsyncConnection, principal: Principal, proposal_id: int) -> Proposal:
    """Give one proposal.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        ProposalNotFound: there is none of this number for the principal.
    """
    principal.require(Scope.DOSSIERS_READ)
    await open_dossiers(conn, principal)
    return await _find(conn, principal, proposal_id)


async def accept_proposal(
    conn: AsyncConnection,
    principal: Principal,
    proposal_id: int,
    clock: Clock,
    *,
    code: str | None = None,
) -> Proposal:
    """Do what is proposed: link what took the place, or ``code``; know of what changed.

    Where nothing took its place and no code is given, the link ends.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        ProposalNotFound: there is none of this number for the principal.
        ProposalDecided, ProposalOvertaken: somebody was quicker; nothing happens.
        ProposalNeedsChoice: there are several to choose from.
        AddressNotFound, AreaForbidden, ChosenRetired, InvalidInput: see ``deciding.relink``.
    """
    proposal, dossier, address = await _take(conn, principal, proposal_id)
    chosen = None if code is None else parse_code(code).code.text
    if chosen is None and not proposal.is_acknowledged:
        chosen = _only_candidate(principal, proposal)
    written = Written(principal.id, clock.now())
    await repository.close(conn, [(proposal_id, chosen)], State.ACCEPTED, written)
    done = replace(
        proposal,
        state=State.ACCEPTED,
        chosen=chosen,
        decided_at=written.at,
        decided_by=principal.id,
    )
    await leave_traces(conn, [done], written)
    if chosen is not None:
        how = ("chosen", LinkState.LINKED)
        await deciding.relink(conn, principal, dossier, address, chosen, how, clock)
        await repository.note_made_link(conn, proposal_id)
    elif not proposal.is_acknowledged:
        await deciding.reject_address(conn, principal, (dossier.code, address.n), None, clock)
    return done


async def refuse_proposal(
    conn: AsyncConnection, principal: Principal, proposal_id: int, clock: Clock
) -> Proposal:
    """Leave the link as it is.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        ProposalNotFound, ProposalDecided, ProposalOvertaken: as for :func:`accept_proposal`.
    """
    proposal, _, _ = await _take(conn, principal, proposal_id)
    written = Written(principal.id, clock.now())
    await repository.close(conn, [(proposal_id, None)], State.REFUSED, written)
    done = replace(proposal, state=State.REFUSED, decided_at=written.at, decided_by=principal.id)
    await leave_traces(conn, [done], written)
    return done


async def undo_proposal(
    conn: AsyncConnection, principal: Principal, proposal_id: int, clock: Clock
) -> Proposal:
    """Take the decision about a proposal back: link and state are as before, and it is open.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        ProposalNotFound: there is none of this number for the principal.
        ProposalUndecided: nobody decided about it.
        ProposalOvertaken: somebody decided about the address since; that stays.
        DecisionOfOthers: somebody else decided, and the principal may not undo what others did.
    """
    proposal, dossier, address = await _lock(conn, principal, proposal_id)
    if proposal.state not in {State.ACCEPTED, State.REFUSED}:
        raise ProposalUndecided
    if proposal.decided_by != principal.id and not principal.may(Scope.ADDRESSES_OVERRIDE):
        raise DecisionOfOthers
    found = await repository.still_stands(conn, proposal_id)
    if found is None or not found["stands"]:
        raise await _overtaken(conn, proposal)
    written = Written(principal.id, clock.now())
    if not found["is_linked"]:
        where = (dossier.dossier_id, address.n)
        undone, *before = await dossiers.last_decisions(conn, where)
        await dossiers.end_link(conn, where, "undone", written)
        if undone.code is not None and undone.how is not None:
            await dossiers.add_link(conn, where, undone.code, undone.how, written)
        stands = before[0].decision if before else None
        await dossiers.undo(conn, where, undone, stands, written)
        await dossiers.touch_dossier(conn, dossier.dossier_id, written)
    await repository.reopen(conn, proposal_id)
    done = replace(proposal, state=State.OPEN, chosen=None, decided_at=None, decided_by=None)
    await leave_traces(conn, [done], written)
    if not found["is_linked"]:
        await deciding.leave_change(conn, principal, dossier.key, "undone", clock, n=address.n)
    return done


async def with_candidates(
    conn: Connection, principal: Principal, found: Sequence[Proposal]
) -> list[Proposal]:
    """Give proposals with the addresses they are about and those to link instead by now."""
    codes = {code for each in found for code in (each.code, *each.stored)}
    known = await find_addresses(conn, codes)
    for _ in range(_CHAIN):
        after = {one.code for each in known.values() for one in each.successors} - known.keys()
        if not after:
            break
        known |= await find_addresses(conn, after)
    return [_with_candidates(principal, each, known) for each in found]


def _with_candidates(
    principal: Principal, proposal: Proposal, known: dict[str, Address]
) -> Proposal:
    instead = sorted(
        (known[code] for code in in_use_instead(proposal.stored, known)), key=_along_the_street
    )
    seen = tuple(each for each in instead if is_seen(each, principal))
    address = known.get(proposal.code)
    return replace(
        proposal,
        address=address if address is not None and is_seen(address, principal) else None,
        candidates=seen,
        reaches_beyond=len(seen) < len(instead)
        or not all(principal.reaches(each.area) for each in seen),
    )


def _along_the_street(address: Address) -> tuple[str, ...]:
    street, number = address.document.components.search_keys()
    return (street or "", number or "", address.document.components.unit or "", address.ref)


async def leave_traces(conn: AsyncConnection, done: Sequence[Proposal], written: Written) -> None:
    """Leave an audit entry and an event of each decision."""
    communes = await repository.communes_of(conn, {each.dossier_id for each in done})
    entries = [
        audit.Entry(
            f"dossier.{_VERBS[each.state]}-proposal",
            each.key,
            {"proposal": each.proposal_id, "n": each.n, "why": each.why.value},
        )
        for each in done
    ]
    await audit.record_many(conn, principal=written.principal, at=written.at, entries=entries)
    told = [
        Event(
            "dossier.proposal-decided",
            each.key,
            {
                "proposal": each.proposal_id,
                "n": each.n,
                "why": each.why.value,
                "state": each.state.value,
                "communes": communes.get(each.dossier_id, []),
            },
        )
        for each in done
    ]
    await events.record_many(conn, at=written.at, told=told)


_VERBS: Final = {State.ACCEPTED: "accept", State.REFUSED: "refuse", State.OPEN: "reopen"}


async def _find(conn: Connection, principal: Principal, proposal_id: int) -> Proposal:
    found = await repository.find_proposal(conn, proposal_id)
    if found is None:
        raise ProposalNotFound
    return (await with_candidates(conn, principal, [found]))[0]


async def _take(
    conn: AsyncConnection, principal: Principal, proposal_id: int
) -> tuple[Proposal, Dossier, KeptAddress]:
    """Lock the dossier of a proposal, then the proposal, to decide about it.

    Raises:
        ProposalNotFound, ProposalDecided, ProposalOvertaken: as for :func:`accept_proposal`.
    """
    proposal, dossier, address = await _lock(conn, principal, proposal_id)
    if not await repository.lock_open(conn, [proposal_id]):
        if proposal.state in {State.ACCEPTED, State.REFUSED}:
            raise ProposalDecided(
                state=proposal.state.value,
                by=proposal.decided_by or "—",
                at=_moment(proposal.decided_at),
            )
        raise await _overtaken(conn, proposal)
    return proposal, dossier, address


async def _lock(
    conn: AsyncConnection, principal: Principal, proposal_id: int
) -> tuple[Proposal, Dossier, KeptAddress]:
    principal.require(Scope.DOSSIERS_WRITE)
    await open_dossiers(conn, principal)
    proposal = await _find(conn, principal, proposal_id)
    try:
        dossier, address = await deciding.take(
            conn, principal, (proposal.dossier, proposal.n), None
        )
    except DossierAddressNotFound:
        raise await _overtaken(conn, proposal) from None
    # once more: who held the dossier may have decided
    return await _find(conn, principal, proposal_id), dossier, address


async def _overtaken(conn: Connection, proposal: Proposal) -> ProposalOvertaken:
    """Say who linked the address otherwise."""
    ended = await repository.link_end(conn, proposal.proposal_id)
    if ended is None or ended["at"] is None:
        by, at, what = proposal.decided_by, proposal.decided_at, "taken-back"
    else:
        by, at, what = ended["by"], ended["at"], ended["what"]
    return ProposalOvertaken(what=what, by=by or "—", at=_moment(at))


def _moment(at: datetime | None) -> str:
    return "—" if at is None else at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _only_candidate(principal: Principal, proposal: Proposal) -> str | None:
    """Give what is to be linked; None: nothing took its place.

    Raises:
        ProposalNeedsChoice: there are several.
    """
    codes = [each.code for each in proposal.candidates if each.code is not None]
    split = proposal.why is Why.SPLIT and len(proposal.stored) > 1
    # an address elsewhere is refused as such; one that is not seen would be passed over in silence
    here = all(principal.reaches(each.area) for each in proposal.candidates)
    if len(codes) > 1 or (split and codes) or (proposal.reaches_beyond and here):
        printed = ", ".join(DigitalCode.of(each).printed for each in codes) or "—"
        raise ProposalNeedsChoice(count=max(len(codes), 1), candidates=printed)
    return codes[0] if codes else None
