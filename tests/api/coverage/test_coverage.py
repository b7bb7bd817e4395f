"""Coverage over the API: counts as JSON, CSV and a map, expected households, within areas."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import psycopg
import pytest
from coverage_world import fill
from registry_fixtures import EAST, IN_WEST, NO_PREFIX, NORTH, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.clock import SystemClock
from addrsvc.coverage.counting import count_addresses
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

URL, EXPECTED = "/v1/coverage", "/v1/coverage/expected"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    with psycopg.connect(registry_url) as conn:
        fill(conn)
    return service_settings(registry_url)


async def _count(settings: Settings) -> None:
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        assert await count_addresses(conn, SystemClock(), everything=True)
    await engine.dispose()


async def test_numbers_as_json_csv_and_map_within_areas(
    client: httpx.AsyncClient, issue_key: IssueKey, settings: Settings
) -> None:
    keys = {
        "all": await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE),
        "west": await issue_key(Scope.ADDRESSES_READ, areas=[WEST]),
        "dossiers": await issue_key(Scope.ADDRESSES_READ, Scope.DOSSIERS_READ, Scope.TICKETS_WRITE),
        "units": await issue_key(Scope.UNITS_WRITE, areas=[WEST, EAST]),
    }
    by = {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}

    before = (await client.get(URL, headers=by["west"])).json()
    assert (before["counted_at"], before["communes"][0]["counts"]) == (None, None)
    await _said(client, by["units"])

    # what a person told through the API is counted with the rest
    made = {
        "kind": "enterprise",
        "source": "test",
        "position": {**IN_WEST, "lon": 106.62, "method": "map"},
    }
    code = (await client.post("/v1/addresses", json=made, headers=by["all"])).json()["code"]
    mark = {"state": "plate-fixed", "codes": [code]}
    assert (await client.post("/v1/notices/marks", json=mark, headers=by["all"])).is_success
    wrong = {"kind": "wrong", "code": code, "text": "Sai số nhà"}
    assert (await client.post("/v1/tickets", json=wrong)).is_success
    await _count(settings)

    told = (await client.get(URL, headers=by["all"])).json()
    communes = {each["code"]: each for each in told["communes"]}
    assert list(communes) == [WEST, EAST, NORTH, NO_PREFIX]
    west = communes[WEST]
    assert (west["share"], west["is_over"], west["expected_households"]) == (0.75, False, 2000)
    counts: dict[str, Any] = west["counts"]
    assert (counts["in_use"], counts["households"], counts["others"]) == (1601, 1500, 101)
    assert (counts["verified"], counts["plate_fixed"], counts["notified"]) == (800, 1, 0)
    assert (communes[EAST]["share"], communes[EAST]["is_over"]) == (1.5, True)
    assert (communes[NORTH]["share"], communes[NORTH]["counts"]["in_use"]) == (None, 7)
    assert (communes[NO_PREFIX]["counts"], communes[NO_PREFIX]["findings"]) == (None, None)
    assert told["total"]["counts"]["in_use"] == 1758
    assert told["total"]["share"] == 0.7857
    assert west["dossiers"] is None
    both = (await client.get(URL, headers=by["dossiers"])).json()
    assert both["communes"][0]["dossiers"] is None  # not counted yet
    assert [each["open_tickets"] for each in both["communes"]] == [1, 0, 0, 0]
    assert west["open_tickets"] is None

    only = (await client.get(URL, headers=by["west"])).json()
    assert [each["code"] for each in only["communes"]] == [WEST]
    for headers, query in (({"Accept": "text/csv"}, ""), ({}, "?format=csv")):
        answer = await client.get(URL + query, headers={**by["all"], **headers})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [each["commune_code"] for each in rows] == list(communes)
        assert (rows[0]["coverage_percent"], rows[3]["in_use"]) == ("75.00", "")

    await _grows(client, by)

    drawn = await client.get(f"{URL}/map?show=collected&lang=en", headers=by["west"])
    policy = drawn.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("frame-ancestors 'self'; sandbox allow-scripts")
    assert "unsafe" not in policy
    assert "Phường Tây" in drawn.text
    assert "Phường Đông" not in drawn.text


async def _grows(client: httpx.AsyncClient, by: dict[str, dict[str, str]]) -> None:
    growth = {"by": "month", "from": "2026-01-01", "to": "2026-02-28", "commune": WEST}
    answer = await client.get(f"{URL}/growth", params=growth, headers=by["west"])
    january, february = answer.json()["rows"]
    assert (january["made"], february["made"], february["verified"]) == (1, 1600, 800)
    answer = await client.get(
        f"{URL}/growth", params=growth | {"format": "csv"}, headers=by["west"]
    )
    assert "2026-02-01,2026-02-28,1600,800,0" in answer.text
    wrong = await client.get(f"{URL}/growth?from=2026-02-01&to=2026-01-01", headers=by["all"])
    assert (wrong.status_code, wrong.json()["title"]) == (422, "Khoảng ngày không hợp lệ")
    assert (await client.get(f"{URL}/findings", headers=by["all"])).json() == {"rows": []}


async def _said(client: httpx.AsyncClient, units: dict[str, str]) -> None:
    def numbers(as_of: str, **households: int) -> dict[str, Any]:
        items = [{"commune": code[1:], "households": n} for code, n in households.items()]
        return {"as_of": as_of, "source": "Niên giám (bịa)", "items": items}

    newer = numbers(
        "2026-01-10", **{f"c{WEST}": 2000, f"c{EAST}": 100, f"c{NORTH}": 9, "c99999": 1}
    )
    once = {**units, "Idempotency-Key": "hộ-2026".encode().hex(), "Accept-Language": "en"}
    for _ in range(2):
        answer = await client.put(EXPECTED, json=newer, headers=once)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["rows"], told["added"], told["rejected"], told["households"]) == (
            4,
            2,
            2,
            2100,
        )
        assert [each["outcome"] for each in told["items"]] == [*["added"] * 2, *["rejected"] * 2]
        assert "outside your areas" in told["items"][2]["detail"]
    again = (await client.put(EXPECTED, json=newer, headers=units)).json()
    assert (again["added"], again["already_there"]) == (0, 2)
    # an older number is kept, and does not hold; one of a day to come is none
    older = numbers("2025-12-31", **{f"c{WEST}": 1})
    assert (await client.put(EXPECTED, json=older, headers=units)).json()["added"] == 1
    future = await client.put(
        EXPECTED, json=numbers("2999-01-01", **{f"c{WEST}": 1}), headers=units
    )
    assert future.status_code == 422


async def test_what_was_said_stays_on_record(
    client: httpx.AsyncClient, issue_key: IssueKey, registry_url: str
) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.UNITS_WRITE)
    headers = {"Authorization": f"Bearer {key}"}
    for as_of, households in (("2026-01-10", 10), ("2026-01-01", 20), ("2026-01-10", 30)):
        items = [{"commune": WEST, "households": households}]
        body = {"as_of": as_of, "source": "bịa", "items": items}
        assert (await client.put(EXPECTED, json=body, headers=headers)).json()["added"] == 1
    found = (await client.get(f"{EXPECTED}?commune={WEST}", headers=headers)).json()["items"]
    assert [each["households"] for each in found] == [30, 10, 20]
    assert found[0]["recorded_by"].startswith("key:")
    told = (await client.get(URL, headers=headers)).json()
    assert told["communes"][0]["expected_households"] == 30
    with psycopg.connect(registry_url) as conn:
        audited = conn.execute("SELECT detail FROM audit_entry WHERE action = 'coverage.expect'")
        assert [each[0]["households"] for each in audited] == [10, 20, 30]
        with pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute("UPDATE coverage_expected SET households = 1")
