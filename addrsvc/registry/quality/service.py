"""Check one address against the rules: as it is written, and on demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import Principal, Scope
from addrsvc.db.rows import Connection
from addrsvc.findings import Finding
from addrsvc.registry import reading
from addrsvc.registry.model import Address
from addrsvc.registry.quality.gathering import Known, gather
from addrsvc.registry.quality.register_names import NamesInMemory
from addrsvc.registry.quality.rules import findings_of
from addrsvc.registry.reading import AddressRef


@dataclass(slots=True)
class Registers:
    """What one process keeps in memory of the registers of units and names."""

    units: UnitsInMemory
    names: NamesInMemory


async def check(
    conn: Connection, address: Address, registers: Registers, day: date
) -> list[Finding]:
    """Hold an address to every rule; one statement, a second one for parts of buildings.

    What is written in the running transaction is seen.
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
    """
    principal.require(Scope.ADDRESSES_READ)
    address = await reading.get_address(conn, principal, ref)
    return address, await check(conn, address, registers, day)
