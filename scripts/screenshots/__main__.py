"""Make the pictures README shows, from the demo, on a throw-away server of its own.

The demo is drawn by a fixed seed, windows have fixed sizes, nothing moves, and a picture is taken
once its map says that it is drawn: made again, the pictures differ by the day they show only.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from addrsvc.cli.web_server import free_port

HERE = Path(__file__).resolve().parent
EXAMPLE = "99001-00001"
MOST_BYTES = 150_000
_COLOURS = 256
_PATIENCE_S = 180
_CHROMIUM = [
    "--no-sandbox",  # root cannot have one
    "--use-gl=angle",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # containers have 64 MB of it
    "--font-render-hinting=none",
]


@dataclass(frozen=True)
class Screen:
    """One picture: its window in CSS pixels, how many dots each has, what is done before."""

    width: int
    height: int
    scale: float
    show: Callable[[Page, str], None]


def _show_home(page: Page, base: str) -> None:
    """Show the one box while somebody types without accents."""
    page.goto(base)
    box = page.get_by_role("combobox")
    box.press_sequentially("123/45 le loi")
    page.get_by_role("option").first.wait_for()


def _show_address(page: Page, base: str) -> None:
    page.goto(f"{base}/a/{EXAMPLE.replace('-', '')}")
    page.locator("#map[data-state=drawn]").wait_for()


def _show_planning(page: Page, base: str) -> None:
    page.goto(f"{base}/planning?q={EXAMPLE}")
    page.locator("#map[data-state=drawn]").wait_for()
    page.locator("#map").evaluate("map => map.scrollIntoView({ block: 'end' })")


def _show_plate(page: Page, base: str) -> None:
    page.goto(f"{base}/v1/addresses/{EXAMPLE}/plate?format=svg&size=standard")


def _show_field(page: Page, base: str) -> None:
    """Show the form of a house while its gate is measured; the telephone has no network."""
    page.context.grant_permissions(["geolocation"])
    page.route("**/v1/collection/**", lambda route: route.abort())
    page.goto(f"{base}/field")
    page.locator("#field[data-screen=start]").wait_for()
    page.evaluate(_TELEPHONE, [_HOUSES, _LON, _LAT])
    page.goto(f"{base}/field?#/add")
    measured = page.locator("#part-position")
    for fix in range(8):
        lon, lat = _LON + 8.4 * _HOUSE_DEG, _LAT + fix * 1e-7
        page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 4.2})
        measured.and_(page.locator(f"[data-fixes='{fix + 1}']")).wait_for()
    page.locator("#suggestions").wait_for()


_LON, _LAT, _HOUSE_DEG = 106.65, 10.98, 1e-4
_HOUSES = [[str(number), _LON + number * _HOUSE_DEG] for number in (2, 4, 6, 10, 12)]
_TELEPHONE = """async ([houses, lon, lat]) => {
  const { openStore } = await import("/static/field/store.js");
  const store = await openStore();
  const task = { task_id: crypto.randomUUID(), title: "Khu phố 3", commune_code: "99001" };
  await store.putPackage({
    task,
    commune: { code: "99001", name: "Phường Mẫu" },
    bbox: [lon, lat - 0.01, lon + 0.01, lat + 0.01],
    area: null,
    commune_boundary: null,
    streets: ["Đường Lê Lợi"],
    localities: [["khu_pho", "Khu phố 3"]],
    columns: ["ref", "kind", "house_number", "thoroughfare", "localities", "lon", "lat"],
    addresses: houses.map(([number, at], place) => [
      `990010000${place}`, "dwelling", number, "Đường Lê Lợi", [["khu_pho", "Khu phố 3"]], at, lat,
    ]),
  });
  await store.becomeDevice({ key: "invented", key_id: "invented", areas: ["99001"] });
}"""
"""What makes the telephone of the picture one that has an area with it; all invented."""

SCREENS = {
    "home": Screen(1120, 760, 1, _show_home),
    "address": Screen(360, 1010, 2, _show_address),
    "planning": Screen(360, 1010, 2, _show_planning),
    "field": Screen(360, 1010, 2, _show_field),
    "plate": Screen(567, 378, 1.5, _show_plate),
}


def main() -> None:
    """Read the arguments, serve the demo, take the pictures."""
    parser = argparse.ArgumentParser(
        prog="scripts/screens",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCREENS)}")
    parser.add_argument("--to", type=Path, default=HERE, metavar="DIR", help="where they go")
    parser.add_argument("--server", metavar="URL", help="a demo that is served already")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(SCREENS)
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {list(SCREENS)}")
    serving = contextlib.nullcontext(arguments.server) if arguments.server else serve_demo()
    arguments.to.mkdir(parents=True, exist_ok=True)
    with serving as base, open_browser() as browser:
        for name in arguments.names or SCREENS:
            picture = take(browser, base, SCREENS[name])
            if len(picture) > MOST_BYTES:
                sys.exit(f"{name}: {len(picture):,} bytes are more than {MOST_BYTES:,}")
            (arguments.to / f"{name}.png").write_bytes(picture)
            print(f"{name}.png: {len(picture):,} bytes", flush=True)


@contextlib.contextmanager
def serve_demo() -> Iterator[str]:
    """Serve the demo from a folder that is gone afterwards; ready once it knows its names."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {name: text for name, text in os.environ.items() if "ADDRSVC_" not in name}
    environment |= {"ADDRSVC_ANONYMOUS_PER_MINUTE": "10000"}
    with tempfile.TemporaryDirectory(prefix="addrsvc-screens-") as folder:
        Path(folder).chmod(0o755)  # the cluster of a root user runs as postgres
        command = [sys.executable, "-P", "-m", "addrsvc", "serve", "--demo", "--file-workers=0"]
        command += [f"--port={port}", f"--data-dir={folder}/data"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own command
        try:
            wait_for(base, server)
            yield base
        finally:
            server.terminate()
            server.wait()


def wait_for(base: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until names are read and the worker has made the boundaries of the basemap."""
    deadline = time.monotonic() + _PATIENCE_S
    asked = {"/v1/geocode?q=le+loi": b"label", "/v1/tiles/basemap/9/407/240": b"boundaries"}
    with httpx.Client(base_url=base) as client:
        while asked:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit("the demo did not become ready")
            with contextlib.suppress(httpx.TransportError):
                answers = {path: client.get(path).content for path in asked}
                asked = {path: sign for path, sign in asked.items() if sign not in answers[path]}
            time.sleep(0.5)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Give the Chromium of the system."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_CHROMIUM)
        yield browser
        browser.close()


def take(browser: Browser, base: str, screen: Screen) -> bytes:
    """Take one picture, in a window that knows nothing of those before."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE_S * 1000)
    page = context.new_page()
    screen.show(page, base)
    page.evaluate("document.fonts.ready")
    taken = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return shrunk(taken)


def shrunk(png: bytes) -> bytes:
    """Give the same picture in few colours, as small as PNG makes it."""
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


main()
