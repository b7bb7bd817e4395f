"""Records brought by hand: taken once, kept apart, told one by one. All names invented."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from collection_world import CONTACT, Phone, fields_of, photo_of, picture, position_of
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_device
from addrsvc.clock import FixedClock
from addrsvc.collection.model import Act
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

IMPORT = "/v1/collection/submissions:import"


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, photos_dir=tmp_path)


@pytest.fixture
async def phone(client: httpx.AsyncClient, clock: FixedClock, settings: Settings) -> Phone:
    engine, now = make_engine(settings), clock.now()
    async with transaction(engine) as conn:
        key = await create_device(
            conn,
            command_line("test"),
            name="Máy 1",
            held_by="account:tuan",
            areas=[WEST],
            expires_at=now + timedelta(days=30),
            at=now,
        )
    await engine.dispose()
    return Phone(client, key, key.split("_")[1], clock)


def file_of(phone: Phone, *records: dict[str, Any], **members: Any) -> bytes:
    head = {"schema": 1, "device": phone.key_id, "exported_at": "2026-01-15T10:00:00+07:00"}
    return orjson.dumps({**head, "records": records, **members})


def exported(record: Any, *pictures: bytes, private: Any = None) -> dict[str, Any]:
    photos = [
        {
            "sha256": photo_of(each)["sha256"],
            "media_type": "image/jpeg",
            "base64": base64.b64encode(each).decode(),
        }
        for each in pictures
    ]
    return {"payload": orjson.dumps(record).decode(), "private": private, "photos": photos}


async def test_a_file_brings_what_did_not_arrive_and_a_supervisor_judges_it(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey, registry_url: str
) -> None:
    key = await issue_key(Scope.COLLECTION_REVIEW, areas=[WEST])
    supervisor = {"Authorization": f"Bearer {key}"}

    async def bring(content: bytes) -> Any:
        answer = await client.post(IMPORT, content=content, headers=supervisor)
        assert answer.status_code == 200, answer.text
        return answer.json()

    gate = picture()
    there = phone.record_of(Act.ADD, code=None, photos=[photo_of(picture(1))])
    await phone.put(there)
    new = phone.record_of(
        Act.ADD,
        code=None,
        photos=[photo_of(gate)],
        fields=fields_of(house_number="99"),
        position=position_of(106.6501),
        has_private=True,
    )
    changed = {**there, "app": "x"}
    content = file_of(
        phone,
        exported(there),
        exported(new, gate, b"no picture", private=CONTACT),
        exported(changed),
        {"payload": "{}", "private": None, "photos": []},
        exported(phone.record_of(Act.ADD, code=None, more="x" * 65_536)),
    )
    told = await bring(content)
    assert (told["taken"], told["already_there"]) == (1, 1)
    slugs = [(each["record"], each["slug"]) for each in told["refused"]]
    assert slugs == [
        (new["record"], "photo-unknown"),
        (changed["record"], "revision-taken"),
        ("#4", "submission-unreadable"),
        ("#5", "submission-too-large"),
    ]
    with psycopg.connect(registry_url) as conn:
        kept = conn.execute(
            "SELECT state, carried_by FROM submission WHERE submission_id = %s", [new["record"]]
        ).fetchone()
    assert kept is not None
    assert kept[0] == "quarantined"
    assert kept[1].startswith("key:")
    again = await bring(content)
    assert (again["taken"], again["already_there"]) == (0, 2)
    assert (await phone.receipt_of(there))["state"] != "quarantined"

    # who supervises elsewhere does nothing to it
    stranger = await issue_key(Scope.COLLECTION_REVIEW, areas=[EAST])
    forged = file_of(phone, exported(there | {"revision": 2}), exported(new))
    answer = await client.post(
        IMPORT, content=forged, headers={"Authorization": f"Bearer {stranger}"}
    )
    assert answer.json()["taken"] == 0
    assert [each["slug"] for each in answer.json()["refused"]] == ["area-forbidden"] * 2
    assert (await phone.receipt_of(there))["revision"] == 1

    # a phone enrolled anew brings what the device it was had not sent: of the record, its photo
    anew = orjson.loads(file_of(phone, exported(there, picture(1)))) | {"device": "0123abcd"}
    told = await bring(orjson.dumps(anew))
    assert [each["slug"] for each in told["refused"]] == ["submission-of-other-device"]
    assert (await phone.receipt_of(there))["photos"][0]["is_whole"] is True

    # its phone finds a network after all: it is the phone's own record then
    receipt = await phone.put(new)
    assert (receipt["state"], receipt["private"]) == ("accepted", "kept")
    assert receipt["photos"][0]["is_whole"] is True


async def test_what_is_no_such_file_is_refused_whole(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey
) -> None:
    supervisor = {"Authorization": f"Bearer {await issue_key(Scope.COLLECTION_REVIEW)}"}
    record = exported(phone.record_of(Act.ADD, code=None))
    whole = file_of(phone, record)
    cases = (
        whole[:-3],
        b"",
        b"[]",
        file_of(phone, record, schema=2),
        file_of(phone, record, device="../../x"),
        file_of(phone, record, {"payload": 1}),
        file_of(phone, records={}),
    )
    for content in cases:
        answer = await client.post(IMPORT, content=content, headers=supervisor)
        assert answer.status_code == 422, content
        assert answer.json()["type"] == "/problems/carried-unreadable"
    assert await phone.receipts() == []
