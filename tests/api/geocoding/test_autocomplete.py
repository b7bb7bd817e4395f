"""GET /v1/autocomplete: street, then number, then unit; around the caret; as it is typed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from geocoding_fixtures import Assign
from registry_fixtures import EAST, WEST
from service_settings import service_settings

from addrsvc.db.doors import Doors
from addrsvc.registry.model import Kind
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def filled(app: FastAPI, doors: Doors, assign: Assign) -> None:
    for number in ("1", "12", "12/3", "120", "125A"):
        await assign(number, "Đường Nguyễn Thị Minh Khai")
    await assign("1", "Đường Nguyễn Trãi", east=True)
    await assign("3", "Đường Nguyễn Trãi", east=True)
    await assign("5", "Đường Nguyễn Trãi")
    await assign(None, None, ("ap", "Ấp Bình Phú"))
    await assign("7", "Đường Lê Lợi", kind=Kind.PUBLIC_FACILITY, name="Chợ Nguyễn Tri")
    follower = app.state.gazetteer
    async with doors.pool.connection() as conn:
        await follower.catch_up(conn)
        await app.state.geocoder.refresh(conn)


async def ask(client: httpx.AsyncClient, q: str, **more: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/autocomplete", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    suggestions: list[dict[str, Any]] = answer.json()["suggestions"]
    return suggestions


@pytest.mark.usefixtures("filled")
async def test_streets_by_their_beginning_the_busiest_first(client: httpx.AsyncClient) -> None:
    found = await ask(client, "nguyen t")
    assert [each["text"] for each in found] == [
        "Đường Nguyễn Thị Minh Khai, Phường Tây",
        "Đường Nguyễn Trãi, Phường Đông",
        "Đường Nguyễn Trãi, Phường Tây",
    ]
    assert found[0] == {
        "type": "street",
        "text": "Đường Nguyễn Thị Minh Khai, Phường Tây",
        "caret": 26,
        "commune_code": WEST,
        "commune_name": "Phường Tây",
    }


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "typed", ["Đường Nguyễn Thị M", "nguyeenx thij m", "NGUYEN THI M", "n", "Nguyễn Thị Mnih Khai"]
)
async def test_telex_accents_and_slips(client: httpx.AsyncClient, typed: str) -> None:
    found = await ask(client, typed)
    assert found[0]["text"] == "Đường Nguyễn Thị Minh Khai, Phường Tây"


@pytest.mark.usefixtures("filled")
async def test_the_number_stays_and_the_commune_in_the_text_decides(
    client: httpx.AsyncClient,
) -> None:
    found = await ask(client, "12 nguyen tra, Phường Tây", caret=13)
    assert [each["text"] for each in found] == ["12 Đường Nguyễn Trãi, Phường Tây"]
    assert found[0]["caret"] == len("12 Đường Nguyễn Trãi")
    assert (await ask(client, "xyz"))[:1] == []


@pytest.mark.usefixtures("filled")
async def test_a_place_nearby_comes_first(client: httpx.AsyncClient) -> None:
    far = await ask(client, "nguyen trai")
    near = await ask(client, "nguyen trai", lon=106.65, lat=10.95)
    assert [each["commune_code"] for each in far] == [EAST, WEST]
    assert [each["commune_code"] for each in near] == [WEST, EAST]


@pytest.mark.usefixtures("filled")
async def test_numbers_where_the_caret_is_in_the_number(client: httpx.AsyncClient) -> None:
    found = await ask(client, "12 Nguyễn Thị Minh Khai, Phường Tây", caret=2)
    assert [each["text"].partition(" ")[0] for each in found] == ["12", "12/3", "120", "125A"]
    assert {each["type"] for each in found} == {"number"}
    assert all(len(each["code"]) == 10 for each in found)
    alley = await ask(client, "12/ Nguyễn Thị Minh Khai", caret=3)
    assert [each["text"].partition(" ")[0] for each in alley] == ["12/3"]
    letter = await ask(client, "125a Nguyễn Thị Minh Khai", caret=3)
    assert [each["text"].partition(" ")[0] for each in letter] == ["125A"]


@pytest.mark.usefixtures("filled")
async def test_localities_and_named_objects(client: httpx.AsyncClient) -> None:
    [hamlet] = await ask(client, "ấp bình")
    assert (hamlet["type"], hamlet["text"]) == ("locality", "Ấp Bình Phú, Phường Tây")
    [market] = await ask(client, "cho ng")
    assert (market["type"], len(market["code"])) == ("organisation", 10)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("typed", ["tây", "ta", "taay", "phuong t", "P. Ta", "Phường Tây"])
async def test_communes(client: httpx.AsyncClient, typed: str) -> None:
    found = [each for each in await ask(client, typed) if each["type"] == "commune"]
    assert [each["commune_code"] for each in found] == [WEST]
    assert found[0]["text"].startswith("Phường Tây")
    assert found[0]["caret"] == len("Phường Tây")


@pytest.mark.usefixtures("filled")
async def test_communes_behind_a_street(client: httpx.AsyncClient) -> None:
    found = await ask(client, "12 Đường Nguyễn Trãi, ta, Việt Nam", caret=24)
    assert found[0]["text"] == "12 Đường Nguyễn Trãi, Phường Tây, Việt Nam"
    assert [each["type"] for each in await ask(client, "12 phuong t")] == []
    named = await ask(client, "dong, Phường Tây", caret=4)
    assert "commune" not in {each["type"] for each in named}  # one is named already


@pytest.mark.usefixtures("filled")
async def test_words_behind_the_caret_stay(client: httpx.AsyncClient) -> None:
    """Where they name a commune, it decides; the word the caret stands in is completed."""
    for typed in ("12 nguyen tra tay", "12 nguyen tra phuong tay", "12 nguyen tra dong"):
        found = await ask(client, typed, caret=12)
        kept = typed[14:]
        assert [each["text"] for each in found] == [f"12 Đường Nguyễn Trãi, {kept}"]
        assert found[0]["caret"] == len("12 Đường Nguyễn Trãi")
        assert found[0]["commune_code"] == (EAST if kept == "dong" else WEST)
    elsewhere = await ask(client, "12 nguyen thi minh dong", caret=18)
    assert [each["text"] for each in elsewhere] == ["12 Đường Nguyễn Thị Minh Khai, dong"]
    assert elsewhere[0]["commune_code"] == WEST  # known there only; what was typed stays
    inside = await ask(client, "nguyen trai", caret=9)  # the middle of a name that goes on
    assert inside[0]["text"] == "Đường Nguyễn Trãi, Phường Đông"
    words = await ask(client, "nguyen thi minh khai", caret=8)
    assert words[0]["text"] == "Đường Nguyễn Thị Minh Khai, Phường Tây"
    other = await ask(client, "nguyen tr gan cho lon", caret=9)
    assert [each["text"].partition(", ")[2] for each in other] == [
        "Phường Đông, gan cho lon",
        "Phường Tây, gan cho lon",
    ]


async def test_nothing_typed(client: httpx.AsyncClient, filled: None) -> None:
    assert await ask(client, "") == []
    assert await ask(client, ", ,", caret=200) == []
    assert await ask(client, "12 ") == []
    refused = await client.get("/v1/autocomplete", params={"q": "x" * 201})
    assert refused.status_code == 422


async def test_before_the_names_are_read(client: httpx.AsyncClient, app: FastAPI) -> None:
    app.state.gazetteer.gazetteer = None
    answer = await client.get("/v1/autocomplete", params={"q": "a"})
    assert answer.status_code == 503
