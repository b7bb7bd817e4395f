"""Dossiers: brought in as often as wanted, read, and decided on by people.

A dossier sent again as it is changes nothing. An address that stays as given keeps its number,
its link and what a person decided about it, wherever it stands in the list; a link is ended and
the next one begun, never changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.dossiers import repository
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import DossierInput, GivenAddress, LinkState
from addrsvc.dossiers.register_errors import (
    ChosenRetired,
    DossierAddressNotFound,
    DossierElsewhere,
    DossierNotFound,
    DossierReceivedLater,
    DossierStale,
    NothingToConfirm,
)
from addrsvc.dossiers.repository import FormerLink, Written, open_dossiers
from addrsvc.events import service as events
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.model import Status
from addrsvc.registry.reading import AddressRef, get_address

PAGE_LIMIT: Final = 200
"""Most dossiers, or links, in one page."""

_LAST: Final = 2**62

Place = tuple[str, int]
"""Which address is decided on: the code of its dossier, and its number there."""


@dataclass(frozen=True, slots=True)
class Put:
    """What bringing a dossier in came to."""

    dossier: Dossier
    is_new: bool


async def put_dossier(
    conn: AsyncConnection, principal: Principal, judge: Judge, given: DossierInput, clock: Clock
) -> Put:
    """Bring a dossier in, or in line with what is sent; what was said before and is not now, goes.

    Raises:
        NotSignedIn, ScopeMissing: it may not bring dossiers in, or not ask for parcels.
        DossierReceivedLater: by its code it was received after today.
        DossierElsewhere: there is one, brought in by others, outside the principal's areas.
        GeocoderLoading: names are not read yet.
    """
    principal.require(Scope.DOSSIERS_WRITE)
    day = today(clock)
    if given.code.is_after(day):
        said = given.code.received_on
        raise DossierReceivedLater(day=f"{said}", today=day.isoformat())
    await open_dossiers(conn, principal)
    written = Written(principal.id, clock.now())
    facts = _facts(given)
    before = await repository.find_dossier(conn, given.code.key, lock=True)
    is_new = before is None
    if before is None:
        before = await repository.insert_dossier(conn, given.code, facts, written)
        is_new = before is not None
    if before is None:  # somebody was quicker, or it is not for this principal
        before = await repository.find_dossier(conn, given.code.key, lock=True)
    if before is None:
        raise DossierElsewhere
    added, removed = _differences(before.addresses, given.addresses)
    if not is_new and not added and not removed and dict(before.facts) == facts:
        return Put(await _seen(conn, principal, before), is_new=False)
    judged = await judge.judge(principal, added, day)
    for each in removed:
        await repository.remove_address(conn, (before.dossier_id, each.n), written)
    pairs = list(zip(added, judged, strict=True))
    await repository.add_addresses(conn, before.dossier_id, pairs, written)
    if not is_new:
        await repository.update_dossier(conn, before.dossier_id, facts, written)
    done = await _left(conn, principal, given.code.key, "received" if is_new else "changed", clock)
    return Put(done, is_new)


async def get_dossier(conn: AsyncConnection, principal: Principal, text: str) -> Dossier:
    """Give a dossier with its addresses, links and candidates.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        DossierNotFound: there is none of this code for the principal.
        InvalidInput: see ``code.parse_dossier_code``.
    """
    principal.require(Scope.DOSSIERS_READ)
    await open_dossiers(conn, principal)
    found = await repository.find_dossier(conn, parse_dossier_code(text).key)
    if found is None:
        raise DossierNotFound
    return await _seen(conn, principal, found)


async def list_dossiers(
    conn: AsyncConnection,
    principal: Principal,
    *,
    commune: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    state: LinkState | None = None,
    after: int = 0,
    limit: int = 50,
) -> tuple[list[Dossier], int | None]:
    """Give a page of dossiers, and where the next begins.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        AreaForbidden: the commune asked for lies outside its areas.
    """
    principal.require_in(Scope.DOSSIERS_READ, () if commune is None else [commune])
    await open_dossiers(conn, principal)
    found = await repository.list_dossiers(
        conn,
        communes=principal.areas if commune is None else [commune],
        own=principal.id if commune is None else None,
        first_day=first_day,
        last_day=last_day,
        state=state,
        after=after,
        limit=limit + 1,
    )
    page = await repository.in_sight(conn, found[:limit], sight_of(principal))
    return page, page[-1].dossier_id if len(found) > limit else None


async def list_links(
    conn: AsyncConnection,
    principal: Principal,
    address: str,
    *,
    history: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[FormerLink], int | None]:
    """Give a page of the dossiers linked to an address, and where the next begins.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        AddressNotFound, InvalidInput: there is no such address for the principal.
    """
    principal.require(Scope.DOSSIERS_READ)
    found = await get_address(conn, principal, AddressRef.parse(address))
    await open_dossiers(conn, principal)
    links = await repository.links_of_address(
        conn,
        found.code or "",
        history=history,
        before=_LAST if before is None else before,
        limit=limit + 1,
    )
    return links[:limit], links[limit - 1].link_id if len(links) > limit else None


async def confirm_address(
    conn: AsyncConnection,
    principal: Principal,
    place: Place,
    expected_version: int | None,
    clock: Clock,
) -> Dossier:
    """Say that the link is right, or that the only candidate is meant.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``_take``.
        NothingToConfirm: nothing is linked, and there is not just one address to choose.
        ChosenRetired: the address was retired since.
    """
    dossier, found = await _take(conn, principal, place, expected_version)
    candidates = [each.code for each in found.judged.settlement.candidates if each.code]
    if found.link is not None:
        code, state = found.link.code, found.state
    elif found.state is LinkState.WAITING and len(candidates) == 1:
        code, state = candidates[0], LinkState.LINKED
    else:
        raise NothingToConfirm(candidates=len(candidates))
    return await _relink(conn, principal, dossier, found, code, ("confirmed", state), clock)


async def choose_address(
    conn: AsyncConnection,
    principal: Principal,
    place: Place,
    expected_version: int | None,
    code: str,
    clock: Clock,
) -> Dossier:
    """Link an address to one a person chose, among the candidates or not.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``_take``.
        AddressNotFound, InvalidInput: there is no such address for the principal.
        AreaForbidden: it lies outside the principal's areas.
        ChosenRetired: it is out of use.
    """
    dossier, found = await _take(conn, principal, place, expected_version)
    chosen = ("chosen", LinkState.LINKED)
    return await _relink(conn, principal, dossier, found, code, chosen, clock)


async def reject_address(
    conn: AsyncConnection,
    principal: Principal,
    place: Place,
    expected_version: int | None,
    clock: Clock,
    *,
    not_in_register: bool = False,
) -> Dossier:
    """Say that an address is not to be linked, or that the register does not have it yet.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``_take``.
    """
    dossier, found = await _take(conn, principal, place, expected_version)
    written = Written(principal.id, clock.now())
    where = (dossier.dossier_id, found.n)
    await repository.end_link(conn, where, "rejected", written)
    state = LinkState.NO_MATCH if not_in_register else LinkState.REJECTED
    await repository.decide(conn, where, state, "rejected", written)
    await repository.touch_dossier(conn, dossier.dossier_id, written)
    return await _left(conn, principal, dossier.key, "rejected", clock, n=found.n)


async def _take(
    conn: AsyncConnection, principal: Principal, place: Place, expected_version: int | None
) -> tuple[Dossier, KeptAddress]:
    """Lock a dossier to decide on one of its addresses.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        DossierNotFound: there is none of this code for the principal.
        DossierAddressNotFound: it has no address of this number.
        DossierStale: somebody changed it since; ``expected_version`` None takes any.
    """
    text, n = place
    principal.require(Scope.DOSSIERS_WRITE)
    await open_dossiers(conn, principal)
    found = await repository.find_dossier(conn, parse_dossier_code(text).key, lock=True)
    if found is None:
        raise DossierNotFound
    address = found.address(n)
    if address is None:
        raise DossierAddressNotFound(n=n)
    if expected_version is not None and expected_version != found.version:
        raise DossierStale(given=expected_version, current=found.version)
    return found, address


async def _relink(
    conn: AsyncConnection,
    principal: Principal,
    dossier: Dossier,
    found: KeptAddress,
    code: str,
    decided: tuple[str, LinkState],
    clock: Clock,
) -> Dossier:
    """End the link there is and begin the one a person decided on."""
    what, state = decided
    address = await get_address(conn, principal, AddressRef.parse(code))
    if address.code is None:
        raise AddressNotFound(code=code)
    if found.link is None or found.link.code != address.code:
        principal.require_in(Scope.DOSSIERS_WRITE, [address.area])
    if address.status is Status.RETIRED:
        after = ", ".join(each.code for each in address.successors) or "—"
        raise ChosenRetired(code=address.code, successors=after)
    written = Written(principal.id, clock.now())
    where = (dossier.dossier_id, found.n)
    why = "confirmed" if what == "confirmed" else "chosen"
    await repository.end_link(conn, where, why, written)
    await repository.add_link(conn, where, address.code, what, written)
    await repository.decide(conn, where, state, what, written)
    await repository.touch_dossier(conn, dossier.dossier_id, written)
    return await _left(conn, principal, dossier.key, what, clock, n=found.n)


async def _left(
    conn: AsyncConnection,
    principal: Principal,
    key: str,
    what: str,
    clock: Clock,
    *,
    n: int | None = None,
) -> Dossier:
    """Leave event and audit entry of a change; give the dossier as it stands now.

    The event tells which addresses are linked and in which communes they may lie: what was given,
    and which address it is, is asked for by who may see the dossier.
    """
    dossier = await repository.find_dossier(conn, key)
    if dossier is None:
        raise DossierNotFound
    seen = await _seen(conn, principal, dossier)
    # last: after it the dossier may lie outside the areas of who wrote it
    communes = await repository.put_reach(conn, dossier)
    at, detail = clock.now(), {"version": dossier.version} | ({} if n is None else {"n": n})
    await audit.record(
        conn,
        principal=principal.id,
        action=f"dossier.{_VERBS[what]}",
        subject=dossier.key,
        at=at,
        detail=detail,
    )
    states = [
        {"n": each.n, "role": each.given.role.value, "state": each.state.value}
        for each in dossier.addresses
    ]
    data: dict[str, Any] = {**detail, "communes": communes, "addresses": states}
    await events.record(conn, type=f"dossier.{what}", subject=dossier.key, at=at, data=data)
    return seen


_VERBS: Final = {
    "received": "receive",
    "changed": "change",
    "confirmed": "confirm",
    "chosen": "choose",
    "rejected": "reject",
}


async def _seen(conn: AsyncConnection, principal: Principal, dossier: Dossier) -> Dossier:
    (seen,) = await repository.in_sight(conn, [dossier], sight_of(principal))
    return await repository.with_alike(conn, seen)


def _facts(given: DossierInput) -> dict[str, Any]:
    received_on = given.code.received_on
    if received_on is None and given.received_at is not None:
        received_on = given.received_at.astimezone(VIETNAM).date()
    return {
        "received_on": received_on,
        "received_at": given.received_at,
        "due_at": given.due_at,
        "finished_at": given.finished_at,
        "procedure_code": given.procedure,
        "field_code": given.field,
        "office": given.office,
        "status": given.status,
        "channel": None if given.channel is None else given.channel.value,
    }


def _differences(
    kept: Sequence[KeptAddress], given: Sequence[GivenAddress]
) -> tuple[list[GivenAddress], list[KeptAddress]]:
    """Give the addresses that are new, and those that are not given any more."""
    left: dict[GivenAddress, list[KeptAddress]] = defaultdict(list)
    for each in kept:
        left[each.given].append(each)
    added = []
    for one in given:
        if left[one]:
            left[one].pop(0)
        else:
            added.append(one)
    return added, [each for some in left.values() for each in some]
