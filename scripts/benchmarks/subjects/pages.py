"""Pages for people: under 50 clients against a route that does nothing, and on a slow telephone.

The telephone is a real browser behind 1.6 Mb/s and 150 ms, a quarter as fast as this machine, its
cache empty. A page can be used once its heading is there and its first field can be typed into; the
map comes after that and is not counted. A page that comes late or heavy, or is not answered at all,
fails the bench.
"""

from __future__ import annotations

import shutil
import statistics
import time
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, sync_playwright

from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from benchmarks.figures import Figure
from benchmarks.http_rounds import Comparison, Endpoint, compare, running_service
from benchmarks.subjects.overload import fill

_ROWS = 20_000
_CLIENTS = 50
_ROUNDS = 3
_SECONDS = 2
_TIMES = 3

GATE = True
"""What is late or heavy ends with an error: see ``benchmarks.__main__``."""

_BYTES_PER_S = 1_600_000 / 8
_LATENCY_MS = 150
_SLOWER = 4
_MOST_KB = 300.0
_MOST_S = 3.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """How one page came to a slow telephone."""

    usable_s: float
    kb: float


def run() -> list[Figure]:
    """Measure over synthetic addresses, one worker."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        codes = fill(url, _ROWS)
        with running_service(
            url, factory="benchmarks.lookup_app:app", anonymous_per_minute="1000000000"
        ) as base:
            _wait_for_names(base)
            texts = [f"{at}/2A Đường {at % 500}, Thủ Dầu Một" for at in range(1, 1_000)]
            found = compare(
                [
                    Endpoint("nothing", base, ["/bench/nothing"]),
                    Endpoint("home", base, ["/"]),
                    Endpoint("address", base, [f"/a/{code}" for code in codes]),
                    Endpoint("text", base, [f"/?q={quote(text)}" for text in texts]),
                ],
                rounds=_ROUNDS,
                connections=_CLIENTS,
                seconds=_SECONDS,
            )
            pages = {
                "home": "/",
                "address": f"/a/{codes[0]}",
                "text": f"/?q={quote(texts[0])}",
                "report": "/report?kind=missing",
            }
            loads = _on_a_telephone(base, pages)
    return _figures(found, loads)


def _wait_for_names(base: str) -> None:
    """Wait until a text is answered: names are read after the start."""
    with httpx.Client(base_url=base, timeout=30) as client:
        while client.get("/v1/geocode", params={"q": "x"}).status_code != httpx.codes.OK:
            time.sleep(0.1)


def _on_a_telephone(base: str, pages: dict[str, str]) -> dict[str, list[Loaded]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        loads = {
            name: [_load(browser, base + path) for _ in range(_TIMES)]
            for name, path in pages.items()
        }
        browser.close()
    return loads


def _load(browser: Browser, url: str) -> Loaded:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.route("**/maplibre-gl*.mjs*", lambda route: route.abort())
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": _LATENCY_MS,
        "downloadThroughput": _BYTES_PER_S,
        "uploadThroughput": _BYTES_PER_S / 2,
    }
    session.send("Network.emulateNetworkConditions", conditions)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    sent: list[float] = []
    session.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    started = time.perf_counter()
    answer = page.goto(url, wait_until="commit")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{url} was not answered")
    page.locator("h1").first.wait_for()
    field = page.locator("main input:visible, main textarea:visible")
    if field.count():
        field.first.focus()
    usable_s = time.perf_counter() - started
    page.wait_for_load_state("load")
    page.context.close()
    return Loaded(usable_s, sum(sent) / 1000)


def _figures(found: Comparison, loads: dict[str, list[Loaded]]) -> list[Figure]:
    figures = [Figure("no-op route p99, 50 clients", found.p99_ms("nothing"), "ms")]
    for name in ("home", "address", "text"):
        figures += [
            Figure(f"{name} / no-op route, 50 clients", found.ratio(name), "ratio"),
            Figure(f"{name} p99, 50 clients", found.p99_ms(name), "ms"),
        ]
    for name, some in loads.items():
        usable_s = statistics.median(each.usable_s for each in some)
        kb = max(each.kb for each in some)
        figures += [
            Figure(f"{name}: usable on a slow telephone", usable_s, "s", _MOST_S, "lower"),
            Figure(f"{name}: sent before the map", kb, "kB", _MOST_KB, "lower"),
        ]
    # told for its own sake: how restless a machine is fails no page
    return [*figures, Figure("unrest of the no-op rounds", found.unrest(), "max/min")]
