from __future__ import annotations

import httpx
import psycopg
import pytest
import shapely
from shapely.geometry import shape

pytestmark = pytest.mark.anyio

POINT = {"lon": 106.6519, "lat": 10.9804}


async def test_the_commune_at_a_place_says_it_is_only_indicative(reader: httpx.AsyncClient) -> None:
    vietnamese = (await reader.get("/v1/admin-units/at", params=POINT)).json()
    assert vietnamese["certainty"] == "indicative"
    assert vietnamese["indicative"] is True
    assert "không phải ranh giới" in vietnamese["note"]
    assert vietnamese["edge_m"] > 0
    english = await reader.get(
        "/v1/admin-units/at", params=POINT, headers={"Accept-Language": "en"}
    )
    assert "not a boundary" in english.json()["note"]


@pytest.mark.parametrize(
    ("params", "status", "slug"),
    [
        ({"lon": 108.9, "lat": 9.0}, 404, "no-commune-there"),
        ({"lon": 500, "lat": 500}, 422, "request-invalid"),
        ({"lon": "NaN", "lat": 10}, 422, "request-invalid"),
        ({"lon": 106.6, "lat": 11, "at": "2025-05-01"}, 404, "admin-units-not-known-before"),
        ({"lon": 106.6, "lat": 11, "at": "hôm qua"}, 422, "request-invalid"),
    ],
)
async def test_places_that_are_none(
    reader: httpx.AsyncClient, params: dict[str, str], status: int, slug: str
) -> None:
    answer = await reader.get("/v1/admin-units/at", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(slug)


async def test_one_unit_with_its_past_and_its_links(reader: httpx.AsyncClient) -> None:
    body = (await reader.get("/v1/admin-units/25747", params={"geometry": "true"})).json()
    assert body["full_name"] == "Phường Thủ Dầu Một"
    assert body["boundary"]["kind"] == "indicative"
    assert body["boundary"]["indicative"] is True
    assert shape(body["geometry"]).is_valid
    assert [each["full_name"] for each in body["history"]] == ["Phường Phú Cường"]
    assert len(body["predecessors"]) == 5
    assert body["successors"] == []
    old = (await reader.get("/v1/admin-units/25741", params={"at": "2025-06-30"})).json()
    assert {link["kind"] for link in old["successors"]} == {"part"}
    assert old["boundary"] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/admin-units/99999", 404),
        ("/v1/admin-units/718", 404),
        ("/v1/admin-units/718?at=2025-06-30", 200),
        ("/v1/admin-units/25747?at=2025-01-01", 404),
        ("/v1/admin-units/abc", 422),
        ("/v1/admin-units?bbox=1,2,3", 422),
        ("/v1/admin-units?limit=501", 422),
        ("/v1/admin-units?level=village", 422),
        ("/v1/admin-units.geojson", 422),
        ("/v1/thoroughfares/1", 404),
        ("/v1/localities/1", 404),
        ("/v1/thoroughfares/0", 422),
        ("/v1/localities/" + "9" * 30, 422),
    ],
)
async def test_status_of_odd_requests(reader: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await reader.get(path)).status_code == status


async def test_lists_page_through(reader: httpx.AsyncClient) -> None:
    first = (await reader.get("/v1/admin-units", params={"level": "province", "limit": 20})).json()
    rest = await reader.get(
        "/v1/admin-units", params={"level": "province", "limit": 20, "after": first["next"]}
    )
    assert len(first["items"]) + len(rest.json()["items"]) == 34
    assert rest.json()["next"] is None
    found = await reader.get("/v1/admin-units", params={"q": "thu dau mot"})
    assert [unit["code"] for unit in found.json()["items"]] == ["25747"]


async def test_a_name_with_wildcards_is_only_a_name(reader: httpx.AsyncClient) -> None:
    for text in ("%", "_", "' OR 1=1 --", "\\"):
        answer = await reader.get("/v1/thoroughfares", params={"q": text})
        assert answer.status_code == 200


async def test_map_windows_are_geojson_and_marked(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/v1/admin-units.geojson", params={"bbox": "106.6,10.9,106.7,11.0"})
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["complete"] is True
    assert body["features"]
    for feature in body["features"]:
        assert feature["properties"]["boundary"]["indicative"] is True
        for part in feature["geometry"]["coordinates"]:
            assert shapely.LinearRing(part[0]).is_ccw


async def test_streets_and_localities(client: httpx.AsyncClient, units_url: str) -> None:
    with psycopg.connect(units_url) as conn:
        conn.execute(
            "INSERT INTO thoroughfare (name, name_key, kind, status, source, line) VALUES "
            "('Yersin', 'yersin', 'street', 'observed', 'test',"
            " 'SRID=4326;MULTILINESTRING((106.65 10.98,106.66 10.98))')"
        )
        conn.execute("INSERT INTO thoroughfare_area VALUES (1, '25747', '2025-07-01')")
        conn.execute(
            "INSERT INTO locality (name, name_key, kind, status, commune_code,"
            " commune_valid_from, source) VALUES"
            " ('Khu phố 3', 'khu pho 3', 'khu_pho', 'observed', '25747', '2025-07-01', 'test')"
        )
    bbox = "106.6,10.9,106.7,11"
    streets = await client.get("/v1/thoroughfares", params={"unit": "25747", "bbox": bbox})
    (street,) = streets.json()["items"]
    assert street["line"]["type"] == "MultiLineString"
    assert street["areas"] == [{"code": "25747", "valid_from": "2025-07-01"}]
    assert (await client.get(f"/v1/thoroughfares/{street['id']}")).json() == street
    before = {"unit": "25747", "at": "2025-06-30"}
    assert (await client.get("/v1/thoroughfares", params=before)).json()["items"] == []
    localities = await client.get("/v1/localities", params={"q": "khu phố 3", "kind": "khu_pho"})
    (locality,) = localities.json()["items"]
    assert (await client.get(f"/v1/localities/{locality['id']}")).json() == locality
