"""What protects the pages, and the files they are made of."""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest

from addrsvc.registry.model import Address

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]

PATHS = ["/", "/?q=1", "/?again", "/a/7512399999", "/a/x", "/docs", "/khong-co"]
FOR_PEOPLE = {"Accept": "text/html"}


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_is_locked_down(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path, headers=FOR_PEOPLE)
    policy = dict(
        directive.split(" ", 1) for directive in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["vary"].split(", ")[0] == "Cookie"


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_inline_and_nothing_is_elsewhere(
    client: httpx.AsyncClient, register: Act, path: str
) -> None:
    address = await register()
    for each in (path, f"/a/{address.code}"):
        html = (await client.get(each, headers=FOR_PEOPLE)).text
        assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", html) is None
        assert all(tag.endswith("></script>") for tag in re.findall(r"<script.*", html))
        links = re.findall(r'(?:src|href|action|data-library|data-script)="([^"]*)"', html)
        assert len(links) > 5
        assert all(link.startswith(("/", "#")) for link in links)
        assert not any(link.startswith("//") for link in links)


async def test_every_link_of_a_page_to_a_file_works(
    client: httpx.AsyncClient, register: Act
) -> None:
    html = (await client.get(f"/a/{(await register()).code}")).text
    links = set(re.findall(r'"(/static/[^"]*)"', html))
    assert {link.partition("?")[0].rpartition("/")[2] for link in links} == {
        "basemap.js",
        "icon.svg",
        "maplibre-gl.css",
        "maplibre-gl.mjs",
        "map.js",
        "page.js",
        "site.css",
    }
    for link in links:
        answer = await client.get(link)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        plain = await client.get(link, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
        assert plain.headers["etag"] != answer.headers["etag"]
        again = await client.get(link, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    worker = await client.get("/static/vendor/maplibre-gl/maplibre-gl-worker.mjs?v=1")
    assert worker.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "onward"),
    [
        ("/planning/?q=1", "/planning?q=1"),
        ("/ogc/", "/ogc"),
        ("/v1/addresses/", "/v1/addresses"),
        ("/findings/%22%0d%0aX: y%2f%2f", "/findings/%22%0D%0AX%3A%20y"),
        ("//evil.example/", None),
        ("//evil.example//docs/", None),
        ("/khong-co/", None),
        ("/%2f%2fevil.example/%2f", None),
        ("/\\evil.example/", None),
    ],
)
async def test_a_slash_too_many_leads_on_within_this_host(
    client: httpx.AsyncClient, path: str, onward: str | None
) -> None:
    target = httpx.URL("http://test").copy_with(raw_path=path.replace(" ", "%20").encode())
    answer = await client.get(target, headers={"Host": "evil.example", **FOR_PEOPLE})
    assert answer.headers.get("location") == onward
    assert answer.status_code == (404 if onward is None else 307)


async def test_unnamed_version_is_asked_for_again(client: httpx.AsyncClient) -> None:
    assert (await client.get("/static/site.css")).headers["cache-control"] == "no-cache"


async def test_scripts_travel_compressed(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/static/vendor/maplibre-gl/maplibre-gl.mjs") as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert len(raw) < 400_000 < len(gzip.decompress(raw))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing.js",
        "../pages.py",
        "..%2Fpages.py",
        "%2e%2e/pages.py",
        "vendor/maplibre-gl/package.json",
        "vendor/maplibre-gl/../../pages.py",
        "/etc/passwd",
        "site.css%00",
        "SITE.CSS",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
