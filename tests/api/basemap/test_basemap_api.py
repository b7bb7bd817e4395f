"""The basemap over HTTP: what tiles hold and what they never hold, style, letters, caching."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import basemap_world as world
import httpx
import psycopg
import pytest
from basemap_world import COMMUNE, FAR, HIDDEN, LOCALITY, NEAR, SHOWN, STREET
from service_settings import service_settings

from addrsvc.app import create_app
from addrsvc.basemap import following
from addrsvc.basemap.preparing import prepare_units
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction

pytestmark = pytest.mark.anyio

TILE = "/v1/tiles/basemap/{}/{}/{}"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def filled(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[tuple[str, list[str]]]:
    with clone_database(registry_template) as url:
        yield url, world.fill(url)


@pytest.fixture(scope="module")
async def client(filled: tuple[str, list[str]]) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(service_settings(filled[0]))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://testserver")) as client,
    ):
        yield client


async def test_a_near_tile_holds_names_and_numbers_and_nothing_hidden(
    client: httpx.AsyncClient, filled: tuple[str, list[str]]
) -> None:
    answer = await client.get(TILE.format(*NEAR), headers=PLAIN)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    for name in (STREET, LOCALITY, SHOWN, "house_numbers", "communes"):
        assert name.encode() in answer.content, name
    far = (await client.get(TILE.format(*FAR), headers=PLAIN)).content
    for name in (COMMUNE, "boundaries", "Thành phố Bịa Đặt"):
        assert name.encode() in far, name
    url, codes = filled
    with psycopg.connect(url) as conn:
        ids = [str(each) for (each,) in conn.execute("SELECT address_id FROM address")]
    assert len(codes) == len(ids) == len(HIDDEN) + 1
    for kept_back in [*HIDDEN, *codes, *(code[5:] for code in codes), "Đường đã bỏ"]:
        assert kept_back.encode() not in answer.content, kept_back
    numbers = answer.content[answer.content.index(b"house_numbers") :]
    numbers = numbers[: numbers.index(SHOWN.encode()) + len(SHOWN)]
    assert numbers.count(b"\x1a\x06number") == 1
    assert b"code" not in numbers, "a number and its place, no more"


async def test_tiles_are_sent_once_and_follow_changes(
    client: httpx.AsyncClient,
    filled: tuple[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "EVERY_S", 0.0)
    far, near = TILE.format(*FAR), TILE.format(*NEAR)
    async with client.stream("GET", f"{far}.pbf") as answer:
        raw = b"".join([each async for each in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == (await client.get(far, headers=PLAIN)).content
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = await client.get(far, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    url, codes = filled
    before = await client.get(near, headers=PLAIN)
    assert before.headers["cache-control"] == "public, max-age=10"
    with psycopg.connect(url) as conn:
        conn.execute(
            "UPDATE address_current SET visibility = 'secret' WHERE address_id ="
            " (SELECT address_id FROM address WHERE code = %s)",
            [codes[0]],
        )
        conn.execute(
            "INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'address.changed', %s)",
            [codes[0]],
        )
    after = await client.get(near, headers={**PLAIN, "If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert SHOWN.encode() not in after.content
    assert (await client.get(far, headers=PLAIN)).headers["etag"] == (
        answer.headers["etag"].replace("-gzip", "")
    )


async def test_units_are_made_ready_anew_only_where_they_changed(
    client: httpx.AsyncClient, filled: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "EVERY_S", 0.0)
    url, _ = filled
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        assert await prepare_units(conn, SystemClock()) is None
    with psycopg.connect(url) as conn:
        conn.execute("UPDATE admin_unit SET full_name = 'Xã Đổi Tên' WHERE code = '25942'")
    async with transaction(engine) as conn:
        assert await prepare_units(conn, SystemClock()) == 4
    await engine.dispose()
    far = (await client.get(TILE.format(*FAR), headers=PLAIN)).content
    assert "Xã Đổi Tên".encode() in far
    with psycopg.connect(url) as conn:
        edges = conn.execute(
            "SELECT sum(ST_Length(ST_Transform(shape, 4326))) FROM basemap_edge"
            " WHERE last_zoom = 16 AND level = 'commune'"
        ).fetchone()
    assert edges == (pytest.approx(0.3, rel=0.01),), "three sides of 0.1 degrees, each once"


@pytest.mark.parametrize("path", ["2/0/0", "17/0/0", "16/65536/0", "16/0/65536.mvt", "3/8/0"])
async def test_tiles_that_are_none(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/v1/tiles/basemap/{path}")
    assert answer.status_code == 404
    assert "từ 3 đến 16" in answer.json()["detail"]


async def test_where_there_is_nothing_tiles_are_empty(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/tiles/basemap/16/0/0")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_style_and_letters(client: httpx.AsyncClient) -> None:
    light = await client.get("/v1/tiles/basemap/style.json")
    dark = await client.get("/v1/tiles/basemap/style.json?theme=dark")
    assert light.json()["version"] == dark.json()["version"] == 8
    assert light.json()["layers"][0]["paint"] != dark.json()["layers"][0]["paint"]
    assert "http" not in light.text, "no outside address"
    fonts = {
        font
        for layer in light.json()["layers"]
        for font in layer.get("layout", {}).get("text-font", [])
    }
    assert fonts == {"DejaVu Sans", "DejaVu Sans Bold"}
    link = light.json()["glyphs"]
    for font in fonts:
        for codes in ("0-255", "7680-7935"):
            given = link.replace("{fontstack}", font).replace("{range}", codes)
            glyphs = await client.get(given)
            assert glyphs.headers["content-type"] == "application/x-protobuf"
            assert font.encode() in glyphs.content
    for wrong in ("Comic Sans/0-255.pbf", "DejaVu Sans/1-256.pbf", "DejaVu Sans/0-511.pbf"):
        assert (await client.get(f"/v1/tiles/fonts/{wrong}")).status_code == 404
    assert (await client.get("/v1/tiles/basemap/style.json?theme=x")).status_code == 422


async def test_what_tiles_there_are(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/tiles")).json()["tilesets"]
    assert [each["name"] for each in listed] == ["basemap"]
    told = (await client.get("/v1/tiles/basemap")).json()
    assert told == listed[0]
    assert told["bounds"] == pytest.approx([106.6, 10.8, 106.8, 11.1], abs=0.01)
    assert {"id", "minzoom", "maxzoom", "fields"} == set(told["vector_layers"][0])
    assert (await client.get("/v1/tiles/nothing")).status_code == 404
    assert (await client.get("/v1/tiles/nothing/5/0/0")).status_code == 404
