"""Dossiers: brought in as often as wanted, read, and decided on by people.

A dossier sent again as it is changes nothing. An address that stays as given keeps its number,
its link and what a person decided about it, wherever it stands in the list; a link is ended and
the next one begun, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock
from addrsvc.dossiers import repository
from addrsvc.dossiers.bulk import put_chunk
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.deciding import as_seen
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier
from addrsvc.dossiers.model import DossierInput, LinkState
from addrsvc.dossiers.register_errors import (
    DossierNotFound,
)
from addrsvc.dossiers.repository import FormerLink, open_dossiers
from addrsvc.errors import AddrsvcError
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
        TooManyAddresses: it has more than one dossier has.
        GeocoderLoading: names are not read yet.
    """
    (brought,) = await put_chunk(conn, principal, judge, [given], clock)
    if isinstance(brought, AddrsvcError):
        raise brought
    dossier = await repository.with_alike(conn, brought.dossier)
    return Put(dossier, is_new=brought.became == "received")


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
