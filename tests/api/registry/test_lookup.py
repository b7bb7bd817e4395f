"""Looking up: every written form, wrong digits, retired ones, and what strangers never see."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_EAST, IN_WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

HOLDER = {"name": "Nguyễn Thị Bịa Đặt", "phone": "0900 000 000"}  # invented
SCHOOL: dict[str, Any] = {
    "kind": "public_facility",
    "source": "field",
    "name": "Trường Tiểu học Mẫu",
    "position": IN_WEST,
    "components": {
        "house_number": "12",
        "thoroughfare": "Đường Mẫu",
        "localities": [{"kind": "khu_pho", "name": "Khu phố 3"}],
    },
}


def room(number: int) -> dict[str, Any]:
    """Give the components of a room there."""
    return {**SCHOOL["components"], "unit": f"Phòng {number}"}


async def register(
    client: httpx.AsyncClient, writer: dict[str, str], **change: object
) -> dict[str, object]:
    answer = await client.post("/v1/addresses", json={**SCHOOL, **change}, headers=writer)
    assert answer.status_code == 201, answer.text
    body: dict[str, object] = answer.json()
    return body


@pytest.mark.parametrize("form", ["{text}", "{printed}", "{plate}", "Mã: {p} {s}", "{plate}\u200b"])
async def test_every_written_form_finds_it(
    client: httpx.AsyncClient, writer: dict[str, str], form: str
) -> None:
    code = DigitalCode.of(str((await register(client, writer))["code"]))
    typed = form.format(
        text=code.text, printed=code.printed, plate=code.plate, p=code.prefix, s=code.suffix
    )
    answer = await client.get(f"/v1/addresses/{typed}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["code"] == code.text
    assert body["confirm"] is ("{plate}" not in form)
    assert body["label"] == ("12 Đường Mẫu, Khu phố 3, Phường Tây, Thành phố Mẫu")


async def test_answer_is_cacheable_by_etag_and_speaks_english(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    code = (await register(client, writer))["code"]
    english = {"Accept-Language": "en"}
    first = await client.get(f"/v1/addresses/{code}", headers=english)
    assert first.json()["status_name"] == "In use"
    tag = {"If-None-Match": first.headers["etag"]}
    again = await client.get(f"/v1/addresses/{code}", headers={**english, **tag})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get(f"/v1/addresses/{code}", headers=tag)
    assert other.json()["status_name"] != "In use", "the English answer is not the Vietnamese one"


async def test_wrong_check_digit_suggests_live_codes_one_slip_away(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    code = DigitalCode.of(str((await register(client, writer))["code"]))
    slipped = code.text[:9] + str((int(code.text[9]) + 1) % 10) + code.check_digit
    for path in ("/v1/addresses/", "/v1/codes/"):
        answer = await client.get(path + slipped)
        assert (answer.status_code, answer.json()["type"]) == (
            422,
            "/problems/check-digit-refused",
        )
        assert code.plate in answer.json()["suggestions"]


async def test_restricted_ones_are_never_suggested_nor_found_by_strangers(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    for number, visibility in enumerate(("restricted", "secret")):
        made = await register(client, writer, visibility=visibility, components=room(number))
        code = DigitalCode.of(str(made["code"]))
        hidden = await client.get(f"/v1/addresses/{code.plate}")
        unknown = await client.get("/v1/addresses/7512399999")
        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "code": 0, "detail": 0, "request_id": 0} == {
            **unknown.json(),
            "code": 0,
            "detail": 0,
            "request_id": 0,
        }
        slipped = code.text[:9] + str((int(code.text[9]) + 1) % 10) + code.check_digit
        wrong = await client.get(f"/v1/addresses/{slipped}")
        assert wrong.json()["suggestions"] == []
        seen = await client.get(f"/v1/addresses/{code.text}", headers=writer)
        assert seen.status_code == (200 if visibility == "restricted" else 404)
    named = await issue_key(Scope.ADDRESSES_SECRET)
    answer = await client.get(
        f"/v1/addresses/{code.text}", headers={"Authorization": f"Bearer {named}"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("751230482", "code-too-short"),
        ("7512304827123", "code-too-long"),
        ("751230482712", "code-looks-like-location-id"),
        ("75123O4827", "code-letter-like-digit"),
        ("75123-0x827", "code-has-letter"),
        ("---", "code-empty"),
        ("9" * 201, "code-text-too-long"),
        ("7512300000", "address-not-found"),
    ],
)
async def test_malformed_and_unknown_codes_say_what_to_do(
    client: httpx.AsyncClient, typed: str, slug: str
) -> None:
    answer = await client.get(f"/v1/addresses/{typed}")
    assert answer.json()["type"] == f"/problems/{slug}"
    assert answer.status_code == (404 if slug == "address-not-found" else 422)


async def test_strangers_see_no_source_no_private_name_and_never_a_holder(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    made = await register(
        client, writer, kind="dwelling", name="Nhà ông Bịa", holder=HOLDER, text="gõ tay"
    )
    public = (await client.get(f"/v1/addresses/{made['code']}")).json()
    assert public["name"] is None
    assert not {"source", "text", "issuer", "visibility"} & public.keys()
    full = (await client.get(f"/v1/addresses/{made['code']}", headers=writer)).json()
    assert (full["name"], full["source"], full["text"]) == ("Nhà ông Bịa", "field", "gõ tay")
    for body in (made, public, full):
        assert "Bịa Đặt" not in str(body)
        assert "0900" not in str(body)
    path = f"/v1/addresses/{made['code']}/holder"
    refused = await client.get(path, params={"purpose": "notify-code"}, headers=writer)
    assert refused.json()["type"] == "/problems/scope-missing"
    key = await issue_key(Scope.ADDRESSES_READ, Scope.HOLDERS_READ)
    reader = {"Authorization": f"Bearer {key}"}
    assert (await client.get(path, headers=reader)).status_code == 422
    answer = await client.get(path, params={"purpose": "notify-code"}, headers=reader)
    assert answer.json() == {"holder": HOLDER}


@pytest.mark.parametrize("path", ["/v1/addresses", "/v1/addresses/{code}/history"])
async def test_lists_and_history_need_a_key(
    client: httpx.AsyncClient, writer: dict[str, str], path: str
) -> None:
    code = (await register(client, writer))["code"]
    answer = await client.get(path.format(code=code))
    assert answer.json()["type"] == "/problems/not-signed-in"


async def test_lists_filter_and_page_in_a_stable_order(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    west = [(await register(client, writer, components=room(n)))["code"] for n in range(3)]
    east = (await register(client, writer, position=IN_EAST, kind="enterprise"))["code"]

    async def listed(**params: str | int) -> tuple[list[str], int | None]:
        answer = await client.get("/v1/addresses", params=params, headers=writer)
        body = answer.json()
        return [each["code"] for each in body["items"]], body["next"]

    first, following = await listed(limit=3)
    rest, end = await listed(limit=3, after=following or 0)
    assert (first + rest, end) == ([*west, east], None)
    assert (await listed(commune="25750"))[0] == [east]
    assert (await listed(kind="enterprise"))[0] == [east]
    assert (await listed(bbox="106.7,10.9,106.8,11.0"))[0] == [east]
    assert (await listed(thoroughfare="duong mau", house_number="12", commune="25747"))[0] == west
    assert (await listed(status="retired"))[0] == []


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "2,0,1,1", "0,0,nan,1", "0,0,181,1", ""])
async def test_bad_boxes_are_refused(
    client: httpx.AsyncClient, writer: dict[str, str], bbox: str
) -> None:
    answer = await client.get("/v1/addresses", params={"bbox": bbox}, headers=writer)
    assert answer.json()["type"] == "/problems/bbox-invalid"


async def test_other_identifiers_find_it_in_any_spelling(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await register(client, writer, aliases=[{"scheme": "plus-code", "value": "7p28xm2f+6q"}])
    found = await client.get("/v1/identifiers/plus-code/7P28XM2F+6Q")
    assert [each["code"] for each in found.json()["items"]] == [made["code"]]
    nothing = await client.get("/v1/identifiers/plus-code/7P28XM2F+6W")
    assert nothing.json()["items"] == []


async def test_many_askers_at_once_each_get_their_own_answer(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    codes = [str((await register(client, writer, components=room(n)))["code"]) for n in range(8)]
    asked = [codes[i % 8] if i % 5 else "7512300000" for i in range(100)]
    answers = await asyncio.gather(
        *(client.get(f"/v1/addresses/{code}", headers=writer) for code in asked)
    )
    for code, answer in zip(asked, answers, strict=True):
        if code == "7512300000":
            assert answer.status_code == 404
        else:
            assert answer.json()["code"] == code


async def test_secret_successors_are_not_told_to_strangers(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    old = (await register(client, writer))["code"]
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_SECRET)
    named = {"Authorization": f"Bearer {key}"}
    secret = (await register(client, named, visibility="secret", components=room(1)))["code"]
    retired = await client.post(
        f"/v1/addresses/{old}:retire",
        json={"reason": "thay", "successors": [secret]},
        headers={**named, "If-Match": "*"},
    )
    assert [each["code"] for each in retired.json()["successors"]] == [secret]
    public = await client.get(f"/v1/addresses/{old}")
    assert public.json()["successors"] == []


async def test_guessing_check_digits_counts_as_missing(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    wrong = DigitalCode.of("7512300000")
    typed = wrong.text + str((int(wrong.check_digit) + 1) % 10)
    statuses = [
        (await client.get(f"/v1/{path}/{typed}")).status_code
        for path in ("codes", "addresses") * settings.anonymous_misses_per_minute
    ]
    assert statuses.count(422) == settings.anonymous_misses_per_minute
    assert statuses[-1] == 429


async def test_a_walk_through_codes_is_stopped(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings
) -> None:
    statuses = [
        (await client.get(f"/v1/addresses/75123{i:05d}")).status_code
        for i in range(settings.anonymous_misses_per_minute + 5)
    ]
    assert statuses.count(404) == settings.anonymous_misses_per_minute
    assert statuses[-1] == 429
