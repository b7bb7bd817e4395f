from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

pytestmark = pytest.mark.anyio

HERE = {"lon": 106.62, "lat": 11.0}
SQUARE = "SRID=4326;MULTIPOLYGON(((106.6 10.9,106.7 10.9,106.7 11.1,106.6 11.1,106.6 10.9)))"


async def convert(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/convert", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def present(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["name"], each["certainty"]) for each in body["present"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"text": "P. Phú Lợi, TP TDM, Bình Dương"}, [("Phường Phú Lợi", "certain")]),
        ({"text": "P. Phú Cường, TP. Thủ Dầu Một"}, [("Phường Thủ Dầu Một", "certain")]),
        ({"text": "P. Thới Hòa, TX Bến Cát"}, [("Phường Thới Hòa", "certain")]),
        (
            {"text": "P. Bình Chuẩn, TP Thuận An"},
            [("Phường An Phú", "candidate"), ("Phường Thuận Giao", "candidate")],
        ),
        (
            {"text": "P. Bình Chuẩn, TP Thuận An", "locality": "KP Bình Phú"},
            [("Phường Thuận Giao", "by_locality")],
        ),
        (
            {"text": "KP Bình Phú, P. Bình Chuẩn, TP Thuận An"},
            [("Phường Thuận Giao", "by_locality")],
        ),
        (
            {"text": "X. Minh Tân, Dầu Tiếng, Bình Dương"},
            [("Xã Long Hòa", "candidate"), ("Xã Minh Thạnh", "candidate")],
        ),
        (
            {"text": "P. Hiệp Thành, TP Thủ Dầu Một", "locality": "khu phố 3"},
            [("Phường Thủ Dầu Một", "by_locality")],
        ),
        ({"text": "Xã Đông Phước A, Huyện Châu Thành, Hậu Giang"}, [("Xã Đông Phước", "certain")]),
        ({"text": "Xã Hoằng Thanh, Hoằng Hóa, Thanh Hóa"}, [("Xã Hoằng Thanh", "certain")]),
        ({"text": "P. Phú Lợyi, TP Thủ Dầu Một"}, [("Phường Phú Lợi", "certain")]),
        ({"text": "P. Tương Bình Hiêpj, tỉnh Bình Dương"}, [("Phường Chánh Hiệp", "candidate")]),
        ({"code": "25744"}, [("Phường Phú Lợi", "certain")]),
        ({"code": "25846"}, [("Phường Thới Hòa", "certain")]),  # twice in time, one answer
        ({"code": "25747"}, [("Phường Thủ Dầu Một", "certain")]),
        (
            {"code": "25822", "from": "2025-07-01", "to": "2025-06-30"},
            [("Thị trấn Lai Uyên", "certain")],
        ),
        ({"code": "74"}, [("Thành phố Hồ Chí Minh", "certain")]),
        ({"code": "718", "from": "2025-06-30"}, []),
    ],
)
async def test_what_it_is_today(
    reader: httpx.AsyncClient, params: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert present(await convert(reader, **params)) == expected


async def test_a_whole_answer(reader: httpx.AsyncClient) -> None:
    body = await convert(reader, text="KP Bình Phú, P. Bình Chuẩn, Thuận An, Bình Dương")
    assert body["to"] == "2026-01-15"
    assert (body["settled"], body["status"]) == (True, "confirmed")
    assert body["written"] == body["readings"][0]
    assert body["written"] == {
        "code": "25969",
        "name": "Phường Bình Chuẩn",
        "valid": ["2025-06-01", "2025-07-01"],
    }
    (only,) = body["present"]
    assert only["instrument"] == "NQ 1685/NQ-UBTVQH15"
    assert only["share"] == 0.49
    assert only["evidence"][:2] == ["locality", "proposal"]
    assert "khu phố" in body["note"]


async def test_back_to_june_2025(reader: httpx.AsyncClient) -> None:
    body = await convert(reader, code="25750", **{"from": "2026-01-01", "to": "2025-06-30"})
    assert body["settled"] is False
    assert {each["name"] for each in body["present"]} == {
        "Phường Phú Lợi",
        "Phường Phú Hòa",
        "Phường Hiệp Thành",
    }
    assert {each["certainty"] for each in body["present"]} == {"candidate"}


async def test_a_point_settles_only_inside_an_imported_boundary(
    client: httpx.AsyncClient, units_url: str
) -> None:
    asked = {"text": "P. Hiệp Thành, Thủ Dầu Một, Bình Dương", **HERE}
    assert (await convert(client, **asked))["settled"] is False
    with psycopg.connect(units_url) as conn:
        conn.execute(
            "INSERT INTO admin_unit_piece SELECT '25747', '2025-07-01', false, "
            f"(ST_Dump('{SQUARE}'::geometry)).geom".encode()
        )
    assert present(await convert(client, **asked)) == [("Phường Thủ Dầu Một", "by_geometry")]


async def test_localities_of_the_register_make_the_others_known(
    client: httpx.AsyncClient, units_url: str
) -> None:
    asked = {"code": "25741", "from": "2025-06-30", "locality": "KP 7"}
    with psycopg.connect(units_url) as conn:
        conn.execute(
            "INSERT INTO locality (name, name_key, kind, status, commune_code,"
            " commune_valid_from, source) VALUES ('Khu phố 7', 'khu pho 7', 'khu_pho', 'official',"
            " '25741', '2025-06-01', 'test')"
        )
    assert present(await convert(client, **asked)) == [("Phường Phú Lợi", "by_locality")]


@pytest.mark.parametrize(
    ("params", "status", "slug"),
    [
        ({}, 422, "convert-text-or-code"),
        ({"text": "P. Phú Lợi", "code": "25744"}, 422, "convert-text-or-code"),
        ({"text": "xin chào"}, 422, "convert-commune-not-named"),
        ({"code": "99999"}, 422, "convert-code-unknown"),
        ({"code": "25969"}, 422, "convert-code-ambiguous"),
        ({"code": "25744", "from": "2026-01-01"}, 404, "admin-unit-not-found"),
        ({"code": "25744", "from": "2024-01-01"}, 404, "admin-units-not-known-before"),
        ({"code": "25744", "to": "2025-05-31"}, 404, "admin-units-not-known-before"),
        ({"code": "25744", "lon": 106.6}, 422, "half-a-position"),
        ({"code": "25744", "lon": 11.0, "lat": 106.6}, 422, "position-exchanged"),
        ({"code": "25744", "lon": 500, "lat": 11}, 422, "position-out-of-range"),
        ({"code": "25744", "lon": "NaN", "lat": 11}, 422, "request-invalid"),
        ({"code": "abc"}, 422, "request-invalid"),
        ({"text": ""}, 422, "request-invalid"),
    ],
)
async def test_what_cannot_be_answered(
    reader: httpx.AsyncClient, params: dict[str, str], status: int, slug: str
) -> None:
    answer = await reader.get("/v1/convert", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(slug), answer.text


async def test_an_ambiguous_code_names_its_units(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/v1/convert", params={"code": "25969"})
    detail = answer.json()["detail"]
    assert "Phường Bình Chuẩn (01/06/2025 – 01/07/2025)" in detail
    assert "Phường Thuận Giao (01/07/2025 – …)" in detail
