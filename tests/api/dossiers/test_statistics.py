"""Statistics of dossiers over HTTP: JSON, CSV, the map; who may ask, and about where."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import httpx
import pytest
from dossiers_world import LE_LOI, Headers, Put
from fastapi import FastAPI
from registry_fixtures import EAST, WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.statistics.counting import count_dossiers

pytestmark = pytest.mark.anyio

URL = "/v1/dossiers/statistics"


async def test_numbers_by_any_dimension_as_json_csv_and_map(
    app: FastAPI,
    client: httpx.AsyncClient,
    codes: dict[str, str],
    office: Headers,
    put: Put,
    issue_key: IssueKey,
) -> None:
    at_home: dict[str, Any] = {"role": "residence_permanent", "text": LE_LOI}
    plot: dict[str, Any] = {"role": "object", "code": DigitalCode.of(codes["east"]).plate}
    lost: dict[str, Any] = {"role": "object", "text": "đâu đó ngoài kia"}
    for code, procedure, addresses in (
        ("H09.12.34-260110-0001", "=1+1", [at_home, plot]),
        ("H09.12.34-260110-0002", None, [at_home]),
        ("H09.12.34-251231-0003", "1.011442", [lost]),
    ):
        sent = {} if procedure is None else {"procedure": procedure}
        assert (await put(*addresses, code=code, **sent)).status_code == 201
    before = (await client.get(URL, headers=office)).json()
    assert (before["counted_at"], before["total"]["addresses"]) == (None, 0)
    async with transaction(app.state.doors.engine) as conn:
        assert await count_dossiers(conn, app.state.clock) is not None

    async def ask(query: str, headers: Headers = office) -> Any:
        answer = await client.get(f"{URL}?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = await ask("by=month,commune")
    assert found["by"] == ["commune", "month"]
    assert found["counted_at"] == "2026-01-15T03:00:00Z"
    total = found["total"]
    assert (total["dossiers"], total["addresses"]) == (3, 4)
    assert total["by_itself"] + total["corrected"] == 3
    assert (total["waiting"], total["waiting_days"]) == (1, 0)
    assert total["shares"]["waiting"] == 0.25
    rows = {(each["commune_name"], each["month"]): each for each in found["rows"]}
    assert rows["Phường Tây", "2026-01"]["dossiers"] == 2
    assert rows["Phường Đông", "2026-01"]["addresses"] == 1
    assert [each["month"] for each in found["rows"] if each["commune"] is None] == ["2025-12"]
    by_role = await ask("by=role&to=2026-01-10&from=2026-01-10")
    assert {each["role_name"]: each["addresses"] for each in by_role["rows"]} == {
        "Object of the procedure": 1,
        "Permanent residence": 2,
    }
    assert by_role["rows"][0]["dossiers"] is None
    assert (await ask("state=waiting&category=C"))["total"]["addresses"] == 1
    assert (await ask(f"commune={EAST}"))["total"]["dossiers"] == 1

    key = await issue_key(Scope.DOSSIERS_READ, areas=[WEST])
    west = {"Authorization": f"Bearer {key}", "Accept-Language": "vi"}
    limited = await ask("by=commune", west)
    assert [each["commune"] for each in limited["rows"]] == [WEST]
    assert limited["total"]["dossiers"] == 2
    assert (await client.get(f"{URL}?commune={EAST}", headers=west)).status_code == 403
    for query, slug in (
        ("by=street", "unknown"),
        ("by=day,month", "twice"),
        ("by=,role,role", "twice"),
    ):
        refused = await client.get(f"{URL}?{query}", headers=office)
        assert refused.json()["type"] == f"/problems/statistics-by-{slug}"

    asked = {**office, "Accept": "text/csv", "Accept-Language": "vi"}
    answer = await client.get(f"{URL}?by=procedure,commune", headers=asked)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    expect_table(answer.content)

    drawn = await client.get(f"{URL}/map?show=waiting&lang=vi", headers=office)
    assert drawn.headers["content-type"] == "text/html; charset=utf-8"
    policy = drawn.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "Phường Tây" in drawn.text
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", drawn.text)


def expect_table(content: bytes) -> None:
    assert content.startswith('\ufeff"Mã phường, xã",'.encode())
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [each["Mã thủ tục"] for each in table] == [
        "1.011442",
        "Không ghi thủ tục",
        "'=1+1",
        "'=1+1",
        "",
    ]
    assert table[0]["Chờ người xem (%)"] == "100.0"
    assert table[-1]["Số địa chỉ"] == "4"
    assert table[-1]["Mã phường, xã"] == "Tổng cộng"
