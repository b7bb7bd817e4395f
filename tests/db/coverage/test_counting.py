"""Counts of addresses equal an independent count, over an invented world full of odd cases."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from coverage_world import fill
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from registry_fixtures import EAST, NO_PREFIX, NORTH, WEST
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.errors import AreaForbidden, ScopeMissing
from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.clock import VIETNAM, FixedClock
from addrsvc.coverage.counting import (
    QUERIES,
    count_addresses,
    count_everything,
    keep_counting,
)
from addrsvc.coverage.errors import GrowthDaysWrong
from addrsvc.coverage.model import Counts, Coverage, Period
from addrsvc.coverage.service import GrowthWanted, get_coverage, get_growth
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.rows import execute, row
from addrsvc.db.transaction import transaction

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
BEGUN = datetime(2026, 1, 10, 15, 0, tzinfo=UTC)
"""Two hours before midnight in Vietnam."""
READS = frozenset({Scope.ADDRESSES_READ})
EVERYWHERE = Principal("key:all", READS)
NAMED = Principal("key:named", READS | {Scope.ADDRESSES_SECRET})
LEFT = Principal("key:west", READS, frozenset({WEST, NO_PREFIX}))
TODAY = date(2026, 1, 15)

_STEP = st.tuples(
    st.sampled_from(
        ["proposed", "reserved", "current", "current", "moved", "retired", "rejected", "mended"]
    ),
    st.sampled_from(["gnss", "survey", "map", None]),
    st.integers(0, 60),
)
_ADDRESS = st.tuples(
    st.sampled_from([WEST, EAST, NORTH]),
    st.sampled_from(["dwelling", "apartment", "boarding_room", "enterprise", "state_office"]),
    st.sampled_from(["public", "public", "restricted", "secret"]),
    st.lists(_STEP, min_size=1, max_size=4),
    st.sampled_from([None, 0, 1, 2]),
    st.sets(st.sampled_from(["notified", "plate-fixed"])),
)

_DIVIDED: list[Any] = [
    (WEST, "dwelling", "public", [("current", "gnss", 0)], None, {"notified"}),
    (WEST, "boarding_room", "public", [("current", "map", 0), ("moved", "map", 5)], 0, set()),
    (WEST, "dwelling", "public", [("current", None, 0), ("retired", None, 9)], None, set()),
    (EAST, "dwelling", "public", [("current", "survey", 0)], None, set()),
    (EAST, "boarding_room", "public", [("proposed", None, 0)], 3, set()),
]
"""A house with a room in use and one with a room only proposed; a room whose place was once taken
on the spot, and no more.
"""

Versions = list[dict[str, Any]]


class World:
    """Addresses as rows, written past the service: every order of acts, sensible or not."""

    def __init__(self, conn: psycopg.Connection[dict[str, Any]]) -> None:
        self._conn = conn

    def clear(self) -> None:
        """Take everything away."""
        self._conn.execute("SET session_replication_role = replica")
        for table in ("notice_mark", "address_version", "address_current", "address"):
            self._conn.execute(f"DELETE FROM {table}".encode())

    def add(self, n: int, made: Any, known: Sequence[int]) -> None:
        """Put one address there, with all its versions."""
        commune, kind, visibility, steps, parent, marks = made
        at, status, act, method = BEGUN, "proposed", "assign", None
        versions: Versions = []
        for number, (step, how, hours) in enumerate(steps, start=1):
            at += timedelta(hours=hours if number > 1 else 0)
            method = how if step != "retired" else method
            status = {"moved": status, "mended": status}.get(step, step)
            act = {"retired": "retire", "rejected": "reject", "mended": "correct"}.get(
                step, "change"
            )
            if versions:
                versions[-1]["recorded_to"] = at
            if step == "moved":
                # what was true until a day, said beside what is true since
                versions.append(
                    {
                        "version": len(versions) + 1,
                        "status": "current",
                        "at": at,
                        "act": act,
                        "method": "gnss",
                        "recorded_to": None,
                        "valid_to": TODAY,
                    }
                )
            versions.append(
                {
                    "version": len(versions) + 1,
                    "status": status,
                    "at": at,
                    "act": act,
                    "method": method,
                    "recorded_to": None,
                    "valid_to": None,
                }
            )
        self._write(n, commune, kind, visibility, versions)
        if parent is not None and parent < len(known):
            self._conn.execute(
                "UPDATE address_current SET parent_id = %s WHERE address_id = %s",
                (known[parent], n),
            )
        for state in marks:
            self._conn.execute(
                "INSERT INTO notice_mark (address_id, state, done_on, set_at, set_by)"
                " VALUES (%s, %s, %s, %s, 'test')",
                (n, state, TODAY, NOW),
            )

    def _write(self, n: int, commune: str, kind: str, visibility: str, versions: Versions) -> None:
        self._conn.execute(
            "INSERT INTO address (address_id, created_at) OVERRIDING SYSTEM VALUE VALUES (%s, %s)",
            (n, BEGUN),
        )
        for each in versions:
            place = (
                None if each["method"] is None else [106.65, 10.95, 5, each["method"], "entrance"]
            )
            self._conn.execute(
                "INSERT INTO address_version (address_id, version, status, valid_from, valid_to,"
                " recorded_from, recorded_to, act, principal, document)"
                " VALUES (%s, %s, %s, '2026-01-01', %s, %s, %s, %s, 'test', %s)",
                (
                    n,
                    each["version"],
                    each["status"],
                    each["valid_to"],
                    each["at"],
                    each["recorded_to"],
                    each["act"],
                    Jsonb({"kind": kind, "commune": [commune, "2025-07-01"], "position": place}),
                ),
            )
        last = versions[-1]
        self._conn.execute(
            "INSERT INTO address_current (address_id, version, status, kind, visibility,"
            " commune_code, commune_valid_from, position) VALUES (%s, %s, %s, %s, %s, %s,"
            " '2025-07-01', CASE WHEN %s THEN ST_SetSRID(ST_MakePoint(106.65, 10.95), 4326) END)",
            (
                n,
                last["version"],
                last["status"],
                kind,
                visibility,
                commune,
                last["method"] is not None,
            ),
        )

    def recount(self, visibilities: set[str], communes: set[str] | None) -> Any:
        """Count once more, address by address, in another language than SQL."""
        found = self._conn.execute("SELECT * FROM address_current").fetchall()
        versions = defaultdict(list)
        for each in self._conn.execute("SELECT * FROM address_version ORDER BY version"):
            versions[each["address_id"]].append(each)
        marks = defaultdict(set)
        for each in self._conn.execute("SELECT * FROM notice_mark WHERE taken_back_at IS NULL"):
            marks[each["address_id"]].add(each["state"])
        lived_in = {"dwelling", "apartment", "boarding_room"}
        divided = {
            each["parent_id"]
            for each in found
            if each["status"] == "current" and each["kind"] in lived_in
        }
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        growth: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
        for each in found:
            code = each["commune_code"]
            if each["visibility"] not in visibilities or (communes and code not in communes):
                continue
            said = [v for v in versions[each["address_id"]] if v["valid_to"] is None]
            counts[code]["seen"] += 1
            self._count_one(each, said, counts[code], divided, lived_in, marks)
            self._grow_one(each, said, growth, code)
        return counts, growth

    def _count_one(
        self, each: Any, said: Any, count: Any, divided: Any, lived: Any, marks: Any
    ) -> None:
        status = each["status"]
        if status != "current":
            count[status] += 1
            return
        count["in_use"] += 1
        count["households"] += each["kind"] in lived and each["address_id"] not in divided
        count["positioned"] += each["position"] is not None
        count["verified"] += _is_at_place(said[-1])
        count["notified"] += "notified" in marks[each["address_id"]]
        count["plate_fixed"] += "plate-fixed" in marks[each["address_id"]]

    def _grow_one(self, each: Any, said: Any, growth: Any, code: str) -> None:
        if each["status"] == "rejected":
            return
        growth[_day(BEGUN), code]["made"] += 1
        taken = [v["recorded_from"] for v in said if v["status"] == "current" and _is_at_place(v)]
        if taken:
            growth[_day(min(taken)), code]["verified"] += 1
        if each["status"] == "retired":
            acts = [v["recorded_from"] for v in said if v["act"] == "retire"]
            ends = [v["recorded_from"] for v in said if v["status"] == "retired"]
            growth[_day(max(acts) if acts else min(ends)), code]["retired"] += 1


def _is_at_place(version: Any) -> bool:
    position = version["document"]["position"]
    return position is not None and position[3] in {"gnss", "survey"}


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(service_settings(as_role(registry_url, WRITER)))
    yield made
    await made.dispose()


def test_counts_and_growth_equal_an_independent_count(registry_url: str) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=12,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @example(_DIVIDED)
    @given(st.lists(_ADDRESS, max_size=8))
    def check(made: list[Any]) -> None:
        with psycopg.connect(registry_url, row_factory=dict_row) as conn:
            world = World(conn)
            world.clear()
            for n, each in enumerate(made, start=1):
                world.add(n, each, range(1, n))
            seen.update(step[0] for each in made for step in each[3])
            conn.commit()
            asyncio.run(_compare(registry_url, world))

    check()
    assert {"current", "retired", "rejected", "moved"} <= set(seen)


async def _compare(url: str, world: World) -> None:
    engine = make_engine(service_settings(as_role(url, WRITER)))
    try:
        async with transaction(engine) as conn:
            assert await count_addresses(conn, FixedClock(NOW), everything=True)
            for principal, visibilities in (
                (EVERYWHERE, {"public", "restricted"}),
                (NAMED, {"public", "restricted", "secret"}),
                (LEFT, {"public", "restricted"}),
            ):
                areas = None if principal.areas is None else set(principal.areas)
                counts, growth = world.recount(visibilities, areas)
                told = await get_coverage(conn, principal, TODAY)
                for each in told.communes:
                    wanted = counts.get(each.code)
                    if wanted is None:
                        assert each.counts is None
                        continue
                    assert each.counts == Counts(
                        **{name: wanted[name] for name in Counts.__dataclass_fields__}
                    )
                assert set(counts) <= {each.code for each in told.communes}
                if principal is not NAMED:
                    for by, commune in (
                        (Period.DAY, WEST),
                        (Period.WEEK, None),
                        (Period.MONTH, None),
                    ):
                        await _compare_growth(conn, principal, by, commune, growth)
    finally:
        await engine.dispose()


async def _compare_growth(
    conn: Any, principal: Principal, by: Period, commune: str | None, growth: Any
) -> None:
    wanted = GrowthWanted(by, date(2026, 1, 8), date(2026, 2, 28), commune)
    told = await get_growth(conn, principal, wanted, TODAY)
    assert told.rows[0].first_day <= wanted.first_day <= told.rows[0].last_day
    for before, each in zip(told.rows, told.rows[1:], strict=False):
        assert each.first_day == before.last_day + timedelta(days=1)
    for name in ("made", "verified", "retired"):
        for each in told.rows:
            here = sum(
                counter[name]
                for (day, code), counter in growth.items()
                if each.first_day <= day <= each.last_day and commune in {None, code}
            )
            assert getattr(each, name) == here, (by, each, name)
        every = sum(c[name] for (_, code), c in growth.items() if commune in {None, code})
        assert sum(getattr(each, name) for each in told.rows) == every


async def test_who_may_ask_and_of_which_days(engine: AsyncEngine) -> None:
    async with transaction(engine) as conn:
        told = await get_coverage(conn, LEFT, TODAY)
        assert told.counted_at is None
        assert [(each.code, each.name, each.counts) for each in told.communes] == [
            (WEST, "Phường Tây", None),
            (NO_PREFIX, "Xã Nam", None),
        ]
        assert (await get_coverage(conn, EVERYWHERE, TODAY)).communes == []
        strange = Principal("key:old", READS, frozenset({"99999"}))
        (former,) = (await get_coverage(conn, strange, TODAY)).communes
        assert (former.name, former.is_former, former.counts) == ("99999", True, None)
        with pytest.raises(ScopeMissing):
            await get_coverage(conn, Principal("key:no"), TODAY)
        with pytest.raises(AreaForbidden):
            await get_growth(conn, LEFT, GrowthWanted(commune=EAST), TODAY)
        for first, last in ((TODAY, date(2026, 1, 1)), (date(2000, 1, 1), TODAY)):
            with pytest.raises(GrowthDaysWrong):
                await get_growth(conn, LEFT, GrowthWanted(Period.DAY, first, last), TODAY)


async def test_nothing_is_counted_twice_and_one_counts_at_a_time(engine: AsyncEngine) -> None:
    clock = FixedClock(NOW)
    async with transaction(engine) as first, transaction(engine) as second:
        assert await count_addresses(first, clock) is True
        assert await count_addresses(second, clock) is None
    async with transaction(engine) as conn:
        assert await count_addresses(conn, clock) is False
        assert await _has_written(conn) is False
        assert await count_addresses(conn, clock, everything=True) is True
        assert await _has_written(conn) is True  # that it counted


async def test_followers_of_the_feed_do_not_wait_for_a_count(
    registry_url: str, engine: AsyncEngine
) -> None:
    with psycopg.connect(registry_url) as conn:
        fill(conn)
    async with transaction(engine) as conn:
        await count_addresses(conn, FixedClock(NOW))
    async with transaction(engine) as conn:
        # where nothing changed, nothing is written or locked, however much is counted
        params: dict[str, list[str]] = {
            f"marked_{each}": [] for each in ("communes", "visibilities", "notified", "fixed")
        }
        how = {"at_place": ["gnss", "survey"], "lived_in": ["dwelling"]}
        await execute(conn, QUERIES["count_all"], {**params, **how})
        assert await _has_written(conn) is False


async def _has_written(conn: Any) -> bool:
    asked = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS has_written"
    found = await row(conn, asked, {})
    return bool(found and found["has_written"])


async def test_a_worker_counts_by_itself_again_and_again(
    registry_url: str, engine: AsyncEngine
) -> None:
    clock, settings_ = FixedClock(NOW), service_settings(registry_url)
    with psycopg.connect(registry_url) as conn:
        fill(conn)
    working = asyncio.create_task(keep_counting(engine, settings_, clock, every_s=0.01))
    try:
        while (await _told(engine)).counted_at is None:
            await asyncio.sleep(0.01)
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    told = (await _told(engine)).total.counts
    assert told is not None
    assert (told.in_use, told.verified) == (1757, 857)
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE coverage_count SET in_use = 0")
    await count_everything(engine, settings_, clock)
    mended = (await _told(engine)).total.counts
    assert mended == told


async def _told(engine: AsyncEngine) -> Coverage:
    async with transaction(engine) as conn:
        return await get_coverage(conn, EVERYWHERE, TODAY)
