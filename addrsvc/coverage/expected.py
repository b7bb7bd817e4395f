"""Keep how many households communes are said to have; nothing said before is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as admin_units
from addrsvc.admin_units.model import KNOWN_FROM
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.coverage.counting import QUERIES
from addrsvc.coverage.errors import ExpectedDayWrong, ExpectedTooMany
from addrsvc.coverage.expected_rows import Checked, ExpectedRow, Outcome, Unit, check_rows
from addrsvc.coverage.model import Expected
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.errors import Text
from addrsvc.types import Level

MAX_ROWS = 10_000
"""Three times as many as there are communes in the country."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one row."""

    row: ExpectedRow
    outcome: Outcome
    households: int | None = None
    name: str = ""
    """Of the commune; empty: refused."""
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of all rows, in order, as many as were given."""

    rows: Sequence[Taken]

    def count(self, outcome: Outcome) -> int:
        """Give how many rows ended so."""
        return sum(each.outcome == outcome for each in self.rows)

    @property
    def households(self) -> int:
        """Give how many households the rows that hold say there are."""
        return sum(each.households or 0 for each in self.rows if each.outcome != "rejected")


async def take_expected(
    conn: AsyncConnection,
    principal: Principal,
    given: Sequence[ExpectedRow],
    *,
    as_of: date,
    source: str,
    clock: Clock,
) -> Receipt:
    """Keep the numbers of a day; the same again adds nothing, rows that cannot be are refused.

    Raises:
        NotSignedIn, ScopeMissing: for who may change units.
        ExpectedDayWrong: a day to come, or before the registers begin.
        ExpectedTooMany: more than ``MAX_ROWS`` rows.
    """
    principal.require(Scope.UNITS_WRITE)
    day = today(clock)
    if not KNOWN_FROM <= as_of <= day:
        raise ExpectedDayWrong(first=KNOWN_FROM.isoformat(), last=day.isoformat())
    if len(given) > MAX_ROWS:
        raise ExpectedTooMany(most=MAX_ROWS)
    units = await _units(conn, sorted({each.commune for each in given}))
    became = await _became(conn, units)
    checked = check_rows(given, units, as_of, principal.areas, became)
    good = [each for each in checked if each.why is None]
    # two writers of the same numbers: the second sees what the first kept
    await execute(conn, QUERIES["lock_expected"], {})
    params = {"communes": [each.row.commune for each in good], "as_of": as_of}
    said = {
        each["commune_code"]: (each["households"], each["source"])
        for each in await rows(conn, QUERIES["last_said"], params)
    }
    new = [each for each in good if said.get(each.row.commune) != (each.households, source)]
    await _keep(conn, principal, new, as_of=as_of, source=source, clock=clock)
    added = {each.row.commune for each in new}
    return Receipt([_taken(each, added) for each in checked])


async def list_history(conn: Connection, principal: Principal, commune: str) -> list[Expected]:
    """Give every number ever given for a code, the one that holds first.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for who may read lists there.
    """
    principal.require_in(Scope.ADDRESSES_READ, [commune])
    found = await rows(conn, QUERIES["expected_history"], {"commune": commune})
    return [Expected(commune=each.pop("commune_code"), **each) for each in found]


def _taken(checked: Checked, added: set[str]) -> Taken:
    if checked.why is not None or checked.unit is None:
        return Taken(checked.row, "rejected", why=checked.why)
    outcome: Outcome = "added" if checked.row.commune in added else "already-there"
    return Taken(checked.row, outcome, checked.households, checked.unit.full_name)


async def _keep(
    conn: AsyncConnection,
    principal: Principal,
    new: Sequence[Checked],
    *,
    as_of: date,
    source: str,
    clock: Clock,
) -> None:
    if not new:
        return
    at = clock.now()
    params = {
        "codes": [each.row.commune for each in new],
        "valid_froms": [each.unit.valid_from for each in new if each.unit is not None],
        "households": [each.households for each in new],
        "as_of": as_of,
        "source": source,
        "at": at,
        "by": principal.id,
    }
    await execute(conn, QUERIES["add_expected"], params)
    await audit.record(
        conn,
        principal=principal.id,
        action="coverage.expect",
        subject=as_of.isoformat(),
        at=at,
        detail={
            "communes": len(new),
            "households": sum(each.households for each in new),
            "source": source,
        },
    )


async def _units(conn: Connection, codes: Sequence[str]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for each in await rows(conn, QUERIES["units"], {"codes": list(codes)}):
        unit = Unit(**{**each, "level": Level(each["level"])})
        found.setdefault(unit.code, []).append(unit)
    return found


async def _became(
    conn: Connection, units: dict[str, list[Unit]]
) -> dict[tuple[str, date], list[str]]:
    """Give what communes out of force went into, for those whose code nobody has now."""
    became = {}
    for each in (found[-1] for found in units.values()):
        if each.valid_to is not None:
            links = await admin_units.successors(conn, each.code, each.valid_from)
            became[each.code, each.valid_from] = [
                f"{link.to_name} ({link.to_id.code})" for link in links
            ]
    return became
