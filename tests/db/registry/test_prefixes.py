"""Prefixes as data: imported once, never changed, reserved in part, watched."""

from __future__ import annotations

from pathlib import Path

import pytest
from service_settings import service_settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.errors import ScopeMissing
from addrsvc.auth.model import Principal, command_line
from addrsvc.clock import FixedClock
from addrsvc.codes.allocation import take
from addrsvc.codes.errors import ReservedRangeInvalid
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.registry import prefixes, repository
from addrsvc.registry.coding import draw, insert_drawn
from addrsvc.registry.prefix_list import PrefixFileRefused, PrefixLine, read_lines
from addrsvc.registry.prefixes import PrefixUnknown, RangeOverlaps

pytestmark = pytest.mark.anyio
OPERATOR = command_line("test")
LINE = PrefixLine("75200", "25747", "Bưu điện", "danh sách")


@pytest.fixture
async def conn(registry_url: str):  # noqa: ANN201 -- a fixture
    engine = make_engine(service_settings(registry_url))
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def add(conn: AsyncConnection, clock: FixedClock, *lines: PrefixLine) -> tuple[str, ...]:
    report = await prefixes.import_prefixes(conn, OPERATOR, lines, clock)
    return report.added


async def key_of(conn: AsyncConnection, prefix: str) -> bytes:
    statement = "SELECT key FROM code_prefix WHERE prefix = %(prefix)s"
    (found,) = await rows(conn, statement, {"prefix": prefix})
    return bytes(found["key"])


async def test_key_is_made_once(conn: AsyncConnection, clock: FixedClock) -> None:
    assert await add(conn, clock, LINE) == ("75200",)
    key = await key_of(conn, "75200")
    assert len(key) == 32
    assert await add(conn, clock, LINE, LINE) == ()
    assert await key_of(conn, "75200") == key
    traces = await conn.execute(
        text(
            "SELECT (SELECT count(*) FROM event WHERE type = 'prefix.imported'),"
            " (SELECT count(*) FROM audit_entry WHERE action = 'prefix.import')"
        )
    )
    assert tuple(traces.one()) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        PrefixLine("7520", "25747", "X", "s"),
        PrefixLine("７５２００", "25747", "X", "s"),
        PrefixLine("75200", "99999", "X", "s"),
        PrefixLine("75200", "79", "X", "s"),
        PrefixLine("75200", "25747", "", "s"),
        PrefixLine("75123", "25750", "Test", "s"),
        PrefixLine("75123", "25747", "Other", "s"),
        PrefixLine("75123", "25747", "Test", "s"),  # is there as invented data
    ],
)
async def test_all_or_nothing(conn: AsyncConnection, clock: FixedClock, line: PrefixLine) -> None:
    good = PrefixLine("75300", "25747", "X", "s")
    with pytest.raises(PrefixFileRefused) as caught:
        await add(conn, clock, good, line)
    assert caught.value.count == 1
    assert caught.value.errors[0].pointer == "/3"
    states = await prefixes.list_prefixes(conn)
    assert "75300" not in {state.prefix for state in states}


async def test_list_contradicting_itself(conn: AsyncConnection, clock: FixedClock) -> None:
    with pytest.raises(PrefixFileRefused):
        await add(conn, clock, LINE, PrefixLine("75200", "25750", "Bưu điện", "s"))


async def test_capacity_and_warning(conn: AsyncConnection, clock: FixedClock) -> None:
    await add(conn, clock, LINE)
    await conn.execute(text("UPDATE code_prefix SET next_counter = 79999 WHERE prefix = '75200'"))
    state = {each.prefix: each for each in await prefixes.list_prefixes(conn)}["75200"]
    assert (state.capacity.drawn, state.capacity.left) == (79_999, 20_001)
    assert not state.capacity.nearly_full
    await conn.execute(text("UPDATE code_prefix SET next_counter = 80000 WHERE prefix = '75200'"))
    state = {each.prefix: each for each in await prefixes.list_prefixes(conn)}["75200"]
    assert state.capacity.nearly_full
    assert state.commune_name == "Phường Tây"
    assert not state.is_demo


async def test_reserving(conn: AsyncConnection, clock: FixedClock) -> None:
    async def reserve(first: int, last: int, prefix: str = "75123", issuer: str = "VNPost") -> int:
        kept = await prefixes.reserve_range(
            conn,
            OPERATOR,
            prefix=prefix,
            first=first,
            last=last,
            issuer=issuer,
            reason="test",
            clock=clock,
        )
        return kept.since_counter

    await conn.execute(text("UPDATE code_prefix SET next_counter = 7 WHERE prefix = '75123'"))
    assert await reserve(0, 999) == 7
    await conn.execute(text("UPDATE code_prefix SET next_counter = 9 WHERE prefix = '75123'"))
    assert await reserve(0, 999) == 7  # said before
    with pytest.raises(RangeOverlaps):
        await reserve(999, 2_000)
    with pytest.raises(RangeOverlaps):
        await reserve(0, 999, issuer="Other")
    with pytest.raises(PrefixUnknown):
        await reserve(0, 1, prefix="00000")
    with pytest.raises(ReservedRangeInvalid):
        await reserve(5, 1)


async def test_scope_is_needed(conn: AsyncConnection, clock: FixedClock) -> None:
    with pytest.raises(ScopeMissing):
        await prefixes.import_prefixes(conn, Principal("key:x"), [LINE], clock)


def test_reading_the_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Mã khu vực,Mã phường xã,Đơn vị cấp\n75200, 25747 ,Bưu điện\n", "utf-8-sig")
    assert read_lines(path) == [PrefixLine("75200", "25747", "Bưu điện", "list.csv")]
    for content in (b"prefix,issuer\n1,2\n", b"\xff\xfe\xfa", b'prefix,commune_code,issuer\n"1,2'):
        path.write_bytes(content)
        with pytest.raises(PrefixFileRefused):
            read_lines(path)


async def test_range_reserved_while_the_prefix_was_waited_for_is_kept(
    conn: AsyncConnection, clock: FixedClock
) -> None:
    await add(conn, clock, LINE)
    prefix = await repository.prefix_to_draw_from(conn, "25747")
    assert prefix is not None
    drawn = take(prefix.space, 1)
    code, suffix = drawn.codes()[0], int(drawn.codes()[0].suffix)
    await conn.execute(
        text("INSERT INTO reserved_range VALUES (:prefix, :at, :at, 'Bưu điện', 'thử', 0)"),
        {"prefix": prefix.space.prefix, "at": suffix},
    )
    drawing = {"code": code.text, "issuer": prefix.issuer, "at": clock.now()}
    assert await repository.insert_drawn(conn, drawn.space, **drawing) is None
    space = drawn.space
    assert await repository.move_counter(conn, space.prefix, space.next_counter, code.text)
    coded = await draw(conn, "25747")
    assert coded.code != code
    assert await insert_drawn(conn, "25747", clock.now())
