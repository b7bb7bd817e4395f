"""How far communes are: for who may read lists of addresses, within their areas.

Counts of addresses were made ready by the worker; what audits found and what became of dossiers
is as fresh as these are themselves. Dossiers and tickets are told to who may see these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units import registers
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.commune_maps.model import Shape
from addrsvc.coverage.counting import QUERIES
from addrsvc.coverage.errors import GrowthDaysWrong
from addrsvc.coverage.model import (
    LONGEST,
    SPAN,
    Commune,
    Counts,
    Coverage,
    FindingRow,
    Findings,
    Grown,
    Growth,
    Linking,
    Period,
)
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.dossiers.statistics import service as dossiers
from addrsvc.dossiers.statistics.model import Dimension, Wanted
from addrsvc.findings import Severity
from addrsvc.registry.quality import service as quality
from addrsvc.registry.quality.catalogue import CATALOGUE
from addrsvc.tickets import answering as tickets


@dataclass(frozen=True, slots=True)
class GrowthWanted:
    """What growth is asked for; None: as far back as ``SPAN`` says, up to today, everywhere."""

    by: Period = Period.DAY
    first_day: date | None = None
    last_day: date | None = None
    commune: str | None = None


async def get_coverage(conn: Connection, principal: Principal, today: date) -> Coverage:
    """Give how far communes are: those there is anything of, and the others of their provinces.

    Who is limited to communes gets these, whatever there is of them.

    Raises:
        NotSignedIn, ScopeMissing: for who may read lists of addresses.
    """
    principal.require(Scope.ADDRESSES_READ)
    state = await _state(conn)
    counts = await _counts(conn, principal)
    expected = await _expected(conn, principal)
    audited = await _audited(conn, principal)
    linked = await _linked(conn, principal, today)
    is_told = principal.may(Scope.TICKETS_WRITE)
    waiting = await tickets.count_open(conn, principal) if is_told else {}
    there = {*counts, *expected, *audited, *(linked or {}), *waiting}
    names = await _names(conn, principal, there)
    is_counted = state["counted_at"] is not None
    communes = []
    for code in sorted(names):
        name, is_former = names[code]
        given = expected.get(code)
        known = counts.get(code)
        if known is None and given is not None and is_counted:
            known = Counts()
        communes.append(
            Commune(
                code,
                name,
                is_former,
                known,
                None if given is None else given["households"],
                None if given is None else given["as_of"],
                audited.get(code),
                None if linked is None else linked.get(code, Linking()),
                waiting.get(code, 0) if is_told else None,
            )
        )
    return Coverage(state["counted_at"], state["event_number"], communes)


async def get_growth(
    conn: Connection, principal: Principal, wanted: GrowthWanted, today: date
) -> Growth:
    """Give what became of addresses, period by period; periods of which nothing is told are zero.

    Raises:
        NotSignedIn, ScopeMissing: for who may read lists of addresses.
        AreaForbidden: the commune asked for lies outside its areas.
        GrowthDaysWrong: the wrong way round, or too far apart.
    """
    asked = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.ADDRESSES_READ, asked)
    last = wanted.last_day or today
    first = wanted.first_day or _back(last, wanted.by)
    if first > last or last - first > LONGEST:
        raise GrowthDaysWrong(most=LONGEST.days)
    state = await _state(conn)
    params = {
        **sight_of(principal).params(),
        "by": wanted.by,
        "from": first,
        "to": last,
        "commune": wanted.commune,
    }
    found = await rows(conn, QUERIES["growth"], params)
    starts = [each.pop("first_day") for each in found]
    ends = [date.fromordinal(each.toordinal() - 1) for each in starts[1:]]
    told = [
        Grown(start, end, **each)
        for start, end, each in zip(starts, [*ends, last], found, strict=True)
    ]
    return Growth(state["counted_at"], wanted.by, first, last, wanted.commune, told)


async def list_findings(conn: Connection, principal: Principal) -> list[FindingRow]:
    """Give what the last audits found: communes in order of code, the heaviest first.

    Raises:
        NotSignedIn, ScopeMissing: for who may read lists of addresses.
    """
    order = [*reversed(Severity)]
    found = [
        FindingRow(
            commune.code,
            commune.name,
            each.kind,
            CATALOGUE[each.kind].title,
            each.severity,
            each.count,
            commune.as_of,
        )
        for commune in await quality.list_counts(conn, principal)
        for each in commune.counts
    ]
    return sorted(found, key=lambda row: (row.commune, order.index(row.severity), row.kind))


async def list_shapes(conn: Connection, coverage: Coverage, today: date) -> list[Shape]:
    """Give where communes are."""
    return await dossiers.list_shapes(conn, [each.code for each in coverage.communes], today)


def _back(last: date, by: Period) -> date:
    """Give the first day of the first period that is shown unless said otherwise.

    >>> _back(date(2026, 11, 25), Period.MONTH), _back(date(2026, 11, 25), Period.WEEK)
    (datetime.date(2025, 11, 1), datetime.date(2026, 5, 25))
    """
    first = last - SPAN[by]
    if by is Period.WEEK:
        return date.fromordinal(first.toordinal() - first.weekday())
    return first.replace(day=1) if by is Period.MONTH else first


async def _state(conn: Connection) -> Row:
    state = await row(conn, QUERIES["state"], {})
    if state is None:
        raise LookupError("coverage_state")
    return state


async def _counts(conn: Connection, principal: Principal) -> dict[str, Counts]:
    found = await rows(conn, QUERIES["counts"], sight_of(principal).params())
    return {each.pop("commune_code"): Counts(**each) for each in found}


async def _expected(conn: Connection, principal: Principal) -> dict[str, Row]:
    areas = None if principal.areas is None else sorted(principal.areas)
    found = await rows(conn, QUERIES["expected"], {"communes": areas})
    return {each["commune_code"]: each for each in found}


async def _audited(conn: Connection, principal: Principal) -> dict[str, Findings]:
    found: dict[str, Findings] = {}
    for each in await quality.list_counts(conn, principal):
        weights = dict.fromkeys(Severity, 0)
        for one in each.counts:
            weights[one.severity] += one.count
        found[each.code] = weights
    return found


async def _linked(conn: Connection, principal: Principal, today: date) -> dict[str, Linking] | None:
    """Give what became of addresses of dossiers; None: not counted, or not for this principal."""
    if not principal.may(Scope.DOSSIERS_READ):
        return None
    found = await dossiers.get_statistics(conn, principal, Wanted((Dimension.COMMUNE,)), today)
    if found.counted_at is None:
        return None
    return {
        str(key[Dimension.COMMUNE]): Linking(each.addresses, each.settled, each.waiting)
        for key, each in found.rows
        if key[Dimension.COMMUNE]
    }


async def _names(
    conn: Connection, principal: Principal, there: Iterable[str]
) -> Mapping[str, tuple[str, bool]]:
    """Give the communes to tell of: their names, and whether they are no more."""
    present = await registers.communes_of_today(conn)
    codes = set(there)
    provinces = {present[code][0] for code in codes if code in present}
    if principal.areas is not None:
        codes |= principal.areas
    else:
        codes |= {code for code, (province, _) in present.items() if province in provinces}
    former = sorted(codes - present.keys())
    found = await rows(conn, QUERIES["units"], {"codes": former}) if former else []
    # oldest first: the last to have a code stays
    names = {code: (code, True) for code in former}
    names |= {each["code"]: (each["full_name"], True) for each in found}
    return names | {code: (present[code][1], False) for code in codes if code in present}
