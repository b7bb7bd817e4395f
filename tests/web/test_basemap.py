"""The basemap in a real browser: Vietnamese names are drawn, with letters of this server."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import basemap_world as world
import desk_world
import numpy as np
import pytest
import shapely
from basemap_world import COMMUNE, HIDDEN, LOCALITY, MIDDLE, NEAR, SHOWN, STREET, letters_in
from PIL import Image
from planning_world import insert_plan
from playwright.sync_api import Page, Response, Route, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]

CREDIT = "<i onclick='x'>&copy; Người đo</i> &lt;b&gt;bịa&lt;/b&gt;"

SIZES = {"360px": {"width": 360, "height": 640}, "1280px": {"width": 1280, "height": 800}}

_SHOW = """
async ([theme, zoom, middle, library]) => {
  const { basemap } = await import("/static/basemap.js");
  const maplibre = await import(library);
  const container = document.createElement("div");
  Object.assign(container.style, { position: "fixed", inset: 0, zIndex: 9 });
  document.body.append(container);
  window.map = new maplibre.Map({
    container,
    style: { version: 8, ...(await basemap(theme)) },
    center: middle,
    zoom,
    fadeDuration: 0,
    attributionControl: false,
  });
  await window.map.once("idle");
}
"""
_NAMES = """
() => window.map
  .queryRenderedFeatures({ layers: window.map.getStyle().layers
    .filter(({ type }) => type === "symbol").map(({ id }) => id) })
  .map(({ properties }) => properties.name ?? properties.number)
"""


@dataclass(frozen=True)
class Site:
    """A running server, and the code of the address whose number is shown."""

    base: str
    code: str


_WATER = "1a2078020a05776174657212121803220e0900001a804000008040ff3f000f288020"
"""A vector tile that is water all over."""


def _background(folder: Path) -> None:
    """Write an operator's vector tiles: one of water, over all."""
    conn = sqlite3.connect(folder / "nen.mbtiles")
    conn.execute("CREATE TABLE metadata (name, value)")
    conn.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
    said = {"format": "pbf", "attribution": CREDIT, "json": '{"vector_layers": [{"id": "water"}]}'}
    conn.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
    z, x, y = 10, NEAR[1] >> 6, NEAR[2] >> 6
    tile = (z, x, 2**z - 1 - y, bytes.fromhex(_WATER))
    conn.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", tile)
    conn.commit()
    conn.close()
    (folder / "hong.pmtiles").write_bytes(b"PMTiles\x03")


@pytest.fixture(scope="module")
def site(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    serve_app: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tiles")
    _background(folder)
    with clone_database(registry_template) as url:
        insert_plan(url, [("ODT", shapely.box(106.64, 10.94, 106.66, 10.96))], name="Bịa")
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            code = apart.submit(world.fill, url).result()[0]
            apart.submit(asyncio.run, desk_world.fill(url, 3)).result()
        tiles = {"tiles_dir": str(folder), "background_tiles": "nen"}
        with serve_app(url, demo="true", **tiles) as base:
            yield Site(base, code)


def _shown(page: Page, site: Site, theme: str, zoom: float) -> set[str]:
    page.goto(f"{site.base}/")
    assert page.evaluate("() => document.querySelector('script') !== null")
    library = "/static/vendor/maplibre-gl/maplibre-gl.mjs"
    page.evaluate(_SHOW, [theme, zoom, list(MIDDLE), library])
    return set(page.evaluate(_NAMES))


def _inks(page: Page) -> int:
    """Count colours of a picture of the map."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return len(picture.getcolors(maxcolors=1_000_000) or [])


@pytest.mark.parametrize("size", SIZES)
def test_names_are_drawn(browser_page: OpenPage, site: Site, size: str, tmp_path: Any) -> None:
    page = browser_page(viewport=SIZES[size])
    fonts: list[str] = []
    page.on(
        "response", lambda answer: fonts.append(answer.url) if "/fonts/" in answer.url else None
    )
    near = _shown(page, site, "light", 17)
    page.screenshot(path=str(tmp_path / f"near-{size}.png"))
    assert {STREET, LOCALITY, SHOWN} <= near
    assert not near & set(HIDDEN)
    assert _inks(page) > 60, "letters have soft edges"
    page = browser_page(viewport=SIZES[size], color_scheme="dark")
    far = _shown(page, site, "dark", 10.5)
    page.screenshot(path=str(tmp_path / f"far-{size}.png"))
    assert COMMUNE in far
    assert any(url.endswith("/7680-7935.pbf") for url in fonts), "letters with two marks"


_KEPT = """
export * from "./maplibre-gl.mjs?whole";
import { Map as Whole } from "./maplibre-gl.mjs?whole";
export class Map extends Whole {
  constructor(options) {
    super({ ...options, fadeDuration: 0 });
    window.map = this;
  }
}
"""
"""The library, with the map it makes where a test finds it."""

_NEAR = """
async ([center]) => {
  if (!window.map.isStyleLoaded()) await window.map.once("idle");
  window.map.jumpTo({ center, zoom: 16.6 });
  await window.map.once("idle");
}
"""
_WITHOUT_NAMES = """
async () => {
  for (const { id, type } of window.map.getStyle().layers)
    if (type === "symbol") window.map.setLayoutProperty(id, "visibility", "none");
  window.map.triggerRepaint();
  await window.map.once("idle");
}
"""
_BENEATH = """
() => window.map.queryRenderedFeatures({ layers: ["basemap-background-water"] }).length
"""
_ORDER = "() => window.map.getStyle().layers.map(({ id }) => id)"


def _library(route: Route) -> None:
    if "?whole" in route.request.url:
        route.fallback()
    else:
        route.fulfill(body=_KEPT, content_type="text/javascript")


def _drawn_names(page: Page) -> int:
    """Count the pixels of the map that names cover."""
    element = page.locator(".map canvas")
    before, after = (
        np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"), dtype=np.int16)
        for _ in _with_and_without(page)
    )
    return int((np.abs(before - after).max(axis=2) > 60).sum())


def _with_and_without(page: Page) -> Iterator[None]:
    yield
    page.evaluate(_WITHOUT_NAMES)
    yield


def _sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.base}/sign-in?next=%2Fdesk")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu", exact=True).fill(desk_world.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#desk-map[data-state=drawn]")).to_be_visible()


def test_vietnamese_names_are_drawn_on_maps_of_pages(
    browser_page: OpenPage, site: Site, tmp_path: Any
) -> None:
    """On each map the names are there, all their letters are of this server, and ink is drawn."""
    at = f"{MIDDLE[1]}, {MIDDLE[0]}"
    for size, theme, path in (
        ("360px", "dark", f"/a/{site.code}"),
        ("1280px", "light", f"/planning?q={at}"),
        ("1280px", "dark", "/desk"),
    ):
        page = browser_page(viewport=SIZES[size], color_scheme=theme)
        page.route("**/vendor/maplibre-gl/maplibre-gl.mjs*", _library)
        answers: list[Response] = []
        page.on("response", lambda answer, seen=answers: seen.append(answer))
        if path == "/desk":
            _sign_in(page, site)
        else:
            page.goto(f"{site.base}{path}")
            expect(page.locator("#map[data-state=drawn]")).to_be_visible()
        page.evaluate(_NEAR, [[MIDDLE[0] + 5e-4, MIDDLE[1] + 8e-4]])
        names = set(page.evaluate(_NAMES))
        assert {STREET, LOCALITY, SHOWN} <= names, path
        assert not names & set(HIDDEN)
        fonts = [each for each in answers if "/v1/tiles/fonts/" in each.url]
        assert all(each.ok and each.url.startswith(site.base) for each in fonts)
        letters = set().union(*(letters_in(each.body()) for each in fonts))
        wanted = set(unicodedata.normalize("NFC", "".join(names))) - {" "}
        assert wanted <= letters, sorted(wanted - letters)
        order = page.evaluate(_ORDER)
        labels = order.index("basemap-names-streets")
        if "zones" in order:
            assert order.index("basemap-communes") < order.index("zones") < labels
        assert page.evaluate(_BENEATH) > 0, "an operator's tiles lie beneath"
        expect(page.locator(".map-credit")).to_have_text("© Người đo <b>bịa</b>")
        page.screenshot(path=str(tmp_path / f"{path.strip('/')[:4]}.png"))
        assert _drawn_names(page) > 400, path
