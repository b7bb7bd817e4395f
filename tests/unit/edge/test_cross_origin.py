"""Which pages of other origins may read what."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from addrsvc.edge.cross_origin import CrossOrigin
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

APP = "https://app.example"
TILE = "/v1/plans/7/tiles/1/2/3"
ASKED = {"Origin": APP, "Access-Control-Request-Method": "PUT"}


async def _inner(scope: Scope, receive: Receive, send: Send) -> None:
    status = int(Request(scope).query_params.get("status", "200"))
    await Response("{}", status, {"ETag": '"1"'})(scope, receive, send)


async def _ask(
    origins: str, path: str, headers: dict[str, str], method: str = "GET"
) -> httpx.Response:
    transport = httpx.ASGITransport(app=CrossOrigin(_inner, origins=origins))
    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://t")) as client:
        return await client.request(method, path, headers=headers)


async def test_origins_named_may_read_and_no_others() -> None:
    origins = f"{APP}, https://other.example"
    told = await _ask(origins, "/v1/addresses/7", {"Origin": APP})
    assert told.headers["access-control-allow-origin"] == APP
    assert {"ETag", "Link", "RateLimit", "Retry-After"} <= set(
        told.headers["access-control-expose-headers"].split(", ")
    )
    assert told.headers["vary"] == "Origin"
    for origin in ("https://evil.example", "null", f"{APP}.evil.example", APP.upper()):
        refused = await _ask(origins, "/v1/addresses/7", {"Origin": origin})
        assert "access-control-allow-origin" not in refused.headers, origin
        assert refused.headers["vary"] == "Origin"
    for path in ("/", "/desk", "/account", "/a/7", "/v1x", "/docs"):
        page = await _ask("*", path, {"Origin": APP})
        assert "access-control-allow-origin" not in page.headers, path


async def test_preflights_say_what_may_be_asked_and_for_how_long() -> None:
    told = await _ask(APP, "/v1/dossiers/x", ASKED, "OPTIONS")
    assert (told.status_code, told.content) == (204, b"")
    assert told.headers["access-control-allow-origin"] == APP
    assert "PUT" in told.headers["access-control-allow-methods"]
    assert "If-Match" in told.headers["access-control-allow-headers"]
    assert told.headers["access-control-max-age"] == "7200"
    other = await _ask(APP, "/v1/dossiers/x", {**ASKED, "Origin": "https://evil"}, "OPTIONS")
    assert "access-control-allow-origin" not in other.headers
    unset = await _ask("", "/v1/dossiers/x", ASKED, "OPTIONS")
    assert unset.status_code == 200, "the application is asked"


async def test_any_origin_is_never_given_credentials() -> None:
    for headers, method in (({"Origin": APP, "Cookie": "session=x"}, "GET"), (ASKED, "OPTIONS")):
        told = await _ask("*", "/v1/addresses/7", headers, method)
        assert told.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in told.headers


async def test_refusals_of_tiles_are_readable_without_any_setting() -> None:
    for path in (TILE, "/v1/plans/7/changes/tiles/1/2/3", "/v1/tiles/basemap/1/2/3", "/v1/tiles"):
        refused = await _ask("", f"{path}?status=429", {"Origin": "null"})
        assert refused.headers["access-control-allow-origin"] == "*", path
        assert "access-control-allow-origin" not in (await _ask("", path, {})).headers
    refused = await _ask("", "/v1/plans/7?status=404", {"Origin": "null"})
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("wrong", ["app.example", "https://a.example/path", "*, https://a.example"])
def test_a_setting_that_says_no_origins_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="cors_origins"):
        Settings.model_validate({"cors_origins": wrong})
    assert Settings.model_validate({"cors_origins": f"{APP},http://localhost:3000"}).cors_origins
