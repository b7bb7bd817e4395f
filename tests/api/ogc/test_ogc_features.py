"""OGC API Features over HTTP: what is open, what needs a key, pages, windows, days, systems."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import psycopg
import pytest
import shapely
from planning_world import insert_plan
from registry_fixtures import EAST, IN_EAST, IN_WEST, NORTH, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.geo.crs import to_vn2000
from addrsvc.settings import Settings
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ENGLISH = {"Accept-Language": "en"}
REGISTERS = """
INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name, name_key,
                        parent_code, boundary, boundary_kind, boundary_source, source)
VALUES ('25748', '2025-06-01', '2025-07-01', 'commune', 'phuong', 'Cũ', 'Phường Cũ', 'cu', '79',
        ST_Multi(ST_MakeEnvelope(106.6, 10.9, 106.65, 11.0, 4326)), 'official', 'test', 'test');
INSERT INTO thoroughfare (name, name_key, kind, status, line, source)
VALUES ('Đường Bịa', 'duong bia', 'street', 'official',
        ST_Multi(ST_GeomFromText('LINESTRING(106.6 10.91, 106.7 10.92)', 4326)), 'test'),
       ('Đường Không Tuyến', 'x', 'street', 'official', NULL, 'test');
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      source)
VALUES ('Khu phố Bịa', 'bia', 'khu_pho', 'official', '25747', '2025-07-01',
        ST_SetSRID(ST_MakePoint(106.65, 10.95), 4326), 'test');
"""
SPOKEN = "accenti(casei(thoroughfare)) LIKE accenti(casei('duong%')) AND house_number = '1'"
BODY = {
    "kind": "dwelling",
    "components": {"house_number": "1", "thoroughfare": "Đường Thử"},
    "position": IN_WEST,
    "source": "test",
}


@pytest.fixture
def settings(registry_url: str) -> Settings:
    with psycopg.connect(registry_url) as conn:
        conn.execute(REGISTERS)
    return service_settings(registry_url)


async def get(client: httpx.AsyncClient, path: str, **given: Any) -> dict[str, Any]:
    headers = given.pop("headers", ENGLISH)
    params = {
        name.replace("_", "-") if name != "numberMatched" else name: value
        for name, value in given.items()
    }
    answer = await client.get(f"/ogc{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def codes(client: httpx.AsyncClient, **given: Any) -> list[str]:
    params = {name.replace("__", "-"): value for name, value in given.items()}
    answer = await client.get("/ogc/collections/communes/items", params=params, headers=ENGLISH)
    assert answer.status_code == 200, answer.text
    return [each["properties"]["code"] for each in answer.json()["features"]]


async def test_communes_of_a_day_a_window_and_a_filter(client: httpx.AsyncClient) -> None:
    assert await codes(client) == [WEST, EAST, NORTH, "25945"]
    assert await codes(client, datetime="2025-06-15") == ["25748"]
    assert await codes(client, datetime="../2025-06-30") == ["25748"]
    assert await codes(client, datetime="2025-07-01T00:00:00+07:00/..") == [
        WEST,
        EAST,
        NORTH,
        "25945",
    ]
    assert len(await codes(client, datetime="../..")) == 5

    assert await codes(client, bbox="106.75,10.92,106.76,10.93") == [EAST]
    assert await codes(client, bbox="106.75,10.92,0,106.76,10.93,9") == [EAST]
    swapped = {"bbox": "10.92,106.75,10.93,106.76", "bbox__crs": f"{EPSG}4326"}
    assert await codes(client, **swapped) == [EAST]
    assert await codes(client, bbox="170,10,-170,12") == []
    assert await codes(client, bbox="106.75,10.92,-170,10.93") == [EAST]
    east, north = to_vn2000(LonLat(106.75, 10.95), 9210)
    metres = f"{east},{north},{east + 5},{north + 5}"
    assert await codes(client, bbox=metres, bbox__crs="EPSG:9210") == [EAST]
    x, y = 106.75 * 20037508.342789244 / 180, 1226000
    assert await codes(client, bbox=f"{x},{y},{x + 1},{y + 1}", bbox__crs=f"{EPSG}3857") == [EAST]

    assert await codes(client, name="Tây") == [WEST]
    assert await codes(client, boundary_quality="indicative") == [NORTH]
    assert await codes(client, filter="accenti(casei(name)) = accenti(casei('DONG'))") == [EAST]
    assert await codes(client, filter="name LIKE 'Đ%' OR area_km2 IS NULL") == [EAST]
    assert await codes(client, filter="valid_from < DATE('2025-07-01')", datetime="../..") == [
        "25748"
    ]
    point = {"type": "Point", "coordinates": [106.75, 10.95]}
    tree = json.dumps({"op": "s_intersects", "args": [{"property": "geometry"}, point]})
    assert await codes(client, filter=tree, filter__lang="cql2-json") == [EAST]
    zoned = f"S_INTERSECTS(geometry, POINT({east} {north}))"
    assert await codes(client, filter=zoned, filter__crs="EPSG:9210") == [EAST]


async def test_pages_counts_and_what_one_already_has(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    url = "/ogc/collections/communes/items?limit=3&count=exact&datetime=../.."
    while url:
        answer = await client.get(url)
        body = answer.json()
        assert (body["numberMatched"], body["numberReturned"]) == (5, len(body["features"]))
        seen += [each["id"] for each in body["features"]]
        url = next((each["href"] for each in body["links"] if each["rel"] == "next"), "")
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen)
    estimated = await get(client, "/collections/communes/items", count="estimated")
    assert estimated["numberMatchedEstimate"] >= 0
    assert "numberMatched" not in estimated
    assert "numberMatched" not in await get(client, "/collections/communes/items")

    first = await client.get("/ogc/collections/communes/items", headers=ENGLISH)
    assert first.headers["vary"].startswith("Accept-Language, Authorization, Cookie")
    assert first.headers["content-crs"] == f"<{CRS84}>"
    assert first.headers["content-type"] == "application/geo+json"
    tag = {**ENGLISH, "If-None-Match": f'"x", W/{first.headers["etag"]}'}
    again = await client.get("/ogc/collections/communes/items", headers=tag)
    assert (again.status_code, again.content) == (304, b"")


async def test_coordinates_in_the_system_asked_for(client: httpx.AsyncClient) -> None:
    url = "/ogc/collections/localities/items/1"
    for system, expected in [
        (CRS84, (106.65, 10.95)),
        (f"{EPSG}4326", (10.95, 106.65)),
        (f"{EPSG}3857", (11872223.6931, 1226437.1308)),
        (f"{EPSG}9210", to_vn2000(LonLat(106.65, 10.95), 9210)),
        (f"{EPSG}5899", to_vn2000(LonLat(106.65, 10.95), 5899)),
    ]:
        answer = await client.get(url, params={"crs": system})
        assert answer.headers["content-crs"] == f"<{system}>"
        given = answer.json()["geometry"]["coordinates"]
        tolerance = 1e-3
        assert given == pytest.approx(expected, abs=tolerance), system
    commune = await get(client, f"/collections/communes/items/{WEST}@2025-07-01")
    ring = commune["geometry"]["coordinates"][0][0]
    assert shapely.LinearRing(ring).is_ccw


async def test_plans_say_what_they_are(registry_url: str, client: httpx.AsyncClient) -> None:
    zones = [
        ("ODT", shapely.box(106.60, 10.90, 106.61, 10.91)),
        ("XYZ", shapely.box(106.61, 10.9, 106.62, 10.91)),
    ]
    published = insert_plan(registry_url, zones, communes=[WEST])
    draft = insert_plan(registry_url, zones, status="draft", communes=[WEST], name="Nháp kín")
    body = await get(client, "/collections/zones/items")
    assert body["numberReturned"] == 2
    assert body["notice"].startswith("For reference only")
    assert body["asOf"] == "2026-01-15"
    told = body["features"][0]["properties"]
    assert (told["plan_id"], told["plan_name"], told["is_synthetic"]) == (
        published,
        "Quy hoạch thử (bịa)",
        True,
    )
    assert (told["decision_number"], told["scale"], told["land_use"]) == (
        "12/QĐ-BỊA",
        2000,
        "Urban residential land",
    )
    found = await get(
        client, "/collections/plans/items", filter="is_synthetic = true AND scale <= 2000"
    )
    assert [each["id"] for each in found["features"]] == [published]
    assert (await client.get(f"/ogc/collections/plans/items/{draft}")).status_code == 404
    everything = await get(client, "/collections/plans/items", datetime="../..")
    assert "Nháp kín" not in str(everything)
    assert (await get(client, "/collections/zones/items", datetime="2026-01-04"))["features"] == []


async def test_addresses_are_for_keys_within_their_areas(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    everywhere = await issue_key(
        Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET
    )
    writer = {"Authorization": f"Bearer {everywhere}", **ENGLISH}
    west = {
        "Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ, areas=[WEST])}",
        **ENGLISH,
    }
    made = []
    for number, (position, visibility) in enumerate(
        [
            (IN_WEST, "public"),
            (IN_EAST, "public"),
            ({**IN_WEST, "lon": 106.66}, "secret"),
        ]
    ):
        parts = {"house_number": str(number + 1), "thoroughfare": "Đường Thử"}
        body = {
            **BODY,
            "components": parts,
            "position": position,
            "visibility": visibility,
        }
        answer = await client.post("/v1/addresses", json=body, headers=writer)
        assert answer.status_code == 201, answer.text
        made.append(DigitalCode.of(answer.json()["code"]).printed)
    items = "/ogc/collections/addresses/items"
    assert (await client.get(items)).status_code == 401
    assert "addresses" not in str((await get(client, "/collections"))["collections"][-1]["id"])
    listed = (await get(client, "/collections", headers=west))["collections"]
    assert listed[-1]["id"] == "addresses"

    async def ids(headers: dict[str, str], **given: str) -> list[str]:
        body = await get(client, "/collections/addresses/items", headers=headers, **given)
        return [each["id"] for each in body["features"]]

    assert len(await ids(writer)) == 3
    mine = await ids(west)
    assert mine == [made[0]]
    assert await ids(west, datetime="2020-01-01/..") == mine
    assert await ids(west, datetime="2020-01-01") == []
    assert await ids(west, bbox="106.64,10.94,106.67,10.96") == mine
    assert (
        await ids(
            west,
            filter=SPOKEN,
        )
        == mine
    )
    assert (
        await ids(west, filter="visibility <> 'public' OR commune_code = '25750' OR true") == mine
    )
    one = await client.get(f"{items}/{mine[0]}", headers=west)
    assert one.json()["properties"]["house_number"] == "1"
    assert one.headers["cache-control"] == "private, no-cache"
    # QGIS and GDAL know passwords only: the key is one, for reading
    word = base64.b64encode(f"qgis:{west['Authorization'].split()[1]}".encode()).decode()
    basic = {**ENGLISH, "Authorization": f"Basic {word}"}
    assert await ids(basic) == mine
    assert (await client.post("/v1/addresses", json=BODY, headers=basic)).status_code == 401
    for wrong in (word[:-8], "x", "cWdpcw==", "cWdpczphZHJfeA==", "\x00"):
        refused = {"Authorization": f"Basic {wrong}"}
        assert (await client.get(items, headers=refused)).status_code == 401
    for other in [*made[1:], "p99", "x", "99999-99999"]:
        assert (await client.get(f"{items}/{other}", headers=west)).status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_what_is_refused_says_so(client: httpx.AsyncClient, language: str) -> None:
    items = "/ogc/collections/communes/items"
    for question, slug in [
        ("nope=1", "parameter-unknown"),
        ("limit=1&limit=2", "parameter-repeated"),
        ("limit=0", "limit-invalid"),
        ("limit=-1", "limit-invalid"),
        ("limit=x", "limit-invalid"),
        ("bbox=1,2,3", "window-invalid"),
        ("bbox=1,2,3,nan", "window-invalid"),
        ("bbox=1,5,3,4", "window-invalid"),
        ("bbox=1,2,9,3,4,1", "window-invalid"),
        ("bbox=500,1,600,2", "window-invalid"),
        ("bbox=5,5,1,9&bbox-crs=EPSG:3857", "window-invalid"),
        ("bbox=1e30,1,1e31,2&bbox-crs=EPSG:9210", "window-invalid"),
        ("datetime=yesterday", "times-invalid"),
        ("datetime=2025-07-02/2025-07-01", "times-invalid"),
        ("datetime=2025-07-01/2025-07-02/2025-07-03", "times-invalid"),
        ("datetime=0001-01-01T00:00:00%2B14:00", "times-invalid"),
        ("crs=EPSG:1", "system-unknown"),
        ("bbox-crs=x", "system-unknown"),
        ("filter=true&filter-crs=x", "system-unknown"),
        ("filter=true&filter-lang=sql", "choice-invalid"),
        ("count=all", "choice-invalid"),
        ("f=html", "choice-invalid"),
        ("cursor=x", "page-cursor-invalid"),
        ("cursor=NQ", "page-cursor-invalid"),
        ("population=x", "property-value-invalid"),
        ("population=1e999", "property-value-invalid"),
        ("valid_from=x", "property-value-invalid"),
        ("name=a%00b", "property-value-invalid"),
        ("filter=pg_sleep(10)", "filter-unsupported"),
        ("filter=" + "(" * 20_000 + "true" + ")" * 20_000, "filter-too-long"),
        ("filter=" + "[" * 3_000 + "&filter-lang=cql2-json", "filter-too-deep"),
        ("filter=name%3D%27" + "x" * 40_000 + "%27", "filter-too-long"),
        ("filter=name%3D%27a%00b%27", "filter-unreadable"),
        ("filter=area_km2%3E1e999", "filter-value-invalid"),
        ("filter=S_INTERSECTS(geometry,POLYGON((0 0,2 2,2 0,0 2,0 0)))", "filter-shape-invalid"),
        ("filter=S_INTERSECTS(geometry,POINT(10.95 106.65))", "filter-shape-invalid"),
        ("filter=S_INTERSECTS(geometry,BBOX(170,-10,-170,99))", "filter-shape-invalid"),
        ("filter=S_TOUCHES(geometry,POINT(1 2))", "filter-unsupported"),
        ("filter=T_AFTER(valid_from,DATE('2025-01-01'))", "filter-unsupported"),
        ("filter=A_EQUALS(name,('a','b'))", "filter-unsupported"),
        ("filter=population * 2 > 5", "filter-unsupported"),
        ("bbox=" + ",".join(["1"] * 100_00), "window-invalid"),
        ("bbox=inf,1,inf,2", "window-invalid"),
        ("bbox=10.9,106.6,11,106.7", "window-invalid"),
        ("filter=(", "filter-unreadable"),
        ("filter=%ff", "filter-unreadable"),
        ("filter=nope=1", "filter-property-unknown"),
    ]:
        answer = await client.get(f"{items}?{question}", headers={"Accept-Language": language})
        body = answer.json()
        assert (answer.status_code, body["status"]) == (400, 400), (question, body)
        assert body["type"] == f"/problems/{slug}", (question, body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert "SELECT" not in answer.text
        assert "{" not in body["detail"], body["detail"]
    for path in ("/ogc?x=1", "/ogc/api?f=yaml", "/ogc/conformance?x", "/ogc/collections?limit=1"):
        assert (await client.get(path)).status_code == 400
    numbers = "/ogc/collections/zones/items?cursor=Ing"
    assert (await client.get(numbers)).status_code == 400
    assert (await client.get("/ogc/collections/zones/items?is_synthetic=yes")).status_code == 400
    assert (await client.get("/ogc/collections/nope/items")).json()[
        "type"
    ] == "/problems/collection-unknown"
    assert (await client.get("/ogc/collections/" + "x" * 99)).status_code == 400
    for feature in ("x", "1", f"{WEST}@2020-01-01", "%00", "%F0"):
        assert (await client.get(f"{items}/{feature}")).status_code == 404
    for feature in ("x", "-1", "9" * 30, "0"):
        assert (await client.get(f"/ogc/collections/zones/items/{feature}")).status_code == 404


async def test_what_there_is_is_told(client: httpx.AsyncClient) -> None:
    landing = await get(client, "")
    links = {each["rel"]: each["href"] for each in landing["links"]}
    assert links["service-desc"] == "http://test/ogc/api"
    conformance = (await client.get(links["conformance"])).json()["conformsTo"]
    assert len(conformance) == len(set(conformance)) >= 17
    collection = await get(client, "/collections/zones")
    assert collection["storageCrs"] == CRS84
    assert f"{EPSG}9210" in collection["crs"]
    told = await get(client, "/collections/zones/queryables")
    assert told["properties"]["decision_date"]["format"] == "date"
    assert told["properties"]["geometry"]["format"] == "geometry-multipolygon"
    assert (await client.get("/ogc/collections/addresses")).status_code == 401
