"""Prefixes of codes as data: imported from the authority's list, reserved in part, watched.

A prefix gets its secret key when it is first imported, and keeps it for ever: with another key
codes would be given out twice. The database refuses to change it.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as admin_units
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.codes.allocation import Capacity, CodeSpace, Occupied, ReservedRange, capacity
from addrsvc.codes.permutation import KEY_BYTES
from addrsvc.db.rows import Connection, Row, execute, rows
from addrsvc.errors import Conflict, NotFound, Text
from addrsvc.events import service as events
from addrsvc.registry.prefix_list import PrefixLine, misspelt, refused
from addrsvc.types import Level

_ROW_LIMIT = 100_000


@dataclass(eq=False)
class PrefixUnknown(NotFound):
    """No such prefix was imported."""

    slug = "prefix-unknown"
    title = Text("Không có mã khu vực này", "Unknown prefix")
    message = Text(
        "Chưa nhập mã khu vực {prefix}. Thêm bằng lệnh: addrsvc prefixes import.",
        "The prefix {prefix} was not imported. Add it with: addrsvc prefixes import.",
    )
    prefix: str


@dataclass(eq=False)
class RangeOverlaps(Conflict):
    """Part of a range is reserved already."""

    slug = "range-overlaps"
    title = Text("Dải mã đã được giữ", "Range already reserved")
    message = Text(
        "Dải {prefix}-{first}…{last} đã được giữ cho “{holder}”.",
        "The range {prefix}-{first}…{last} is reserved for “{holder}” already.",
    )
    prefix: str
    first: str
    last: str
    holder: str


@dataclass(frozen=True, slots=True)
class PrefixReport:
    """What an import of prefixes did."""

    added: tuple[str, ...]
    already_there: int


@dataclass(frozen=True, slots=True)
class PrefixState:
    """A prefix, whose it is, and how full."""

    prefix: str
    commune_code: str
    commune_name: str
    issuer: str
    status: str
    is_demo: bool
    source: str
    capacity: Capacity


async def import_prefixes(
    conn: AsyncConnection,
    principal: Principal,
    lines: Sequence[PrefixLine],
    clock: Clock,
    *,
    is_demo: bool = False,
) -> PrefixReport:
    """Take over a list of prefixes, all of it or nothing; what is there already stays.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not change units.
        AreaForbidden: a commune lies outside the principal's areas.
        PrefixFileRefused: a line is malformed, its commune unknown, or its prefix belongs to
            another commune or issuer.
    """
    principal.require_in(Scope.UNITS_WRITE, [line.commune_code for line in lines])
    known = {each["prefix"]: each for each in await _stored(conn)}
    problems: list[tuple[int, Text]] = []
    new: dict[str, PrefixLine] = {}
    for number, line in enumerate(lines[:_ROW_LIMIT], start=2):
        problem = misspelt(line) or _clash(line, known, new, is_demo=is_demo)
        if problem is None and line.prefix not in known:
            problem = await _no_commune(conn, line, clock)
        if problem is not None:
            problems.append((number, problem))
        elif line.prefix not in known:
            new[line.prefix] = line
    if problems:
        raise refused(problems)
    for line in new.values():
        await _add(conn, principal, line, clock, is_demo=is_demo)
    return PrefixReport(tuple(new), len(lines) - len(new))


def _clash(
    line: PrefixLine, known: dict[str, Row], new: dict[str, PrefixLine], *, is_demo: bool
) -> Text | None:
    """Say how a line contradicts what is there or an earlier line; None: it does not."""
    there = known.get(line.prefix)
    earlier = new.get(line.prefix)
    commune = there["commune_code"] if there else earlier.commune_code if earlier else None
    issuer = there["issuer"] if there else earlier.issuer if earlier else None
    if commune is not None and commune != line.commune_code:
        return Text(
            f"Mã khu vực {line.prefix} đã thuộc phường, xã {commune}.",
            f"The prefix {line.prefix} belongs to commune {commune} already.",
        )
    if issuer is not None and issuer != line.issuer:
        return Text(
            f"Mã khu vực {line.prefix} đã do “{issuer}” cấp.",
            f"The prefix {line.prefix} is of the issuer “{issuer}” already.",
        )
    if there is not None and there["is_demo"] != is_demo:
        return Text(
            f"Mã khu vực {line.prefix} đã có; dữ liệu giả định không dùng chung với dữ liệu thật.",
            f"The prefix {line.prefix} is there already; invented and real data never mix.",
        )
    return None


async def _no_commune(conn: AsyncConnection, line: PrefixLine, clock: Clock) -> Text | None:
    """Say that the commune of a line does not exist; None: it does."""
    unit = await admin_units.find_unit(conn, line.commune_code, today(clock))
    if unit is None or unit.level is not Level.COMMUNE:
        return Text(
            f"Không có phường, xã nào đang mang mã {line.commune_code}.",
            f"No commune in force has the code {line.commune_code}.",
        )
    return None


async def _add(
    conn: AsyncConnection, principal: Principal, line: PrefixLine, clock: Clock, *, is_demo: bool
) -> None:
    at = clock.now()
    await execute(
        conn,
        """
        INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
        VALUES (%(prefix)s, %(commune)s, %(issuer)s, %(key)s, %(is_demo)s, %(source)s, %(at)s)
        """,
        {
            "prefix": line.prefix,
            "commune": line.commune_code,
            "issuer": line.issuer,
            "key": secrets.token_bytes(KEY_BYTES),
            "is_demo": is_demo,
            "source": line.source,
            "at": at,
        },
    )
    facts = {"commune": line.commune_code, "issuer": line.issuer, "is_demo": is_demo}
    await events.record(conn, type="prefix.imported", subject=line.prefix, at=at, data=facts)
    await audit.record(
        conn,
        principal=principal.id,
        action="prefix.import",
        subject=line.prefix,
        at=at,
        detail=facts,
    )


async def reserve_range(
    conn: AsyncConnection,
    principal: Principal,
    *,
    prefix: str,
    first: int,
    last: int,
    issuer: str,
    reason: str,
    clock: Clock,
) -> ReservedRange:
    """Keep suffixes of a prefix, both ends inside, for codes another issuer gives out.

    Codes drawn from the range before stay drawn; from now on none is. Saying the same again
    changes nothing.

    Raises:
        PrefixUnknown: no such prefix.
        AreaForbidden: its commune lies outside the principal's areas.
        RangeOverlaps: part of it is reserved already.
        ReservedRangeInvalid, IssuerInvalid: it cannot be a range.
    """
    principal.require(Scope.UNITS_WRITE)
    found = await rows(
        conn,
        "SELECT next_counter, commune_code FROM code_prefix WHERE prefix = %(prefix)s FOR UPDATE",
        {"prefix": prefix},
    )
    if not found:
        raise PrefixUnknown(prefix=prefix[:20])
    principal.require_in(Scope.UNITS_WRITE, [found[0]["commune_code"]])
    wanted = ReservedRange(prefix, first, last, issuer, reason, found[0]["next_counter"])
    for each in await _ranges(conn, [prefix]):
        if (each.first, each.last, each.issuer) == (first, last, issuer):
            return each
        if each.first <= last and first <= each.last:
            raise RangeOverlaps(
                prefix=prefix,
                first=f"{each.first:05d}",
                last=f"{each.last:05d}",
                holder=each.issuer,
            )
    await _add_range(conn, principal, wanted, clock)
    return wanted


async def _add_range(
    conn: AsyncConnection, principal: Principal, wanted: ReservedRange, clock: Clock
) -> None:
    facts = {
        "first": wanted.first,
        "last": wanted.last,
        "issuer": wanted.issuer,
        "reason": wanted.reason,
        "since_counter": wanted.since_counter,
    }
    await execute(
        conn,
        """
        INSERT INTO reserved_range (prefix, first, last, issuer, reason, since_counter)
        VALUES (%(prefix)s, %(first)s, %(last)s, %(issuer)s, %(reason)s, %(since_counter)s)
        """,
        {"prefix": wanted.prefix, **facts},
    )
    told = {key: facts[key] for key in ("first", "last", "issuer")}
    at = clock.now()
    await events.record(conn, type="prefix.reserved", subject=wanted.prefix, at=at, data=told)
    await audit.record(
        conn,
        principal=principal.id,
        action="prefix.reserve",
        subject=wanted.prefix,
        at=at,
        detail=facts,
    )


async def list_prefixes(conn: Connection) -> list[PrefixState]:
    """Give every prefix with how full it is, in order."""
    found = await _stored(conn)
    names = [each["prefix"] for each in found]
    ranges: dict[str, list[ReservedRange]] = defaultdict(list)
    for each in await _ranges(conn, names):
        ranges[each.prefix].append(each)
    states = []
    for prefix in found:
        space = CodeSpace(prefix["prefix"], bytes(prefix["key"]), prefix["next_counter"])
        given = await _suffixes_in_use(conn, space.prefix)
        states.append(
            PrefixState(
                prefix=space.prefix,
                commune_code=prefix["commune_code"],
                commune_name=prefix["commune_name"] or "",
                issuer=prefix["issuer"],
                status=prefix["status"],
                is_demo=prefix["is_demo"],
                source=prefix["source"],
                capacity=capacity(space, Occupied(ranges[space.prefix], given)),
            )
        )
    return states


async def _stored(conn: Connection) -> list[Row]:
    return await rows(
        conn,
        """
        SELECT p.*, u.full_name AS commune_name FROM code_prefix p
        LEFT JOIN admin_unit u ON u.code = p.commune_code AND u.valid_to IS NULL
        ORDER BY p.prefix
        """,
        {},
    )


async def _ranges(conn: Connection, prefixes: Sequence[str]) -> list[ReservedRange]:
    found = await rows(
        conn,
        """
        SELECT prefix, first, last, issuer, reason, since_counter FROM reserved_range
        WHERE prefix = any(%(prefixes)s) ORDER BY prefix, first
        """,
        {"prefixes": list(prefixes)},
    )
    return [ReservedRange(**each) for each in found]


async def _suffixes_in_use(conn: Connection, prefix: str) -> list[int]:
    """Give the suffixes of a prefix that stand for addresses, drawn or adopted."""
    found = await rows(
        conn,
        """
        SELECT substr(code, 6)::integer AS suffix FROM address
        WHERE code BETWEEN %(prefix)s || '00000' AND %(prefix)s || '99999'
        """,
        {"prefix": prefix},
    )
    return [each["suffix"] for each in found]
