"""Reading as of another time: what the register said at a moment of a legal day."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from benchmarks.subjects.lookup import FILL
from registry_fixtures import IN_WEST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import execute
from addrsvc.registry import service
from addrsvc.registry.acts import NewAct, record_act
from addrsvc.registry.commands import AssignAddress, CorrectAddress, RetireAddress
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.history import (
    address_as_of,
    address_history,
    compare_versions,
    list_as_of,
)
from addrsvc.registry.history_errors import (
    FilterOfPresentOnly,
    NotKnownThen,
    NotThereThen,
    VersionUnknown,
)
from addrsvc.registry.model import (
    Address,
    Components,
    Instrument,
    Kind,
    Marks,
    Method,
    Position,
    Status,
    Visibility,
)
from addrsvc.registry.moments import AsOf
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.repository import QUERIES, AddressFilter
from addrsvc.types import BBox, LonLat

pytestmark = pytest.mark.anyio

CLERK = command_line("test")
BOX = BBox(106.6, 10.9, 106.7, 11.0)


def noon(day: int) -> datetime:
    """Give noon in Vietnam of a day of January 2026."""
    return datetime(2026, 1, day, 5, 0, tzinfo=UTC)


@pytest.fixture
async def small_conn(registry_url: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection to a small world of this test's own."""
    engine = make_engine(service_settings(registry_url))
    async with engine.connect() as conn, conn.begin():
        yield conn
    await engine.dispose()


async def register(conn: AsyncConnection, number: str, day: int, **more: Any) -> Address:
    command = AssignAddress(
        kind=Kind.DWELLING,
        source="field",
        components=Components(house_number=number, thoroughfare="Đường Mẫu"),
        position=Position(LonLat(IN_WEST["lon"], IN_WEST["lat"]), 4.5, Method.GNSS, Marks.ENTRANCE),  # type: ignore[arg-type]
        **more,
    )
    return await service.assign_address(conn, CLERK, command, FixedClock(noon(day)))


def ref_of(address: Address) -> AddressRef:
    return AddressRef.parse(address.ref)


async def told_life(conn: AsyncConnection) -> Address:
    """Register on the 10th what stood since the 5th; correct it later, and retire it at last."""
    address = await register(conn, "1", 10, valid_from=date(2026, 1, 5))
    ref = ref_of(address)
    correction = CorrectAddress(components=Components(house_number="1A"))
    await service.correct_address(conn, CLERK, ref, None, correction, FixedClock(noon(12)))
    retirement = RetireAddress("phá dỡ", on=date(2026, 1, 14))
    await service.retire_address(conn, CLERK, ref, None, retirement, FixedClock(noon(15)))
    return address


async def test_any_pair_of_times_is_answered(small_conn: AsyncConnection) -> None:
    conn = small_conn
    ref = ref_of(await told_life(conn))

    async def said(valid_at: date | None, known_at: datetime | None) -> tuple[str | None, Status]:
        then = await address_as_of(conn, ANONYMOUS, ref, valid_at, known_at)
        return then.document.components.house_number, then.status

    assert await said(None, None) == ("1A", Status.RETIRED)
    assert await said(date(2026, 1, 13), None) == ("1A", Status.CURRENT)
    assert await said(date(2026, 1, 14), None) == ("1A", Status.RETIRED)
    assert await said(date(2026, 1, 5), noon(11)) == ("1", Status.CURRENT)
    assert await said(date(2026, 1, 5), noon(12)) == ("1A", Status.CURRENT), "from its moment on"
    assert await said(None, noon(11)) == ("1", Status.CURRENT)
    assert await said(date(2026, 1, 14), noon(14)) == ("1A", Status.CURRENT), "not known yet"


async def test_names_and_ends_are_those_of_the_time(small_conn: AsyncConnection) -> None:
    ref = ref_of(await told_life(small_conn))
    then = await address_as_of(small_conn, ANONYMOUS, ref, date(2026, 1, 6), noon(11))
    assert (then.commune_name, then.province_name) == ("Phường Tây", "Thành phố Mẫu")
    assert (then.valid_to, then.recorded_to) == (None, noon(12))
    now = await address_as_of(small_conn, ANONYMOUS, ref, date(2026, 1, 6), None)
    assert (now.valid_to, now.recorded_to) == (date(2026, 1, 14), None)


async def test_before_it_began_says_since_when(small_conn: AsyncConnection) -> None:
    ref = ref_of(await told_life(small_conn))
    with pytest.raises(NotKnownThen) as unknown:
        await address_as_of(small_conn, ANONYMOUS, ref, date(2026, 1, 6), noon(9))
    assert unknown.value.since == noon(10).isoformat()
    with pytest.raises(NotThereThen) as absent:
        await address_as_of(small_conn, ANONYMOUS, ref, date(2026, 1, 4), noon(11))
    assert absent.value.since == "2026-01-05"
    other = AddressRef.parse("7512399999")
    with pytest.raises(AddressNotFound):
        await address_as_of(small_conn, ANONYMOUS, other, None, None)


async def test_a_proposal_is_for_those_who_may_read_it(small_conn: AsyncConnection) -> None:
    conn = small_conn
    command = AssignAddress(kind=Kind.PLACE, source="field", commune_code=WEST)
    proposal = await service.assign_address(conn, CLERK, command, FixedClock(noon(10)))
    ref = AddressRef.parse(proposal.ref)
    then = await address_as_of(conn, CLERK, ref, None, noon(11))
    assert (then.ref, then.status) == (proposal.ref, Status.PROPOSED)
    with pytest.raises(NotSignedIn):
        await address_as_of(conn, ANONYMOUS, ref, None, noon(11))


async def test_what_is_or_was_not_for_the_asker_is_not_there(small_conn: AsyncConnection) -> None:
    conn = small_conn
    secret = ref_of(await register(conn, "1", 10, visibility=Visibility.SECRET))
    opened = CorrectAddress(visibility=Visibility.PUBLIC)
    await service.correct_address(conn, CLERK, secret, None, opened, FixedClock(noon(12)))
    assert (await address_as_of(conn, ANONYMOUS, secret, None, None)).code == secret.code
    with pytest.raises(AddressNotFound):
        await address_as_of(conn, ANONYMOUS, secret, None, noon(11))
    hidden = ref_of(await register(conn, "3", 10))
    closed = CorrectAddress(visibility=Visibility.SECRET)
    await service.correct_address(conn, CLERK, hidden, None, closed, FixedClock(noon(12)))
    for known_at in (noon(9), noon(11)):
        with pytest.raises(AddressNotFound):
            await address_as_of(conn, ANONYMOUS, hidden, None, known_at)


async def test_successors_are_those_known_then(small_conn: AsyncConnection) -> None:
    conn = small_conn
    old, new = await register(conn, "1", 10), await register(conn, "3", 10)
    command = RetireAddress("xây lại", (new.ref,), on=date(2026, 1, 11))
    await service.retire_address(conn, CLERK, ref_of(old), None, command, FixedClock(noon(12)))
    then = await address_as_of(conn, ANONYMOUS, ref_of(old), date(2026, 1, 11), None)
    assert [each.code for each in then.successors] == [new.code]
    before = await address_as_of(conn, ANONYMOUS, ref_of(old), date(2026, 1, 10), None)
    assert before.successors == ()


async def test_list_of_another_time(small_conn: AsyncConnection) -> None:
    conn = small_conn
    await told_life(conn)
    later = await register(conn, "3", 13)

    async def listed(at: AsOf, **more: Any) -> list[str | None]:
        wanted = AddressFilter(**{"commune": WEST, **more})
        page, _ = await list_as_of(conn, CLERK, wanted, at)
        return [each.document.components.house_number for each in page]

    assert await listed(AsOf()) == ["1A", "3"]
    assert await listed(AsOf(date(2026, 1, 5))) == ["1A"]
    assert await listed(AsOf(known_at=noon(11))) == ["1"]
    assert await listed(AsOf(date(2026, 1, 14)), status=Status.CURRENT) == ["3"]
    assert await listed(AsOf(date(2026, 1, 13)), kind="place") == []
    assert await listed(AsOf(date(2026, 1, 13)), bbox=BOX) == ["1A", "3"]
    assert await listed(AsOf(), bbox=BBox(106.6, 10.9, 106.64, 11.0)) == []
    assert await listed(AsOf(), commune="25750") == []
    page, following = await list_as_of(conn, CLERK, AddressFilter(), AsOf(), limit=1)
    assert following == page[0].address_id
    page, following = await list_as_of(conn, CLERK, AddressFilter(), AsOf(), after=following or 0)
    assert ([each.code for each in page], following) == ([later.code], None)
    for refused in (AddressFilter(thoroughfare="Mẫu"), AddressFilter(bbox=BOX)):
        with pytest.raises(FilterOfPresentOnly):
            await list_as_of(conn, CLERK, refused, AsOf())


async def test_history_as_known_then_and_of_a_day(small_conn: AsyncConnection) -> None:
    conn = small_conn
    ref = ref_of(await told_life(conn))

    async def versions(at: AsOf) -> list[tuple[int, bool]]:
        _, found = await address_history(conn, CLERK, ref, at)
        return [(each.version, each.recorded_to is None) for each in found]

    assert await versions(AsOf()) == [(1, False), (2, False), (3, True), (4, True)]
    assert await versions(AsOf(known_at=noon(11))) == [(1, True)]
    assert await versions(AsOf(known_at=noon(12))) == [(1, False), (2, True)]
    assert await versions(AsOf(valid_at=date(2026, 1, 13))) == [(1, False), (2, False), (3, True)]
    assert await versions(AsOf(date(2026, 1, 14), noon(11))) == [(1, True)]


async def test_history_names_the_instrument_of_an_act(small_conn: AsyncConnection) -> None:
    conn = small_conn
    address = await register(conn, "1", 10)
    instrument = Instrument("1685/NQ-UBTVQH15", date(2025, 6, 16), "UBTVQH")
    act = NewAct("renumber", CLERK.id, noon(11), instrument=instrument)
    act_id = await record_act(conn, act)
    await execute(conn, "UPDATE address_version SET act_id = %(act_id)s", {"act_id": act_id})
    _, [version] = await address_history(conn, CLERK, ref_of(address), AsOf())
    assert (version.act_id, version.instrument) == (act_id, instrument.to_json())


async def test_difference_of_two_versions(small_conn: AsyncConnection) -> None:
    ref = ref_of(await told_life(small_conn))
    latest = await compare_versions(small_conn, CLERK, ref)
    assert (latest.before.version, latest.after.version) == (3, 4)
    assert [(each.field, each.before, each.after) for each in latest.differences] == [
        ("status", "current", "retired")
    ]
    first = await compare_versions(small_conn, CLERK, ref, 1, 2)
    assert [each.to_json() for each in first.differences] == [
        {"field": "house_number", "before": "1", "after": "1A"},
        {"field": "thoroughfare", "before": "Đường Mẫu", "after": None},
    ]
    with pytest.raises(VersionUnknown):
        await compare_versions(small_conn, CLERK, ref, 1, 9)


@pytest.fixture(scope="module")
def full_url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give a register of 20,000 synthetic addresses, analysed."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.format(rows=20_000).encode())
            conn.execute("VACUUM ANALYZE")
        yield url


def plan(url: str, name: str, params: dict[str, Any]) -> str:
    with psycopg.connect(url) as conn:
        rows = conn.execute(f"EXPLAIN (FORMAT JSON) {QUERIES[name]}".encode(), params).fetchall()
    return json.dumps(rows[0][0])


TIMES = {"valid_at": "2026-01-01", "known_at": "infinity"}


def test_one_address_of_another_time_takes_its_keys(full_url: str) -> None:
    told = plan(full_url, "address_as_of", {"code": "7000007919", "id": None, **TIMES})
    assert "address_code_key" in told
    assert "address_version_pkey" in told
    assert not re.search(r'"Seq Scan"[^{}]*"Relation Name": "address(_version|_current)?"', told)


def test_a_commune_of_another_time_takes_the_index_of_its_versions(full_url: str) -> None:
    params = {
        **TIMES,
        "after": 0,
        "limit": 101,
        "visibilities": ["public"],
        "areas": None,
        "commune": "25747",
        **dict.fromkeys(("status", "kind", "west", "south", "east", "north")),
    }
    told = plan(full_url, "addresses_as_of", params)
    assert "address_version_commune_idx" in told
    assert not re.search(r'"Seq Scan"[^{}]*"Relation Name": "address(_version|_current)?"', told)
