"""Printed pages over HTTP: the same questions and the same sight as the JSON answers.

All plans and addresses are invented.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import IN_WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.geo.crs import to_vn2000
from addrsvc.paper import fonts
from addrsvc.settings import Settings
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

LON, LAT = 106.65, 10.95


PUBLIC = "https://example.test"


@pytest.fixture(scope="module")
def printed_template(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    """Give the small world with a plan of two zones, and a draft."""
    with clone_database(registry_template) as url:
        west, east = shapely.box(106.6, 10.9, LON, 11), shapely.box(LON, 10.9, 106.7, 11)
        insert_plan(url, [("ODT", west), ("CLN", east)], name="In thử (bịa) <b>${7*7}</b>")
        insert_plan(url, [("DGT", west)], status="draft", name="Nháp (bịa)")
        yield url


@pytest.fixture
def settings(
    clone_database: Callable[[str], AbstractContextManager[str]], printed_template: str
) -> Iterator[Settings]:
    with clone_database(printed_template) as url:
        # as operators type it, with a slash at the end
        public = {"public_url": f"{PUBLIC}/"}
        yield service_settings(url, anonymous_per_minute=10_000, **public)


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("inline")
    assert "etag" not in answer.headers
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


async def slug_of(asking: Any) -> tuple[int, str]:
    answer = await asking
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


async def test_points_and_plots_are_printed(client: httpx.AsyncClient) -> None:
    url = "/v1/planning/print"
    asked = {"lon": LON - 0.0001, "lat": LAT, "accuracy_m": 30}
    said = text_of(await client.get(url, params=asked))
    assert "In thử (bịa) <b>${7*7}</b>" in said
    assert "Nháp" not in said
    assert "Đất ở tại đô thị (ODT) tại điểm này" in said
    assert "Đất trồng cây lâu năm (CLN), cách" in said
    assert "CLN – Đất trồng cây lâu năm" in said  # in the legend
    assert f"{PUBLIC}/planning?q=10.950000%2C+106.649900&day=" in said
    english = text_of(await client.get(url, params={**asked, "lang": "en", "at": "2020-01-01"}))
    assert "No plan published here says anything of this place." in english
    east, north = to_vn2000(LonLat(LON - 0.0001, LAT), 9210)
    metres = {"x": north, "y": east, "crs": "EPSG:9210"}
    assert "Đất ở tại đô thị (ODT)" in text_of(await client.get(url, params=metres))

    corners = [to_vn2000(LonLat(LON + dx, LAT + dy), 9210) for dx, dy in _SQUARE]
    rows = [[str(n), y, x, 99.0] for n, (x, y) in enumerate(corners, 1)]
    answer = await client.post(f"{url}?lang=vi", json={"corners": rows})
    said = text_of(answer)
    assert "Tọa độ các góc, VN-2000, EPSG:9210" in said
    assert f"{corners[2][1]:.3f} {corners[2][0]:.3f}" in said
    assert said.count("99.00") == 4
    assert "Phần không có vùng nào của đồ án 0,0 0,00" in said
    assert f"{corners[0][0]:.2f}" not in said.split("https://")[1].split(" ")[0]
    shape = shapely.geometry.mapping(shapely.box(LON - 0.001, LAT, LON + 0.001, LAT + 0.001))
    said = text_of(await client.post(url, json=shape, headers={"Accept-Language": "en"}))
    assert "Urban residential land (ODT)" in said
    assert "50.00" in said
    assert "Corners" not in said

    for asking, refused in (
        (client.get(url), (422, "planning-ground-unclear")),
        (client.get(url, params={**asked, "code": "x"}), (422, "planning-ground-unclear")),
        (client.get(url, params={"lon": 10.95, "lat": 106.65}), (422, "position-exchanged")),
        (client.get(url, params={"lat": 10.95}), (422, "half-a-position")),
        (client.post(url, json={}), (422, "planning-ground-unclear")),
        (client.post(url, json={"corners": rows[:2]}), (422, "corners-too-few")),
    ):
        assert await slug_of(asking) == refused


_SQUARE = [(-0.0003, 0.0), (-0.0003, 0.0004), (0.0002, 0.0004), (0.0002, 0.0)]


async def test_addresses_are_printed_for_who_may_see_them(
    client: httpx.AsyncClient,
    issue_key: IssueKey,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    editor = await _key(issue_key, Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    body = {"kind": "dwelling", "source": "test", "position": IN_WEST}
    refs = {}
    for number, visibility in (("12", "public"), ("13", "restricted")):
        answer = await client.post(
            "/v1/addresses",
            json={
                **body,
                "components": {"house_number": number, "thoroughfare": "Đường <i>Mẫu</i>"},
                "visibility": visibility,
            },
            headers=editor,
        )
        assert answer.status_code == 201, answer.text
        refs[visibility] = answer.json()["code"]
    url = "/v1/planning/print"
    said = text_of(await client.get(url, params={"code": refs["public"]}))
    assert "Địa chỉ: 12 Đường <i>Mẫu</i>," in said
    assert "Mã địa chỉ số:" in said
    hidden = client.get(url, params={"code": refs["restricted"]})
    assert await slug_of(hidden) == (404, "address-not-found")
    reader = await _key(issue_key, Scope.ADDRESSES_READ)
    seen = await client.get(url, params={"code": refs["restricted"]}, headers=reader)
    assert "Địa chỉ: 13 Đường" in text_of(seen)
    assert (await client.get(url, params={"code": "12345678901"})).status_code in {404, 422}

    monkeypatch.setattr(fonts, "_NODE_MODULES", tmp_path)
    missing = client.get(url, params={"lon": LON, "lat": LAT})
    assert await slug_of(missing) == (503, "print-fonts-missing")


async def _key(issue_key: IssueKey, *scopes: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(*scopes)}"}
