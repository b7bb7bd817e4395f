"""Pages of reports as a browser without scripts meets them. All names are invented."""

from __future__ import annotations

import asyncio
import html
import re

import httpx
import psycopg
import pytest
from registry_fixtures import IN_WEST, WEST
from service_settings import service_settings

from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

NAME, PHONE = "Trần Văn Canari", "0900 000 111"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=1_000_000)


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def fields_marked(page: str) -> set[str]:
    return set(re.findall(r'id="(\w+)"[^>]*aria-invalid="true"', page))


async def is_ready(client: httpx.AsyncClient) -> None:
    """Wait for all connections: while the first page is put together, new ones may be given up."""
    while (await client.get("/readyz")).status_code != 200:
        await asyncio.sleep(0.05)


async def test_a_report_is_sent_and_followed_without_scripts(
    client: httpx.AsyncClient, registry_url: str
) -> None:
    chooser = await client.get("/report")
    assert 'href="/report">Báo sai, báo thiếu' in chooser.text  # as at the foot of every page
    assert chooser.status_code == 200
    assert "x-robots-tag" not in chooser.headers
    for kind in ("no_number", "missing", "wrong"):
        assert f'href="/report?kind={kind}"' in chooser.text
    form = await client.get("/report?kind=missing&lon=106.65&lat=10.95")
    assert 'value="10.950000, 106.650000"' in form.text
    assert "geolocation=(self)" in form.headers["permissions-policy"]
    await is_ready(client)
    sent = {
        "kind": "missing",
        "key": key_of(form.text),
        "place": "10.95, 106.65",
        "text": "Nhà cổng xanh\r\ncạnh trường",
        "name": NAME,
        "phone": PHONE,
        "consent": "yes",
    }
    answers = [await client.post("/report", data=sent) for _ in range(2)]  # clicked twice
    assert [each.status_code for each in answers] == [303, 303]
    (place,) = {each.headers["location"] for each in answers}
    page = await client.get(place)
    number = place.removeprefix("/report/")
    assert number in page.text
    title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    assert title is not None
    assert number not in title[1]
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex"
    for secret in (NAME, PHONE, "cổng xanh"):
        assert secret not in page.text
    typed = await client.get("/report", params={"number": number.lower().replace("-", " ")})
    assert (typed.status_code, typed.headers["location"]) == (303, place)
    again = await client.post("/report", data={**sent, "text": "Nhà cổng đỏ"})
    assert again.status_code == 409
    assert "Nhà cổng đỏ" in again.text
    assert key_of(again.text) != sent["key"]
    english = await client.get(f"{place}?lang=en")
    assert "Received" in english.text
    with psycopg.connect(registry_url) as conn:
        tickets = conn.execute("SELECT commune_code, has_contact FROM ticket").fetchall()
    assert tickets == [(WEST, True)]


async def test_a_refused_form_comes_back_as_it_was_filled_in(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    made = await client.post(
        "/v1/addresses",
        json={"kind": "dwelling", "source": "thử", "position": IN_WEST},
        headers=writer,
    )
    plate = made.json()["plate"]
    page = await client.get(f"/a/{made.json()['code']}")
    await is_ready(client)
    assert f'href="/report?kind=wrong&amp;code={plate}"' in page.text
    hostile = '"><script>alert(1)</script>${7*7}'
    for fields, status, marked in (
        ({"kind": "missing"}, 422, {"place"}),
        ({"kind": "missing", "place": "48.85, 2.35"}, 422, {"place"}),
        ({"kind": "missing", "place": "21.0, 105.8"}, 422, {"place"}),
        ({"kind": "wrong", "code": "75123-99999", "text": hostile}, 404, {"code"}),
        ({"kind": "wrong", "code": hostile, "text": hostile}, 422, {"code"}),
        ({"kind": "wrong", "code": plate}, 422, {"text"}),
        ({"kind": "wrong", "code": plate, "text": hostile, "name": hostile}, 422, {"consent"}),
        (
            {"kind": "missing", "place": "x", "phone": "x", "email": hostile, "text": hostile},
            422,
            {"phone", "email", "consent"},
        ),
    ):
        answer = await client.post("/report", data={"key": "k", **fields})
        assert answer.status_code == status, fields
        assert fields_marked(answer.text) == marked, fields
        assert "<script>alert" not in answer.text
        shown = html.unescape(answer.text)
        for name in set(fields) - {"kind"}:
            assert fields[name] in shown, fields
        assert f'href="#{min(marked)}"' in answer.text
        assert key_of(answer.text) == "k"  # nothing was taken under it
    for path, status in (
        ("/report?kind=nonsense&lon=nan&lat=1e999", 200),
        ("/report?kind=missing&lon=nan&lat=1e999", 200),
        ("/report?number=abc", 422),
        ("/report/3PJ-5JN-PUC-HXU-B7W-J3Y", 422),
        ("/report/3PJ-5JN-PUC-HXU-B7W-J3X", 404),
        ("/report/%3Cscript%3E", 422),
    ):
        answer = await client.get(path)
        assert answer.status_code == status, path
        assert "<script>" not in answer.text
        assert ('id="number"' in answer.text) or status == 200
    assert (await client.post("/report", data={"kind": "x"})).status_code == 200
    odd = await client.post("/report", content=b"{}", headers={"content-type": "application/json"})
    assert odd.status_code in {400, 415, 422}
    code_as_place = {"kind": "no_number", "place": plate, "key": "other"}
    assert (await client.post("/report", data=code_as_place)).status_code == 303
    for number, place in enumerate(
        (
            "cạnh chợ, phường Tây",
            "X=1.214.436,35 Y=598371.18",
            "7P28XM2F+6Q",
            "XM2F+6Q phường Tây",
            "ông Bịa biết",
        )
    ):
        words = {"kind": "no_number", "place": place, "key": f"place {number}"}
        assert (await client.post("/report", data=words)).status_code in {303, 422}, place
