"""The lookup widget as the server answers it: the same for everybody, framed by whom we say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from access_world import routes_of
from fastapi import FastAPI
from pydantic import ValidationError

from addrsvc.codes.code import DigitalCode
from addrsvc.registry.model import Address, Components
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]
OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

MAX_SCRIPT_BYTES = 3_000


async def test_it_answers_whatever_the_box_takes(
    app: FastAPI, ready: httpx.AsyncClient, register: Act, retire: Act
) -> None:
    home = await register()
    gone = await register(components=Components(house_number="14"))
    await retire(gone, home)
    while not len(app.state.gazetteer.gazetteer):  # it hears of the street in a while
        await asyncio.sleep(0.02)
    code, plate = str(home.code), DigitalCode.of(str(home.code)).plate
    use = f'data-code="{code}"'
    expected = {
        (("q", plate),): (200, [use, plate, "12/3 Đường Lê Lợi"]),
        (("q", code),): (200, [use, "Mười chữ số không lộ chỗ gõ nhầm"]),
        (("q", "12/3 le loi phuong tay"),): (200, [use, "Khớp với sổ địa chỉ", "đúng số nhà"]),
        (("q", "10.95, 106.65"),): (200, ["Tại điểm này", f"/widget?lang=vi&amp;code={code}"]),
        (("q", str(gone.code)),): (200, ["không còn dùng", f"lang=vi&amp;code={code}"]),
        (("q", "không có đâu xyzw"),): (404, ["Không tìm thấy nơi nào"]),
        (("q", "X=1500000 Y=598371"),): (422, ['name="zone"', 'action="/widget"']),
        (("q", plate[:-1] + str((int(plate[-1]) + 1) % 10)),): (422, [f"q={plate}"]),
        (("q", ""),): (422, ["Chưa nhập gì"]),
        (): (200, ["Tra cứu địa chỉ số"]),
    }
    for asked, (status, shown) in expected.items():
        page = await ready.get("/widget", params=list(asked))
        assert page.status_code == status, asked
        assert [each for each in shown if each not in page.text] == [], asked
        _stays_inside(page.text)
    chosen = await ready.get("/widget", params={"code": code})
    assert use in chosen.text
    assert "Mười chữ số" not in chosen.text  # it came from a list of ours
    assert use not in (await ready.get("/widget", params={"q": str(gone.code)})).text
    assert "no-store" in (await ready.get("/widget?q=10.95,106.65")).headers["cache-control"]


def _stays_inside(html: str) -> None:
    """Every link either stays in the frame or opens elsewhere; nothing is inline."""
    for tag in re.findall(r"<a [^>]*>", html):
        assert 'href="/widget?' in tag or 'target="_blank" rel="noopener"' in tag, tag
    assert all('action="/widget"' in tag for tag in re.findall(r"<form [^>]*>", html))
    assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", html) is None


async def test_it_is_for_nobody_in_particular(ready: httpx.AsyncClient) -> None:
    cookies = {"lang": "en", "addrsvc_session": "x" * 40, "__Host-addrsvc_session": "y" * 40}
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    for path in ("/widget", "/widget?lang=en", "/widget?lang=vi&q=75123-99999"):
        bare, laden = await ready.get(path), await ready.get(path, headers=sent)
        assert laden.text == bare.text
        assert f'<html lang="{"en" if "lang=en" in path else "vi"}">' in bare.text
        for page in (bare, laden):
            assert "set-cookie" not in page.headers
            assert "cookie" not in page.headers.get("vary", "").lower()
            assert page.headers["x-robots-tag"] == "noindex"
    again = await ready.get("/widget", headers={"If-None-Match": bare.headers["etag"]})
    assert again.status_code == 200  # another question, another page
    first = await ready.get("/widget")
    known = await ready.get("/widget", headers={"If-None-Match": first.headers["etag"]})
    assert known.status_code == 304


async def test_who_may_frame_it_is_a_setting(open_client: OpenClient) -> None:
    portal = "https://dichvucong.example.vn, app://vn.example.diachi"
    for origins, ancestors in {
        "*": "*",
        "": "'none'",
        portal: portal.replace(",", ""),
    }.items():
        async with open_client(widget_origins=origins) as client:
            widget, home = await client.get("/widget"), await client.get("/")
        policy = _policy_of(widget)
        assert policy.pop("frame-ancestors") == ancestors
        assert ("x-frame-options" in widget.headers) == (origins == "")
        others = _policy_of(home)
        assert others.pop("frame-ancestors") == "'none'"
        assert home.headers["x-frame-options"] == "DENY"
        assert policy == others
        assert widget.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"


async def test_no_other_page_may_be_framed(app: FastAPI, client: httpx.AsyncClient) -> None:
    pages = []
    for method, path in sorted(each.split(" ", 1) for each in routes_of(app)):
        if method != "GET" or "{" in path or path.startswith("/v1/") or path == "/widget":
            continue
        answer = await client.get(path, headers={"Accept": "text/html"})
        if answer.headers.get("content-type", "").startswith("text/html"):
            pages.append(path)
            assert _policy_of(answer)["frame-ancestors"] == "'none'", path
            assert answer.headers["x-frame-options"] == "DENY", path
    assert {"/", "/docs", "/planning", "/sign-in", "/certificate"} <= set(pages)


def _policy_of(page: httpx.Response) -> dict[str, str]:
    parts = page.headers["content-security-policy"].split("; ")
    return {name: allowed for name, _, allowed in (part.partition(" ") for part in parts)}


def test_origins_are_origins_and_nothing_else() -> None:
    for good in ("", "*", "https://a.vn", "http://localhost:8080,https://b.vn", "app://x"):
        assert Settings(widget_origins=good).widget_origins == good
    for bad in (
        "a.vn",
        "https://a.vn; script-src *",
        "https://a.vn/path",
        "'self'",
        "https://a.vn https://b.vn",
        "https://a.vn\nX: y",
    ):
        with pytest.raises(ValidationError):
            Settings(widget_origins=bad)


async def test_the_script_is_small_and_anybodys(client: httpx.AsyncClient) -> None:
    answer = await client.get("/widget.js", headers={"Origin": "https://portal.example"})
    assert answer.status_code == 200
    assert len(answer.content) <= MAX_SCRIPT_BYTES
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"].startswith("public, max-age=3600")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    known = {"If-None-Match": answer.headers["etag"]}
    again = await client.get("/widget.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
