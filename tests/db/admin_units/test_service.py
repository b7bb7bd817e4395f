from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
import shapely
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import boundary_import, registers, service
from addrsvc.admin_units.errors import (
    LocalityNotFound,
    ThoroughfareNotFound,
    UnitNotFound,
    UnitsNotKnownBefore,
)
from addrsvc.admin_units.list_file import read_list
from addrsvc.admin_units.list_import import ListReceipt, Register, import_list, list_rules
from addrsvc.admin_units.model import (
    KNOWN_FROM,
    REORGANISED,
    BoundaryKind,
    LinkKind,
    NameFilter,
    UnitFilter,
)
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.db.doors import make_engine
from addrsvc.db.queries import Queries
from addrsvc.types import BBox, Level, LonLat, UnitId

pytestmark = pytest.mark.anyio

DAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
OPERATOR = command_line("test")
SEA = LonLat(108.9, 9.0)


@pytest.fixture
async def conn(units_url: str) -> AsyncIterator[AsyncConnection]:
    engine = make_engine(service_settings(units_url))
    async with engine.connect() as conn, conn.begin():
        yield conn
    await engine.dispose()


async def test_a_code_names_another_unit_on_another_day(conn: AsyncConnection) -> None:
    old = await service.get_unit(conn, "25747", date(2025, 6, 30))
    new = await service.get_unit(conn, "25747", REORGANISED)
    assert (old.full_name, new.full_name) == ("Phường Phú Cường", "Phường Thủ Dầu Một")
    assert [unit.id for unit in await service.unit_history(conn, "25747")] == [old.id, new.id]


async def test_before_june_2025_nothing_is_known(conn: AsyncConnection) -> None:
    with pytest.raises(UnitsNotKnownBefore):
        await service.get_unit(conn, "25747", date(2025, 5, 31))
    assert await service.find_unit(conn, "25747", date(2025, 5, 31)) is None
    with pytest.raises(UnitNotFound):
        await service.get_unit(conn, "718", DAY)


async def test_successors_and_predecessors(conn: AsyncConnection) -> None:
    links = await service.successors(conn, "25741", KNOWN_FROM)
    assert {(link.to_id.code, link.kind, link.share_of_from) for link in links} == {
        ("25747", LinkKind.PART, 0.29),
        ("25750", LinkKind.PART, 0.71),
    }
    assert {link.instrument for link in links} == {"NQ 1685/NQ-UBTVQH15"}
    names = {link.from_name for link in await service.predecessors(conn, "25747", DAY)}
    assert names == {
        "Phường Phú Cường",
        "Phường Phú Thọ",
        "Phường Chánh Nghĩa",
        "Phường Hiệp Thành",
        "Phường Chánh Mỹ",
    }


async def test_a_point_lies_in_an_indicative_cell_or_in_the_sea(
    conn: AsyncConnection, units_url: str
) -> None:
    point = LonLat(106.6519, 10.9804)
    found = await service.commune_at(conn, point, DAY, with_edge=True)
    assert found is not None
    assert (found.certainty, found.province_name) == ("indicative", "Thành phố Hồ Chí Minh")
    assert found.edge_m is not None
    assert 0 < found.edge_m < 10_000
    assert await service.commune_at(conn, SEA, DAY) is None
    assert await service.commune_at(conn, point, KNOWN_FROM) is None
    async with await psycopg.AsyncConnection.connect(units_url, autocommit=True) as other_door:
        again = await service.commune_at(other_door, point, DAY)
    assert again is not None
    assert again.id == found.id


async def test_lists_page_by_key_without_loss(conn: AsyncConnection) -> None:
    wanted = UnitFilter(day=DAY, level=Level.COMMUNE, parent="79")
    seen, after = [], None
    while True:
        page, after = await service.list_units(conn, wanted, after=after, limit=50)
        seen += [unit.code for unit in page]
        if after is None:
            break
    assert len(seen) == 168
    assert seen == sorted(set(seen))


async def test_lists_filter_by_name_and_window(conn: AsyncConnection) -> None:
    named, _ = await service.list_units(conn, UnitFilter(day=DAY, name="thu dau"))
    assert [unit.code for unit in named] == ["25747"]
    inner, _ = await service.list_units(conn, UnitFilter(day=DAY, name="một"))
    assert "25747" in [unit.code for unit in inner]
    box = BBox(106.64, 10.97, 106.66, 10.99)
    near, _ = await service.list_units(conn, UnitFilter(day=DAY, bbox=box))
    assert 0 < len(near) < 6
    features, complete = await service.units_in_window(conn, Level.COMMUNE, DAY, box)
    assert complete
    assert {unit.code for unit, _ in features} == {unit.code for unit in near}
    everything = BBox(102, 8, 110, 24)
    features, complete = await service.units_in_window(conn, Level.COMMUNE, DAY, everything)
    assert (len(features), complete) == (service.MAX_FEATURES, False)


async def store(
    conn: AsyncConnection, code: str, shape: shapely.Polygon, day: date, kind: BoundaryKind
) -> int:
    return await boundary_import.store_boundaries(
        conn,
        OPERATOR,
        {code: shapely.MultiPolygon([shape])},
        await boundary_import.units_in_force(conn, day),
        kind=kind,
        source="test",
        at=NOW,
    )


async def test_an_imported_boundary_beats_cells_and_gives_shares(conn: AsyncConnection) -> None:
    old = shapely.box(106.60, 10.95, 106.70, 11.05)
    west = shapely.box(106.60, 10.95, 106.63, 11.05)
    assert await store(conn, "25747", west, DAY, BoundaryKind.OFFICIAL) == 1
    assert await store(conn, "25741", old, KNOWN_FROM, BoundaryKind.APPROXIMATE) == 1
    assert await store(conn, "25747", west, DAY, BoundaryKind.OFFICIAL) == 0  # the same again
    found = await service.commune_at(conn, LonLat(106.61, 11.0), DAY)
    assert found is not None
    assert (found.code, found.certainty) == ("25747", "boundary")
    before = await service.commune_at(conn, LonLat(106.69, 11.0), KNOWN_FROM)
    assert before is not None
    assert before.code == "25741"
    shares = {
        link.to_id.code: link.share_of_from
        for link in await service.successors(conn, "25741", KNOWN_FROM)
    }
    assert shares == {"25747": pytest.approx(0.3, abs=1e-4), "25750": 0.71}
    assert json.dumps(await service.boundary(conn, UnitId("25747", REORGANISED)))
    events = await conn.exec_driver_sql(
        "SELECT subject FROM event WHERE type = 'admin-unit.boundary-changed' ORDER BY event_id"
    )
    assert [row.subject for row in events] == ["25747", "25741"]
    with pytest.raises(NotSignedIn):
        await boundary_import.store_boundaries(
            conn, ANONYMOUS, {}, {}, kind=BoundaryKind.OFFICIAL, source="x", at=NOW
        )


async def test_many_points_are_placed_at_once(conn: AsyncConnection) -> None:
    queries = Queries("addrsvc.admin_units", "points.sql")
    driver = await boundary_import.driver_connection(conn)
    await driver.execute(
        "CREATE TEMP TABLE point_staging (row_no int, point geometry(Point, 4326)) ON COMMIT DROP"
    )
    await driver.execute(
        "INSERT INTO point_staging SELECT n, ST_SetSRID(ST_MakePoint(106.5 + n * 0.01, 11), 4326) "
        "FROM generate_series(1, 30) n UNION ALL SELECT 0, 'SRID=4326;POINT(108.9 9)'"
    )
    for name in ("create_pieces_on_day", "fill_pieces_on_day"):
        await driver.execute(queries[name], {"day": DAY})
    await driver.execute(queries["index_pieces_on_day"])
    await driver.execute(queries["analyze_pieces_on_day"])
    placed = {
        row[0]: row[1]
        for row in await (await driver.execute(queries["communes_of_points"])).fetchall()
    }
    for row_no in range(31):
        point = LonLat(106.5 + row_no * 0.01, 11.0) if row_no else SEA
        alone = await service.commune_at(conn, point, DAY)
        assert placed.get(row_no) == (alone.code if alone else None)


async def receive(
    conn: AsyncConnection, register: Register, path: Path, kind: str | None = None
) -> ListReceipt:
    rules = await list_rules(conn, register, day=DAY, source=path.name, kind=kind)
    return await import_list(conn, OPERATOR, register, read_list(path, {}), rules, at=NOW)


async def test_streets_once_and_again(conn: AsyncConnection, tmp_path: Path) -> None:
    path = tmp_path / "streets.csv"
    path.write_text(
        "name,district_code,old commune code,commune,province,from,to,aliases\n"
        "Đường Yersin,718,25747,,,,,Yéc Xanh\n"
        "Yersin,718,25747,,,,,\n"
        "Yersin,720,,,,,,\n"
        "Lê Lợi,,,Phường Phú Lợi,TP.HCM,Ngã tư,Cầu,\n"
        "Không Rõ,,,Phường Không Có,TP.HCM,,,\n",
        encoding="utf-8",
    )
    first = await receive(conn, "thoroughfare", path)
    assert (first.rows_in, first.added, first.already_there, len(first.rejected)) == (5, 3, 1, 1)
    again = await receive(conn, "thoroughfare", path)
    assert (again.added, again.already_there, len(again.rejected)) == (0, 4, 1)
    wanted = NameFilter(unit="25747", day=KNOWN_FROM, name="yec")
    found, following = await registers.list_thoroughfares(conn, wanted)
    assert following is None
    (street,) = found
    assert (street.name, street.aliases) == ("Yersin", ("Yéc Xanh",))
    assert street.areas == (UnitId("25747", KNOWN_FROM),)
    assert await registers.get_thoroughfare(conn, street.thoroughfare_id) == street
    by_name, _ = await registers.list_thoroughfares(conn, NameFilter(unit="25750", day=DAY))
    assert [(s.name, s.segment_from) for s in by_name] == [("Lê Lợi", "Ngã tư")]
    page, following = await registers.list_thoroughfares(conn, NameFilter(), limit=2)
    rest, end = await registers.list_thoroughfares(conn, NameFilter(), after=following or 0)
    assert (len(page), len(rest), end) == (2, 1, None)
    with pytest.raises(ThoroughfareNotFound):
        await registers.get_thoroughfare(conn, 999)


async def test_localities_once_and_again(conn: AsyncConnection, tmp_path: Path) -> None:
    path = tmp_path / "localities.csv"
    path.write_text(
        "Tên,Loại,Mã phường xã,Kinh độ,Vĩ độ,Tên khác,Mã huyện\n"
        "Khu phố 3,Khu phố,25747,106.65,10.98,KP3,\n"
        "Ấp 4,Ấp,,,,,718\n",
        encoding="utf-8",
    )
    first = await receive(conn, "locality", path)
    assert (first.added, len(first.rejected)) == (1, 1)
    assert (await receive(conn, "locality", path)).added == 0
    box = BBox(106.6, 10.9, 106.7, 11.0)
    (found,), _ = await registers.list_localities(conn, NameFilter(name="kp3", bbox=box))
    assert (found.kind, found.centre) == ("khu_pho", LonLat(106.65, 10.98))
    assert await registers.get_locality(conn, found.locality_id) == found
    with pytest.raises(LocalityNotFound):
        await registers.get_locality(conn, 999)
    rules = await list_rules(conn, "locality", day=DAY, source="x", kind=None)
    with pytest.raises(NotSignedIn):
        await import_list(conn, ANONYMOUS, "locality", read_list(path, {}), rules, at=NOW)
