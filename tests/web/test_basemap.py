"""The basemap in a real browser: Vietnamese names are drawn, with letters of this server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import basemap_world as world
import pytest
from basemap_world import COMMUNE, HIDDEN, LOCALITY, MIDDLE, SHOWN, STREET
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]

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


@pytest.fixture(scope="module")
def site(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    serve_app: Callable[..., AbstractContextManager[str]],
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            apart.submit(world.fill, url).result()
        with serve_app(url) as base:
            yield base


def _shown(page: Page, site: str, theme: str, zoom: float) -> set[str]:
    page.goto(f"{site}/")
    assert page.evaluate("() => document.querySelector('script') !== null")
    library = "/static/vendor/maplibre-gl/maplibre-gl.mjs"
    page.evaluate(_SHOW, [theme, zoom, list(MIDDLE), library])
    return set(page.evaluate(_NAMES))


def _inks(page: Page) -> int:
    """Count colours of a picture of the map."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return len(picture.getcolors(maxcolors=1_000_000) or [])


@pytest.mark.parametrize("size", SIZES)
def test_names_are_drawn(browser_page: OpenPage, site: str, size: str, tmp_path: Any) -> None:
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
