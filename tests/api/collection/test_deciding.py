"""What becomes of records, by HTTP: into the register, into conflicts, to a supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    LAT,
    LON,
    SUPERVISOR,
    Phone,
    enrol,
    fields_of,
    make_task,
    open_accounts,
    position_of,
    sign_in,
)
from registry_fixtures import EAST, IN_EAST, WEST
from service_settings import service_settings

from addrsvc.clock import FixedClock
from addrsvc.collection.model import Act
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@dataclass
class Desk:
    """A supervisor."""

    client: httpx.AsyncClient
    headers: Mapping[str, str]

    async def look(self, record: Mapping[str, Any]) -> Any:
        path = f"/v1/collection/submissions/{record['record']}"
        return (await self.client.get(path, headers=dict(self.headers))).json()

    async def do(self, record: Mapping[str, Any], act: str, **said: Any) -> httpx.Response:
        path = f"/v1/collection/submissions/{record['record']}:{act}"
        headers = {**self.headers, "If-Match": f'"{(await self.look(record))["version"]}"'}
        return await self.client.post(path, json=said, headers=headers)

    async def correct(self, code: str, **fields: Any) -> None:
        headers = {**self.headers, "If-Match": "*"}
        path = f"/v1/addresses/{code}"
        answer = await self.client.patch(path, json=fields, headers=headers)
        assert answer.status_code == 200, answer.text


def slugs(receipt: Any) -> set[str]:
    return {each["slug"] for each in receipt["reasons"]} - {"photo-missing"}


async def begin(
    client: httpx.AsyncClient, url: str, clock: FixedClock, codes: int = 10
) -> tuple[Phone, Desk]:
    await open_accounts(url, areas=[WEST])
    phone = await enrol(client, await sign_in(client, COLLECTOR), clock=clock)
    await phone.take_block(codes)
    return phone, Desk(client, await sign_in(client, SUPERVISOR))


async def test_clean_records_are_in_the_register_when_the_receipt_comes(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    phone, desk = await begin(client, registry_url, clock)
    house = phone.record_of(Act.ADD)
    added = await phone.put(house)
    assert (added["state"], added["address"]["code"]) == ("accepted", house["code"])
    seen = {"ref": house["code"], "version": 1}
    mended = phone.record_of(
        Act.CORRECT,
        address=seen,
        fields=fields_of(house_number="12A"),
        position=position_of(LON + 0.00002),
    )
    assert (await phone.put(mended))["address"]["version"] == 2
    # another who saw the first version: what only they changed is written, the rest stands beside
    stale = phone.record_of(
        Act.CORRECT,
        address=seen,
        fields=fields_of(house_number="14", localities=[["khu_pho", "4"]]),
    )
    receipt = await phone.put(stale)
    assert (receipt["waits_for"], receipt["address"]["version"]) == ("review", 3)
    assert receipt["conflicts"] == [
        {"field": "house_number", "base": "12", "registered": "12A", "collected": "14"}
    ]
    visit = phone.record_of(Act.NOBODY_HOME, address=seen)
    assert (await phone.put(visit))["state"] == "accepted"
    # the same house again as a revision of its record: another correction
    revised = house | {"revision": 2, "fields": fields_of(house_number="12", unit="2")}
    receipt = await phone.put(revised)
    assert (receipt["state"], receipt["conflicts"]) == ("accepted", [])
    assert receipt["address"]["label"].startswith("2, 12A ")
    shown = (await client.get(f"/v1/addresses/{house['code']}", headers=dict(desk.headers))).json()
    assert shown["source"].endswith(house["record"])
    assert shown["position"]["lon"] == pytest.approx(LON + 0.00002)
    listed = (await phone.ask("GET", "/v1/collection/blocks")).json()["items"]
    assert [(each["used"], each["unused"], each["burnt"]) for each in listed] == [(1, 9, 0)]


async def test_what_is_doubtful_waits_and_nothing_is_written(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    phone, _ = await begin(client, registry_url, clock)
    house = phone.record_of(Act.ADD)
    await phone.put(house)
    ref, far = {"ref": house["code"], "version": 1}, position_of(LON + 0.01)
    drawn = make_task(registry_url)
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            "UPDATE collection_task SET kind = 'polygon', area = ST_Multi(ST_MakeEnvelope("
            "106.66, 10.96, 106.67, 10.97, 4326))"
        )
    beyond = fields_of(), position_of(106.70001, method="map")
    override = [{"check": "outside-area", "reason": "Nhà ở góc đường"}]
    street = fields_of(thoroughfare=None)
    cases = {
        "number-taken": phone.record_of(Act.ADD, position=position_of(LON, LAT + 0.003)),
        "duplicate-near": phone.record_of(
            Act.ADD, fields=street, position=position_of(LON + 0.0003)
        ),
        "outside-area": phone.record_of(
            Act.ADD, fields=fields_of(house_number="90"), position=far, task=drawn
        ),
        "accuracy-low": phone.record_of(
            Act.CORRECT, address=ref, position=position_of(accuracy_m=10.5)
        ),
        "part-missing": phone.record_of(
            Act.ADD,
            fields=fields_of(house_number=None, thoroughfare=None, localities=[]),
            position=far,
        ),
        "overridden": phone.record_of(Act.CORRECT, address=ref, overrides=override),
        "gone": phone.record_of(Act.GONE, address=ref),
        "address-unknown": phone.record_of(
            Act.CORRECT, address={"ref": "7512399999", "version": 1}
        ),
        "code-not-in-block": phone.record_of(
            Act.ADD, code="7512399999", fields=fields_of(house_number="91"), position=far
        ),
    }
    for slug, record in cases.items():
        receipt = await phone.put(record)
        assert (receipt["state"], receipt["waits_for"]) == ("received", "review"), slug
        assert slugs(receipt) == {slug}
        assert all(each["text"] for each in receipt["reasons"])
    moved = phone.record_of(Act.CORRECT, address=ref, fields=beyond[0], position=beyond[1])
    assert slugs(await phone.put(moved)) == {"outside-area"}
    abroad = phone.record_of(Act.ADD, position={**IN_EAST, "marks": None}, commune_code=EAST)
    assert slugs(await phone.put(abroad)) == {"outside-area", "impossible-movement"}
    lone = phone.record_of(Act.NOBODY_HOME, address={"ref": "p999", "version": 1}, position=far)
    assert "address-unknown" in slugs(await phone.put(lone))
    with psycopg.connect(registry_url) as conn:
        (versions,) = conn.execute("SELECT count(*) FROM address_version").fetchone() or (0,)
    assert versions == 1


async def test_supervisors_settle_what_waits(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    phone, desk = await begin(client, registry_url, clock)
    house = phone.record_of(Act.ADD)
    await phone.put(house)
    ref = {"ref": house["code"], "version": 1}
    twin = phone.record_of(Act.ADD, position=position_of(LON + 0.00015))
    await phone.put(twin)
    refused = await desk.do(twin, "accept", values={})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/duplicate-address")
    done = await desk.do(twin, "accept", distinct_because="Hai nhà chung một số")
    assert done.status_code == 200, done.text
    assert (await phone.receipt_of(twin))["address"]["code"] == twin["code"]
    # a code of nobody's block: the house gets another, and its collector is told which
    foreign = phone.record_of(
        Act.ADD,
        code="7512399999",
        fields=fields_of(house_number="40"),
        position=position_of(106.66),
    )
    await phone.put(foreign)
    assert (await desk.do(foreign, "accept")).status_code == 200
    assert (await phone.receipt_of(foreign))["address"]["code"] not in {"7512399999", None}
    # a code of a block that had ended is on the house by now: it may keep it
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE code_block SET expires_at = issued_at")
    late = phone.record_of(
        Act.ADD, fields=fields_of(house_number="41"), position=position_of(106.66, LAT + 0.001)
    )
    assert slugs(await phone.put(late)) >= {"code-ended"}
    assert (await desk.do(late, "accept")).status_code == 200
    assert (await phone.receipt_of(late))["address"]["code"] == late["code"]
    # gone, and changed since it was seen: whoever confirms has looked
    gone = phone.record_of(Act.GONE, address=ref)
    await desk.correct(house["code"], components={"house_number": "12C"})
    assert {each["field"] for each in (await phone.put(gone))["conflicts"]} == {
        "existence",
        "house_number",
        "thoroughfare",
        "localities",
    }
    assert (await desk.do(gone, "accept")).json()["type"] == "/problems/conflicts-open"
    assert (await desk.do(gone, "accept", address_version=1)).status_code == 412
    done = await desk.do(gone, "accept", address_version=2)
    assert done.status_code == 200, done.text
    late = phone.record_of(Act.CORRECT, address=ref, fields=fields_of(house_number="13"))
    assert slugs(await phone.put(late)) == {"address-out-of-use"}
    # refused once, it is not written by rules because it is sent again
    assert (await desk.do(late, "refuse", note="Nhà đã phá")).status_code == 200
    receipt = await phone.put(late | {"revision": 2})
    assert slugs(receipt) == {"address-out-of-use", "sent-again"}
    stale = await desk.do(late, "reopen")
    assert (stale.status_code, stale.json()["state"]) == (409, "received")


async def test_what_somebody_chose_is_not_undone_by_sending_again(
    client: httpx.AsyncClient, registry_url: str, clock: FixedClock
) -> None:
    phone, desk = await begin(client, registry_url, clock)
    house = phone.record_of(Act.ADD)
    await phone.put(house)
    ref = {"ref": house["code"], "version": 1}
    record = phone.record_of(
        Act.CORRECT, address=ref, fields=fields_of(house_number="12B", unit="5")
    )
    street = {"thoroughfare": "Đường Lê Lợi", "localities": [{"kind": "khu_pho", "name": "3"}]}
    await desk.correct(house["code"], components={"house_number": "12A", **street})
    await phone.put(record)
    done = await desk.do(record, "accept", values={"house_number": "12D", "unit": None})
    assert done.status_code == 200, done.text
    look = await desk.look(record)
    assert [(each["field"], each["chosen"]) for each in look["conflicts"]] == [
        ("house_number", "other"),
        ("unit", "other"),
    ]
    receipt = await phone.put(record | {"revision": 2})
    assert (receipt["state"], receipt["conflicts"]) == ("accepted", [])
    assert receipt["address"]["label"].startswith("12D ")
    # said otherwise now, over what somebody chose: both stand beside each other
    changed = {"revision": 3, "fields": fields_of(house_number="12E", unit="5")}
    receipt = await phone.put(record | changed)
    assert [each["registered"] for each in receipt["conflicts"]] == ["12D"]
