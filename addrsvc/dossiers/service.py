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

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.dossiers import repository
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.deciding import as_seen, leave_change
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import DossierInput, GivenAddress, LinkState
from addrsvc.dossiers.register_errors import (
    DossierElsewhere,
    DossierNotFound,
    DossierReceivedLater,
)
from addrsvc.dossiers.repository import FormerLink, Written, open_dossiers
from addrsvc.registry.reading import AddressRef, get_address

PAGE_LIMIT: Final = 200
"""Most dossiers, or links, in one page."""

_LAST: Final = 2**62


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
        return Put(await as_seen(conn, principal, before), is_new=False)
    judged = await judge.judge(principal, added, day)
    for each in removed:
        await repository.remove_address(conn, (before.dossier_id, each.n), written)
    pairs = list(zip(added, judged, strict=True))
    await repository.add_addresses(conn, before.dossier_id, pairs, written)
    if not is_new:
        await repository.update_dossier(conn, before.dossier_id, facts, written)
    done = await leave_change(
        conn, principal, given.code.key, "received" if is_new else "changed", clock
    )
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
    return await as_seen(conn, principal, found)


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
