"""Who reads the person behind an address: with a purpose, in their area, so many a day."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import ENCRYPTION_KEY

from addrsvc.auth.model import Scope
from addrsvc.personal.crypto import Keyring

pytestmark = pytest.mark.anyio

PERSON = {"name": "Nguyễn Thị Bịa Đặt", "phone": "0900 000 000"}  # invented
HOUSE: dict[str, Any] = {
    "kind": "dwelling",
    "source": "field",
    "position": IN_WEST,
    "components": {"house_number": "12", "thoroughfare": "Đường Mẫu"},
    "holder": PERSON,
}


async def register(
    client: httpx.AsyncClient, writer: dict[str, str], **change: object
) -> dict[str, Any]:
    answer = await client.post("/v1/addresses", json={**HOUSE, **change}, headers=writer)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_reading_needs_a_purpose_a_scope_and_the_area(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey, registry_url: str
) -> None:
    west, east = await register(client, writer), await register(client, writer, position=IN_EAST)
    key = await issue_key(Scope.ADDRESSES_READ, Scope.HOLDERS_READ, areas={WEST})
    reader = {"Authorization": f"Bearer {key}"}

    async def read(code: str, headers: dict[str, str], **params: str) -> httpx.Response:
        return await client.get(f"/v1/addresses/{code}/holder", params=params, headers=headers)

    assert (await read(west["code"], reader)).status_code == 422
    assert (await read(west["code"], reader, purpose="curiosity")).status_code == 422
    assert (await read(west["code"], {}, purpose="dossier")).status_code == 401
    refused = await read(west["code"], writer, purpose="dossier")
    assert refused.json()["type"] == "/problems/scope-missing"
    outside = await read(east["code"], reader, purpose="dossier")
    assert outside.json()["type"] == "/problems/area-forbidden"
    given = await read(west["code"], reader, purpose="dossier")
    assert given.json() == {"holder": PERSON}
    noted = await client.post(
        f"/v1/addresses/{west['code']}/holder/readings",
        json={"purpose": "field-visit", "note": "hẹn ông Bịa chiều thứ ba"},
        headers=reader,
    )
    assert noted.json() == {"holder": PERSON}
    with psycopg.connect(registry_url) as admin:
        audited = admin.execute(
            "SELECT principal, subject, detail->>'purpose' FROM audit_entry"
            " WHERE action = 'holder.read' ORDER BY audit_id"
        ).fetchall()
        said = admin.execute("SELECT row_to_json(e)::text FROM audit_entry e").fetchall()
        notes = admin.execute(
            "SELECT sealed, address_id, key_id FROM personal.reading_note"
        ).fetchall()
    who = "key:" + key.split("_")[1]
    assert audited == [(who, west["code"], "dossier"), (who, west["code"], "field-visit")]
    assert not any("Bịa" in row[0] for row in [*said, *notes])
    assert len(notes) == 1
    sealed, address_id, key_id = notes[0]
    ring = Keyring([ENCRYPTION_KEY])
    assert ring.decrypt(sealed, bound_to=f"reading_note:{address_id}", key_id=key_id)


async def test_who_writes_in_some_communes_keeps_people_there(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.HOLDERS_READ)
    key = await issue_key(*scopes, areas={WEST})
    headers = {"Authorization": f"Bearer {key}"}
    made = await register(client, headers)
    path = f"/v1/addresses/{made['code']}"
    read = await client.get(f"{path}/holder?purpose=dossier", headers=headers)
    assert read.json() == {"holder": PERSON}
    change = {"holder": {"name": "Lê Văn Bịa"}, "reason": "chủ mới"}
    changed = await client.patch(path, json=change, headers={**headers, "If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    read = await client.get(f"{path}/holder?purpose=dossier", headers=headers)
    assert read.json() == {"holder": {"name": "Lê Văn Bịa", "phone": None}}
    outside = {**HOUSE, "position": IN_EAST}
    refused = await client.post("/v1/addresses", json=outside, headers=headers)
    assert refused.status_code == 403


async def test_a_key_reads_so_many_a_day_whoever_asks_at_once(
    client: httpx.AsyncClient, writer: dict[str, str], issue_key: IssueKey
) -> None:
    made = await register(client, writer)
    key = await issue_key(Scope.HOLDERS_READ)
    path = f"/v1/addresses/{made['code']}/holder?purpose=notify-code"
    headers = {"Authorization": f"Bearer {key}"}
    answers = [await client.get(path, headers=headers) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 4 + [429] * 2
    last = answers[-1]
    assert last.json()["type"] == "/problems/holder-readings-exhausted"
    # the clock of tests stands at ten in the morning in Vietnam
    assert int(last.headers["Retry-After"]) == 14 * 3600 + 1


async def test_without_a_key_nothing_of_the_write_is_kept_and_lookups_go_on(
    app: FastAPI,
    client: httpx.AsyncClient,
    writer: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    registry_url: str,
) -> None:
    with_key = await register(client, writer, position=IN_EAST)
    settings = app.state.settings.model_copy(update={"encryption_keys": _NOTHING})
    engine = app.state.doors.engine
    monkeypatch.setattr(
        app.state.doors.engine,
        "sync_engine",
        engine.sync_engine.execution_options(settings=settings),
    )
    refused = await client.post("/v1/addresses", json=HOUSE, headers=writer)
    assert (refused.status_code, refused.json()["type"]) == (
        503,
        "/problems/encryption-key-missing",
    )
    with psycopg.connect(registry_url) as admin:
        found = admin.execute("SELECT count(*) FROM address").fetchone()
    assert found == (1,)
    assert (await client.get(f"/v1/addresses/{with_key['code']}")).status_code == 200
    without = await client.post("/v1/addresses", json={**HOUSE, "holder": None}, headers=writer)
    assert without.status_code == 201


class _Nothing:
    def get_secret_value(self) -> str:
        return ""


_NOTHING = _Nothing()
