"""Proposals by HTTP: listed, decided on one by one and together, told to who may hear of them."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from bulk_acts_world import house
from dossiers_world import CODE, OFFICE, Headers, Put
from registry_fixtures import WEST, IssueKey

from addrsvc.auth.model import Scope, command_line
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import Doors
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.following import follow
from addrsvc.events.sealing import seal_all
from addrsvc.registry import succeeding
from addrsvc.registry.commands import SplitAddress
from addrsvc.registry.reading import AddressRef

pytestmark = pytest.mark.anyio

PROPOSALS = "/v1/dossiers/proposals"
CODES = [CODE[:-1] + n for n in "123"]


@pytest.fixture
async def act(doors: Doors, put: Put, codes: dict[str, str]) -> int:
    """Split a house that three dossiers are linked to; give the number of the act."""
    plate = DigitalCode.of(codes["12"]).plate
    for code in CODES:
        assert (await put({"role": "object", "code": plate}, code=code)).status_code == 201
    into = (house(106.65, number=x, street="Đường Lê Lợi") for x in ("12A", "12B"))
    async with transaction(doors.engine) as conn:
        who, ref = command_line("test"), AddressRef.parse(codes["12"])
        command = SplitAddress(tuple(into), "tách thửa")
        done = await succeeding.split_address(conn, who, ref, None, command, SystemClock())
    await seal_all(doors.engine)
    while await follow(doors.engine, SystemClock(), settle=timedelta(0)):
        pass
    return done.act_id


async def test_a_house_is_split(
    client: httpx.AsyncClient,
    office: Headers,
    issue_key: IssueKey,
    codes: dict[str, str],
    act: int,
) -> None:
    listed = await client.get(PROPOSALS, params={"state": "open", "limit": 2}, headers=office)
    assert listed.headers["cache-control"] == "no-store"
    first, _ = listed.json()["items"]
    more = {"cursor": listed.json()["next"], "act": act, "why": "split", "commune": WEST}
    rest = (await client.get(PROPOSALS, params=more, headers=office)).json()
    assert ([each["dossier"] for each in rest["items"]], rest["next"]) == (CODES[2:], None)
    assert (first["dossier"], first["n"], first["why"]) == (CODES[0], 1, "split")
    assert first["address"]["code"] == DigitalCode.of(codes["12"]).printed
    assert first["address"]["status"] == "retired"
    labels = [each["label"].split(",")[0] for each in first["candidates"]]
    assert labels == ["12A Đường Lê Lợi", "12B Đường Lê Lợi"]

    one = f"{PROPOSALS}/{first['id']}"
    assert (await client.get(one, headers=office)).json() == first
    unclear = await client.post(f"{one}:accept", json={}, headers=office)
    assert (unclear.status_code, unclear.json()["type"][-21:]) == (409, "proposal-needs-choice")
    chosen = first["candidates"][1]["code"]
    taken = await client.post(f"{one}:accept", json={"code": chosen}, headers=office)
    assert (taken.json()["state"], taken.json()["chosen"]) == ("accepted", chosen)
    dossier = await client.get(f"/v1/dossiers/{CODES[0]}", headers=office)
    assert dossier.json()["addresses"][0]["link"]["code"] == chosen
    twice = await client.post(f"{one}:refuse", headers=office | {"Accept-Language": "vi"})
    assert twice.status_code == 409
    assert "đã quyết định về đề xuất này" in twice.json()["detail"]
    assert (await client.post(f"{one}:undo", headers=office)).json()["state"] == "open"

    # another office was quicker
    other = {"Authorization": f"Bearer {await issue_key(*OFFICE)}", "Accept-Language": "en"}
    place = f"/v1/dossiers/{CODES[1]}/addresses/1:choose"
    done = await client.post(place, json={"code": codes["14"]}, headers=other | {"If-Match": "*"})
    assert done.status_code == 200, done.text
    mine = {"dossier": CODES[1]}
    (late,) = (await client.get(PROPOSALS, params=mine, headers=office)).json()["items"]
    assert late["state"] == "obsolete"
    late = await client.post(f"{PROPOSALS}/{late['id']}:refuse", headers=office)
    assert (late.status_code, late.json()["what"]) == (409, "chosen")

    many = await client.post(f"{PROPOSALS}:accept", json={"address": codes["12"]}, headers=office)
    assert many.json()["left"][0] | {"message": ""} == {"why": "several", "message": "", "count": 2}
    assert (many.json()["accepted"], many.json()["next"]) == (0, None)
    vague = await client.post(f"{PROPOSALS}:accept", json={}, headers=office)
    assert (vague.status_code, vague.json()["given"]) == (422, "—")
    refused = (await client.post(f"{one}:refuse", headers=office)).json()
    assert (refused["state"], refused["state_name"]) == ("refused", "Refused")
    reads = {"Authorization": f"Bearer {await issue_key(Scope.DOSSIERS_READ)}"}
    assert (await client.post(f"{one}:undo", headers=reads)).status_code == 403
