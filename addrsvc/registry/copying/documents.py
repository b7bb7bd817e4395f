"""An address as copies of the register hold it: what its own events change, and nothing else.

Left out is what follows from other facts and would change without an event of the address: labels,
names of communes (``/v1/units`` has them) and words in two languages. People are never in it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows
from addrsvc.events.sighting import Standing, is_followed, proposal_of
from addrsvc.registry import repository
from addrsvc.registry.model import Address, Visibility
from addrsvc.registry.schemas import document_out

QUERIES = Queries("addrsvc.registry.copying", "queries_copying.sql")


def copy_out(address: Address, sight: Sight) -> dict[str, Any]:
    """Give an address for a copy; its successors as far as they may be named."""
    return {
        "id": address.address_id,
        "ref": address.ref,
        "code": address.code,
        "issuer": address.issuer,
        "status": address.status.value,
        "version": address.version,
        "valid_from": address.valid_from.isoformat(),
        "recorded_from": address.recorded_from.isoformat(),
        "commune": address.commune_code,
        **document_out(address.document, full=True),
        "successors": [
            {"code": each.code, "relation": each.relation}
            for each in address.successors
            if sight.sees_anywhere(each.visibility.value)
        ],
    }


async def present_addresses(
    conn: Connection,
    principal: Principal,
    refs: Collection[str],
    written: Collection[tuple[str, int]],
) -> dict[str, Any]:
    """Give how addresses (codes, ``p<id>``) stand now, by what they were asked for by.

    Missing is what there is not, and what the principal would not find in a list. With them come
    retired ones of which a successor may be named to the principal, or no longer, since one of
    the versions ``written`` (reference, version).
    """
    sight = sight_of(principal)
    if not sight.is_full:
        return {}
    ids = {ref: proposal_of(ref) for ref in refs}
    codes = [ref for ref, address_id in ids.items() if address_id is None]
    found = await repository.by_codes(conn, codes) if codes else []
    proposals = [address_id for address_id in ids.values() if address_id is not None]
    if proposals:
        found += await repository.by_ids(conn, proposals)
    others = await _naming_others(conn, sight, written)
    found += others
    by_ref = {each.code: each for each in found} | {f"p{each.address_id}": each for each in found}
    present: dict[str, Any] = {}
    for ref in {*refs, *(each.ref for each in others)}:
        address = by_ref.get(ref)
        if address is not None and is_followed(ref, {ref: _standing(address)}, sight):
            present[ref] = copy_out(address, sight)
    return present


async def _naming_others(
    conn: Connection, sight: Sight, written: Collection[tuple[str, int]]
) -> list[Address]:
    nameable = [each.value for each in Visibility if sight.sees_anywhere(each.value)]
    if not written or len(nameable) == len(Visibility):
        return []
    asked = {
        "codes": [ref for ref, _ in written],
        "versions": [version for _, version in written],
        "visibilities": nameable,
    }
    found = await rows(conn, QUERIES["naming_others"], asked)
    return await repository.by_ids(conn, [each["address_id"] for each in found]) if found else []


def _standing(address: Address) -> Standing:
    return Standing(address.address_id, address.document.visibility.value, address.commune_code)
