"""Many dossiers in one request, and persons left out of what PUT takes. All persons invented."""

from __future__ import annotations

import hashlib

import httpx
import orjson
import psycopg
import pytest
from dossiers_world import CODE, LE_LOI, Headers, Put
from registry_fixtures import IssueKey

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

BATCH = "/v1/dossiers:batch"


async def test_each_of_a_batch_is_told_what_became_of_it(
    client: httpx.AsyncClient,
    put: Put,
    codes: dict[str, str],
    office: Headers,
    issue_key: IssueKey,
) -> None:
    address = {"role": "object", "text": LE_LOI}
    assert (await put(address)).status_code == 201
    sent = orjson.dumps(
        {
            "dossiers": [
                {"code": CODE.lower(), "addresses": [address]},
                {"code": "H09-260111-0002", "addresses": [{"role": "object", "text": "ở đâu đó"}]},
                {"code": "H09-261311-0002"},
                {"code": "H09-260111-0003", "addresses": [{"role": "somewhere", "text": "x"}]},
                {"code": "H09-260111-0002", "status": "4", "procedure": "1.00435"},
                "no dossier",
            ]
        }
    )
    answer = await client.post(
        BATCH, content=sent, headers={**office, "Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    told = [(each["code"], each["status"]) for each in body["items"]]
    assert told == [
        (CODE, "unchanged"),
        ("H09-260111-0002", "received"),
        (None, "refused"),
        (None, "refused"),
        ("H09-260111-0002", "changed"),
        (None, "refused"),
    ]
    assert body["items"][0]["addresses"] == [
        {
            "n": 1,
            "role": "object",
            "state": "linked",
            "category": "A",
            "confidence": body["items"][0]["addresses"][0]["confidence"],
            "code": DigitalCode.of(codes["12"]).printed,
        }
    ]
    assert body["items"][2]["problem"]["type"] == "/problems/dossier-code-date-invalid"
    assert body["items"][3]["problem"]["errors"][0]["pointer"] == "/addresses/0/role"
    receipt = body["receipt"]
    assert receipt["counts"] == {"received": 1, "changed": 1, "unchanged": 1, "refused": 3}
    assert receipt["addresses"] == {"linked": 1, "waiting": 1}
    assert receipt["sent_sha256"] == hashlib.sha256(sent).hexdigest()
    shown = answer.content.partition(b'"items":[{')[2]
    assert hashlib.sha256(b"[{" + shown[:-1]).hexdigest() == receipt["items_sha256"]
    brought = await client.get("/v1/dossiers/H09-260111-0002", headers=office)
    assert (brought.json()["procedure"], brought.json()["addresses"]) == ("1.004350", [])

    many = {"dossiers": [{"code": f"X{n}"} for n in range(1_001)]}
    assert (await client.post(BATCH, json=many, headers=office)).status_code == 422
    reader = {"Authorization": f"Bearer {await issue_key(Scope.DOSSIERS_READ)}"}
    assert (await client.post(BATCH, json={}, headers=reader)).status_code == 403


async def test_persons_stay_out_of_records_and_of_what_put_takes(
    client: httpx.AsyncClient,
    put: Put,
    codes: dict[str, str],
    office: Headers,
    settings: Settings,
) -> None:
    assert codes
    record = {
        "MaHoSo": "H09-260111-0001",
        "ChuHoSo": "Nguyễn Canary Mẫu",
        "MaDoiTuong": "079090000001",
        "TrangThaiHoSo": "4",
        "form": {"ChuHoSo_diaChi": f"Nguyễn Canary Mẫu, {LE_LOI}", "CongDan_ten": "Lê Canary Mẫu"},
    }
    body = {"format": "national", "records": [record, {"MaHoSo": "079090000001"}, 7]}
    answer = await client.post(BATCH, json=body, headers=office)
    item, personal, nothing = answer.json()["items"]
    assert [each["state"] for each in item["addresses"]] == ["linked"]
    assert [each["id"] for each in item["remarks"]] == ["person-left-out"]
    assert answer.json()["receipt"]["left_out"] == {"fields": 3, "texts": 1}
    assert personal["problem"]["type"] == "/problems/dossier-code-personal"
    assert nothing["status"] == "refused"

    texts = {
        "text": f"Hộ ông Trần Văn Canary, {LE_LOI}, ĐT 0900 000 001",
        "note": "Gọi 0900000001, cổng sau",
    }
    told = (await put({"role": "object", **texts}, office="Bà Lê Thị Canary")).json()
    assert told["addresses"][0]["text"] == LE_LOI
    assert told["addresses"][0]["note"] == "Gọi, cổng sau"
    assert told["office"] is None
    assert [each["field"] for each in told["remarks"]] == [
        "office",
        "addresses/0/text",
        "addresses/0/note",
    ]
    again = await put({"role": "object", **texts}, office="Bà Lê Thị Canary")
    assert (again.status_code, again.json()["version"]) == (200, 1)
    for given in ({"text": "0900000001"}, {"code": "0900000001"}, {"parcel": "Lê Thị Canary"}):
        refused = await put({"role": "object", **given})
        assert refused.json()["type"] == "/problems/given-address-personal", given
    for code in ("079090000001", "0900000001", "LÊ THỊ CANARY 1990"):
        refused = await put(code=code)
        assert refused.json()["type"] == "/problems/dossier-code-personal", code
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        conn.execute("SELECT set_config('addrsvc.open_dossiers', '*', true)")
        for table in ("personal.dossier", "personal.dossier_address", "event", "audit_entry"):
            query = f"SELECT count(*) FROM {table} AS t WHERE t::text ~* 'canary|0900|079090'"
            assert conn.execute(query.encode()).fetchone() == (0,), table
