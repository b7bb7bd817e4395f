"""Findings over HTTP: in answers of writes, on demand, and of the last audit by who asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from registry_fixtures import IN_WEST, WEST

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.registry.quality.auditing import audit_addresses
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

ROUGH = {**IN_WEST, "accuracy_m": 90}
BODY: dict[str, Any] = {
    "kind": "dwelling",
    "source": "field",
    "position": ROUGH,
    "components": {"house_number": "12 khu phố 9", "thoroughfare": "Đường Mẫu"},
}


async def test_findings_come_with_writes_on_demand_and_from_an_audit(
    client: httpx.AsyncClient, writer: dict[str, str], settings: Settings, clock: FixedClock
) -> None:
    created = await client.post("/v1/addresses", json=BODY, headers=writer)
    assert created.status_code == 201
    said = {each["id"]: each for each in created.json()["findings"]}
    assert set(said) == {"accuracy-poor", "house-number-odd", "position-rounded"}
    assert said["accuracy-poor"]["severity"] == "warning"
    assert "90 m" in said["accuracy-poor"]["message"]
    ref = created.json()["code"]

    change = {"components": {"house_number": "12", "thoroughfare": "Đường Mẫu"}}
    change |= {"name": "Trần Thị Mẫu"}
    headers = {**writer, "If-Match": created.headers["etag"]}
    mended = await client.patch(f"/v1/addresses/{ref}", json=change, headers=headers)
    ids = [each["id"] for each in mended.json()["findings"]]
    assert ids == ["accuracy-poor", "position-rounded", "personal-name-in-field"]

    asked = await client.get(
        f"/v1/addresses/{ref}/findings", headers={**writer, "Accept-Language": "en"}
    )
    assert [each["id"] for each in asked.json()["findings"]] == ids
    assert asked.json()["findings"][0]["message"].startswith("The position may be off by 90 m")
    assert (await client.get(f"/v1/addresses/{ref}/findings")).status_code == 401

    assert (await client.get("/v1/quality")).json()["communes"] == []
    engine = make_engine(settings)
    await audit_addresses(engine, command_line("test"), clock)
    await engine.dispose()
    anybody = (await client.get("/v1/quality")).json()
    assert anybody["addresses"] == 1
    assert [each["id"] for each in anybody["findings"]] == ["accuracy-poor", "position-rounded"]
    (commune,) = anybody["communes"]
    assert (commune["code"], commune["addresses"], len(commune["findings"])) == (WEST, 1, 2)
    office = (await client.get("/v1/quality", headers=writer)).json()
    assert "personal-name-in-field" in {each["id"] for each in office["findings"]}

    assert (await client.get(f"/v1/quality/{WEST}")).status_code == 401
    page = await client.get(f"/v1/quality/{WEST}", params={"limit": 2}, headers=writer)
    following = {"after": page.json()["next"]}
    rest = await client.get(f"/v1/quality/{WEST}", params=following, headers=writer)
    listed = [*page.json()["items"], *rest.json()["items"]]
    assert [each["id"] for each in listed] == sorted(ids)
    assert rest.json()["next"] is None
    one = await client.get(f"/v1/quality/{WEST}?kind=accuracy-poor", headers=writer)
    assert [each["ref"] for each in one.json()["items"]] == [ref.replace("-", "")[:10]]
    wrong = await client.get(f"/v1/quality/{WEST}?after=nonsense", headers=writer)
    assert wrong.status_code == 422
