"""Files of codes or points: what plans say beside each row, and of rows that cannot be asked about.

All plans and addresses are invented.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from file_slices_world import job_of, open_room, receive, result_of, run_all
from geocoding_fixtures import Assign
from planning_world import insert_plan
from registry_fixtures import IN_WEST

from addrsvc.clock import FixedClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs.kinds import planning
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.geo.crs import to_vn2000
from addrsvc.registry.model import Visibility
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

LON, LAT = float(str(IN_WEST["lon"])), float(str(IN_WEST["lat"]))


def box(west_m: float, east_m: float) -> shapely.Polygon:
    """Make a strip so many metres, about, east of the address."""
    return shapely.box(LON + west_m / 109_200, LAT - 0.001, LON + east_m / 109_200, LAT + 0.001)


@pytest.fixture
async def room(registry_url: str, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(registry_url, clock, tmp_path) as room:
        yield room


async def rows_of(room: Room, content: str, **asked: Any) -> list[dict[str, str]]:
    job_id = await receive(room, content.encode(), kind="planning", **asked)
    async with transaction(room.engine) as conn:  # whoever asked sees no secret addresses
        await conn.execute(sa.text("UPDATE personal.file_job SET scopes = '{addresses:read}'"))
    await run_all(room)
    job = await job_of(room, job_id)
    assert job.state == "done", job.problem or job.found
    text = result_of(room, job).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sum(job.counts.values()) == len(rows) == job.rows_total
    return rows


def column(rows: list[dict[str, str]], name: str) -> list[str]:
    return [row[f"planning_{name}"] for row in rows]


async def test_codes_and_points_beside_each_other(
    room: Room, registry_url: str, assign: Assign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_CHUNK", 2)
    home = await assign("1", "Đường Lê Lợi")
    edge = await assign("2", "Đường Lê Lợi", shift_deg=97.5 / 109_200)
    secret = await assign("3", "Đường Lê Lợi", visibility=Visibility.SECRET)
    insert_plan(registry_url, [("ODT", box(-100, 100)), ("CLN", box(100, 200))])
    insert_plan(registry_url, [("ONT", box(-100, 50))], name="Tỉnh (bịa)", level="province")
    insert_plan(registry_url, [("XYZ", box(120, 140))], name="Chi tiết (bịa)", kind="detail")
    lines = [
        f"{DigitalCode.of(home).plate},,",  # two plans differ
        f"{edge},,",  # 2.5 m from the edge, by 4.5 m
        f"{secret},,",
        "75123-99999,,",
        "x,,",
        f",{LON + 130 / 109_200},{LAT}",
        f",{LON + 70 / 109_200},{LAT}",
        f",{LAT},{LON}",
        ",107,12",
        ",106.6,",
        ",,",
    ]
    rows = await rows_of(room, "\n".join(["Mã địa chỉ,Kinh độ,Vĩ độ", *lines, ""]))
    statuses = ["review", "review", "not_found", "not_found", "refused", "certain", "certain"]
    assert column(rows, "status") == [*statuses, "refused", "not_found", "refused", "empty"]
    first, near, *_, detail, plain = rows[:7]
    assert (first["planning_address_code"], first["planning_accuracy_m"]) == (home, "4.5")
    assert float(first["planning_lon"]) == LON
    assert first["planning_plans"] == "2"
    assert "khác nhau: ONT ≠ ODT" in first["planning_note"]
    assert "Tỉnh (bịa): ONT" in first["planning_said"]
    assert (near["planning_codes"], near["planning_names"]) == ("ODT", "Đất ở tại đô thị")
    assert "sai số" in near["planning_note"]
    assert "(2.5 m)" in near["planning_note"]
    # the most detailed plan is told in columns
    assert (detail["planning_codes"], detail["planning_plan"]) == ("XYZ", "Chi tiết (bịa)")
    assert detail["planning_said"] == "Chi tiết (bịa): XYZ; Quy hoạch thử (bịa): CLN"
    assert (plain["planning_decision"], plain["planning_decision_date"]) == (
        "12/QĐ-BỊA",
        "2025-12-30",
    )
    assert plain["planning_scale"] == "1:2000"
    assert "giả lập" in plain["planning_note"]
    assert plain["planning_as_of"] == "2026-01-15"
    assert "đổi chỗ" in rows[7]["planning_problem"]
    assert rows[8]["planning_note"].startswith("Chưa có")
    # a secret address is as one that is not there
    unlike = [rows[n]["planning_problem"] for n in (2, 3)]
    assert unlike[0].replace(secret, "") == unlike[1].replace("75123-99999", "")


async def test_metres_of_a_zone_and_other_days(room: Room, registry_url: str) -> None:
    insert_plan(registry_url, [("ODT", box(-100, 100))])
    east, north = to_vn2000(LonLat(LON, LAT), 9210)
    content = f"X,Y\n{north},{east}\n{east},{north}\n"
    rows = await rows_of(room, content, crs="EPSG:9210")
    assert column(rows, "codes") == ["ODT", "ODT"]
    assert float(rows[0]["planning_lon"]) == pytest.approx(LON, abs=2e-7)
    english = await rows_of(room, content, crs="EPSG:9210", at="2025-12-31", language="en")
    assert column(english, "status") == ["not_found", "not_found"]
    assert column(english, "note")[0] == "No published plan covers this place."
