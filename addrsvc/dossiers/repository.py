"""Rows of dossiers, their addresses and links. What is open to whom, row-level security holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import Sight
from addrsvc.db.queries import Queries
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.dossiers.code import DossierCode
from addrsvc.dossiers.kept import (
    FACTS,
    Decision,
    Dossier,
    Judged,
    KeptAddress,
    OpenLink,
    given_json,
    given_of,
    judged_of,
    verdict_json,
    without_codes,
)
from addrsvc.dossiers.model import GivenAddress, LinkState

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


async def open_dossiers(conn: AsyncConnection, principal: Principal) -> None:
    """Open the dossiers of a principal for the rest of the transaction: by area, and its own."""
    await open_rows(conn, "dossiers", principal.areas)
    await execute(conn, QUERIES["open_own"], {"principal": principal.id})


async def find_dossier(conn: Connection, key: str, *, lock: bool = False) -> Dossier | None:
    """Give a dossier with its addresses, locked until the transaction ends where asked."""
    found = await row(conn, QUERIES["lock_dossier" if lock else "find_dossier"], {"key": key})
    return None if found is None else (await _with_addresses(conn, [found]))[0]


async def insert_dossier(
    conn: Connection, code: DossierCode, facts: Mapping[str, Any], written: Written
) -> Dossier | None:
    """Add a dossier without addresses; None: there is one of its key, seen or not."""
    params = {
        **facts,
        "code": code.written,
        "key": code.key,
        "canonical": code.canonical,
        **_who(written),
    }
    found = await row(conn, QUERIES["insert_dossier"], params)
    return None if found is None else _dossier_of(found, ())


async def with_alike(conn: Connection, dossier: Dossier) -> Dossier:
    """Give a dossier with the codes of those that may be the same one."""
    if dossier.canonical is None:
        return dossier
    params = {"canonical": dossier.canonical, "key": dossier.key}
    found = await rows(conn, QUERIES["alike"], params)
    return replace(dossier, alike=tuple(each["code"] for each in found))


async def update_dossier(
    conn: Connection, dossier_id: int, facts: Mapping[str, Any], written: Written
) -> None:
    """Write what is said of a dossier itself, as its next version."""
    params = {**facts, "dossier_id": dossier_id, **_who(written)}
    await execute(conn, QUERIES["update_dossier"], params)


async def touch_dossier(conn: Connection, dossier_id: int, written: Written) -> None:
    """Make the next version of a dossier whose addresses changed."""
    await execute(conn, QUERIES["touch_dossier"], {"dossier_id": dossier_id, **_who(written)})


async def add_addresses(
    conn: Connection,
    dossier_id: int,
    added: Sequence[tuple[GivenAddress, Judged]],
    written: Written,
) -> None:
    """Add addresses under numbers never used before, and the links of those that link."""
    if not added:
        return
    found = await row(conn, QUERIES["last_number"], {"dossier_id": dossier_id})
    last = 0 if found is None else found["last"]
    for n, (given, judged) in enumerate(added, start=last + 1):
        settlement = judged.settlement
        params = {
            "dossier_id": dossier_id,
            "n": n,
            "role": given.role.value,
            "given": Jsonb(given_json(given)),
            "state": settlement.state.value,
            "category": judged.category,
            "verdict": Jsonb(verdict_json(judged)),
            "at": written.at,
        }
        await execute(conn, QUERIES["insert_address"], params)
        if settlement.code is not None:
            how = "found" if settlement.state is LinkState.LINKED else "corrected"
            await add_link(conn, (dossier_id, n), settlement.code, how, written)


async def remove_address(conn: Connection, place: tuple[int, int], written: Written) -> None:
    """Take an address (dossier_id, n) out of its dossier; it and its links stay on record."""
    await end_link(conn, place, "removed", written)
    await execute(conn, QUERIES["remove_address"], {**_place(place), "at": written.at})


async def decide(
    conn: Connection, place: tuple[int, int], state: LinkState, decision: str, written: Written
) -> None:
    """Note what a person decided about an address (dossier_id, n)."""
    params = {**_place(place), "state": state.value, "decision": decision, **_who(written)}
    await execute(conn, QUERIES["decide_address"], params)


async def add_link(
    conn: Connection, place: tuple[int, int], code: str, how: str, written: Written
) -> None:
    """Link an address (dossier_id, n) of a dossier to the one of a code."""
    params = {**_place(place), "code": code, "how": how, **_who(written)}
    await execute(conn, QUERIES["insert_link"], params)


async def end_link(conn: Connection, place: tuple[int, int], why: str, written: Written) -> None:
    """End the link of an address (dossier_id, n), if it has one."""
    await execute(conn, QUERIES["end_link"], {**_place(place), "why": why, **_who(written)})


async def put_reach(conn: Connection, dossier: Dossier) -> list[str]:
    """Note where a dossier may lie; give the present communes. Its rows may be closed after."""
    unlinked = [each for each in dossier.addresses if each.link is None]
    linked = [each.link.code for each in dossier.addresses if each.link is not None]
    params = {
        "dossier_id": dossier.dossier_id,
        "codes": sorted({*linked, *(code for each in unlinked for code in each.codes())}),
        "communes": sorted({code for each in unlinked for code in each.judged.communes}),
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
    return await _with_addresses(conn, await rows(conn, query, params))


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
    return [
        replace(each, addresses=tuple(without_codes(one, unseen) for one in each.addresses))
        for each in dossiers
    ]


async def _with_addresses(conn: Connection, found: Sequence[Row]) -> list[Dossier]:
    ids = [each["dossier_id"] for each in found]
    addresses: dict[int, list[KeptAddress]] = {each: [] for each in ids}
    for each in await rows(conn, QUERIES["addresses_of"], {"ids": ids}) if ids else []:
        addresses[each["dossier_id"]].append(_address_of(each))
    return [_dossier_of(each, addresses[each["dossier_id"]]) for each in found]


def _dossier_of(found: Row, addresses: Collection[KeptAddress]) -> Dossier:
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
    )


def _place(place: tuple[int, int]) -> dict[str, int]:
    return {"dossier_id": place[0], "n": place[1]}


def _who(written: Written) -> dict[str, Any]:
    return {"principal": written.principal, "at": written.at}
