"""Rows of many dossiers at once, one statement for each thing written of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.dossiers import repository
from addrsvc.dossiers.code import DossierCode
from addrsvc.dossiers.kept import FACTS, Dossier, Judged, given_json, verdict_json
from addrsvc.dossiers.model import GivenAddress, LinkState
from addrsvc.dossiers.repository import Written

QUERIES: Final = Queries("addrsvc.dossiers", "queries_bulk.sql")

Facts = Mapping[str, Any]


async def insert_dossiers(
    conn: Connection, given: Iterable[tuple[DossierCode, Facts]], written: Written
) -> dict[str, Dossier]:
    """Add those whose keys are not there yet, seen or not, without addresses; by key."""
    due = sorted(given, key=lambda each: each[0].key)
    if not due:
        return {}
    params = {
        "codes": [code.written for code, _ in due],
        "keys": [code.key for code, _ in due],
        "canonicals": [code.canonical for code, _ in due],
        **_columns(facts for _, facts in due),
        **_who(written),
    }
    found = await rows(conn, QUERIES["insert_dossiers"], params)
    return {each["code_key"]: repository.dossier_of(each, ()) for each in found}


async def lock_dossiers(conn: Connection, keys: Collection[str]) -> dict[str, Dossier]:
    """Lock those that are there and open, in the order of their keys; by key."""
    if not keys:
        return {}
    found = await rows(conn, QUERIES["lock_dossiers"], {"keys": sorted(keys)})
    return {each.key: each for each in await repository.with_addresses(conn, found)}


async def update_dossiers(
    conn: Connection, given: Sequence[tuple[int, Facts]], written: Written
) -> None:
    """Write what is said of dossiers themselves, as the next version of each."""
    if not given:
        return
    params = {
        "ids": [dossier_id for dossier_id, _ in given],
        **_columns(facts for _, facts in given),
        **_who(written),
    }
    await execute(conn, QUERIES["update_dossiers"], params)


async def add_addresses(
    conn: Connection,
    given: Sequence[tuple[int, Sequence[tuple[GivenAddress, Judged]]]],
    numbered: Collection[int],
    written: Written,
) -> None:
    """Add addresses under numbers never used before, and the links of those that link.

    ``numbered``: dossiers that may have had addresses.
    """
    if not given:
        return
    ids = [dossier_id for dossier_id, _ in given if dossier_id in numbered]
    found = await rows(conn, QUERIES["last_numbers"], {"ids": ids}) if ids else []
    last = {each["dossier_id"]: each["last"] for each in found}
    places = [
        (dossier_id, n, address, judged)
        for dossier_id, added in given
        for n, (address, judged) in enumerate(added, start=last.get(dossier_id, 0) + 1)
    ]
    params = {
        **_places((dossier_id, n) for dossier_id, n, *_ in places),
        "roles": [address.role.value for _, _, address, _ in places],
        "given": [_json(given_json(address)) for _, _, address, _ in places],
        "states": [judged.settlement.state.value for *_, judged in places],
        "categories": [judged.category for *_, judged in places],
        "verdicts": [_json(verdict_json(judged)) for *_, judged in places],
        "at": written.at,
    }
    await execute(conn, QUERIES["insert_addresses"], params)
    linked = [(d, n, judged.settlement) for d, n, _, judged in places if judged.settlement.code]
    if not linked:
        return
    params = {
        **_places((dossier_id, n) for dossier_id, n, _ in linked),
        "codes": [settlement.code for *_, settlement in linked],
        "hows": [
            "found" if settlement.state is LinkState.LINKED else "corrected"
            for *_, settlement in linked
        ],
        **_who(written),
    }
    await execute(conn, QUERIES["insert_links"], params)


async def remove_addresses(
    conn: Connection, places: Sequence[tuple[int, int]], written: Written
) -> None:
    """Take addresses (dossier_id, n) out of their dossiers; they and their links stay on record."""
    if not places:
        return
    await execute(conn, QUERIES["end_links"], {**_places(places), **_who(written)})
    await execute(conn, QUERIES["remove_addresses"], {**_places(places), "at": written.at})


async def with_addresses_anew(conn: Connection, dossiers: Sequence[Dossier]) -> list[Dossier]:
    """Give dossiers with the addresses and links they carry now."""
    found = await repository.addresses_of(conn, [each.dossier_id for each in dossiers])
    return [replace(each, addresses=tuple(found[each.dossier_id])) for each in dossiers]


async def put_reaches(
    conn: Connection, dossiers: Sequence[Dossier], known: Collection[int]
) -> dict[int, list[str]]:
    """Note where dossiers may lie; give the present communes. Their rows may be closed after.

    ``known``: those it was noted of before.
    """
    linked, communes = set(), set()
    for dossier in dossiers:
        codes, around = dossier.reach()
        linked |= {(dossier.dossier_id, code) for code in codes}
        communes |= {(dossier.dossier_id, code) for code in around}
    if known:
        await execute(conn, QUERIES["clear_reaches"], {"ids": sorted(known)})
    if not linked and not communes:
        return {}
    at_codes, in_communes = sorted(linked), sorted(communes)
    params = {
        "ids": [dossier_id for dossier_id, _ in at_codes],
        "codes": [code for _, code in at_codes],
        "around_ids": [dossier_id for dossier_id, _ in in_communes],
        "communes": [code for _, code in in_communes],
    }
    found: dict[int, set[str]] = {}
    for each in await rows(conn, QUERIES["put_reaches"], params):
        found.setdefault(each["dossier_id"], set()).add(each["commune_code"])
    return {dossier_id: sorted(codes) for dossier_id, codes in found.items()}


def _columns(given: Iterable[Facts]) -> dict[str, list[Any]]:
    """Give facts column by column."""
    facts = list(given)
    return {name: [each[name] for each in facts] for name in FACTS}


def _places(places: Iterable[tuple[int, int]]) -> dict[str, Any]:
    pairs = list(places)
    return {"ids": [dossier_id for dossier_id, _ in pairs], "ns": [n for _, n in pairs]}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _who(written: Written) -> dict[str, Any]:
    return {"principal": written.principal, "at": written.at}
