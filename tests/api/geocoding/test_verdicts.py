"""POST /v1/validate on the bundled units of the whole country, nothing registered."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from service_settings import service_settings

from addrsvc.admin_units import bundled
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

_BINH_DUONG = "74"
_SHAPE = Path(__file__).with_name("verdict.schema.json")


@pytest.fixture
def settings(units_url: str) -> Settings:
    return service_settings(units_url, anonymous_per_minute=10_000)


def _rows(file: str) -> list[dict[str, str]]:
    with (bundled.FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _split_communes() -> dict[str, set[str]]:
    """Give each divided commune of Bình Dương, as people write it, with what it became."""
    districts = {row["code"]: row for row in _rows("districts_2025-06.csv")}
    communes = {row["code"]: row for row in _rows("communes_2025-06.csv")}
    became = defaultdict(set)
    for link in _rows("commune_links_2025-07.csv"):
        commune = communes.get(link["from_code"])  # None: an island district without communes
        district = None if commune is None else districts[commune["parent_code"]]
        if commune and district and district["parent_code"] == _BINH_DUONG:
            written = f"{commune['full_name']}, {district['full_name']}, Tỉnh Bình Dương"
            became[written].add(link["to_code"])
    return {written: codes for written, codes in became.items() if len(codes) > 1}


async def _validate(client: httpx.AsyncClient, text: str, **more: str) -> Any:
    answer = await client.post("/v1/validate", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    validator = jsonschema_rs.validator_for(json.loads(_SHAPE.read_text(encoding="utf-8")))
    assert [str(error) for error in validator.iter_errors(body)] == []
    return body


def _certainties(verdict: Any) -> dict[str, str]:
    return {each["code"]: each["certainty"] for each in verdict["commune"]["present"]}


async def test_verdicts_without_a_registry(ready: httpx.AsyncClient) -> None:
    """One application for many questions: it takes a second to start."""
    split = _split_communes()
    assert len(split) == 16
    for written, codes in split.items():
        for before in ("", "12 Đường Lê Lợi, ", "Ấp 97, ", "Khu phố Không Có, "):
            await _stays_open(ready, f"{before}{written}", codes)
    await _district_alone(ready)
    await _ward_of_the_same_name(ready)
    await _before_june(ready)
    for odd in ("xin chào", "0912 345 678", "12/3A Lê Lợi", "Hà Nội", "70000"):
        await _validate(ready, odd)


async def _stays_open(client: httpx.AsyncClient, text: str, codes: set[str]) -> None:
    verdict = await _validate(client, text)
    assert (verdict["category"], verdict["next_action"]) == ("C", "fix"), text
    assert _certainties(verdict) == dict.fromkeys(codes, "candidate"), text
    shares = {each["code"]: each["share"] for each in verdict["commune"]["present"]}
    found = {
        each["properties"]["geocoding"]["commune_code"]: each["properties"]["geocoding"]
        for each in verdict["matches"]
    }
    assert set(found) == codes, text
    for code, each in found.items():
        share = shares[code]
        assert each["confidence"] <= (1 / len(codes) if share is None else share), text
    assert "commune-split-2025" in [each["id"] for each in verdict["findings"]]


async def _district_alone(client: httpx.AsyncClient) -> None:
    verdict = await _validate(client, "12 Nguyen Hue, Quan 1, TPHCM")
    levels = {each["properties"]["geocoding"]["match_level"] for each in verdict["matches"]}
    assert levels == {"commune"}
    assert {"Phường Sài Gòn", "Phường Bến Thành"} <= {
        each["properties"]["name"] for each in verdict["matches"]
    }
    assert verdict["confidence"] < 0.5
    assert verdict["next_action"] == "fix"
    (commune,) = [each for each in verdict["components"] if each["type"] == "commune"]
    assert commune["status"] == "missing"


async def _ward_of_the_same_name(client: httpx.AsyncClient) -> None:
    verdict = await _validate(client, "Phường Phú Lợi, TP Thủ Dầu Một, Bình Dương")
    messages = {each["id"]: each["message"] for each in verdict["findings"]}
    assert messages["commune-renamed-or-merged-2025"] == (
        "Phường Phú Lợi (đến 30/06/2025) nay nằm trong Phường Phú Lợi mới; tên giữ nguyên."
    )


async def _before_june(client: httpx.AsyncClient) -> None:
    verdict = await _validate(client, "12 Lê Lợi, P. Phú Cường, Thủ Dầu Một", at="2025-05-31")
    assert verdict["commune"]["present"] == []
    assert "before-2025-06" in [each["id"] for each in verdict["findings"]]
    assert (verdict["category"], verdict["next_action"]) == ("C", "fix")
