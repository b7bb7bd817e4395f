"""From a point to its commune and the nearest addresses, as anyone may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

HERE = {"lon": 106.65, "lat": 10.95}


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=10_000)


@pytest.fixture
async def secret_writer(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET)
    return {"Authorization": f"Bearer {await issue_key(*scopes)}"}


async def register(
    client: httpx.AsyncClient,
    writer: dict[str, str],
    number: str,
    *,
    east_m: float = 0.0,
    **change: object,
) -> dict[str, Any]:
    position = {**IN_WEST, "lon": IN_WEST["lon"] + east_m / 109_300}  # type: ignore[operator]
    body = {
        "kind": "dwelling",
        "source": "field",
        "name": "Nguyễn Thị Bịa Đặt",
        "position": position,
        "components": {"house_number": number, "thoroughfare": "Đường Mẫu"},
        **change,
    }
    answer = await client.post("/v1/addresses", json=body, headers=writer)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def look(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/reverse", params={**HERE, **params})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    body: dict[str, Any] = answer.json()
    return body


def numbers(body: dict[str, Any]) -> list[str]:
    return [each["properties"]["housenumber"] for each in body["features"]]


async def test_the_commune_first_then_the_nearest_by_metres(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    for number, east_m in (("3", 30), ("1", 10), ("50", 500), ("2000", 2000)):
        await register(client, writer, number, east_m=east_m)
    body = await look(client)
    assert body["commune"]["code"] == WEST
    assert body["commune"]["certainty"] == "boundary"
    assert body["commune"]["edge_m"] > 5_000
    assert (body["former"], body["note"]) == (None, None)
    assert numbers(body) == ["1", "3", "50"]
    first = body["features"][0]["properties"]
    assert first["distance"] == pytest.approx(10, abs=0.2)
    assert first["geocoding"]["distance_m"] == first["distance"]
    assert first["label"] == "1 Đường Mẫu, Phường Tây, Thành phố Mẫu"
    assert first["geocoding"]["match_level"] == "house"
    assert "confidence" not in first["geocoding"]
    assert numbers(await look(client, radius_m=20)) == ["1"]
    assert numbers(await look(client, radius_m=5000, limit=1)) == ["1"]
    assert len(numbers(await look(client, radius_m=5000))) == 4
    assert HERE["lon"] not in body["geocoding"].values()
    assert "query" not in body["geocoding"]


async def test_answers_are_geocodejson(
    client: httpx.AsyncClient, writer: dict[str, str], is_geocodejson: Callable[[Any], None]
) -> None:
    await register(client, writer, "1")
    is_geocodejson(await look(client))
    is_geocodejson(await look(client, lon=109.5, lat=9.0))


async def test_strangers_see_no_secret_no_past_and_no_name_of_a_home(
    client: httpx.AsyncClient, secret_writer: dict[str, str]
) -> None:
    await register(client, secret_writer, "1", east_m=1, visibility="secret")
    await register(client, secret_writer, "2", east_m=40, visibility="restricted")
    gone = await register(client, secret_writer, "3", east_m=80)
    retired = await client.post(
        f"/v1/addresses/{gone['code']}:retire",
        json={"reason": "test"},
        headers={**secret_writer, "If-Match": "*"},
    )
    assert retired.status_code == 200, retired.text
    await register(client, secret_writer, "4", east_m=120)
    school = {"kind": "public_facility", "name": "Trường Mẫu", "components": {}}
    await register(client, secret_writer, "5", east_m=160, **school)
    for headers in ({}, secret_writer):
        answer = await client.get("/v1/reverse", params=HERE, headers=headers)
        assert "Bịa Đặt" not in answer.text
        names = [each["properties"]["name"] for each in answer.json()["features"]]
        assert names == ["4 Đường Mẫu", "Trường Mẫu"]
        assert answer.json()["features"][1]["properties"]["geocoding"]["match_level"] == (
            "organisation"
        )


async def test_at_sea_is_an_answer(client: httpx.AsyncClient) -> None:
    body = await look(client, lon=109.5, lat=9.0)
    assert (body["commune"], body["features"]) == (None, [])
    assert "ngoài biển" in body["note"]
    english = await client.get(
        "/v1/reverse", params={"lon": -70, "lat": 40}, headers={"Accept-Language": "en"}
    )
    assert "abroad" in english.json()["note"]
    assert (await look(client, lon=180, lat=90))["features"] == []


async def test_before_the_reform_the_commune_is_traced_back(
    client: httpx.AsyncClient, registry_url: str
) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            "INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name,"
            " name_key, parent_code, source) VALUES"
            " ('74', '2025-06-01', '2025-07-01', 'province', 'tinh', 'Cũ', 'Tỉnh Cũ', 'cu', NULL,"
            "  'test'),"
            " ('25741', '2025-06-01', '2025-07-01', 'commune', 'phuong', 'Cũ', 'Phường Cũ', 'cu',"
            "  '74', 'test')"
        )
        conn.execute(
            "INSERT INTO admin_unit_link VALUES ('25741', '2025-06-01', '25747', '2025-07-01',"
            " 'whole', 1.0, 'test', 'NQ 1', '2025-07-01', 'test'),"
            " ('25741', '2025-06-01', '25942', '2025-07-01', 'part', NULL, NULL, 'NQ 1',"
            " '2025-07-01', 'test')"
        )
    body = await look(client, at="2025-06-15")
    assert (body["commune"], body["note"], body["at"]) == (None, None, "2025-06-15")
    (old,) = body["former"]["present"]
    assert (old["name"], old["certainty"]) == ("Phường Cũ", "certain")
    north = await look(client, at="2025-06-15", lat=11.05)  # an indicative cell only
    (old,) = north["former"]["present"]
    assert (old["certainty"], old["evidence"]) == ("candidate", ["indicative"])
    assert "không phải ranh giới" in north["former"]["note"]


@pytest.mark.parametrize(
    ("params", "status", "slug"),
    [
        ({"lon": 10.95, "lat": 106.65}, 422, "position-exchanged"),
        ({"lon": 500}, 422, "position-out-of-range"),
        ({"lon": "NaN"}, 422, "request-invalid"),
        ({"limit": 21}, 422, "request-invalid"),
        ({"radius_m": 0}, 422, "request-invalid"),
        ({"radius_m": 1e9}, 422, "request-invalid"),
        ({"at": "2025-05-31"}, 404, "admin-units-not-known-before"),
    ],
)
async def test_what_cannot_be_asked(
    client: httpx.AsyncClient, params: dict[str, Any], status: int, slug: str
) -> None:
    answer = await client.get("/v1/reverse", params={**HERE, **params})
    assert answer.status_code == status
    assert answer.json()["type"].endswith(slug)


async def test_on_an_edge_the_other_side_is_near(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await register(client, writer, "9", position={**IN_EAST, "lon": 106.7001})
    assert made["commune"]["code"] == EAST
    body = await look(client, lon=106.6999)
    assert body["commune"]["code"] == WEST
    assert body["commune"]["edge_m"] == pytest.approx(10.9, abs=0.2)
    assert numbers(body) == ["9"]
