"""Plans asked about over HTTP: addresses, points, plots; whose addresses, and bad questions.

All plans and addresses are invented.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import httpx
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.geo.crs import to_vn2000
from addrsvc.settings import Settings
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

HOME = LonLat(106.65, 10.95)
_STEP = 0.0001


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """Make a box around HOME, in steps of 11 m."""
    west, south = HOME.lon + x * _STEP, HOME.lat + y * _STEP
    return shapely.box(west, south, west + width * _STEP, south + height * _STEP)


@pytest.fixture(scope="module")
def planned_template(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    """Give the small world with two plans: one of the past, one with a gap and an overlap."""
    with clone_database(registry_template) as url:
        past = {
            "status": "superseded",
            "valid_from": date(2020, 1, 1),
            "valid_to": date(2026, 1, 5),
        }
        old = insert_plan(url, [("LUC", box(-9, -9, 18, 18))], name="Cũ (bịa)", **past)
        zones = [("ODT", box(-9, -9, 9.2, 18)), ("CLN", box(0, -9, 5, 18))]
        insert_plan(url, zones, name="Mới (bịa)", replaces=[old])
        insert_plan(url, [("DGT", box(-9, -9, 18, 18))], status="draft", name="Nháp (bịa)")
        yield url


@pytest.fixture
def settings(
    clone_database: Callable[[str], AbstractContextManager[str]], planned_template: str
) -> Iterator[Settings]:
    with clone_database(planned_template) as url:
        yield service_settings(url, anonymous_per_minute=10_000)


async def assign(client: httpx.AsyncClient, headers: dict[str, str], **more: Any) -> Any:
    body = {"kind": "dwelling", "source": "test", "position": IN_WEST, **more}
    answer = await client.post("/v1/addresses", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(body: Any) -> dict[str, list[str]]:
    return {
        each["plan"]["name"]: [share["code"] for share in each["shares"]] for each in body["plans"]
    }


async def problem(asking: Any, status: int, slug: str) -> Any:
    answer = await asking
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["detail"]
    return body


async def test_a_point_in_degrees_and_in_metres(client: httpx.AsyncClient) -> None:
    point = {"lon": 106.6497, "lat": HOME.lat}
    answer = await client.get("/v1/planning/at", params={**point, "accuracy_m": 40})
    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert body["as_of"] == "2026-01-15"
    assert (await client.get(body["links"]["print"])).content.startswith(b"%PDF")
    assert body["asked"] == {**point, "accuracy_m": 40, "area_m2": None}
    (says,) = body["plans"]
    plan = says["plan"]
    told = {name: plan[name] for name in ("name", "kind", "level", "scale", "decision_number")}
    assert told == {
        "name": "Mới (bịa)",
        "kind": "land_use",
        "level": "commune",
        "scale": 2000,
        "decision_number": "12/QĐ-BỊA",
    }
    assert (plan["decision_date"], plan["valid_from"], plan["valid_to"]) == (
        "2025-12-30",
        "2026-01-05",
        None,
    )
    assert "tham khảo" in body["notice"]
    assert body["is_synthetic"] is plan["is_synthetic"] is True
    assert "giả lập" in body["synthetic_note"]
    (share,) = says["shares"]
    assert (share["code"], share["name"]) == ("ODT", "Đất ở tại đô thị")
    assert share["colour"].startswith("#")
    (near,) = says["near"]
    assert (near["code"], near["distance_m"]) == ("CLN", pytest.approx(32.8, abs=0.1))
    again = await client.get(
        "/v1/planning/at",
        params={**point, "accuracy_m": 40},
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    english = await client.get("/v1/planning/at", params=point, headers={"Accept-Language": "en"})
    assert "For reference only" in english.json()["notice"]
    assert english.headers["etag"] != answer.headers["etag"]
    east, north = to_vn2000(LonLat(**point), 9210)
    for x, y, crs in ((north, east, "EPSG:9210"), (east, north, "9210"), (north, east, None)):
        params = {"x": x, "y": y} | ({} if crs is None else {"crs": crs})
        metres = (await client.get("/v1/planning/at", params=params)).json()
        assert names(metres) == {"Mới (bịa)": ["ODT"]}
        assert metres["asked"]["lon"] == pytest.approx(point["lon"], abs=2e-7)
    past = (await client.get("/v1/planning/at", params={**point, "at": "2025-12-31"})).json()
    assert names(past) == {"Cũ (bịa)": ["LUC"]}
    both = (await client.get("/v1/planning/at", params={"lon": 106.65001, "lat": 10.95})).json()
    assert names(both) == {"Mới (bịa)": ["CLN", "ODT"]}
    nowhere = (await client.get("/v1/planning/at", params={"lon": 105, "lat": 20})).json()
    assert nowhere["plans"] == []
    assert "không có nghĩa" in nowhere["note"]


async def test_questions_about_points_that_cannot_be_answered(client: httpx.AsyncClient) -> None:
    def at(**params: Any) -> Any:
        return client.get("/v1/planning/at", params=params, headers={"Accept-Language": "vi"})

    await problem(at(), 422, "planning-ground-unclear")
    await problem(at(lon=106.65, lat=10.95, x=1, y=2), 422, "planning-ground-unclear")
    half = await problem(at(lon=106.65), 422, "half-a-position")
    assert "lon" in half["detail"]
    await problem(at(x=1214436.3, crs="EPSG:9210"), 422, "half-a-position")
    exchanged = await problem(at(lon=10.95, lat=106.65), 422, "position-exchanged")
    assert "đổi chỗ" in exchanged["detail"]
    await problem(at(lon="nan", lat=10.95), 422, "request-invalid")
    await problem(at(lon=1e300, lat=10.95), 422, "position-out-of-range")
    await problem(at(lon=500, lat=500), 422, "position-out-of-range")
    unlikely = await problem(at(x=106.65, y=10.95, crs="EPSG:9210"), 422, "metres-unlikely")
    assert "lon và lat" in unlikely["detail"]
    await problem(at(x=1214436.3, y=598371.1, crs="EPSG:32648"), 422, "crs-zone-unknown")
    hostile = "+proj=longlat"
    await problem(at(x=1214436.3, y=598371.1, crs=hostile), 422, "crs-not-understood")
    await problem(at(lon=106.65, lat=10.95, accuracy_m=501), 422, "request-invalid")


async def test_an_address_is_asked_about_as_it_is_looked_up(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    public = await assign(client, writer, components={"house_number": "1"})
    answer = await client.get(f"/v1/addresses/{public['plate']}/planning")
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-cache"
    assert (body["address"]["ref"], body["confirm"]) == (public["code"], False)
    assert body["asked"]["accuracy_m"] == IN_WEST["accuracy_m"]
    assert names(body) == {"Mới (bịa)": ["CLN", "ODT"]}
    assert body["links"]["print"].startswith(f"/v1/planning/print?code={public['code']}")
    ten = (await client.get(f"/v1/addresses/{public['code']}/planning")).json()
    assert ten["confirm"] is True
    past = await client.get(f"/v1/addresses/{public['code']}/planning?at=2025-12-31")
    assert names(past.json()) == {"Cũ (bịa)": ["LUC"]}
    then = await client.get(f"/v1/addresses/{public['code']}/planning?valid_at=2026-01-14")
    await problem(_of(then), 404, "address-not-there-then")
    # secret and restricted ones are there for who may see them
    unknown = await problem(
        client.get("/v1/addresses/75123-99999/planning"), 404, "address-not-found"
    )
    reader = await _key(issue_key, Scope.ADDRESSES_READ)
    elsewhere = await _key(issue_key, Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, areas=[EAST])
    named = await _key(issue_key, Scope.ADDRESSES_READ, Scope.ADDRESSES_SECRET, areas=[WEST])
    everything = await _key(
        issue_key, Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET
    )
    for visibility, seen_by in (("restricted", [reader, named]), ("secret", [named])):
        hidden = await assign(
            client,
            everything,
            components={"house_number": visibility, "thoroughfare": "Mẫu"},
            visibility=visibility,
        )
        path = f"/v1/addresses/{hidden['code']}/planning"
        for headers in ({}, reader, elsewhere, named):
            if headers in seen_by:
                assert (await client.get(path, headers=headers)).status_code == 200
                continue
            refused = await problem(client.get(path, headers=headers), 404, "address-not-found")
            told = {**refused, "request_id": "", "code": "", "detail": ""}
            assert told == {**unknown, "request_id": "", "code": "", "detail": ""}


async def _of(answer: httpx.Response) -> httpx.Response:
    return answer


async def _key(issue_key: IssueKey, *scopes: Scope, areas: Any = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(*scopes, areas=areas)}"}


async def test_addresses_without_a_place_and_retired_ones(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    listed = {"kind": "dwelling", "source": "list", "commune_code": WEST}
    answer = await client.post("/v1/addresses", json=listed, headers=writer)
    proposal = f"/v1/addresses/{answer.json()['ref']}/planning"
    placeless = await problem(client.get(proposal, headers=writer), 409, "address-place-rough")
    assert "các góc thửa đất" in placeless["detail"]
    await problem(client.get(proposal), 401, "not-signed-in")
    rough = await assign(client, writer, position={**IN_EAST, "accuracy_m": 501})
    path = f"/v1/addresses/{rough['code']}/planning"
    body = await problem(client.get(path), 409, "address-place-rough")
    assert (body["accuracy_m"], body["limit_m"]) == (501, 500)
    old = await assign(client, writer, components={"house_number": "1"})
    retired = await client.post(
        f"/v1/addresses/{old['code']}:retire",
        json={"reason": "thử nghiệm"},
        headers={**writer, "If-Match": '"1"'},
    )
    assert retired.status_code == 200, retired.text
    body = (await client.get(f"/v1/addresses/{old['code']}/planning")).json()
    assert body["address"]["status"] == "retired"
    assert names(body) == {"Mới (bịa)": ["CLN", "ODT"]}


async def test_a_plot_by_shape_corners_and_parcel(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    # 10 steps wide: 5 of ODT, of which 0.2 lie in CLN too, 5 of CLN; beyond there is nothing
    plot = shapely.geometry.mapping(box(-5, 0, 12, 2))
    answer = await client.post("/v1/planning/overlay", json={"geometry": plot})
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    total = body["asked"]["area_m2"]
    assert total == pytest.approx(2901.9, rel=1e-3)
    (says,) = body["plans"]
    assert [each["code"] for each in says["shares"]] == ["ODT", "CLN"]
    percents = [each["percent"] for each in says["shares"]]
    assert percents == pytest.approx([5.2 / 12 * 100, 5 / 12 * 100], rel=1e-4)
    assert says["uncovered_percent"] == pytest.approx(2 / 12 * 100, rel=1e-4)
    assert says["overlapping_percent"] == pytest.approx(0.2 / 12 * 100, rel=1e-3)
    assert says["uncovered_m2"] == pytest.approx(total * 2 / 12, rel=1e-4)
    assert body["asked"]["geometry"]["type"] == "MultiPolygon"
    bare = await client.post(
        "/v1/planning/overlay?at=2025-12-31",
        json={"type": "Feature", "properties": {"a": 1}, "geometry": plot},
        headers={"Content-Type": "application/geo+json"},
    )
    assert names(bare.json()) == {"Cũ (bịa)": ["LUC"]}
    corners = [to_vn2000(LonLat(*each), 9210) for each in plot["coordinates"][0][:4]]
    printed = [[str(n), north, east] for n, (east, north) in enumerate(corners, 1)]
    for given, crs in (
        (printed, "EPSG:9210"),
        ("\n".join(f"{n} {x:.2f} {y:.2f}" for n, x, y in printed), None),
    ):
        asked = {"corners": given} | ({} if crs is None else {"crs": crs})
        answer = await client.post("/v1/planning/overlay", json=asked)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["asked"]["area_m2"] == pytest.approx(total, rel=1e-3)
        assert found["corners"]["crs"] == "EPSG:9210"
        assert found["corners"]["is_crs_found"] is (crs is None)
        assert found["corners"]["x_is_northing"] is True
    # parcels: no shapes are kept, and they are not for everybody
    home = await assign(client, writer, aliases=[{"scheme": "parcel", "value": f"{WEST}-12-345"}])
    parcel = {"parcel": {"commune": WEST, "sheet": 12, "parcel": 345}}
    await problem(client.post("/v1/planning/overlay", json=parcel), 401, "not-signed-in")
    of_parcel = await client.post("/v1/planning/overlay", json=parcel, headers=writer)
    assert of_parcel.json()["address"]["ref"] == home["code"]
    assert "không lưu ranh thửa" in of_parcel.json()["parcel_note"]
    assert of_parcel.json()["asked"]["area_m2"] is None
    other = copy.deepcopy(parcel)
    other["parcel"]["parcel"] = 346
    none = client.post("/v1/planning/overlay", json=other, headers=writer)
    assert "corners" in (await problem(none, 422, "parcel-of-no-address"))["detail"]


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(map(list, ring))]}


_A, _B, _C, _D = (106.65, 10.95), (106.651, 10.95), (106.651, 10.951), (106.65, 10.951)


REFUSED: list[tuple[Any, int, str, str]] = [
    ({}, 422, "planning-ground-unclear", "geometry, corners, parcel"),
    ({"geometry": polygon(_A, _B, _C, _A), "corners": "1"}, 422, "planning-ground-unclear", ""),
    ({"geometry": {"type": "Point", "coordinates": _A}}, 422, "planning-geometry-unread", ""),
    ({"geometry": {"type": "Polygon"}}, 422, "planning-geometry-unread", ""),
    ({"geometry": {"type": "Polygon", "coordinates": []}}, 422, "shape-not-areal", "Polygon"),
    (
        {"geometry": {"type": "Polygon", "coordinates": [["a", "b"]]}},
        422,
        "planning-geometry-unread",
        "kinh độ, vĩ độ",
    ),
    (
        {"geometry": {"type": "Polygon", "coordinates": {"x": 1}}},
        422,
        "planning-geometry-unread",
        "",
    ),
    ({"geometry": polygon(_A, _C, _B, _D, _A)}, 422, "shape-invalid", "tự cắt"),
    (
        {"geometry": polygon(_A, _B, (106.65, float("nan")), _A)},
        422,
        "shape-out-of-range",
        "nan",
    ),
    (
        {"geometry": polygon((500, 500), (501, 500), (501, 501), (500, 500))},
        422,
        "shape-out-of-range",
        "500",
    ),
    (
        {"geometry": polygon((105, 10), (107, 10), (107, 12), (105, 10))},
        413,
        "plot-too-large",
        "chia nhỏ",
    ),
    (
        {
            "geometry": polygon(
                *((106.65 + n * 1e-8, 10.95 + n % 2 * 1e-3) for n in range(10_001)), _A
            )
        },
        413,
        "shape-too-complex",
        "10000",
    ),
    ({"corners": "1 1214436.35 598371.18"}, 422, "corners-too-few", "3"),
    ({"corners": [[1, 2], [3, 4], [5, 6]]}, 422, "corner-not-understood", "1"),
    (
        {"corners": "x", "crs": "EPSG:4756"},
        422,
        "crs-zone-unknown",
        "9210",
    ),
    ({"parcel": {"commune": "1", "sheet": 0, "parcel": 1}}, 422, "request-invalid", ""),
    ({"corners": "x", "unknown": 1}, 422, "request-invalid", ""),
]


async def test_plots_that_cannot_be_asked_about(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "vi"}
    for given, status, slug, said in REFUSED:
        content = json.dumps(given)  # NaN stays what it is
        asking = client.post("/v1/planning/overlay", content=content, headers=headers)
        assert said in (await problem(asking, status, slug))["detail"]
