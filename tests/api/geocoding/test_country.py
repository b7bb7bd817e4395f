"""An empty registry, the whole country: texts are read, communes are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from service_settings import service_settings

from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(units_url: str) -> Settings:
    return service_settings(units_url, anonymous_per_minute=10_000)


async def _validate(client: httpx.AsyncClient, text: str, **more: str) -> Any:
    answer = await client.post("/v1/validate", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12 Lê Lợi, P. Phú Cường, TX Thủ Dầu Một, Bình Dương", "25747"),
        ("12 Le Loi, phuong Phu Loi, TP HCM", "25750"),
        ("Số 5 ngõ 12 phố Phan Đình Phùng, phường Quán Thánh, quận Ba Đình, Hà Nội", "00004"),
        ("Ấp Thới Hòa, xã Thới Xuân, huyện Cờ Đỏ, TP Cần Thơ", None),
        ("Hẻm 51 đường 3/2, P. Xuân Khánh, Q. Ninh Kiều, Cần Thơ", "31135"),
    ],
)
async def test_texts_of_the_whole_country(
    ready: httpx.AsyncClient,
    is_geocodejson: Callable[[Any], None],
    text: str,
    code: str | None,
) -> None:
    answer = await ready.get("/v1/geocode", params={"q": text})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    is_geocodejson(body)
    assert body["features"], text
    first = body["features"][0]["properties"]["geocoding"]
    assert first["match_level"] == "commune"
    if code is not None:
        assert first["commune_code"] == code
    verdict = await _validate(ready, text)
    assert verdict["category"] == "C"
    assert verdict["matches"] == body["features"]


async def test_all_of_it_in_one_go(
    ready: httpx.AsyncClient, is_geocodejson: Callable[[Any], None]
) -> None:
    """One application for many questions: it takes a second to start."""
    await _unsplit_and_split(ready)
    await _days(ready)
    await _parts_and_codes(ready, is_geocodejson)


async def _unsplit_and_split(client: httpx.AsyncClient) -> None:
    unsplit = await _validate(client, "P. Phú Cường, TP. Thủ Dầu Một, Bình Dương")
    assert unsplit["commune"]["written"] == {
        "code": "25747",
        "name": "Phường Phú Cường",
        "valid": ["2025-06-01", "2025-07-01"],
    }
    (present,) = unsplit["commune"]["present"]
    assert (present["code"], present["certainty"], present["share"]) == ("25747", "certain", 1.0)
    assert present["instrument"] == "NQ 1685/NQ-UBTVQH15"
    split = await _validate(client, "P. Bình Chuẩn, TP. Thuận An, Bình Dương")
    assert {each["certainty"] for each in split["commune"]["present"]} == {"candidate"}
    assert {each["code"] for each in split["commune"]["present"]} == {"25969", "25975"}
    assert split["next_action"] == "fix"
    assert "commune-split-2025" in [each["id"] for each in split["findings"]]
    settled = await _validate(client, "KP Bình Phú, P. Bình Chuẩn, TP. Thuận An, Bình Dương")
    (one,) = settled["commune"]["present"]
    assert (one["code"], one["certainty"]) == ("25969", "by_locality")


async def _days(client: httpx.AsyncClient) -> None:
    june = await _validate(client, "P. Bình Chuẩn, Thuận An, Bình Dương", at="2025-06-15")
    (present,) = june["commune"]["present"]
    assert present["name"] == "Phường Bình Chuẩn"
    before = await _validate(client, "P. Bình Chuẩn, Thuận An, Bình Dương", at="2020-01-01")
    assert before["commune"]["present"] == []
    assert before["findings"][0]["id"] == "before-2025-06"


async def _parts_and_codes(
    client: httpx.AsyncClient, is_geocodejson: Callable[[Any], None]
) -> None:
    answer = await client.get(
        "/v1/geocode",
        params={
            "house_number": "12",
            "thoroughfare": "Lê Lợi",
            "commune": "Phú Cường",
            "district": "Thủ Dầu Một",
            "province": "Bình Dương",
        },
    )
    is_geocodejson(answer.json())
    (first,) = answer.json()["features"]
    assert first["properties"]["geocoding"]["commune_code"] == "25747"
    coded = await client.post("/v1/validate", json={"components": {"commune": "25750"}})
    assert coded.json()["commune"]["present"][0]["name"] == "Phường Phú Lợi"
    verdict = (
        await client.post(
            "/v1/validate", json={"components": {"thoroughfare": "Lê Lợi", "district": "718"}}
        )
    ).json()
    assert verdict["category"] == "C"
