"""What protects the pages, and the files they are made of."""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from answer_headers import faults
from fastapi import FastAPI
from structlog.testing import capture_logs

from addrsvc.registry.model import Address
from addrsvc.web.signed_in import local_path, see_other

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
        html = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)  # shown, not followed
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
    imported = await client.get("/static/basemap.js")  # by map.js, which names no version
    assert (imported.status_code, imported.headers["cache-control"]) == (200, "no-cache")
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


AWAY = (
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5c..%5cetc%5cpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252f..%252fetc%252fpasswd",
    "%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "%e2%88%95etc%e2%88%95passwd",
    "passwd%00.css",
    "C:%5cWindows%5cwin.ini",
    "%0d%0aSet-Cookie:%20x=1",
)
"""Ways to write a path that leads out of a folder, or into another header."""


async def test_no_path_leads_out_of_a_folder(client: httpx.AsyncClient) -> None:
    for away in AWAY:
        for path in (
            f"/static/{away}",
            f"/static/vendor/maplibre-gl/{away}",
            f"/v1/tiles/fonts/{away}/0-255.pbf",
            f"/v1/tiles/fonts/DejaVu%20Sans/{away}",
            f"/v1/tiles/{away}",
            f"/v1/tiles/{away}/0/0/0",
            f"/v1/plans/1/files/{away}/map",
            f"/v1/jobs/{away}/result",
            f"/v1/job-templates/{away}",
            f"/v1/certificates/{away}/file",
            f"/problems/{away}",
            f"/certificate/{away}",
            f"/report/{away}",
            f"/findings/{away}",
            f"/ogc/collections/{away}/items/{away}",
        ):
            target = httpx.URL("http://test").copy_with(raw_path=path.encode())
            answer = await client.get(target, headers=FOR_PEOPLE)
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
            assert faults(answer) == [], path
            assert "root:" not in answer.text
            assert "x=1" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "/\u2028/evil.example",
        "///evil.example",
        "evil.example",
        " //evil.example",
    ],
)
def test_nothing_leads_to_another_host(onward: str) -> None:
    assert local_path(onward) == "/"


@pytest.mark.parametrize(
    "onward", ["/%2f/evil.example", "/%5cevil.example", "/\u2215evil.example", "/.//evil.example"]
)
def test_what_only_looks_like_another_host_stays_here(onward: str) -> None:
    location = see_other(local_path(onward)).headers["location"]
    assert httpx.URL("http://test/sign-in").join(location).host == "test"


async def test_refusals_are_locked_down_too(app: FastAPI, client: httpx.AsyncClient) -> None:
    """404, 405, 413, 422, a redirect, a failure of ours, and too much asked."""
    asked = [
        ("GET", "/khong-co", 404),
        ("DELETE", "/", 405),
        ("POST", "/planning", 422),
        ("GET", "/account", 303),
        ("GET", "/plans/1/edit", 303),
        ("GET", "/jobs/x", 303),
        ("GET", "/?q=51.5,%200.1", 422),
    ]
    for method, path, status in asked:
        answer = await client.request(method, path, headers=FOR_PEOPLE)
        assert (path, answer.status_code) == (path, status)
        assert faults(answer) == [], path
    large = {**FOR_PEOPLE, "Content-Length": str(10**9)}
    answer = await client.post("/planning", headers=large, content=b"x")
    assert (answer.status_code, faults(answer)) == (413, [])
    app.state.pages = None
    with capture_logs():
        answer = await client.get("/docs", headers=FOR_PEOPLE)
    assert (answer.status_code, faults(answer)) == (500, [])
    assert "AttributeError" not in answer.text
