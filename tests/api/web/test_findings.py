"""The pages that explain what a verdict may find."""

from __future__ import annotations

import httpx
import pytest

from addrsvc.geocoding.finding_kinds import CATALOGUE

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
