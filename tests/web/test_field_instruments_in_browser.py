"""What of the phone's modules needs a browser: pictures, the map, codes to scan, kept tiles."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from field_area import TASK, invented_area, place
from field_page import field_page
from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat
from playwright.sync_api import Browser, FilePayload, Page, expect
from qr_reading import read_qr
from waiting import wait_until

from addrsvc.paper.qr import QUIET, QrCode

pytestmark = pytest.mark.browser

_ROTATED = 6
"""EXIF: what is up in the picture is on the right of what is stored."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Give one page with the policy of field collection, on a telephone."""
    with field_page(tile=png(256, 256, (120, 160, 90))) as base:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: problems.append(error.stack or str(error)))
        page.goto(f"{base}/field")
        yield page
        context.close()
    assert problems == []


def png(width: int, height: int, colour: tuple[int, ...], mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG")
    return file.getvalue()


def photo(width: int, height: int, *, quality: int = 90) -> bytes:
    """Give a JPEG as phones write it: stored sideways, with the place; upright red is above."""
    stored = Image.new("RGB", (width, height), (0, 0, 200))
    stored.paste((220, 0, 0), (0, 0, width // 2, height))  # what is left lies above once it is up
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = _ROTATED
    exif[ExifTags.Base.Make] = "Bịa"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (10.0, 58.0, 48.0)
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, quality=quality)
    return file.getvalue()


def shrunk(page: Page, data: bytes, **options: Any) -> dict[str, Any]:
    """Shrink a file in the browser; give what came of it, or the kind of its error."""
    given: dict[str, Any] = page.evaluate(
        """async ([data, options]) => {
          const { shrink } = await import("/static/field/photo.js");
          const file = new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]);
          try {
            const { bytes, ...rest } = await shrink(file, options);
            const text = Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each));
            return { ...rest, data: btoa(text.join("")) };
          } catch (error) {
            return { kind: error.kind, words: error.words };
          }
        }""",
        [base64.b64encode(data).decode(), options],
    )
    return given


def opened(given: dict[str, Any]) -> Image.Image:
    data = base64.b64decode(given["data"])
    assert hashlib.sha256(data).hexdigest() == given["sha256"]
    assert given["media_type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (given["width"], given["height"]))
    return picture


def test_photos_come_out_upright_small_and_without_what_cameras_write(page: Page) -> None:
    sent = photo(4000, 3000)
    picture = opened(shrunk(page, sent))
    assert picture.size == (1200, 1600)
    assert (dict(picture.getexif()), picture.info.get("exif"), b"Exif" in sent) == ({}, None, True)
    above, below = picture.getpixel((600, 200)), picture.getpixel((600, 1400))
    assert above[0] > 150 > above[2], "red is above"
    assert below[2] > 150 > below[0], "blue is below"


def test_every_way_a_camera_is_held_comes_out_upright(page: Page) -> None:
    colours = [(230, 20, 20), (20, 200, 20), (20, 20, 230), (230, 220, 20)]
    stored = Image.new("RGB", (64, 48))
    for index, colour in enumerate(colours):
        stored.paste(colour, ((index % 2) * 32, (index // 2) * 24, 64, 48))
    for orientation in range(1, 9):
        file = io.BytesIO()
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        stored.save(file, "JPEG", exif=exif, quality=95, subsampling=0)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue())))
        for options in ({}, {"max_px": 16}):  # decoded whole, and decoded small
            given = opened(shrunk(page, file.getvalue(), **options))
            like = upright.resize(given.size)
            assert ImageStat.Stat(ImageChops.difference(like, given)).mean < [12] * 3, orientation
            assert given.size == (like.width, like.height)
            assert max(given.size) == options.get("max_px", 64)


def test_photos_of_much_detail_are_made_small_in_steps(page: Page) -> None:
    noise = io.BytesIO()
    Image.effect_noise((2000, 2000), 120).convert("RGB").save(noise, "JPEG", quality=95)
    given = shrunk(page, noise.getvalue())
    assert len(base64.b64decode(given["data"])) < 450_000
    assert 800 <= max(opened(given).size) <= 1600


def test_other_kinds_are_taken_and_what_is_no_picture_is_refused_in_words(page: Page) -> None:
    clear = png(40, 30, (0, 0, 0, 0), "RGBA")
    assert min(opened(shrunk(page, clear)).getpixel((20, 15))) > 245, "white beneath"
    webp = io.BytesIO()
    Image.new("RGB", (30, 40), (10, 200, 10)).save(webp, "WEBP")
    assert opened(shrunk(page, webp.getvalue())).size == (30, 40)
    whole = photo(400, 300)
    bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000) + bytes(40)
    refused = {
        "not-a-picture": (
            b"",
            b"MZ" + bytes(500),
            whole[:200],
            b"<svg/>" * 20,
            whole[:2] + bytes(99),
        ),
        "too-large": (bomb,),
    }
    for kind, files in refused.items():
        for each in files:
            given = shrunk(page, each)
            assert given.get("kind") == kind, each[:8]
            assert set(given["words"]) == {"vi", "en"}


SHOW = """async ([text, records]) => {
  const { openArea } = await import("/static/field/area.js");
  const { showMap } = await import("/static/field/area_map.js");
  window.shown?.remove();
  document.getElementById("map")?.remove();
  const element = document.createElement("div");
  element.id = "map";
  element.style.cssText = "position: fixed; inset: 0";
  document.body.append(element);
  window.told = [];
  window.area = openArea(JSON.parse(text));
  window.shown = showMap(element, window.area, {
    onPick: (point) => told.push(["pick", point]),
    onAddress: (row) => told.push(["address", row.ref]),
    onRecord: (record) => told.push(["record", record.id]),
  });
  shown.map.doubleClickZoom.disable(); // tests tap faster than people
  shown.setRecords(records);
  while (getComputedStyle(element).getPropertyValue("--dot") === "") {
    await new Promise((done) => setTimeout(done, 10));
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
"""Shows the map of a package all over the page; what it tells is in ``told``."""


def show(page: Page, pkg: dict[str, Any], records: list[Any] | None = None) -> None:
    """Show the map of a package with records of this phone."""
    page.evaluate(SHOW, [json.dumps(pkg), records or []])


GO = "([lon, lat, zoom]) => shown.map.setView([lat, lon], zoom, { animate: false })"
MIDDLE = (180, 370)


def told(page: Page) -> list[Any]:
    """Give what the map told since this was asked."""
    given: list[Any] = page.evaluate("() => told.splice(0)")
    return given


def columns_of(pkg: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    at = [pkg["columns"].index(name) for name in names]
    return [tuple(row[index] for index in at) for row in pkg["addresses"]]


def wait_for_colour(page: Page, x: int, y: int, colour: tuple[int, int, int]) -> None:
    """Wait until a spot of the canvas of dots, in pixels of the page, has about a colour."""
    wait_until(
        page,
        """([x, y, colour]) => {
          const canvas = document.querySelector(".area-dots");
          const box = canvas.getBoundingClientRect();
          const ratio = canvas.width / box.width;
          const pen = canvas.getContext("2d");
          const { data } = pen.getImageData((x - box.x) * ratio, (y - box.y) * ratio, 1, 1);
          return data[3] === 255 && colour.every((each, i) => Math.abs(each - data[i]) < 20);
        }""",
        arg=[x, y, colour],
    )


def test_addresses_records_and_places_are_chosen_by_touch(page: Page) -> None:
    pkg = invented_area(300)
    ref, lon, lat = columns_of(pkg, "ref", "lon", "lat")[120]
    east, north = place(505, -60)
    records = [
        {"id": "mine", "status": "needs-you", "form": {"position": {"lon": east, "lat": north}}},
        {"id": "bare", "status": "saved", "form": {"position": None, "address": {"ref": ref}}},
        {"id": "light", "status": "accepted", "form": None},
    ]
    show(page, pkg, records)
    page.evaluate(GO, [lon, lat, 20])
    page.touchscreen.tap(MIDDLE[0] + 12, MIDDLE[1] - 14)  # as exact as a thumb
    wait_until(page, "() => told.length > 0")
    assert told(page) == [["address", ref]]
    page.evaluate(GO, [east, north, 19])
    page.touchscreen.tap(*MIDDLE)
    wait_until(page, "() => told.length > 0")
    assert told(page) == [["record", "mine"]]

    page.evaluate(
        """() => document.getElementById("map").dispatchEvent(
          new MouseEvent("contextmenu", { clientX: 100, clientY: 200, bubbles: true }))"""
    )
    wait_until(page, "() => told.length > 0")
    ((_, spot),) = told(page)
    assert (spot["method"], spot["accuracy_m"]) == ("map", 5)
    expected = page.evaluate("() => shown.map.containerPointToLatLng([100, 200])")
    assert (spot["lon"], spot["lat"]) == (expected["lng"], expected["lat"])

    page.evaluate("(spot) => { shown.setMark({ lon: 0, lat: 0 }); shown.setMark(spot) }", spot)
    pin = page.locator(".pin")
    assert pin.count() == 1
    box = pin.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    page.mouse.move(box["x"] + 24, box["y"] + 24)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, box["y"] + 84, steps=4)
    page.mouse.up()
    wait_until(page, "() => told.length > 0")
    ((_, moved),) = told(page)
    tip = page.evaluate("(at) => shown.map.latLngToContainerPoint([at.lat, at.lon])", moved)
    assert (round(tip["x"]), round(tip["y"])) == (140, 260)


def test_what_was_visited_is_a_ring_and_colours_follow_the_theme(page: Page) -> None:
    pkg = invented_area(300)
    facts = columns_of(pkg, "lon", "lat", "visited", "in_task")
    spots = {
        "done": next(each for each in facts if each[2]),
        "open": next(each for each in facts if not each[2] and each[3]),
    }
    show(page, pkg)
    colours = {  # of the middle of a dot, and of its edge where it is a ring
        "light": {"open": [(8, 55, 107)], "done": [(255, 255, 255), (7, 101, 47)]},
        "dark": {"open": [(140, 196, 255)], "done": [(11, 17, 22), (127, 227, 168)]},
    }
    for scheme, expected in colours.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name, (lon, lat, *_) in spots.items():
            page.evaluate(GO, [lon, lat, 20])
            for index, colour in enumerate(expected[name]):
                wait_for_colour(page, MIDDLE[0] + 8 * index, MIDDLE[1], colour)
    page.emulate_media(color_scheme="light")


def test_only_what_is_seen_is_drawn_of_ten_thousand(page: Page) -> None:
    pkg = invented_area(10_000)
    show(page, pkg)
    counted = page.evaluate(
        """() => {
          const counts = {};
          const layer = Object.values(shown.map._layers).find((each) => each._look);
          const look = layer._look;
          for (const zoom of [13, 17, 19]) {
            shown.map.setView([10.984, 106.6545], zoom, { animate: false });
            const pen = CanvasRenderingContext2D.prototype;
            const before = pen.fillText;
            counts[zoom] = 0;
            pen.fillText = () => { counts[zoom] += 1; };
            layer._draw();
            pen.fillText = before;
          }
          return { counts, elements: document.querySelectorAll("#map *").length };
        }"""
    )
    # a canvas, not an element each; names where there is room for them
    assert counted["elements"] < 60
    assert counted["counts"]["13"] == 0
    assert 0 < counted["counts"]["17"] < 60
    assert 20 < counted["counts"]["19"] < 400


def test_tiles_taken_along_lie_beneath_and_their_makers_are_named_as_text(page: Page) -> None:
    pkg = invented_area(50, tiles=True)
    pkg["tiles"]["attribution"] = "© <img src=x onerror=alert(1)>Người bịa"
    lon, lat = place(500, 500)
    kept = page.evaluate(
        """async ([pkg, lon, lat]) => {
          const { fetchTiles } = await import("/static/field/package.js");
          const at = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 17).divideBy(256).floor();
          pkg.tiles.urls = [`/v1/tiles/photo/17/${at.x}/${at.y}`];
          const store = { getMeta: async () => undefined };
          return fetchTiles(pkg, { store });
        }""",
        [pkg, lon, lat],
    )
    assert kept == {"wanted": 1, "kept": 1, "failed": 0, "is_full": False}
    show(page, pkg)
    for zoom in (17, 19):  # its own zoom, and closer than there are any
        page.evaluate(GO, [lon, lat, zoom])
        wait_until(
            page,
            """() => [...document.querySelectorAll("#map canvas.leaflet-tile-loaded")].some(
              (tile) => tile.getContext("2d").getImageData(9, 9, 1, 1).data[3] === 255)""",
        )
    assert page.locator(".map-credit").inner_text() == "© Người bịa"
    assert page.locator(".map-credit *").count() == 0


def test_a_map_is_named_its_buttons_are_large_and_nothing_stays_of_it(page: Page) -> None:
    pkg = invented_area(50)
    show(page, pkg)
    assert page.locator("#map").get_attribute("aria-label") == "Bản đồ khu vực"
    for name in ("Phóng to", "Thu nhỏ"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    here = {"lon": 106.652, "lat": 10.982, "accuracy_m": 12}
    page.evaluate(
        "(here) => { shown.setHere(here); shown.goTo(here, 19); shown.setHere(here) }", here
    )
    centre = page.evaluate("() => shown.centre()")
    assert (round(centre["lon"], 5), round(centre["lat"], 5)) == (106.652, 10.982)
    page.evaluate("() => { shown.setHere(null); shown.fit(); shown.remove(); shown = null }")
    assert page.locator(".area-dots, .leaflet-pane").count() == 0
    show(page, pkg)
    page.evaluate(
        "() => { shown.map.setZoom(shown.map.getZoom() + 1); shown.remove(); shown = null }"
    )
    expect(page.locator(".area-dots, .leaflet-pane")).to_have_count(0)


def test_codes_to_scan_are_those_of_cards(page: Page) -> None:
    link = "https://diachiso.example/a/75123-04827-7"
    size, path = page.evaluate(
        """async (plate) => {
          const { cardLink, qrSvg } = await import("/static/field/qr.js");
          const svg = qrSvg(cardLink(plate, "https://diachiso.example"));
          return [svg.viewBox.baseVal.width, svg.querySelector("path").getAttribute("d")];
        }""",
        "75123-04827-7",
    )
    shown = page.evaluate(
        """async () => {
          const { codePart } = await import("/static/field/code_part.js");
          const store = { getMeta: async () => ({ cards_at: "https://diachiso.example" }) };
          const part = await codePart(store, { code: "7512304827" });
          return part.querySelector("path").getAttribute("d");
        }"""
    )
    assert shown == path, "whatever name the phone reaches the server by"
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    card = QrCode(link)
    runs = {(x + step, y) for x, y, length in card.runs() for step in range(length)}
    assert size == card.modules
    for each in (dark, runs):
        modules = {(x - QUIET, y - QUIET) for x, y in each}
        assert read_qr(modules, size - 2 * QUIET) == link


SHEET = """async ([text, parts, query]) => {
  const { formScreen } = await import("/static/field/form.js");
  const pkg = JSON.parse(text);
  window.saved = [];
  window.broken = null;
  window.pkg = pkg;
  window.known = null;
  const store = {
    onChange: () => () => {},
    getPackage: async () => window.pkg ?? undefined,
    listAreas: async () => [],
    listRecords: async () => [],
    getRecord: async () => window.known,
    getDraft: async () => undefined,
    reviseRecord: async () => window.known,
    getPhoto: async () => null,
    putDraft: async () => {},
    saveRecord: async (record, photos) => window.saved.push([record, photos.length]),
    getMeta: async (key) => {
      if (key === "server_ahead_s" && window.broken) throw window.broken;
    },
  };
  const geolocation = {
    watchPosition: (ok, no) => ((window.watch = { ok, no }), 1),
    clearWatch: () => {},
  };
  Object.defineProperty(navigator, "geolocation", { value: geolocation, configurable: true });
  window.fix = ([lon, lat], accuracy, at) =>
    watch.ok({ coords: { longitude: lon, latitude: lat, accuracy }, timestamp: at });
  window.showSheet = async (some, asked = "") => {
    window.sheet?.close();
    const field = (window.field = { store, rename: () => {}, replace: async () => {} });
    window.sheet = await formScreen(field, some, new URLSearchParams(asked));
    const { body, foot } = window.sheet;
    document.getElementById("field").replaceChildren(...[...body, ...foot].filter(Boolean));
    window.sheet.ready();
  };
  await window.showSheet(parts, query);
}"""
"""Shows a sheet on a store that keeps nothing: what is saved is in ``saved``."""


def sheet(page: Page, parts: list[str], query: str = "") -> None:
    """Show a sheet of an invented area in which two localities begin alike."""
    page.evaluate(
        """() => {
          window.shown?.remove();
          window.shown = null;
          document.getElementById("map")?.remove();
        }"""
    )
    pkg = invented_area(300)
    pkg["localities"] = [["khu_pho", "Khu phố 1"], ["khu_pho", "Khu phố 10"]]
    page.evaluate(SHEET, [json.dumps(pkg), parts, query])


def test_what_is_typed_and_picked_on_a_sheet_is_taken_as_it_is_meant(page: Page) -> None:
    lon, lat = place(500, 80)
    sheet(page, ["add", TASK], f"at={lon},{lat},95.4")
    expect(page.locator("#accuracy")).to_have_text("95 m")
    expect(page.locator('.finding[data-check="accuracy-low"]')).to_be_visible()
    expect(page.get_by_text("Như nhà bên cạnh")).to_be_visible()
    page.locator("#locality").press_sequentially("Khu phố 10")
    page.locator("#locality").press("Tab")
    chosen = page.get_by_role("button", name=re.compile("^Bỏ "))
    assert [each.get_attribute("aria-label") for each in chosen.all()] == ["Bỏ Khu phố 10"]
    expect(page.get_by_text("Như nhà bên cạnh")).to_be_hidden()
    for number in (21, 22):
        page.locator("#locality").fill(f"Tổ {number}")
        page.locator("#locality").press("Enter")
    expect(page.get_by_text("Đã đủ 3 tên")).to_be_visible()
    expect(page.locator("#locality")).not_to_be_editable()
    page.locator("#rooms").press_sequentially("1a2")
    expect(page.locator("#rooms")).to_have_value("12")
    page.get_by_text("Loại khác").click()
    page.get_by_role("radio", name="Doanh nghiệp").check()
    expect(page.locator("#rooms")).to_be_visible()


def test_whoever_was_refused_a_position_measures_again_and_chips_stay_at_each_fix(
    page: Page,
) -> None:
    sheet(page, ["add", TASK])
    page.evaluate("watch.no({ code: 1 })")
    expect(page.locator("#position-told")).to_contain_text("bấm “Đo vị trí cổng”")
    page.get_by_role("button", name="Đo vị trí cổng").tap()
    expect(page.locator("#position-told")).to_contain_text("Đang tìm vị trí")
    page.evaluate(
        """(point) => {
          fix(point, 12, 1000);
          window.chip = document.querySelector("#suggestions button");
          window.told = document.querySelector("#position-told [role=status]").firstChild;
          fix(point, 11, 2000);
        }""",
        place(500, 80),
    )
    expect(page.locator("#position-told")).to_contain_text("Đã đo 2 lần")
    assert page.evaluate("() => [chip.isConnected, told.isConnected]") == [True, True]


def test_a_place_marked_on_the_map_goes_on_as_exact_as_it_is_and_stays_said(page: Page) -> None:
    sheet(page, ["add", TASK])
    page.evaluate(
        """async (task) => {
          const { mapScreen } = await import("/static/field/map_screen.js");
          window.sheet.close();
          window.sheet = await mapScreen(window.field, ["map", task]);
          const { body, foot, ready } = window.sheet;
          document.getElementById("field").replaceChildren(...body, ...foot);
          const map = document.getElementById("map");
          map.style.height = "300px";
          ready();
          const at = { clientX: 100, clientY: 100, bubbles: true };
          map.dispatchEvent(new MouseEvent("contextmenu", at));
        }""",
        TASK,
    )
    add = page.locator("#add-here")
    expect(add).to_have_text("Thêm ở chỗ đã đánh dấu")
    *_, accuracy_m = str(add.get_attribute("href")).partition("?at=")[2].split(",")
    assert float(accuracy_m) > 20, "far out nobody marks a gate to the metre"
    page.evaluate("(point) => fix(point, 12, 1000)", place(500, 80))
    said = page.locator(".map-said")
    expect(said).to_have_text("Đã đánh dấu chỗ mới. Bạn đang ở đây, sai số khoảng 12 m.")
    page.evaluate("() => { watch.no({ code: 1 }); window.watch = null }")
    expect(said).to_contain_text("bấm “Vị trí của tôi”")
    page.locator("#my-place").tap()
    wait_until(page, "() => watch !== null")


def test_saving_waits_for_a_photo_and_what_fails_is_tried_again(page: Page) -> None:
    ref = invented_area(300)["addresses"][0][0]
    sheet(page, ["nobody-home", TASK, ref])
    page.evaluate(
        """() => {
          const known = globalThis.createImageBitmap;
          const held = new Promise((go) => { window.release = go; });
          globalThis.createImageBitmap = async (...given) => {
            await held;
            globalThis.createImageBitmap = known;
            return known(...given);
          };
          window.broken = Object.assign(new Error("store"), { kind: "superseded" });
        }"""
    )
    gate = FilePayload(name="gate.jpg", mimeType="image/jpeg", buffer=photo(400, 300))
    page.set_input_files("#photo", [gate])
    page.locator("#save").tap()
    page.evaluate("release()")
    expect(page.locator("#save-said")).to_contain_text("đã được cập nhật trong thẻ khác")
    page.evaluate("() => { window.broken = null }")
    page.locator("#save").tap()
    wait_until(page, "() => saved.length > 0")
    record, photos = page.evaluate("() => saved[0]")
    assert len(record["photos"]) + photos == 1

    page.evaluate(
        """([record]) => {
          window.known = { ...record, status: "needs-you", photos: [] };
          window.pkg = null;
          return showSheet(["edit", record.id]);
        }""",
        [record],
    )
    expect(page.get_by_text("không còn trên máy. Bạn vẫn sửa")).to_be_visible()
    page.locator("#save").tap()
    wait_until(page, "() => saved.length > 1")
