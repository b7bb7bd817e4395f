"""Hold the whole registry to the rules, street by street, and keep what was found.

One connection reads a snapshot through a cursor; it writes nothing, so that followers of the feed
wait for nobody. Another stores findings in short transactions under a run that is not shown until
its last one. A run that was killed leaves rows nobody sees, which the next run throws away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.rows import driver_connection, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.registry.duplicates.report import Group, Member, find_groups
from addrsvc.registry.model import Visibility
from addrsvc.registry.quality.errors import AuditRunning
from addrsvc.registry.quality.gathering import STANDING_REACH_M, Known
from addrsvc.registry.quality.register_names import QUERIES, load_names
from addrsvc.registry.quality.rules import findings_of
from addrsvc.registry.quality.streets import Aside, Row, Subjects
from addrsvc.registry.quality.subject import nearby

_PIECE: Final = 2_000
"""Addresses looked at together; a street is never divided."""
_STORED: Final = 20_000
"""Findings stored in one transaction."""

CountKey = tuple[str, str, str, bool]
"""Commune, visibility, kind (``""``: addresses looked at), settled."""


@dataclass(slots=True)
class AuditRun:
    """A run and what it counted."""

    run_id: int
    commune: str | None
    addresses: int = 0
    findings: int = 0
    counts: Counter[CountKey] = field(default_factory=Counter)


Stored = tuple[int, int, str, str, bool, Jsonb | None]
"""A row of ``quality_finding``, the run aside."""


async def audit_addresses(
    engine: AsyncEngine,
    principal: Principal,
    clock: Clock,
    *,
    commune: str | None = None,
    report: Callable[[int], None] = lambda _: None,
) -> AuditRun:
    """Look at every address, or at those of one commune.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not read lists.
        AreaForbidden, EverywhereForbidden: it is limited to other communes, or to some.
        AuditRunning: another audit is.
    """
    if commune is None:
        principal.require_everywhere(Scope.ADDRESSES_READ)
    else:
        principal.require_in(Scope.ADDRESSES_READ, [commune])
    async with engine.connect() as plain:
        conn = await plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        async with conn.begin():
            lock = await row(conn, QUERIES["audit_lock"], {})
            if lock is None or not lock["is_mine"]:
                raise AuditRunning
            run = await _begin(engine, principal, clock, commune)
            await _look(engine, conn, principal, run, clock, report)
            await _finish(engine, principal, clock, run)
    return run


async def _begin(
    engine: AsyncEngine, principal: Principal, clock: Clock, commune: str | None
) -> AuditRun:
    params = {"commune": commune, "principal": principal.id, "at": clock.now()}
    async with transaction(engine) as conn:
        await execute(conn, QUERIES["drop_dead_runs"], {})
        found = await row(conn, QUERIES["begin_run"], params)
    if found is None:
        raise AssertionError("an insert gave no row")
    return AuditRun(found["run_id"], commune)


async def _look(
    engine: AsyncEngine,
    conn: AsyncConnection,
    principal: Principal,
    run: AuditRun,
    clock: Clock,
    report: Callable[[int], None],
) -> None:
    units = await UnitsInMemory().current(conn)
    known = Known(today(clock), units, await load_names(conn))
    subjects = Subjects(known, await _aside(conn, principal, run.commune))
    waiting: list[Stored] = []
    async for piece in _pieces(conn, run.commune):
        for each, subject in await subjects.of(conn, piece):
            waiting += _noted(run, each, findings_of(subject))
        if len(waiting) >= _STORED:
            await _store(engine, run, waiting)
            waiting.clear()
        report(run.addresses)
    await _store(engine, run, waiting)


async def _aside(conn: AsyncConnection, principal: Principal, commune: str | None) -> Aside:
    """Find what is found for all addresses at once."""
    groups = await find_groups(conn, principal, commune)
    cycles = await rows(conn, QUERIES["cycles"], {})
    asked = {"reach_m": STANDING_REACH_M, "commune": commune}
    standing = await rows(conn, QUERIES["retired_alone"], asked)
    alike = {
        member.address.address_id: nearby(
            other.address.ref, other.address.document.visibility, member.likeness.distance_m
        )
        for group in groups
        for member, other in _beside(group)
    }
    found = {
        each["address_id"]: nearby(each["ref"], Visibility(each["visibility"]), each["metres"])
        for each in standing
    }
    return Aside(
        cycles=frozenset(each["address_id"] for each in cycles),
        duplicates={one: other for one, other in alike.items() if other is not None},
        standing={one: other for one, other in found.items() if other is not None},
    )


def _beside(group: Group) -> Iterator[tuple[Member, Member]]:
    """Give each address of a group with the oldest other one."""
    first, second, *_ = group.members
    yield first, second
    for member in group.members[1:]:
        yield member, first


async def _pieces(conn: AsyncConnection, commune: str | None) -> AsyncIterator[list[Row]]:
    """Give rows in runs of whole streets; what has no street comes in runs of any length."""
    driver = await driver_connection(conn)
    await driver.execute("SET LOCAL cursor_tuple_fraction = 1")
    await driver.execute("SET LOCAL work_mem = '64MB'")
    piece: list[Row] = []
    async with driver.cursor(name="audited", row_factory=tuple_row) as cursor:
        cursor.itersize = _PIECE
        await cursor.execute(QUERIES["audited"], {"commune": commune})
        async for found in cursor:
            each = Row(*found)
            if len(piece) >= _PIECE and not _same_street(piece[-1], each):
                yield piece
                piece = []
            piece.append(each)
    if piece:
        yield piece


def _same_street(one: Row, other: Row) -> bool:
    return one.base_key is not None and (one.base_key, one.commune_code) == (
        other.base_key,
        other.commune_code,
    )


def _noted(run: AuditRun, each: Row, found: Sequence[Finding]) -> list[Stored]:
    """Count an address and what was found; of one kind only the first is kept."""
    run.addresses += 1
    run.counts[each.commune_code, each.visibility, "", False] += 1
    first = {finding.id: finding for finding in reversed(found)}
    run.findings += len(first)
    for kind, finding in first.items():
        run.counts[each.commune_code, each.visibility, kind, finding.is_settled] += 1
    return [
        (
            each.address_id,
            each.version,
            each.commune_code,
            kind,
            finding.is_settled,
            facts_json(finding),
        )
        for kind, finding in first.items()
    ]


def facts_json(finding: Finding) -> Jsonb | None:
    """Give the facts as they are stored; phrases in both languages."""
    facts: dict[str, Any] = {
        name: {"vi": fact.vi, "en": fact.en} if isinstance(fact, Text) else fact
        for name, fact in finding.facts.items()
    }
    return Jsonb(facts) if facts else None


async def _store(engine: AsyncEngine, run: AuditRun, waiting: Sequence[Stored]) -> None:
    statement = (
        "COPY quality_finding (run_id, address_id, version, commune_code, kind, is_settled, facts)"
        " FROM STDIN"
    )
    async with transaction(engine) as conn:
        driver = await driver_connection(conn)
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for each in waiting:
                await copy.write_row((run.run_id, *each))


async def _finish(engine: AsyncEngine, principal: Principal, clock: Clock, run: AuditRun) -> None:
    """Show the run in place of earlier ones."""
    scope = {"run_id": run.run_id, "commune": run.commune}
    async with transaction(engine) as conn:
        for (commune, visibility, kind, is_settled), count in run.counts.items():
            params = {"run_id": run.run_id, "commune": commune, "visibility": visibility}
            params |= {"kind": kind, "is_settled": is_settled, "count": count}
            await execute(conn, QUERIES["put_count"], params)
        await execute(conn, QUERIES["drop_earlier_findings"], scope)
        await execute(conn, QUERIES["drop_earlier_counts"], scope)
        numbers = {"addresses": run.addresses, "findings": run.findings}
        await execute(conn, QUERIES["finish_run"], {**scope, **numbers, "at": clock.now()})
        await audit.record(
            conn,
            principal=principal.id,
            action="addresses.audit",
            subject=run.commune or "all",
            at=clock.now(),
            detail=dict(numbers),
        )
