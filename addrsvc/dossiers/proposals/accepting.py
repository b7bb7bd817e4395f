"""Accept all proposals of one act, event, address or plan that leave nothing to choose.

In chunks: each is one transaction, and says where the next begins; what was done stays, and asking
again goes on. What a person has to look at is left, and counted by why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.dossiers import bulk_repository
from addrsvc.dossiers.kept import Dossier
from addrsvc.dossiers.proposals import repository
from addrsvc.dossiers.proposals.errors import AcceptAllOfWhat
from addrsvc.dossiers.proposals.model import Left, Proposal, State
from addrsvc.dossiers.proposals.service import (
    Wanted,
    leave_traces,
    narrowed_to,
    with_candidates,
)
from addrsvc.dossiers.repository import Written, open_dossiers
from addrsvc.events import service as events
from addrsvc.events.service import Event

CHUNK: Final = 500
"""Proposals decided in one transaction: about half a second's work."""


@dataclass(frozen=True, slots=True)
class AcceptedAll:
    """What a chunk came to."""

    accepted: int
    overtaken: int
    """Somebody decided about them meanwhile; that stays."""
    left: Counter[Left] = field(default_factory=Counter)
    next: int | None = None
    """Where the next chunk begins; None: that was the last."""


async def accept_all(
    conn: AsyncConnection,
    principal: Principal,
    wanted: Wanted,
    clock: Clock,
    *,
    after: int = 0,
    limit: int = CHUNK,
) -> AcceptedAll:
    """Accept the next open proposals that have one certain candidate, or need none.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        AcceptAllOfWhat: it is not said of exactly one act, event, address or plan.
        AreaForbidden: the commune asked for lies outside its areas.
        AddressNotFound, InvalidInput: there is no such address for it, or no such code.
    """
    named = {
        "act": wanted.act,
        "event": wanted.event,
        "address": wanted.address,
        "plan": wanted.plan,
    }
    given = [name for name, value in named.items() if value is not None]
    if len(given) != 1:
        raise AcceptAllOfWhat(given=", ".join(given) or "—")
    communes = () if wanted.commune is None else [wanted.commune]
    principal.require_in(Scope.DOSSIERS_WRITE, communes)
    narrowed = await narrowed_to(conn, principal, replace(wanted, state=State.OPEN))
    await open_dossiers(conn, principal)
    found = await repository.list_proposals(conn, narrowed, after=after, limit=limit + 1)
    page = await with_candidates(conn, principal, found[:limit])
    left = Counter(each.left_for_person for each in page if each.left_for_person is not None)
    certain = [each for each in page if each.left_for_person is None]
    accepted = await _accept(conn, certain, Written(principal.id, clock.now()))
    return AcceptedAll(
        len(accepted),
        len(certain) - len(accepted),
        left,
        page[-1].proposal_id if len(found) > limit else None,
    )


async def _accept(
    conn: AsyncConnection, certain: Sequence[Proposal], written: Written
) -> list[Proposal]:
    """Accept those that are open once their dossiers are locked."""
    dossiers = await bulk_repository.lock_dossiers(conn, {each.key for each in certain})
    still_open = await repository.lock_open(conn, [each.proposal_id for each in certain])
    # of several that would end one link, the latest; the others end with the link
    latest = {
        each.link_id: each.proposal_id
        for each in certain
        if each.proposal_id in still_open and not each.is_acknowledged
    }
    accepted = [
        replace(
            each,
            state=State.ACCEPTED,
            chosen=None if each.is_acknowledged else each.candidates[0].code,
        )
        for each in certain
        if each.proposal_id in still_open
        and (each.is_acknowledged or latest[each.link_id] == each.proposal_id)
    ]
    if not accepted:
        return []
    decided = [(each.proposal_id, each.chosen) for each in accepted]
    await repository.close(conn, decided, State.ACCEPTED, written)
    await leave_traces(conn, accepted, written)
    relinked = [each for each in accepted if each.chosen is not None]
    if relinked:
        touched = {each.key for each in relinked}
        ids = [each.proposal_id for each in relinked]
        changed = [dossier for key, dossier in dossiers.items() if key in touched]
        await repository.relink(conn, ids, {each.dossier_id for each in changed}, written)
        await _leave_relinked(conn, changed, relinked, written)
    return accepted


async def _leave_relinked(
    conn: AsyncConnection,
    changed: Sequence[Dossier],
    relinked: Sequence[Proposal],
    written: Written,
) -> None:
    """Leave reach, audit entry and event of dossiers whose links changed, as one decision does."""
    after = {
        each.dossier_id: replace(each, version=each.version + 1)
        for each in await bulk_repository.with_addresses_anew(conn, changed)
    }
    communes = await bulk_repository.put_reaches(conn, list(after.values()), list(after))
    entries, told = [], []
    for each in relinked:
        dossier = after[each.dossier_id]
        detail = {"version": dossier.version, "n": each.n}
        entries.append(audit.Entry("dossier.choose", each.key, detail))
        states = [
            {"n": one.n, "role": one.given.role.value, "state": one.state.value}
            for one in dossier.addresses
        ]
        where = communes.get(each.dossier_id, [])
        data = {**detail, "communes": where, "addresses": states}
        told.append(Event("dossier.chosen", each.key, data))
    await audit.record_many(conn, principal=written.principal, at=written.at, entries=entries)
    await events.record_many(conn, at=written.at, told=told)
