"""Every page, on a telephone and on a desk, in both languages, while all its texts are hostile.

Sixty payloads stand in every field a person can write and a page shows. The trap is
``window.__xss``; nothing springs it, and the policy of the pages has nothing to stop.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pages_world as world
import pytest
from answer_headers import faults
from fastapi import FastAPI
from pages_world import LOGIN, PASSWORD, PAYLOADS, PERSON, Names
from playwright.sync_api import Page
from registry_fixtures import WEST
from waiting import wait_until

from addrsvc.app import create_app
from addrsvc.settings import Settings

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

TELEPHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Look:
    """One look at a page."""

    route: str
    path: str
    status: int = 200
    is_open: bool = False
    """For everybody; else somebody who may do everything is signed in."""
    ready: str = ""
    """What its script puts there."""
    shows: tuple[str, ...] = ()
    """Texts that stand there, as they were written."""


def look(route: str, *paths: str, **how: Any) -> list[Look]:
    return [Look(route, each, **how) for each in paths or (route,)]


_TYPED = quote(" ".join(PAYLOADS[1:4]), safe="")
LOOKS = [
    *look("/", "/", "/?again", "/?q={code}", "/?q=10.95%20106.61", is_open=True),
    *look("/", "/?q=X%3D1500000%20Y%3D598371", status=422, is_open=True),
    *look("/", f"/?q={_TYPED}", status=404, is_open=True),
    *look("/a/{text:path}", "/a/{code}", "/a/{retired}", is_open=True),
    *look("/a/{text:path}", "/a/7512399999", status=404, is_open=True),
    *look("/docs", is_open=True),
    *look("/findings", is_open=True),
    *look("/findings/{id}", "/findings/outside-commune", is_open=True),
    *look("/quality", is_open=True),
    *look("/sign-in", is_open=True),
    *look("/certificate", "/certificate", "/certificate?code={code}", is_open=True),
    *look("/certificate/{serial}", is_open=True),
    *look("/planning", "/planning", "/planning?q=10.95%20106.61", is_open=True),
    *look("/plans", is_open=True),
    *look("/plans/{plan_id}", "/plans/{plan}", is_open=True),
    *look("/v1/plans/{plan_id}/map", "/v1/plans/{plan}/map?lang={lang}", is_open=True),
    *look("/widget", is_open=True),
    *look("/plans", "/plans?status=draft"),
    *look("/plans/new"),
    *look("/plans/{plan_id}", "/plans/{draft}"),
    *look("/plans/{plan_id}/edit", "/plans/{draft}/edit"),
    *look("/plans/{plan_id}/publish", "/plans/{draft}/publish"),
    *look("/plans/{plan_id}/files/{file_id}", "/plans/{draft}/files/{file}"),
    *look(
        "/v1/plans/{plan_id}/files/{file_id}/map",
        "/v1/plans/{draft}/files/{file}/map?lang={lang}",
    ),
    *look("/account", shows=(PERSON,)),
    *look("/desk", ready="#desk-item:not([hidden]) #desk-facts *"),
    *look("/webhooks", shows=PAYLOADS[::4]),
    *look("/coverage"),
    *look("/field", is_open=True, ready="#field h1"),
    *look("/field/enrol", ready="#enrol-send:not([disabled])"),
    *look("/v1/coverage/map", "/v1/coverage/map?lang={lang}"),
    *look("/collection", "/collection", f"/collection?commune={WEST}"),
    *look("/collection/tasks/{task_id}", "/collection/tasks/{task}"),
    *look("/collection/quality"),
    *look("/collection/devices"),
    *look("/collection/contacts"),
    *look("/notices"),
    *look("/notices/{batch_id}", "/notices/{batch}"),
    *look("/report", "/report", "/report?kind=missing", is_open=True),
    *look("/report", "/report?kind=wrong&code={code}", is_open=True),
    *look("/report/{number}", "/report/{ticket}", is_open=True),
    *look("/statistics", "/statistics", "/statistics?by=day"),
    *look(
        "/v1/plans/{plan_id}/changes/map",
        "/v1/plans/{plan}/changes/map?against={before}&lang={lang}",
        is_open=True,
    ),
    *look("/v1/dossiers/statistics/map", "/v1/dossiers/statistics/map?lang={lang}"),
    *look("/jobs"),
    *look("/jobs/{job_id}", *(f"/jobs/{{{each}}}" for each in world.STATES)),
    *look("/jobs/{job_id}/changes", "/jobs/{done}/changes", status=410),
]


def pages_of(app: FastAPI) -> set[str]:
    """Give the paths of all routes that answer a browser with HTML."""

    def walk(routes: Iterable[Any]) -> Iterator[str]:
        for route in routes:
            if (included := getattr(route, "original_router", None)) is not None:
                yield from walk(included.routes)
            elif "GET" in (getattr(route, "methods", None) or ()):
                told = (getattr(route, "responses", None) or {}).get(200, {}).get("content", {})
                is_page = route.endpoint.__module__.startswith("addrsvc.web.")
                if is_page or "text/html" in told:
                    yield route.path

    return {
        each
        for each in walk(app.routes)
        if not each.endswith((".js", ".crt", ".csv", ".webmanifest", "{name:path}"))
    }


def test_every_page_is_looked_at() -> None:
    """Whoever adds a page says in ``LOOKS`` how it is come by."""
    assert pages_of(create_app(Settings())) == {each.route for each in LOOKS}


@dataclass(frozen=True)
class Site:
    """A running server of the hostile world."""

    base: str
    names: Names


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase,
    registry_template: str,
    serve_app: ServeApp,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    files_dir = tmp_path_factory.mktemp("files")
    with clone_database(registry_template) as url:
        names = world.before_start(url, files_dir)
        with serve_app(url, **world.settings_of(files_dir)) as base:
            world.after_start(url, base, names)
            yield Site(base, names)


_FAULTS = Path(__file__).with_name("page_faults.js").read_text(encoding="utf-8")
_AXE = """(runOnly) =>
  axe.run({ runOnly, iframes: false, resultTypes: ["violations"] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`))"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_TRAP = """
window.__stopped = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__stopped.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
"""Notes what the policy stopped; ``window.__xss`` is what ran."""
_NO_MAPS = """(() => {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...how) {
    return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...how);
  };
})()"""
"""They are drawn in other tests, and take long."""


def sweep(page: Page, site: Site, looks: Iterable[Look], language: str) -> list[str]:
    """Look at pages, and tell what is wrong with them."""
    wrong = []
    for each in looks:
        path = site.names.filled(each.path).replace("{lang}", language)
        if "lang=" not in path:
            path += f"{'&' if '?' in path else '?'}lang={language}"
        answer = page.goto(site.base + path)
        assert answer is not None
        if each.ready:
            page.locator(each.ready).first.wait_for()
        found = faults(
            httpx.Response(answer.status, headers=answer.all_headers()),
            is_signed_in=not each.is_open,
            is_for_others=each.route == "/widget",
        )
        if answer.status != each.status:
            found.append(f"status {answer.status}")
        if page.locator("html").get_attribute("lang") != language:
            found.append("not in its language")
        page.keyboard.press("Tab")  # from now on focus is shown, by whatever it is given
        for size in (TELEPHONE, DESK):
            page.set_viewport_size(size)
            found += [f"{size['width']}: {one}" for one in page.evaluate(_FAULTS)]
            if (size is DESK) == (language == "en"):
                found += page.evaluate(_AXE, _RULES)
        wrong += [f"{each.path} {language}: {one}" for one in [*found, *what_ran(page)]]
        shown = _shown(page.locator("body").inner_text())
        wrong += [f"{each.path} hides {one}" for one in each.shows if _shown(one) not in shown]
    return wrong


def what_ran(page: Page) -> list[str]:
    """Tell of payloads that ran, or would have without the policy."""
    ran: list[str] = page.evaluate("[...window.__stopped, ...(window.__xss ? ['ran'] : [])]")
    return ran


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_for_everybody(
    browser_page: OpenPage, site: Site, axe_source: str, language: str
) -> None:
    """As WCAG 2.2 AA has it; in light on a telephone, in dark on a desk."""
    page = browser_page(
        color_scheme="dark" if language == "en" else "light",
        expected_problems=("404", "410", "422", "WebGL", "webgl"),
    )
    for script in (_TRAP, _NO_MAPS, axe_source):
        page.add_init_script(script)
    wrong = sweep(page, site, [each for each in LOOKS if each.is_open], language)
    page.goto(f"{site.base}/sign-in?lang=vi")
    page.get_by_label("Tên đăng nhập").fill(LOGIN)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site.base}/")
    wrong += sweep(page, site, [each for each in LOOKS if not each.is_open], language)
    assert not wrong, "\n".join(wrong)


def _shown(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def test_addresses_show_sixty_payloads_as_text(browser_page: OpenPage, site: Site) -> None:
    assert len(PAYLOADS) >= 60
    page = browser_page(expected_problems=("WebGL", "webgl"))
    page.add_init_script(_TRAP)
    wrong = []
    for at, code in zip(range(0, len(PAYLOADS), 4), site.names.codes, strict=True):
        page.goto(f"{site.base}/a/{code}")
        if at == 0:  # the map shows the names of communes
            page.locator("#map[data-state=drawn]").wait_for()
            page.add_init_script(_NO_MAPS)
        shown = _shown(page.locator("main").inner_text())
        wrong += [each for each in PAYLOADS[at : at + 4] if _shown(each) not in shown]
        wrong += what_ran(page)
    assert not wrong, wrong


INPUTS: tuple[Callable[[httpx.Client, str], httpx.Response], ...] = (
    lambda client, text: client.get("/", params={"q": text}),
    lambda client, text: client.get("/", params={"q": "X=1 Y=2", "zone": text, "lang": text}),
    lambda client, text: client.get(f"/a/{quote(text, safe='')}"),
    lambda client, text: client.get(f"/khong-co/{quote(text, safe='')}"),
    lambda client, text: client.get(f"/findings/{quote(text, safe='')}"),
    lambda client, text: client.get("/sign-in", params={"next": text}),
    lambda client, text: client.get("/sign-in", params={"next": f"/{text}"}),
    lambda client, text: client.get("/planning", params={"q": text, "day": text}),
    lambda client, text: client.get("/plans", params={"kind": text, "commune": text}),
    lambda client, text: client.get("/certificate", params={"code": text}),
    lambda client, text: client.get(f"/certificate/{quote(text, safe='')}"),
    lambda client, text: client.get("/widget", params={"q": text, "zone": text}),
    lambda client, text: client.get("/report", params={"kind": "wrong", "code": text}),
    lambda client, text: client.get(f"/report/{quote(text, safe='')}"),
    lambda client, text: client.get(
        "/", headers={"Cookie": f"lang={quote(text)}; x={quote(text)}"}
    ),
    lambda client, text: client.get("/khong-co", headers={"Accept-Language": quote(text)}),
    lambda client, text: client.post("/here", data={"lon": text, "lat": text, "accuracy_m": text}),
    lambda client, text: client.post("/planning", data={"corners": text, "day": text}),
    lambda client, text: client.post("/certificate", data={"text": text}),
    lambda client, text: client.post("/certificate/issue", data={"code": text}),
    lambda client, text: client.post("/sign-in", data={"login": text, "next": text}),
    lambda client, text: client.post(
        "/report", data={"kind": "missing", "place": text, "text": text}
    ),
    lambda client, text: client.post("/report", data={"kind": text, "name": text, "phone": text}),
)
"""Everything anybody may send to a page, and see again."""


def test_no_payload_comes_back_as_markup(site: Site) -> None:
    """Each goes into a third of the inputs, and each input is given a third of them."""
    wrong = []
    with httpx.Client(base_url=site.base, headers={"Accept": "text/html"}) as client:
        for at, payload in enumerate(PAYLOADS):
            for ask in INPUTS[at % 3 :: 3]:
                page = ask(client, payload)
                found = faults(page, is_for_others=page.url.path == "/widget")
                if page.status_code not in {200, 303, 307, 308, 403, 404, 409, 422, 429}:
                    found.append(f"status {page.status_code}")
                onward = page.headers.get("location", "/")
                if not onward.startswith("/") or urlsplit(onward).netloc:
                    found.append(f"leads to {onward}")
                drawn = page.text.replace('<img src="/static/', "")
                marks = [
                    each for each in ("<script>", "<img", "<svg", "<iframe") if each in payload
                ]
                found += [each for each in marks if each in drawn]
                wrong += [f"{page.request.method} {page.url}: {each}" for each in found]
    assert not wrong, "\n".join(wrong)


def test_papers_and_tables_hold_payloads_as_text(site: Site) -> None:
    known, formulas = site.names, 0
    wrong: list[str] = []
    headers = {"Authorization": f"Bearer {known.key}"}
    with httpx.Client(base_url=site.base, headers=headers, timeout=60) as client:
        for code in known.codes[1::4]:
            for paper in ("card?format=svg", "plate?format=svg"):
                answer = client.get(f"/v1/addresses/{code}/{paper}")
                wrong += faults(answer)
                tags = set(re.findall(r"<([a-zA-Z][\w:]*)", answer.text))
                wrong += tags - {"svg", "g", "title", "rect", "path", "text"}
                wrong += re.findall(r"<[^>]*\son\w+=", answer.text)
            printed = client.get(f"/v1/addresses/{code}/card?format=pdf").content
            active = (b"/JavaScript", b"/JS", b"/OpenAction", b"/Launch")
            wrong += [f"{each!r} in a card" for each in active if each in printed]
        for path in (
            "/v1/coverage?format=csv",
            "/v1/dossiers/statistics?by=commune&format=csv",
            known.filled("/v1/plans/{plan}/changes?against={before}&format=csv"),
        ):
            answer = client.get(path)
            assert answer.headers["content-type"].startswith("text/csv"), answer.text
            wrong += faults(answer)
            formulas += answer.text.count("'=HYPERLINK")
            cells = chain.from_iterable(csv.reader(io.StringIO(answer.text), delimiter=";"))
            wrong += [f"{path}: {each}" for each in cells if each.startswith(tuple("=+-@\t"))]
    assert not wrong, wrong
    assert formulas, "no table held one"


def test_the_trap_springs(browser_page: OpenPage, site: Site) -> None:
    """Where text is taken for a document it runs, and the policy of our pages stops it."""
    page = browser_page(expected_problems=("Content Security Policy", "404"))
    page.add_init_script(_TRAP)
    page.set_content(PAYLOADS[15])
    wait_until(page, "window.__xss === 1")
    page.goto(f"{site.base}/docs")
    page.evaluate("(text) => { document.querySelector('main').innerHTML = text }", PAYLOADS[15])
    wait_until(page, "window.__stopped.length > 0")
    assert page.evaluate("window.__xss") is None
