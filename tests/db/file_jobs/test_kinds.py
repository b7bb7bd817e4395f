"""Kinds of jobs over files: what each adds to a row, and what becomes of rows asked wrongly."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from file_slices_world import LE_LOI, job_of, open_room, receive, result_of, run_all
from geocoding_fixtures import Assign
from registry_fixtures import WEST

from addrsvc.clock import FixedClock
from addrsvc.codes.code import DigitalCode
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.geo.crs import to_vn2000
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio


@pytest.fixture
async def code(assign: Assign) -> str:
    return await assign("12", "Đường Lê Lợi")


@pytest.fixture
async def room(
    registry_url: str, code: str, clock: FixedClock, tmp_path: Path
) -> AsyncIterator[Room]:
    async with open_room(registry_url, clock, tmp_path) as room:
        yield room


async def rows_of(room: Room, content: str | bytes, **asked: Any) -> list[dict[str, str]]:
    """Have a file done; give its rows by the names of their columns."""
    given = content.encode() if isinstance(content, str) else content
    job_id = await receive(room, given, **asked)
    await run_all(room)
    job = await job_of(room, job_id)
    assert job.state == "done", job.problem or job.found
    text = result_of(room, job).decode("utf-8-sig")
    delimiter = (job.found or {})["delimiter"] or ","
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert sum(job.counts.values()) == len(rows) == job.rows_total
    return rows


def column(rows: list[dict[str, str]], name: str) -> list[str]:
    return [row[name] for row in rows]


async def test_addresses_in_parts_and_in_a_text_beside_their_units(room: Room, code: str) -> None:
    parts = "Số nhà,Tên đường,Phường/Xã,Tỉnh/Thành phố\n12,Lê Lợi,Phường Tây,Mẫu\n,,,\n"
    rows = await rows_of(room, parts)
    assert column(rows, "geocode_status") == ["certain", "empty"]
    assert rows[0]["geocode_code"] == code
    text = "Địa chỉ,Phường Xã,Tỉnh\n12 Lê Lợi,Phường Tây,Mẫu\n"
    text += f'"{LE_LOI}",Phường Đông,Mẫu\n'  # what the text says itself stands
    rows = await rows_of(room, text)
    assert column(rows, "geocode_code") == [code, code]
    assert column(rows, "geocode_commune_code") == [WEST, WEST]


async def test_validate_judges_texts_and_codes(room: Room, code: str) -> None:
    plate = DigitalCode.of(code).plate
    lines = [f',"{LE_LOI}"', f"{plate},", "75123,", '"75123-99999",', ","]
    rows = await rows_of(room, "\n".join(["Mã địa chỉ,Địa chỉ", *lines, ""]), kind="validate")
    statuses = ["certain", "certain", "refused", "not_found", "empty"]
    assert column(rows, "validate_status") == statuses
    assert column(rows, "validate_code")[:2] == [code, code]
    assert "thoroughfare=confirmed" in rows[0]["validate_parts"]
    assert rows[2]["validate_problem"]
    assert "code.not-known" in rows[3]["validate_findings"] or rows[3]["validate_notes"]


async def test_check_reads_any_form_of_a_code(room: Room, code: str) -> None:
    lines = [DigitalCode.of(code).plate, code, "x", "", "75123-99999"]
    rows = await rows_of(room, "\n".join(["Mã,", *(f"{each}," for each in lines)]), kind="check")
    assert column(rows, "check_status") == ["certain", "review", "refused", "empty", "not_found"]
    assert rows[0]["check_label"].startswith("12 Đường Lê Lợi")


async def test_reverse_honours_systems_and_notices_exchanged_axes(room: Room, code: str) -> None:
    content = 'Kinh độ;Vĩ độ\n"106,65";10.95\n10.95;106.65\nabc;1\n;\n120;0\n'
    rows = await rows_of(room, content, kind="reverse")
    statuses = ["certain", "refused", "refused", "empty", "not_found"]
    assert column(rows, "reverse_status") == statuses
    assert rows[0]["reverse_code"] == code
    assert rows[0]["reverse_commune_code"] == WEST
    assert "lon=106.65" in rows[1]["reverse_problem"]
    east, north = to_vn2000(LonLat(106.65, 10.95), 9210)
    rows = await rows_of(
        room, f"X,Y\n{north},{east}\n{east},{north}\n", kind="reverse", crs="EPSG:9210"
    )
    assert column(rows, "reverse_code") == [code, code]
    point = {"type": "Point", "coordinates": [106.65, 10.95]}
    features = [{"type": "Feature", "properties": {"lon": "x"}, "geometry": point}]
    layer = orjson.dumps({"type": "FeatureCollection", "features": features})
    rows = await rows_of(room, layer, kind="reverse", name="nha.geojson")
    assert rows[0]["reverse_code"] == code


async def test_convert_takes_names_and_codes(room: Room) -> None:
    content = f"Mã xã,Tên xã\n{WEST},\n,Phường Tây\n99999,\n,Không có\n,\n"
    rows = await rows_of(room, content, kind="convert")
    statuses = ["certain", "certain", "refused", "refused", "empty"]
    assert column(rows, "convert_status") == statuses
    assert column(rows, "convert_code")[:2] == [WEST, WEST]
    assert rows[0]["convert_name"] == "Phường Tây"
    assert rows[2]["convert_problem"]
