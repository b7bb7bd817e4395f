"""What people decide about addresses of dossiers: right, another one, none; and what it leaves.

A decision names the version it is made on; a link is ended and the next one begun, never changed.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock
from addrsvc.dossiers import repository
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import LinkState
from addrsvc.dossiers.register_errors import (
    ChosenRetired,
    DecisionOfOthers,
    DossierAddressNotFound,
    DossierNotFound,
    DossierStale,
    NothingToConfirm,
    NothingToUndo,
)
from addrsvc.dossiers.repository import Written, open_dossiers
from addrsvc.events import service as events
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.model import Address, Status
from addrsvc.registry.reading import AddressRef, get_address

Place = tuple[str, int]
"""Which address is decided on: the code of its dossier, and its number there."""


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
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``take``.
        NothingToConfirm: nothing is linked, and there is not just one address to choose.
        ChosenRetired: the address was retired since.
    """
    dossier, found = await take(conn, principal, place, expected_version)
    candidates = [each.code for each in found.judged.settlement.candidates if each.code]
    if found.link is not None:
        code, state = found.link.code, found.state
    elif found.state is LinkState.WAITING and len(candidates) == 1:
        code, state = candidates[0], LinkState.LINKED
    else:
        raise NothingToConfirm(candidates=len(candidates))
    return await relink(conn, principal, dossier, found, code, ("confirmed", state), clock)


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
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``take``.
        AddressNotFound, InvalidInput: there is no such address for the principal.
        AreaForbidden: it lies outside the principal's areas.
        ChosenRetired: it is out of use.
    """
    dossier, found = await take(conn, principal, place, expected_version)
    chosen = ("chosen", LinkState.LINKED)
    return await relink(conn, principal, dossier, found, code, chosen, clock)


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
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``take``.
    """
    dossier, found = await take(conn, principal, place, expected_version)
    written = Written(principal.id, clock.now())
    where = (dossier.dossier_id, found.n)
    former = await repository.end_link(conn, where, "rejected", written)
    state = LinkState.NO_MATCH if not_in_register else LinkState.REJECTED
    await repository.decide(conn, where, ("rejected", state), former, written)
    await repository.touch_dossier(conn, dossier.dossier_id, written)
    return await leave_change(conn, principal, dossier.key, "rejected", clock, n=found.n)


async def undo_decision(
    conn: AsyncConnection,
    principal: Principal,
    place: Place,
    expected_version: int | None,
    clock: Clock,
) -> Dossier:
    """Take back what was decided last about an address: state and link are as before.

    The link of before begins anew; nothing that was on record is lost.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        DossierNotFound, DossierAddressNotFound, DossierStale: see ``take``.
        NothingToUndo: no decision about it stands.
        DecisionOfOthers: somebody else decided, and the principal may not undo what others did.
        ChosenRetired: the address it was linked to is out of use by now.
    """
    dossier, found = await take(conn, principal, place, expected_version)
    where = (dossier.dossier_id, found.n)
    past = await repository.last_decisions(conn, where)
    if not past:
        raise NothingToUndo
    undone = past[0]
    if undone.decision.by != principal.id and not principal.may(Scope.ADDRESSES_OVERRIDE):
        raise DecisionOfOthers
    if undone.code is not None:
        require_in_use(await get_address(conn, principal, AddressRef.parse(undone.code)))
    written = Written(principal.id, clock.now())
    await repository.end_link(conn, where, "undone", written)
    if undone.code is not None and undone.how is not None:
        await repository.add_link(conn, where, undone.code, undone.how, written)
    stands = past[1].decision if len(past) > 1 else None
    await repository.undo(conn, where, undone, stands, written)
    await repository.touch_dossier(conn, dossier.dossier_id, written)
    return await leave_change(conn, principal, dossier.key, "undone", clock, n=found.n)


async def take(
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


async def relink(
    conn: AsyncConnection,
    principal: Principal,
    dossier: Dossier,
    found: KeptAddress,
    code: str,
    decided: tuple[str, LinkState],
    clock: Clock,
) -> Dossier:
    """End the link there is and begin the one a person decided on."""
    what, _ = decided
    address = await get_address(conn, principal, AddressRef.parse(code))
    if address.code is None:
        raise AddressNotFound(code=code)
    if found.link is None or found.link.code != address.code:
        principal.require_in(Scope.DOSSIERS_WRITE, [address.area])
    require_in_use(address)
    written = Written(principal.id, clock.now())
    where = (dossier.dossier_id, found.n)
    why = "confirmed" if what == "confirmed" else "chosen"
    former = await repository.end_link(conn, where, why, written)
    await repository.add_link(conn, where, address.code, what, written)
    await repository.decide(conn, where, decided, former, written)
    await repository.touch_dossier(conn, dossier.dossier_id, written)
    return await leave_change(conn, principal, dossier.key, what, clock, n=found.n)


def require_in_use(address: Address) -> None:
    """Pass only what may be linked.

    Raises:
        ChosenRetired: it is out of use.
    """
    if address.status is Status.RETIRED:
        after = ", ".join(each.code for each in address.successors) or "—"
        raise ChosenRetired(code=address.code or "—", successors=after)


async def leave_change(
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
    seen = await as_seen(conn, principal, dossier)
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


async def as_seen(conn: AsyncConnection, principal: Principal, dossier: Dossier) -> Dossier:
    """Give a dossier as the principal may see it, with those that may be the same one."""
    (seen,) = await repository.in_sight(conn, [dossier], sight_of(principal))
    return await repository.with_alike(conn, seen)


_VERBS: Final = {
    "received": "receive",
    "changed": "change",
    "confirmed": "confirm",
    "chosen": "choose",
    "rejected": "reject",
    "undone": "undo",
}
