"""Records by API: every row of the protocol, as a device meets it. All names invented."""

from __future__ import annotations

import httpx
import pytest
from collection_world import COLLECTOR, enrol, open_accounts, sign_in
from registry_fixtures import WEST
from service_settings import service_settings

from addrsvc.collection.model import Act
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


async def test_a_record_is_taken_once_however_often_it_comes(
    client: httpx.AsyncClient, registry_url: str
) -> None:
    await open_accounts(registry_url, areas=[WEST])
    phone = await enrol(client, await sign_in(client, COLLECTOR))
    record = phone.record_of(Act.ADD, code=None)
    first = await phone.put(record)
    print(first)
    assert first["record"] == record["record"]
    assert (await phone.put(record))["sha256"] == first["sha256"]
