"""The counts of dossiers equal an independent count, whatever happens to dossiers and addresses."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import psycopg
import pytest
from dossiers_world import WHERE, three_addresses
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from registry_fixtures import EAST, NORTH, WEST
from service_settings import as_role, service_settings

from addrsvc.auth.errors import AreaForbidden
from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.clock import VIETNAM, FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding, service
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Judged
from addrsvc.dossiers.model import AddressRole, DossierInput, GivenAddress, LinkCandidate, settle
from addrsvc.dossiers.register_errors import DossierAddressNotFound, DossierNotFound, NothingToUndo
from addrsvc.dossiers.statistics.counting import Counted, count_dossiers
from addrsvc.dossiers.statistics.model import Counts, Dimension, Wanted
from addrsvc.dossiers.statistics.service import get_statistics

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
OFFICE = Principal(
    "key:office", frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
)
LEFT = Principal("key:west", OFFICE.scopes, frozenset({WEST, NORTH}))
CODES = list(WHERE)

# how an invented address is judged: category, codes of candidates, communes of other candidates
JUDGED = {
    "certain": ("A", CODES[:1], ()),
    "elsewhere": ("A", CODES[1:2], ()),
    "corrected": ("B", CODES[2:], ()),
    "one": ("C", CODES[1:2], ()),
    "two": ("C", CODES[:2], ()),
    "street": ("C", [], (NORTH,)),
    "streets": ("C", CODES[:1], (NORTH,)),
    "nothing": ("C", [], ()),
}

_ADDRESS = st.tuples(st.sampled_from([*AddressRole][:2]), st.sampled_from(sorted(JUDGED)))
_DOSSIER = st.integers(0, 3)
_STEP = st.one_of(
    st.tuples(
        st.just("put"),
        _DOSSIER,
        st.lists(_ADDRESS, max_size=3),
        st.sampled_from([None, "1.011442", "2.000123"]),
        st.sampled_from([None, 0, 1]),
    ),
    st.tuples(st.just("choose"), _DOSSIER, st.integers(1, 3), st.sampled_from(CODES)),
    st.tuples(st.just("reject"), _DOSSIER, st.integers(1, 3), st.booleans()),
    st.tuples(st.just("undo"), _DOSSIER, st.integers(1, 3)),
    st.tuples(st.just("move"), st.sampled_from(CODES), st.sampled_from([WEST, EAST, NORTH])),
    st.just(("count",)),
)


class Stub:
    """A judge to whom texts say what they are."""

    async def judge(self, _: Principal, wanted: Sequence[GivenAddress], __: date) -> list[Judged]:
        return [self._one(str(each.text)) for each in wanted]

    def _one(self, text: str) -> Judged:
        category, codes, communes = JUDGED[text]
        candidates = [LinkCandidate(code, "x", 0.9, 0.1) for code in codes]
        return Judged(category, settle(category, candidates), communes=communes)  # type: ignore[arg-type]


class World:
    """A database of dossiers, driven through the service as its own role."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen = NOW

    def run(self, act: Callable[..., Any]) -> Any:
        async def within() -> Any:
            engine = make_engine(service_settings(as_role(self.url, WRITER)))
            try:
                async with transaction(engine) as conn:
                    return await act(conn)
            finally:
                await engine.dispose()

        return asyncio.run(within())

    def step(self, step: Sequence[Any]) -> None:
        self.seen += timedelta(hours=9)  # waiting begins on different days
        clock = FixedClock(self.seen)
        name, *given_ = step
        if name == "count":
            self.count()
        elif name == "move":
            with psycopg.connect(self.url) as conn:
                conn.execute(
                    "UPDATE address_current c SET commune_code = %s FROM address i"
                    " WHERE i.code = %s AND i.address_id = c.address_id",
                    [given_[1], given_[0]],
                )
        else:
            act = getattr(self, name)
            with contextlib.suppress(DossierNotFound, DossierAddressNotFound, NothingToUndo):
                self.run(lambda conn: act(conn, clock, *given_))

    async def put(
        self, conn: Any, clock: FixedClock, n: int, wanted: Any, procedure: Any, day: Any
    ) -> None:
        # codes of a partner's own say no day: it can change with the moment of receipt
        code = f"H09-26010{n + 1}-0001" if n < 2 else f"VP/{n}"
        addresses = tuple(GivenAddress(role, text=text) for role, text in wanted)
        received = None if day is None else NOW - timedelta(days=day)
        sent = DossierInput(
            parse_dossier_code(code),
            procedure=procedure,
            received_at=received,
            addresses=addresses,
        )
        await service.put_dossier(conn, OFFICE, Stub(), sent, clock)  # type: ignore[arg-type]

    async def choose(self, conn: Any, clock: FixedClock, n: int, at: int, code: str) -> None:
        await deciding.choose_address(conn, OFFICE, self._place(n, at), None, code, clock)

    async def reject(self, conn: Any, clock: FixedClock, n: int, at: int, absent: bool) -> None:  # noqa: FBT001 - drawn
        await deciding.reject_address(
            conn, OFFICE, self._place(n, at), None, clock, not_in_register=absent
        )

    async def undo(self, conn: Any, clock: FixedClock, n: int, at: int) -> None:
        await deciding.undo_decision(conn, OFFICE, self._place(n, at), None, clock)

    def _place(self, n: int, at: int) -> tuple[str, int]:
        return (f"H09-26010{n + 1}-0001" if n < 2 else f"VP/{n}"), at

    def count(self) -> Counted | None:
        clock = FixedClock(self.seen)
        found: Counted | None = self.run(lambda conn: count_dossiers(conn, clock))
        return found

    def counted(self, wanted: Wanted, who: Principal = OFFICE) -> Any:
        day = self.seen.astimezone(VIETNAM).date()
        return self.run(lambda conn: get_statistics(conn, who, wanted, day))

    def truth(self) -> list[dict[str, Any]]:
        """Give every address of every dossier as it stands, worked out here."""
        with psycopg.connect(self.url, row_factory=dict_row) as conn:
            lies = {
                each["code"]: each["commune_code"]
                for each in conn.execute(
                    "SELECT code, commune_code FROM address JOIN address_current USING (address_id)"
                )
            }
            found = conn.execute(
                "SELECT d.dossier_id AS whose, d.received_on, d.procedure_code, a.*,"
                "   i.code AS linked"
                " FROM personal.dossier d LEFT JOIN personal.dossier_address a"
                "   ON a.dossier_id = d.dossier_id AND a.removed_at IS NULL"
                " LEFT JOIN personal.dossier_link l"
                "   ON l.dossier_id = a.dossier_id AND l.n = a.n AND l.valid_to IS NULL"
                " LEFT JOIN address i USING (address_id)"
            ).fetchall()
            for each in found:
                each["commune"] = lies[each["linked"]] if each["linked"] else ""
                if each["n"] is not None and not each["linked"]:
                    verdict = each["verdict"]
                    likely = {lies[one["code"]] for one in verdict["candidates"] if one["code"]}
                    likely |= set(verdict["communes"])
                    each["commune"] = likely.pop() if len(likely) == 1 else ""
            return found


@pytest.fixture
def world(registry_url: str) -> Iterator[World]:
    three_addresses(registry_url)
    return World(registry_url)


def expect_equal(world: World, by: tuple[Dimension, ...], who: Principal = OFFICE) -> None:
    """Hold the statistics by some dimensions against the truth."""
    found = world.counted(Wanted(by), who)
    names = {"commune": "commune", "day": "received_on", "procedure": "procedure_code"}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    everything = [
        each for each in world.truth() if who.areas is None or each["commune"] in who.areas
    ]
    for each in everything:
        if each["n"] is None and not found.wanted.tells_dossiers:
            continue  # without an address it has no role and no state
        key = [
            each[names.get(dimension, str(dimension))] for dimension in Dimension if dimension in by
        ]
        # with its id a dossier counts once in each group it is in
        groups[tuple(value or None for value in key)].append(each)
    told = {tuple(value or None for value in key.values()): counts for key, counts in found.rows}
    assert told.keys() == (groups.keys() if by else set())
    for key, rows in groups.items() if by else ():
        assert told[key] == expected(rows, world, found.wanted), (key, by)
    assert found.total == expected(everything, world, Wanted())


def expected(rows: list[dict[str, Any]], world: World, wanted: Wanted) -> Counts:
    here = [each for each in rows if each["n"] is not None]
    fate = Counter(
        "waiting" if each["state"] == "waiting"
        else "unlinked" if each["state"] in {"rejected", "no_match"}
        else "by_person" if each["decision"]
        else "by_itself" if each["state"] == "linked"
        else "corrected"
        for each in here
    )  # fmt: skip
    today = world.seen.astimezone(VIETNAM).date()
    since = sorted(
        each["judged_at"].astimezone(VIETNAM).date() for each in here if each["state"] == "waiting"
    )
    median = (today - since[(len(since) - 1) // 2]).days if since else None
    dossiers = len({each["whose"] for each in rows}) if wanted.tells_dossiers else None
    return Counts(len(here), **fate, waiting_days=median, dossiers=dossiers)


@settings(
    max_examples=6,
    phases=[Phase.generate],  # to make an example smaller takes minutes here
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_STEP, min_size=6, max_size=14))
def test_counts_equal_what_is_there(world: World, steps: list[tuple[Any, ...]]) -> None:
    for step in steps:
        world.step(step)
    counted = world.count()
    assert counted is not None
    combinations = [(), (Dimension.COMMUNE,), (Dimension.DAY, Dimension.PROCEDURE)]
    for by, who in product(combinations, [OFFICE, LEFT]):
        expect_equal(world, by, who)
    expect_equal(world, (Dimension.COMMUNE, Dimension.ROLE, Dimension.STATE, Dimension.CATEGORY))
    again = world.count()
    assert again is not None
    assert again.days == 0


def test_one_counts_at_a_time_and_what_is_killed_is_not_lost(world: World) -> None:
    world.step(("put", 0, [(AddressRole.OBJECT, "certain")], None, None))

    async def twice(conn: Any) -> None:
        assert (await count_dossiers(conn, FixedClock(NOW))) == Counted(1, 0)
        raise KeyboardInterrupt

    with psycopg.connect(world.url) as world_other:
        world_other.execute("SELECT FROM dossier_count_state FOR UPDATE")
        assert world.count() is None
    with pytest.raises(KeyboardInterrupt):
        world.run(twice)
    assert world.counted(Wanted()).counted_at is None
    assert world.count() == Counted(1, 0)
    with pytest.raises(AreaForbidden):
        world.counted(Wanted(commune=EAST), LEFT)
    total = world.counted(Wanted(commune=WEST, state=None), LEFT).total
    assert (total.dossiers, total.addresses, total.by_itself) == (1, 1, 1)
