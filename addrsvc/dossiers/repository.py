"""Rows of dossiers, their addresses and links. What is open to whom, row-level security holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import Sight
from addrsvc.db.queries import Queries
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.dossiers.kept import (
    FACTS,
    Decision,
    Dossier,
    KeptAddress,
    OpenLink,
    given_of,
    judged_of,
    without_codes,
)
from addrsvc.dossiers.model import LinkState

QUERIES: Final = Queries("addrsvc.dossiers")


@dataclass(frozen=True, slots=True)
class Written:
    """Who writes, and when: of one transaction."""

    principal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FormerLink:
    """A link of an address to a dossier, of now or of the past."""

    link_id: int
    code: str
    """Of the dossier, as written."""
    n: int
    role: str
    how: str
    valid_from: datetime
    linked_by: str
    valid_to: datetime | None
    ended_by: str | None
    why_ended: str | None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision about an address, and what was so before it."""

    decision_id: int
    decision: Decision
    state_before: LinkState
    code: str | None
    """Of the address it was linked to; None: to none."""
    how: str | None


async def open_dossiers(conn: AsyncConnection, principal: Principal) -> None:
    """Open the dossiers of a principal for the rest of the transaction: by area, and its own."""
    await open_rows(conn, "dossiers", principal.areas)
    await execute(conn, QUERIES["open_own"], {"principal": principal.id})


async def find_dossier(conn: Connection, key: str, *, lock: bool = False) -> Dossier | None:
    """Give a dossier with its addresses, locked until the transaction ends where asked."""
    found = await row(conn, QUERIES["lock_dossier" if lock else "find_dossier"], {"key": key})
    return None if found is None else (await with_addresses(conn, [found]))[0]


async def with_alike(conn: Connection, dossier: Dossier) -> Dossier:
    """Give a dossier with the codes of those that may be the same one."""
    if dossier.canonical is None:
        return dossier
    params = {"canonical": dossier.canonical, "key": dossier.key}
    found = await rows(conn, QUERIES["alike"], params)
    return replace(dossier, alike=tuple(each["code"] for each in found))


async def touch_dossier(conn: Connection, dossier_id: int, written: Written) -> None:
    """Make the next version of a dossier whose addresses changed."""
    await execute(conn, QUERIES["touch_dossier"], {"dossier_id": dossier_id, **_who(written)})


async def decide(
    conn: Connection,
    place: tuple[int, int],
    decided: tuple[str, LinkState],
    former: int | None,
    written: Written,
) -> None:
    """Note what a person decided about an address (dossier_id, n), and the link it ended."""
    what, state = decided
    params = {**_place(place), "state": state.value, "decision": what, "former": former}
    await execute(conn, QUERIES["decide_address"], {**params, **_who(written)})


async def last_decisions(conn: Connection, place: tuple[int, int]) -> list[PastDecision]:
    """Give the last decision about an address (dossier_id, n), and the one before it."""
    found = await rows(conn, QUERIES["last_decisions"], _place(place))
    return [
        PastDecision(
            each["decision_id"],
            Decision(each["what"], each["decided_by"], each["decided_at"]),
            LinkState(each["state_before"]),
            each["code"],
            each["how"],
        )
        for each in found
    ]


async def undo(
    conn: Connection,
    place: tuple[int, int],
    undone: PastDecision,
    stands: Decision | None,
    written: Written,
) -> None:
    """Take the last decision back; ``stands`` is the one before it."""
    params: dict[str, Any] = {"decision_id": undone.decision_id, **_who(written)}
    await execute(conn, QUERIES["undo_decision"], params)
    before = {
        "state": undone.state_before.value,
        "decision": None if stands is None else stands.what,
        "decided_by": None if stands is None else stands.by,
        "decided_at": None if stands is None else stands.at,
    }
    await execute(conn, QUERIES["restore_address"], {**_place(place), **before})


async def add_link(
    conn: Connection, place: tuple[int, int], code: str, how: str, written: Written
) -> None:
    """Link an address (dossier_id, n) of a dossier to the one of a code."""
    params = {**_place(place), "code": code, "how": how, **_who(written)}
    await execute(conn, QUERIES["insert_link"], params)


async def end_link(
    conn: Connection, place: tuple[int, int], why: str, written: Written
) -> int | None:
    """End the link of an address (dossier_id, n), and give its number; None: it has none."""
    params = {**_place(place), "why": why, **_who(written)}
    found = await row(conn, QUERIES["end_link"], params)
    return None if found is None else found["link_id"]


async def put_reach(conn: Connection, dossier: Dossier) -> list[str]:
    """Note where a dossier may lie; give the present communes. Its rows may be closed after."""
    codes, communes = dossier.reach()
    params = {
        "dossier_id": dossier.dossier_id,
        "codes": sorted(codes),
        "communes": sorted(communes),
    }
    await execute(conn, QUERIES["clear_reach"], params)
    await execute(conn, QUERIES["put_reach"], params)
    found = await rows(conn, QUERIES["communes_of"], {"dossier_id": dossier.dossier_id})
    return [each["code"] for each in found]


async def list_dossiers(
    conn: Connection,
    *,
    communes: Collection[str] | None,
    own: str | None,
    first_day: date | None,
    last_day: date | None,
    state: LinkState | None,
    after: int,
    limit: int,
) -> list[Dossier]:
    """Give a page of dossiers with their addresses, in order of identity.

    ``communes``: those that may lie there (None: anywhere), and those ``own`` brought in.
    """
    params = {
        "communes": None if communes is None else sorted(communes),
        "own": own,
        "from": first_day,
        "to": last_day,
        "state": state,
        "after": after,
        "limit": limit,
    }
    query = QUERIES["list_dossiers" if communes is None else "list_dossiers_in"]
    return await with_addresses(conn, await rows(conn, query, params))


async def links_of_address(
    conn: Connection, code: str, *, history: bool, before: int, limit: int
) -> list[FormerLink]:
    """Give a page of the links of an address, the latest first."""
    params = {"address": code, "history": history, "before": before, "limit": limit}
    found = await rows(conn, QUERIES["links_of_address"], params)
    return [FormerLink(**each) for each in found]


async def in_sight(conn: Connection, dossiers: Sequence[Dossier], sight: Sight) -> list[Dossier]:
    """Give dossiers without links to, and candidates of, addresses that are not seen."""
    codes = {code for each in dossiers for one in each.addresses for code in one.codes()}
    if not codes:
        return list(dossiers)
    found = await rows(conn, QUERIES["standing"], {"codes": sorted(codes)})
    seen = {each["code"] for each in found if sight.sees(each["visibility"], each["commune_code"])}
    unseen = frozenset(codes - seen)
    if not unseen:
        return list(dossiers)
    return [
        replace(each, addresses=tuple(without_codes(one, unseen) for one in each.addresses))
        for each in dossiers
    ]


async def with_addresses(conn: Connection, found: Sequence[Row]) -> list[Dossier]:
    """Give the dossiers of some rows with the addresses they carry now."""
    addresses = await addresses_of(conn, [each["dossier_id"] for each in found])
    return [dossier_of(each, addresses[each["dossier_id"]]) for each in found]


async def addresses_of(conn: Connection, ids: Sequence[int]) -> dict[int, list[KeptAddress]]:
    """Give the addresses dossiers carry now, by the identity of each."""
    addresses: dict[int, list[KeptAddress]] = {each: [] for each in ids}
    for each in await rows(conn, QUERIES["addresses_of"], {"ids": list(ids)}) if ids else []:
        addresses[each["dossier_id"]].append(_address_of(each))
    return addresses


def dossier_of(found: Row, addresses: Collection[KeptAddress]) -> Dossier:
    """Give the dossier of a row."""
    return Dossier(
        found["dossier_id"],
        found["code"],
        found["code_key"],
        found["canonical"],
        {name: found[name] for name in FACTS},
        found["version"],
        found["created_at"],
        found["created_by"],
        found["changed_at"],
        tuple(addresses),
    )


def _address_of(found: Row) -> KeptAddress:
    state = LinkState(found["state"])
    link = decision = None
    if found["link_code"] is not None:
        link = OpenLink(found["link_code"], found["how"], found["linked_from"], found["linked_by"])
    if found["decision"] is not None:
        decision = Decision(found["decision"], found["decided_by"], found["decided_at"])
    return KeptAddress(
        found["n"],
        given_of(found["role"], found["given"]),
        state,
        judged_of(found["category"], state, found["verdict"]),
        link,
        decision,
        found["recorded_at"],
    )


def _place(place: tuple[int, int]) -> dict[str, int]:
    return {"dossier_id": place[0], "n": place[1]}


def _who(written: Written) -> dict[str, Any]:
    return {"principal": written.principal, "at": written.at}
