"""What supervisors do with records over HTTP: listed, looked at, decided. All names invented."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from collection_world import (
    COLLECTOR,
    CONTACT,
    LON,
    OTHER_SUPERVISOR,
    SUPERVISOR,
    Phone,
    enrol,
    fields_of,
    open_accounts,
    position_of,
    sign_in,
)
from registry_fixtures import EAST, NORTH, WEST
from service_settings import service_settings

from addrsvc.clock import FixedClock
from addrsvc.collection.model import Act
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

BASE = "/v1/collection/submissions"
OVERRIDE = [{"check": "duplicate-near", "reason": "Hai nhà chung cổng"}]


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


class Supervisor:
    """Somebody who decides, over HTTP."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(f"{BASE}{path}", params=params, headers=self.headers)

    async def look(self, record: dict[str, Any]) -> Any:
        answer = await self.get(f"/{record['record']}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"].startswith(f'"{answer.json()["version"]}.')
        return answer.json()

    async def do(
        self, record: dict[str, Any], act: str, body: dict[str, Any] | None, version: int | str
    ) -> httpx.Response:
        tag = version if isinstance(version, str) else f'"{version}"'
        headers = {**self.headers, "If-Match": tag}
        path = f"{BASE}/{record['record']}:{act}"
        return await self.client.post(path, json=body, headers=headers)


async def test_records_are_listed_looked_at_and_decided(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    await open_accounts(registry_url, areas=[WEST])
    phone = await enrol(client, await sign_in(client, COLLECTOR), clock=clock)
    lan = Supervisor(client, await sign_in(client, SUPERVISOR))
    await phone.take_block(20)
    doubtful = [
        phone.record_of(
            Act.ADD,
            fields=fields_of(house_number=str(number)),
            position=position_of(LON + number * 0.001),
            overrides=OVERRIDE,
        )
        for number in range(3)
    ]
    for each in doubtful:
        receipt = await phone.put(each)
        assert (receipt["state"], receipt["waits_for"]) == ("received", "review")
    await _list(lan, doubtful)
    minh = Supervisor(client, await sign_in(client, OTHER_SUPERVISOR))
    await _take(lan, minh, phone)
    await _accept_with_a_correction(lan, phone, doubtful[0])
    await _send_back_and_again(lan, phone, doubtful[1])
    await _refuse_and_reopen(lan, doubtful[2])
    await _observe(lan, phone)
    for gone in ("nothing", "11111111-2222-4333-8444-555555555555"):
        assert (await lan.get(f"/{gone}")).status_code in {404, 422}
    device = await client.get(f"{BASE}", headers=phone.headers)
    assert device.status_code == 403


async def _list(lan: Supervisor, records: list[dict[str, Any]]) -> None:
    everything = (await lan.get("")).json()
    assert {each["record"] for each in everything["items"]} == {each["record"] for each in records}
    assert everything["next"] is None
    first = (await lan.get("", waits_for="review", limit=2, commune=WEST)).json()
    second = (await lan.get("", waits_for="review", limit=2, before=first["next"])).json()
    both = first["items"] + second["items"]
    assert [each["record"] for each in both] == [each["record"] for each in everything["items"]]
    for filters in ({"act": "gone"}, {"state": "refused"}, {"device": "other"}):
        assert (await lan.get("", **filters)).json()["items"] == []
    assert (await lan.get("", commune=EAST)).status_code == 403


async def _observe(lan: Supervisor, phone: Phone) -> None:
    """What was counted comes out as a list and as a table; who collected and lives there do not."""
    spot = {"lon": 106.7, "lat": 10.9501, "accuracy_m": 6.0, "method": "map"}
    counted, seen = (
        phone.record_of(
            Act.ADD,
            fields=fields_of(house_number=number, name="Nhà Bịa"),
            position=position_of(LON + 0.001 * int(number[1:]) - 0.005, method="map"),
            **said,
        )
        for number, said in (
            ("81", {"counts": {"rooms": 12, "households": 3}}),
            ("82", {"building": spot, "counts": {"rooms": 0}}),
        )
    )
    for each in (counted, seen):
        assert (await phone.put(each))["state"] == "accepted"
    ref = {"ref": counted["code"], "version": 1}
    said = phone.record_of(
        Act.CORRECT, address=ref, fields=counted["fields"], counts={"rooms": None}
    )
    assert (await phone.put(said))["state"] == "accepted"  # it says nothing of what was counted
    path = "/v1/collection/observations"

    async def ask(ending: str = "", **params: Any) -> httpx.Response:
        return await lan.client.get(f"{path}{ending}", params=params, headers=lan.headers)

    first = (await ask(limit=1)).json()
    second = (await ask(limit=1, after=first["next"], commune=WEST)).json()
    assert second["next"] is None
    one, other = first["items"] + second["items"]
    assert (one["ref"], one["rooms"], one["households"]) == (counted["code"], 12, 3)
    assert (one["record"], one["localities"], one["marks"]) == (counted["record"], "3", "entrance")
    assert (one["building_lon"], other["building_lon"], other["rooms"]) == (None, 106.7, 0)
    assert "Bịa" not in str(first)
    table = await ask(".csv", commune=WEST)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = table.content.decode("utf-8-sig").splitlines()
    assert head.startswith("ref,status,kind,commune_code,house_number,")
    assert [row.split(",")[0] for row in rows] == [counted["code"], seen["code"]]
    assert (await ask(".csv")).status_code == 422
    assert (await ask(commune=EAST)).status_code == 403
    nowhere = await ask(".csv", task="11111111-2222-4333-8444-555555555555")
    assert nowhere.content.decode("utf-8-sig").splitlines() == [head]


async def _take(lan: Supervisor, minh: Supervisor, phone: Phone) -> None:
    """Two at the desk never hold the same record; both count it."""

    async def taken(who: Supervisor, **wanted: str) -> tuple[int, int]:
        body = {"wanted": wanted, "is_first": True}
        answer = await who.client.post("/desk/records/items", json=body, headers=who.headers)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"]), answer.json()["left"]

    assert await taken(lan) == (3, 3)
    assert await taken(minh) == (0, 3)
    assert await taken(lan, act="gone") == (0, 0)  # what was held is free again
    for wanted in (
        {"state": "quarantined"},
        {"reason": "duplicate-near"},
        {"reason": "conflict"},
        {"task": "11111111-2222-4333-8444-555555555555"},
        {"collector": "other"},
        {"commune": NORTH},
    ):
        answer = await minh.client.post(
            "/desk/records/items", json={"wanted": wanted}, headers=minh.headers
        )
        assert answer.json().get("items") in ([], None), wanted
    known = {"reason": "overridden", "collector": phone.key_id, "state": "received", "act": "add"}
    assert await taken(minh, commune=WEST, **known) == (3, 3)
    decision = {"item": "not-a-record", "act": "accept", "version": 1}
    for change in ({}, {"item": "11111111-2222-4333-8444-555555555555"}, {"act": "choose"}):
        answer = await minh.client.post(
            "/desk/records/decisions", json=decision | change, headers=minh.headers
        )
        assert answer.status_code == 404


async def _accept_with_a_correction(lan: Supervisor, phone: Phone, record: dict[str, Any]) -> None:
    look = await lan.look(record)
    assert look["payload"]["code"] == record["code"]
    assert look["reasons"][0]["slug"] == "overridden"
    assert "Hai nhà chung cổng" in look["reasons"][0]["text"]
    assert {each["field"] for each in look["fields"]} >= {"house_number", "position"}
    stale = await lan.do(record, "accept", {}, look["version"] + 1)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/submission-stale")
    wrong = {
        "position": {"lon": 106.65, "lat": 10.95, "accuracy_m": 0, "method": "map"},
        "localities": [["street", "x"]],
        "house_number": "x" * 201,
        "visibility": "public",
    }
    for name, value in wrong.items():
        refused = await lan.do(record, "accept", {"values": {name: value}}, look["version"])
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/request-invalid")
    for name in ("kind", "position"):
        refused = await lan.do(record, "accept", {"values": {name: None}}, look["version"])
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/field-invalid")
    values = {"house_number": "7B", "localities": [["khu_pho", "Khu phố 5"]], "name": None}
    done = await lan.do(record, "accept", {"values": values}, look["version"])
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "accepted"
    receipt = await phone.receipt_of(record)
    assert receipt["address"]["code"] == record["code"]
    assert receipt["address"]["label"].startswith("7B Đường Lê Lợi, Khu phố 5, ")
    assert receipt["conflicts"] == []
    figures = await lan.client.get("/v1/collection/quality", headers=lan.headers)
    (figure,) = figures.json()["items"]
    assert (figure["unchanged"], figure["corrected"]) == (0, 1)  # of a new house as of others
    taken_back = await lan.do(record, "reopen", None, "*")
    assert (taken_back.status_code, taken_back.json()["type"]) == (
        409,
        "/problems/decision-written",
    )


async def _send_back_and_again(lan: Supervisor, phone: Phone, record: dict[str, Any]) -> None:
    version = (await lan.look(record))["version"]
    silent = await lan.do(record, "send-back", {"note": "  "}, version)
    assert silent.status_code == 422
    note = "Chụp lại ảnh cổng\n<b>rõ số nhà</b>"
    done = await lan.do(record, "send-back", {"note": note}, version)
    assert (done.status_code, done.json()["state"]) == (200, "needs-you")
    receipt = await phone.receipt_of(record)
    assert receipt["state"] == "needs-you"
    assert "rõ số nhà" in receipt["note"]
    again = {**record, "revision": 2}
    assert (await phone.put(again))["state"] == "received"


async def _refuse_and_reopen(lan: Supervisor, record: dict[str, Any]) -> None:
    version = (await lan.look(record))["version"]
    refused = await lan.do(record, "refuse", {"note": "Không có nhà này"}, version)
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    reopened = await lan.do(record, "reopen", None, refused.headers["etag"])
    assert (reopened.status_code, reopened.json()["waits_for"]) == (200, "review")


async def test_conflicts_are_chosen_and_a_contact_is_read_on_record(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    await open_accounts(registry_url, areas=[WEST])
    phone = await enrol(client, await sign_in(client, COLLECTOR), clock=clock)
    lan = Supervisor(client, await sign_in(client, SUPERVISOR))
    await phone.take_block(5)
    house = phone.record_of(Act.ADD)
    assert (await phone.put(house))["state"] == "accepted"
    patch = {"components": {"house_number": "12A", "thoroughfare": "Đường Lê Lợi"}}
    mended = await client.patch(
        f"/v1/addresses/{house['code']}", json=patch, headers={**lan.headers, "If-Match": '"1"'}
    )
    assert mended.status_code == 200, mended.text
    record = phone.record_of(
        Act.CORRECT,
        address={"ref": house["code"], "version": 1},
        fields=fields_of(house_number="12B"),
        has_private=True,
    )
    assert (await phone.put(record))["waits_for"] == "review"
    await phone.put_private(record, words="Chủ nhà đi vắng buổi sáng")
    look = await lan.look(record)
    standing = {each["field"]: each["standing"] for each in look["fields"]}
    assert standing["house_number"] == "conflict"
    open_ = await lan.do(record, "accept", {}, look["version"])
    assert (open_.status_code, open_.json()["fields"]) == (409, ["house_number"])
    noted = (await lan.get(f"/{record['record']}/private")).json()
    assert noted["contact"] == CONTACT
    assert noted["words"] == "Chủ nhà đi vắng buổi sáng"
    body = {"values": {"house_number": "12B"}, "address_version": 1}
    moved = await lan.do(record, "accept", body, "*")
    assert moved.status_code == 412
    body["address_version"] = look["address"]["version"]
    done = await lan.do(record, "accept", body, "*")
    assert done.status_code == 200, done.text
    assert (await phone.receipt_of(record))["address"]["label"].startswith("12B ")
