"""Reports of citizens at the desk, as its script asks for them. All names are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from registry_fixtures import IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

NEAR = {"lon": IN_WEST["lon"] + 0.0001, "lat": IN_WEST["lat"]}
CONTACT = {"phone": "0900 000 111", "consent": True}


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=1_000_000)


async def test_reports_are_given_out_and_decided(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    keys = [
        await issue_key(Scope.TICKETS_WRITE),
        await issue_key(Scope.TICKETS_WRITE, areas=[WEST]),
        await issue_key(Scope.DOSSIERS_WRITE),
    ]
    staff, west, other = ({"Authorization": f"Bearer {key}"} for key in keys)
    house = {"kind": "dwelling", "source": "thử", "position": IN_WEST}
    made = await client.post("/v1/addresses", json=house, headers=writer)
    code = made.json()["code"]
    for said in (
        {"kind": "missing", "point": {**NEAR, "accuracy_m": 9}, "contact": CONTACT},
        {"kind": "wrong", "code": code, "text": "Sai tên đường"},
        {"kind": "no_number", "place": "sau chợ"},
    ):
        assert (await client.post("/v1/tickets", json=said)).status_code == 201

    async def ask(path: str, body: Mapping[str, Any], who: dict[str, str]) -> httpx.Response:
        return await client.post(f"/desk/tickets/{path}", json=body, headers=who)

    assert (await ask("items", {}, other)).status_code == 403
    assert (await client.post("/desk/nothing/items", json={}, headers=staff)).status_code == 404
    told = (await ask("items", {"wanted": {"about": "wrong"}, "is_first": True}, west)).json()
    (wrong,) = told["items"]
    assert (told["left"], told["decided"]) == (1, 0)
    assert (wrong["text"], wrong["confirms"]) == ("Sai tên đường", code)
    (about,) = wrong["choices"]
    assert about["is_present"] is True
    assert wrong["place"] == {"lon": IN_WEST["lon"], "lat": IN_WEST["lat"]}
    assert [path for _, path in wrong["links"]] == [f"/a/{code}"]
    found = (await ask("items", {"wanted": {"state": "x", "commune": "y"}}, staff)).json()["items"]
    missing, nowhere = found  # the one a colleague looks at is passed over
    (near,) = missing["choices"]
    assert (near["choice"], near["is_present"]) == (code, False)
    assert "11 m" in near["detail"]
    assert missing["contact"] == f"/v1/tickets/{missing['id']}/contact"
    assert missing["is_text"] is False
    assert "Chưa rõ thuộc phường, xã nào." in [each["text"] for each in nowhere["notes"]]
    assert ["Nơi, như đã ghi", "sau chợ"] in nowhere["facts"]

    async def decide(item: Mapping[str, Any], act: str, version: int, **more: str) -> Any:
        body = {"item": item["id"], "act": act, "version": version, **more}
        answer = await ask("decisions", body, staff)
        return answer.json().get("version", answer.status_code)

    assert await decide(missing, "answer", 1) == 422  # says nothing
    assert await decide(missing, "answer", 1, words="Mai đến") == 2
    assert await decide(missing, "choose", 1, choice=code) == 412
    assert await decide(missing, "choose", 2, choice=code) == 3
    seen = (await ask("item", {"item": missing["id"]}, staff)).json()["item"]
    assert seen["is_open"] is False
    assert ["Đã trả lời", "Mai đến"] in seen["facts"]
    assert "đã chọn trước đó" in seen["choices"][0]["detail"]
    assert await decide(missing, "undo", 3) == 4
    assert await decide(wrong, "confirm", 1) == 2
    assert await decide(nowhere, "explode", 1) == 404
    assert await decide({"id": "x1"}, "done", 1) == 404
    assert (await ask("item", {"item": nowhere["id"]}, west)).status_code == 404
    for path, shown in (
        ("/desk?kind=tickets", "Bàn duyệt phản ánh của người dân"),
        ("/desk", "Bàn duyệt phản ánh của người dân"),
        ("/desk?kind=tickets&lang=en&about=wrong", "Desk: reports of citizens"),
    ):
        page = await client.get(path, headers=staff)
        assert page.status_code == 200, path
        assert shown in page.text
    assert (await client.get("/desk?kind=nothing", headers=staff)).status_code == 404
    assert (await client.get("/desk?kind=tickets", headers=other)).status_code == 403
