"""Acts over HTTP: seen before they are done, done once, looked up and taken back."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from registry_fixtures import IN_WEST, WEST

from addrsvc.auth.model import Scope

pytestmark = pytest.mark.anyio


def house(number: int) -> dict[str, Any]:
    return {
        "kind": "dwelling",
        "source": "field",
        "position": {**IN_WEST, "lon": 106.61 + number * 0.001},
        "components": {"house_number": str(number), "thoroughfare": "Đường Mẫu"},
    }


class Desk:
    """A clerk's requests."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    async def assign(self, number: int, **change: Any) -> dict[str, Any]:
        body = {**house(number), **change}
        answer = await self.client.post("/v1/addresses", json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def act(self, path: str, body: dict[str, Any], **more: str) -> httpx.Response:
        headers = {**self.headers, "If-Match": "*", **more}
        return await self.client.post(path, json=body, headers=headers)


@pytest.fixture
async def desk(client: httpx.AsyncClient, writer: dict[str, str]) -> Desk:
    return Desk(client, writer)


def left(url: str) -> list[tuple[Any, ...]]:
    """Give what an act leaves: versions, codes drawn, keys used, events."""
    with psycopg.connect(url) as conn:
        return conn.execute(
            "SELECT (SELECT count(*) FROM address_version), (SELECT sum(next_counter) FROM"
            " code_prefix), (SELECT count(*) FROM idempotency_key), (SELECT count(*) FROM event)"
        ).fetchall()


async def test_a_split_is_seen_before_it_is_done_and_taken_back_afterwards(
    desk: Desk, registry_url: str
) -> None:
    old = await desk.assign(1)
    path = f"/v1/addresses/{old['code']}:split"
    body = {
        "into": [house(1), house(2)],
        "reason": "tách thửa",
        "instrument": {"number": "12/QĐ-UBND", "issued_on": "2026-01-10", "issuer": "UBND"},
    }
    keyed = {"Idempotency-Key": "split-1"}
    before = left(registry_url)
    rehearsed = await desk.act(f"{path}?dry_run=true", body, **keyed)
    assert rehearsed.status_code == 200, rehearsed.text
    told = rehearsed.json()
    assert told["dry_run"] is True
    assert [(each["ref"], each["what"]) for each in told["effects"]] == [
        ("new-1", "assigned"),
        ("new-2", "assigned"),
        (old["code"], "retired"),
    ]
    assert told["effects"][2]["successors"] == ["new-1", "new-2"]
    assert left(registry_url) == before
    done, repeated = [await desk.act(path, body, **keyed) for _ in "12"]
    assert done.status_code == 200, done.text
    assert repeated.json() == done.json()
    act_id = done.json()["act_id"]
    assert done.headers["location"] == f"/v1/acts/{act_id}"
    found = (await desk.client.get(f"/v1/acts/{act_id}", headers=desk.headers)).json()
    assert (found["kind"], found["kind_name"]) == ("split", "Tách địa chỉ")
    assert found["instrument"]["issued_on"] == "2026-01-10"
    assert [each["status"] for each in found["addresses"]["items"]] == [
        "retired",
        "current",
        "current",
    ]
    undone = await desk.act(f"/v1/acts/{act_id}:undo", {"reason": "nhầm"})
    assert undone.status_code == 200, undone.text
    assert [each["status"] for each in undone.json()["addresses"]] == [
        "current",
        "rejected",
        "rejected",
    ]
    again = await desk.act(f"/v1/acts/{act_id}:undo", {"reason": "nhầm"})
    assert (again.status_code, again.json()["by"]) == (409, undone.json()["act_id"])


async def test_merge_and_replace_name_the_versions_they_are_made_on(desk: Desk) -> None:
    one, other, into = [await desk.assign(number) for number in (1, 2, 3)]
    body = {
        "addresses": [{"code": each["code"], "version": 1} for each in (one, other)],
        "into": {"code": into["code"], "version": 2},
        "reason": "gộp",
    }
    stale = await desk.act("/v1/addresses:merge", body)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/version-stale")
    merged = await desk.act(
        "/v1/addresses:merge", {**body, "into": {"code": into["code"], "version": 1}}
    )
    assert merged.status_code == 200, merged.text
    new = await desk.act("/v1/addresses:merge", {**body, "into": house(4)})
    assert (new.status_code, new.json()["type"]) == (412, "/problems/version-stale")
    replaced = await desk.act(
        f"/v1/addresses/{into['code']}:replace", {"by": house(3), "reason": "xây lại"}
    )
    assert [each["status"] for each in replaced.json()["addresses"]] == ["retired", "current"]
    neither = await desk.act("/v1/addresses:merge", {**body, "into": {"code": into["code"]}})
    assert neither.json()["type"] == "/problems/request-invalid"


async def test_change_reserve_and_undo_of_one_address(desk: Desk, issue_key: Any) -> None:
    made = await desk.assign(1, position=None, commune_code=WEST)
    path = f"/v1/addresses/{made['ref']}"
    reserved = await desk.act(f"{path}:reserve", {"reason": "quy hoạch"})
    assert (reserved.json()["status"], reserved.headers["etag"]) == ("reserved", '"2"')
    built = {"position": IN_WEST, "part": "building"}
    rehearsed = await desk.act(f"{path}:change?dry_run=true", built)
    (effect,) = rehearsed.json()["effects"]
    assert [each["field"] for each in effect["differences"]] == ["status", "position", "part"]
    changed = await desk.act(f"{path}:change", built)
    assert (changed.json()["status"], changed.json()["part"]) == ("current", "building")
    undone = await desk.act(f"{path}:undo", {"reason": "nhầm"}, **{"If-Match": '"3"'})
    assert undone.json()["status"] == "reserved"
    other = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    foreign = await Desk(desk.client, {"Authorization": f"Bearer {other}"}).act(
        f"{path}:undo", {"reason": "x"}
    )
    assert (foreign.status_code, foreign.json()["type"]) == (403, "/problems/scope-missing")
    illegal = await desk.act(f"{path}:split", {"into": [house(1), house(2)], "reason": "x"})
    assert (illegal.status_code, illegal.json()["type"]) == (409, "/problems/transition-refused")
    assert "Tách địa chỉ" in illegal.json()["detail"]


async def test_a_past_day_is_corrected(desk: Desk) -> None:
    made = await desk.assign(1, valid_from="2025-09-01")
    path = f"/v1/addresses/{made['code']}"
    components = {"house_number": "9", "thoroughfare": "Đường Mẫu"}
    await desk.act(f"{path}:change", {"components": components, "on": "2025-12-01"})
    mended = await desk.client.patch(
        path,
        json={"components": {**components, "house_number": "1B"}, "on": "2025-10-01"},
        headers={**desk.headers, "If-Match": "*"},
    )
    assert mended.status_code == 200, mended.text
    then = await desk.client.get(f"{path}?valid_at=2025-10-01", headers=desk.headers)
    assert then.json()["label"].startswith("1B Đường Mẫu")
    assert mended.json()["label"].startswith("9 Đường Mẫu")
