"""Check one address against the rules: as it is written, and on demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db.rows import Connection
from addrsvc.findings import Finding
from addrsvc.registry import reading, repository
from addrsvc.registry.duplicates.finding import Described, look_for, subjects_of
from addrsvc.registry.model import Address
from addrsvc.registry.quality import repository as quality_repository
from addrsvc.registry.quality.gathering import Known, gather
from addrsvc.registry.quality.register_names import NamesInMemory
from addrsvc.registry.quality.repository import CommuneQuality
from addrsvc.registry.quality.rules import findings_of
from addrsvc.registry.quality.subject import Nearby
from addrsvc.registry.reading import AddressRef
from addrsvc.types import AddressId


@dataclass(slots=True)
class Registers:
    """What one process keeps in memory of the registers of units and names."""

    units: UnitsInMemory
    names: NamesInMemory


async def check(
    conn: Connection, address: Address, registers: Registers, day: date
) -> list[Finding]:
    """Hold an address to every rule but for duplicates, which a write is refused for.

    One statement, seldom another; what is written in the running transaction is seen.
    """
    units = await registers.units.current(conn)
    subject = await gather(conn, address, Known(day, units, registers.names.names))
    return findings_of(subject)


async def check_ref(
    conn: Connection, principal: Principal, ref: AddressRef, registers: Registers, day: date
) -> tuple[Address, list[Finding]]:
    """Find an address and hold it to every rule.

    Raises:
        AddressNotFound: there is none, or it is not for this principal.
        NotSignedIn, ScopeMissing: findings are for keys that may read lists.
        AreaForbidden: it lies outside the principal's areas.
    """
    principal.require(Scope.ADDRESSES_READ)
    address = await reading.get_address(conn, principal, ref)
    principal.require_in(Scope.ADDRESSES_READ, [address.area])
    units = await registers.units.current(conn)
    duplicates = await _duplicates(conn, principal, address)
    known = Known(day, units, registers.names.names)
    return address, findings_of(await gather(conn, address, known, duplicates))


async def list_counts(conn: Connection, principal: Principal) -> list[CommuneQuality]:
    """Give what the last audit found, by commune, within the areas; communes not audited lack.

    Raises:
        NotSignedIn, ScopeMissing: findings are for keys that may read lists.
    """
    principal.require(Scope.ADDRESSES_READ)
    found = await quality_repository.counts(conn, sight_of(principal))
    return [each for each in found if principal.reaches(each.code)]


async def _duplicates(
    conn: Connection, principal: Principal, address: Address
) -> tuple[Nearby, ...]:
    """Give the addresses it looks like that the principal may see, the likeliest first."""
    if address.document.parent is not None:
        return ()
    described = [Described(address.address_id, address.document)]
    (alike,) = await look_for(conn, await subjects_of(conn, described))
    metres = {AddressId(each.address_id): each.likeness.distance_m for each in alike}
    found = {each.address_id: each for each in await repository.by_ids(conn, list(metres))}
    sight = sight_of(principal)
    return tuple(
        Nearby(found[each].ref, metres[each])
        for each in metres
        if sight.lists(found[each].document.visibility, found[each].area)
    )
