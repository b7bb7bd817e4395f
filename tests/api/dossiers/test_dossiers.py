"""Dossiers by API: brought in, linked or waiting, decided on, listed."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from dossiers_world import CODE, LE_LOI, OFFICE, Headers, Put
from registry_fixtures import EAST, IN_WEST, WEST, IssueKey

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

PATH = f"/v1/dossiers/{CODE}"


def of_object(text: str) -> dict[str, Any]:
    return {"role": "object", "text": text}


def printed(code: str) -> str:
    return DigitalCode.of(code).printed


def plate(code: str) -> str:
    return DigitalCode.of(code).plate


def left(settings: Settings, table: str, column: str) -> list[Any]:
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        found = conn.execute(
            f"SELECT {column} FROM {table} WHERE {column} LIKE 'dossier.%' ORDER BY 1".encode()
        )
        return [value for (value,) in found.fetchall()]


async def test_what_is_certain_links_itself_and_the_rest_waits(
    put: Put, codes: dict[str, str]
) -> None:
    answer = await put(
        of_object(LE_LOI),
        {"role": "residence_permanent", "text": "12 Lê Lợi, P. Đông, Mẫu"},
        {"role": "residence_current", "text": "ở đâu đó"},
        {"role": "delivery", "code": plate(codes["east"])},
        {"role": "business", "code": printed(codes["east"])},
        {"role": "business", "point": {"lon": IN_WEST["lon"], "lat": IN_WEST["lat"]}},
        {"role": "business", "point": {"lon": 106.69, "lat": 10.99}},
        {"role": "object", "parcel": "25747-12-345"},
        procedure="1.011442",
        status="2",
        received_at="2026-01-10T08:00:00+07:00",
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["code"], body["received_on"], body["version"]) == (CODE, "2026-01-10", 1)
    assert (body["procedure"], body["status"], body["waiting"]) == ("1.011442", "2", 5)
    assert answer.headers["etag"] == '"1"'
    by_number = {each["n"]: each for each in body["addresses"]}
    states = [(each["state"], each["category"]) for each in by_number.values()]
    assert states[0] == ("linked", "A")
    assert by_number[1]["link"]["code"] == printed(codes["12"])
    assert by_number[1]["link"]["how"] == "found"
    assert states[1][0] == "waiting"
    assert states[2] == ("waiting", "C")
    assert by_number[3]["candidates"] == []
    assert by_number[4]["link"]["code"] == printed(codes["east"])
    # a code without its check digit may be a slip: somebody looks
    assert states[4] == ("waiting", "C")
    assert [each["code"] for each in by_number[5]["candidates"]] == [printed(codes["east"])]
    assert states[5] == ("corrected", "B")
    assert by_number[6]["corrections"][0]["id"] == "nearest-address"
    assert by_number[7]["reasons"][0]["id"] == "no-address-near"
    assert by_number[8]["reasons"][0]["id"] == "none-on-parcel"


async def test_the_same_again_changes_nothing_and_what_stays_keeps_its_decision(
    client: httpx.AsyncClient,
    put: Put,
    codes: dict[str, str],
    office: Headers,
    settings: Settings,
) -> None:
    first = {"role": "business", "code": printed(codes["east"])}
    sent = (first, of_object(LE_LOI))
    assert (await put(*sent)).status_code == 201
    again = await put(*sent, code=CODE.lower())
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert again.json()["code"] == CODE
    assert left(settings, "event", "type") == ["dossier.received"]
    assert left(settings, "audit_entry", "action") == ["dossier.receive"]

    confirmed = await client.post(
        f"{PATH}/addresses/1:confirm", headers={**office, "If-Match": '"1"'}
    )
    assert confirmed.status_code == 200, confirmed.text
    decided = confirmed.json()["addresses"][0]
    assert decided["link"]["code"] == printed(codes["east"])
    assert (decided["decision"]["what"], decided["link"]["how"]) == ("confirmed", "confirmed")
    assert decided["decision"]["by"].startswith("key:")
    stale = await client.post(
        f"{PATH}/addresses/1:reject", json={}, headers={**office, "If-Match": '"1"'}
    )
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/dossier-stale")

    # another one before it, and one gone: the first keeps number, link and decision
    changed = (await put(of_object("99 Đường Lê Lợi, Phường Tây"), first)).json()
    assert changed["version"] == 3
    assert [each["n"] for each in changed["addresses"]] == [1, 3]
    assert changed["addresses"][0] == decided
    assert left(settings, "event", "type") == [
        "dossier.changed",
        "dossier.confirmed",
        "dossier.received",
    ]


async def test_choosing_and_rejecting_end_links_and_history_keeps_them(
    client: httpx.AsyncClient,
    put: Put,
    codes: dict[str, str],
    office: Headers,
    settings: Settings,
) -> None:
    any_version = {**office, "If-Match": "*"}

    async def act(what: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await client.post(f"{PATH}/addresses/1:{what}", json=body, headers=any_version)

    async def links(code: str, *, history: bool) -> list[dict[str, Any]]:
        params: dict[str, Any] = {"address": code, "history": history}
        answer = await client.get("/v1/dossiers", params=params, headers=office)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    await put(of_object(LE_LOI))
    chosen = await act("choose", {"code": plate(codes["14"])})
    assert chosen.status_code == 200, chosen.text
    assert chosen.json()["addresses"][0]["link"]["code"] == printed(codes["14"])
    assert await links(codes["12"], history=False) == []
    (former,) = await links(codes["12"], history=True)
    assert (former["dossier"], former["how"], former["why_ended"]) == (CODE, "found", "chosen")
    assert former["to"] is not None
    assert former["ended_by"].startswith("key:")
    (present,) = await links(printed(codes["14"]), history=True)
    assert (present["how"], present["to"], present["role"]) == ("chosen", None, "object")

    rejected = (await act("reject", {"not_in_register": True})).json()["addresses"][0]
    assert (rejected["state"], rejected["link"]) == ("no_match", None)
    nothing = await act("confirm")
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-to-confirm")
    assert (await act("choose", {"code": codes["12"]})).json()["addresses"][0]["state"] == "linked"
    # sent again as it was, the decision stands
    assert (await put(of_object(LE_LOI))).json()["version"] == 4

    unknown = await client.post(f"{PATH}/addresses/2:confirm", headers=any_version)
    assert unknown.json()["type"] == "/problems/dossier-address-not-found"
    missing = await client.post(f"{PATH}/addresses/1:confirm", headers=office)
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/if-match-missing")
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        told = conn.execute("SELECT data::text FROM event WHERE type ~ '^dossier'").fetchall()
        logged = conn.execute("SELECT t::text FROM audit_entry t").fetchall()
    assert len(told) == 4
    assert "Lê Lợi" not in str(told) + str(logged)
    assert codes["12"] not in str(told)


async def test_what_took_the_place_of_a_retired_address_is_proposed_only(
    client: httpx.AsyncClient, put: Put, codes: dict[str, str], issue_key: IssueKey, office: Headers
) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    body = {"reason": "thử", "by": {"kind": "dwelling", "source": "thử", "position": IN_WEST}}
    done = await client.post(f"/v1/addresses/{codes['12']}:replace", json=body, headers=headers)
    assert done.status_code == 200, done.text
    after = next(each["ref"] for each in done.json()["addresses"] if each["ref"] != codes["12"])
    answer = await put({"role": "object", "code": plate(codes["12"])}, of_object(LE_LOI))
    for each in answer.json()["addresses"]:
        assert (each["state"], each["link"]) == ("waiting", None)
        assert any(one["id"] == "retired-address" for one in each["reasons"]), each
        assert [one["code"] for one in each["candidates"]] == [printed(after)]
    gone = await client.post(
        f"{PATH}/addresses/1:choose",
        json={"code": codes["12"]},
        headers={**office, "If-Match": "*"},
    )
    assert (gone.status_code, gone.json()["type"]) == (409, "/problems/chosen-address-retired")
    assert gone.json()["successors"] == after
    confirmed = await client.post(
        f"{PATH}/addresses/1:confirm", headers={**office, "If-Match": '"1"'}
    )
    assert confirmed.json()["addresses"][0]["link"]["code"] == printed(after)


async def test_codes_and_parcels_that_are_not_certain_wait_with_the_reason(
    client: httpx.AsyncClient, put: Put, codes: dict[str, str], issue_key: IssueKey
) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    clerk = {"Authorization": f"Bearer {key}"}
    for number, parcel in (("12", "25747-12-345"), ("12", "25747-12-346"), ("14", "25747-12-346")):
        body = {"scheme": "parcel", "value": parcel, "source": "thử"}
        path = f"/v1/addresses/{codes[number]}/identifiers"
        added = await client.post(path, json=body, headers={**clerk, "If-Match": "*"})
        assert added.status_code == 201, added.text
    right = plate(codes["12"])
    wrong = f"{right[:-1]}{(int(right[-1]) + 1) % 10}"
    answer = await put(
        {"role": "object", "parcel": "25747-12-345"},
        {"role": "object", "parcel": "25747-12-346"},
        {"role": "object", "parcel": "thửa 5"},
        {"role": "object", "code": wrong},
        {"role": "object", "code": "không nhớ"},
        {"role": "object", "code": "75129-00000"},
    )
    assert answer.status_code == 201, answer.text
    told = {each["n"]: each for each in answer.json()["addresses"]}
    assert (told[1]["state"], told[1]["link"]["code"]) == ("linked", printed(codes["12"]))
    assert [each["state"] for each in told.values()][1:] == ["waiting"] * 5
    both = {printed(codes["12"]), printed(codes["14"])}
    assert {each["code"] for each in told[2]["candidates"]} == both
    assert printed(codes["12"]) in {each["code"] for each in told[4]["candidates"]}
    assert [told[n]["reasons"][0]["id"] for n in (2, 4, 6)] == [
        "several-on-parcel",
        "code-check-digit-wrong",
        "code-not-known",
    ]
    for n in (3, 5):
        assert told[n]["candidates"] == []
        assert told[n]["reasons"][0]["message"]
    # parcels are asked for by who may read lists
    alone = {"Authorization": f"Bearer {await issue_key(Scope.DOSSIERS_WRITE)}"}
    refused = await put({"role": "object", "parcel": "25747-12-9"}, code="HS-2", by=alone)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/scope-missing")


async def test_lists_by_area_day_and_state(
    client: httpx.AsyncClient, put: Put, codes: dict[str, str], office: Headers
) -> None:
    for day in ("05", "06", "07"):
        await put(of_object(LE_LOI), code=f"H09-2601{day}-0001")
    await put({"role": "object", "code": plate(codes["east"])}, code="000.00.34.H09-260108-0002")
    await put(of_object("không rõ, Phường Tây, Thành phố Mẫu"), code="HS/2026/17")

    async def listed(**params: Any) -> list[str]:
        answer = await client.get("/v1/dossiers", params=params, headers=office)
        assert answer.status_code == 200, answer.text
        assert "Lê Lợi" not in answer.text
        return [each["code"] for each in answer.json()["items"]]

    # the same agency, day and number in both notations: told, and never joined
    for code, alike in (("H09.34.25-260101-0001", []), ("000.25.34.H09-260101-0001", [0])):
        both = (await put(code=code)).json()
        assert both["canonical"] == "H09.34.25-260101-0001"
        assert both["possibly_same"] == ["H09.34.25-260101-0001" for _ in alike]
    assert len(await listed()) == 7
    assert await listed(commune=EAST) == ["000.00.34.H09-260108-0002"]
    assert await listed(**{"from": "2026-01-06", "to": "2026-01-07"}) == [
        "H09-260106-0001",
        "H09-260107-0001",
    ]
    assert await listed(state="waiting", commune=WEST) == ["HS/2026/17"]
    first = await client.get("/v1/dossiers", params={"limit": 2}, headers=office)
    rest = await listed(cursor=first.json()["next"])
    assert [each["code"] for each in first.json()["items"]] + rest == await listed()
    partner = await client.get("/v1/dossiers/HS/2026/17", headers=office)
    assert partner.json()["flags"][0]["id"] == "shape-unknown"
    mixed = {"address": codes["12"], "state": "waiting"}
    refused = await client.get("/v1/dossiers", params=mixed, headers=office)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/dossier-list-mixed")


async def test_what_cannot_be_is_refused(put: Put, codes: dict[str, str]) -> None:
    for code, body, kind in (
        ("H09-260116-0001", {}, "dossier-received-later"),
        ("H09-260230-0001", {}, "dossier-code-date-invalid"),
        (CODE, {"addresses": [{"role": "object"}]}, "given-address-invalid"),
        (
            CODE,
            {"addresses": [{"role": "object", "text": "x", "code": "y"}]},
            "given-address-invalid",
        ),
        (
            CODE,
            {"addresses": [{"role": "object", "point": {"lon": 10.9, "lat": 106.6}}]},
            "position-exchanged",
        ),
        (CODE, {"addresses": [{"role": "object", "text": "a\x00b"}]}, "request-invalid"),
        (CODE, {"applicant": "x"}, "request-invalid"),
        (CODE, {"received_at": "2026-01-10T08:00:00"}, "request-invalid"),
    ):
        answer = await put(code=code, **body)
        assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{kind}"), kind


async def test_areas_hold_what_one_sees_and_writes(
    client: httpx.AsyncClient, put: Put, codes: dict[str, str], issue_key: IssueKey
) -> None:
    async def limited(area: str) -> Headers:
        key = await issue_key(*OFFICE, areas={area})
        return {"Authorization": f"Bearer {key}", "If-Match": "*"}

    west, other_west, east = [await limited(each) for each in (WEST, WEST, EAST)]
    assert (await put(of_object(LE_LOI))).status_code == 201

    async def seen(by: Headers, code: str = CODE) -> int:
        answer = await client.get(f"/v1/dossiers/{code}", headers=by)
        assert (answer.status_code == 200) == (
            code in (await client.get("/v1/dossiers", headers=by)).text
        )
        return answer.status_code

    assert [await seen(each) for each in (west, east)] == [200, 404]
    refused = await put(of_object("khác"), by=east)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/dossier-elsewhere")
    act = f"{PATH}/addresses/1:reject"
    assert (await client.post(act, json={}, headers=east)).status_code == 404
    linked: dict[str, Any] = {"address": codes["12"], "history": True}
    assert (await client.get("/v1/dossiers", params=linked, headers=east)).json()["items"] == []
    there = await client.get("/v1/dossiers", params={"commune": WEST}, headers=east)
    assert (there.status_code, there.json()["type"]) == (403, "/problems/area-forbidden")

    # what one brought in oneself stays in sight, wherever it lies and whoever else sees it
    mine = "H09-260109-0007"
    assert (
        await put({"role": "object", "text": "ở đâu đó"}, code=mine, by=east)
    ).status_code == 201
    assert [await seen(each, mine) for each in (east, west)] == [200, 404]
    assert (await put(of_object(LE_LOI), code=mine, by=east)).status_code == 200
    assert [await seen(each, mine) for each in (east, west)] == [200, 200]
    # it is linked into the areas of others, and cannot be chosen out of one's own
    outside = {"code": codes["east"]}
    chosen = await client.post(
        f"/v1/dossiers/{mine}/addresses/2:choose", json=outside, headers=west
    )
    assert (chosen.status_code, chosen.json()["type"]) == (403, "/problems/area-forbidden")
    # rejected it stays with those of its candidates' commune; sent away it is seen no more
    assert (await client.post(act, json={}, headers=west)).status_code == 200
    assert await seen(other_west) == 200
    moved = await put({"role": "object", "code": plate(codes["east"])}, by=west)
    assert moved.status_code == 200, moved.text
    assert [await seen(each) for each in (west, east)] == [404, 200]
