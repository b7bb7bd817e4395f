"""The pages that explain what a verdict may find."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.geocoding.finding_kinds import CATALOGUE
from addrsvc.registry.model import Address, Marks, Method, Position
from addrsvc.registry.quality.auditing import audit_addresses
from addrsvc.settings import Settings
from addrsvc.types import LonLat

Act = Callable[..., Awaitable[Address]]
FAR_OFF = Position(LonLat(106.6512345, 10.9512345), 90.0, Method.GNSS, Marks.ENTRANCE)

pytestmark = pytest.mark.anyio


async def test_the_list_names_every_finding_in_both_languages(client: httpx.AsyncClient) -> None:
    vietnamese, english = await client.get("/findings"), await client.get("/findings?lang=en")
    assert '<html lang="vi">' in vietnamese.text
    assert '<html lang="en">' in english.text
    for kind in CATALOGUE.values():
        assert f'href="/findings/{kind.id}"' in vietnamese.text
        assert kind.title.vi.split("“", maxsplit=1)[0] in vietnamese.text


async def test_each_finding_has_its_page(client: httpx.AsyncClient) -> None:
    for kind in CATALOGUE.values():
        page = await client.get(f"/findings/{kind.id}", headers={"Cookie": "lang=vi"})
        assert page.status_code == 200
        assert kind.id in page.text
        assert "Cần làm gì" in page.text


async def test_an_unknown_finding_is_a_page_with_a_way_on(client: httpx.AsyncClient) -> None:
    page = await client.get("/findings/nothing-like-this")
    assert page.status_code == 404
    assert "/docs" in page.text


async def test_quality_is_told_by_rule_and_commune_without_where_people_are_named(
    client: httpx.AsyncClient, register: Act, settings: Settings, clock: FixedClock
) -> None:
    before = await client.get("/quality")
    assert "Chưa có lần kiểm tra nào." in before.text
    await register(name="Trần Thị Mẫu", position=FAR_OFF)
    engine = make_engine(settings)
    await audit_addresses(engine, command_line("test"), clock)
    await engine.dispose()
    page, english = await client.get("/quality"), await client.get("/quality?lang=en")
    assert 'href="/findings/accuracy-poor"' in page.text
    assert "personal-name-in-field" not in page.text
    assert "1 addresses looked at." in english.text
    assert "By commune" in english.text
