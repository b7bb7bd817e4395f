"""A day of fifty records with photos, on a network that fails at every step of each of them.

Everything goes over HTTPS to the page as it is served; the phone's own store and outbox do the
work, and what they held is compared with what the server has. All addresses and people are
invented.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import itertools
import json
import os
import random
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from collection_world import COLLECTOR, CONTACT, LAT, LON, PASSWORD, STREET, apart, open_accounts
from field_faults import Asked, Fault, FaultyNetwork, faulty_network
from forked_server import Server, forked_server
from local_tls import make_local_tls
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright
from registry_fixtures import WEST
from service_settings import service_settings
from waiting import wait_until

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]

RECORDS = 50
KNOWN = 6
"""Addresses that are there before the day begins."""
PATIENCE_MS = 90_000
DRIVER = Path(__file__).with_name("field_driver.js")
PAGE = (
    b"<!doctype html><title>Th\xe1\xbb\xad</title><main id=field></main>"
    b"<script type=module src=/field/driver.js></script>"
)


@dataclass
class Host:
    """The server, which may be killed and started again."""

    url: str
    port: int
    environment: dict[str, str]
    running: ExitStack
    process: Server | None = None

    def start(self) -> None:
        self.process = self.running.enter_context(forked_server(self.port, self.environment))
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}") as client:
            while True:
                assert self.process.is_alive(), "the server ended while starting"
                try:
                    if client.get("/readyz").is_success:
                        return
                except httpx.TransportError:
                    continue

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.join()
        self.running.close()


@dataclass
class Site:
    """Phone, network and server."""

    host: Host
    network: FaultyNetwork
    context: BrowserContext
    known: list[str]
    """Codes of addresses that are there before the day begins."""
    problems: list[str]

    def open(self, path: str = "/field/driver", *, ahead_h: int = 0) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        if ahead_h:
            page.add_init_script(_FAST_CLOCK.replace("HOURS", str(ahead_h)))
        page.goto(self.network.base + path)
        if path == "/field/driver":
            expect(page.locator("html")).to_have_attribute("data-driver", "ready")
        return page

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.host.url) as conn:
            return conn.execute(query, values).fetchall()

    def change(self, query: str, *values: Any) -> None:
        with psycopg.connect(self.host.url) as conn:
            conn.execute(query, values)


_FAST_CLOCK = """{
  const Real = Date;
  const ahead = HOURS * 3600e3;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(Real.now() + ahead);
    }
    static now() {
      return Real.now() + ahead;
    }
  };
}"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def site(
    clone_database: CloneDatabase,
    registry_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    tls = make_local_tls(tmp_path_factory.mktemp("tls"))
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path
    with ExitStack() as stack:
        url = stack.enter_context(clone_database(registry_template))
        apart(open_accounts(url, [COLLECTOR], [WEST]))
        known = apart(_assign(url))
        port = _free_port()
        environment = {
            **os.environ,
            "ADDRSVC_DATABASE_URL": url,
            "ADDRSVC_FILES_DIR": str(tmp_path_factory.mktemp("files")),
            # a day in a minute: nobody is to wait for the next one
            "ADDRSVC_KNOWN_PER_MINUTE": "100000",
            "ADDRSVC_ANONYMOUS_PER_MINUTE": "100000",
        }
        host = Host(url, port, environment, stack.enter_context(ExitStack()))
        host.start()
        network = stack.enter_context(faulty_network(port, tls))
        network.pages = {
            "/field/driver": ("text/html", PAGE),
            "/field/driver.js": ("text/javascript", DRIVER.read_bytes()),
        }
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", tls.chromium_flag],
        )
        stack.callback(browser.close)
        expect.set_options(timeout=PATIENCE_MS)
        context = browser.new_context(locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        made = Site(host, network, context, known, [])
        enrol(made)
        yield made


async def _assign(url: str) -> list[str]:
    """Assign addresses some kilometres away from the day's."""
    engine, someone, clock = make_engine(service_settings(url)), command_line("t"), SystemClock()
    codes = []
    async with transaction(engine) as conn:
        for number in range(1, KNOWN + 1):
            wanted = AssignAddress(
                kind=Kind.DWELLING,
                source="test",
                components=Components(house_number=str(number), thoroughfare=STREET),
                position=Position(
                    LonLat(LON - 0.02 - number * 1e-3, LAT), 4.5, Method.GNSS, Marks.ENTRANCE
                ),
            )
            made = await service.assign_address(conn, someone, wanted, clock)
            codes.append(str(made.code))
    await engine.dispose()
    return codes


def enrol(site: Site) -> None:
    """Make the phone a device, as a collector does."""
    page = site.open("/field/enrol")
    page.get_by_label("Tên đăng nhập").fill(COLLECTOR)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Tên máy").fill("Máy thử")
    page.locator("#enrol-send").click()
    page.wait_for_url("**/field")
    page.close()


def picture(number: int) -> str:
    """Give a JPEG as base64, each another; every tenth takes more than one part."""
    rng = random.Random(number)  # noqa: S311 -- pictures, no secrets
    size = 640 if number % 10 == 0 else 24
    image = Image.frombytes("RGB", (size, size), rng.randbytes(size * size * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90 if size > 100 else 70)
    return base64.b64encode(out.getvalue()).decode()


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


OTHERS = {7: "gone", 17: "nobody-home", 27: "correct", 37: "correct"}
"""Records about addresses that are there; all others add one."""


def record(number: int, known: Sequence[str]) -> dict[str, Any]:
    """Give one of the day's records as a form has it."""
    act = OTHERS.get(number, "add")
    spot = {
        "lon": LON + number % 10 * 9e-4,
        "lat": LAT + number // 10 * 9e-4,
        "accuracy_m": 4.2,
        "method": "gnss",
        "samples": 14,
        "spread_m": 2.1,
    }
    form: dict[str, Any] = {
        "kind": "dwelling",
        "house_number": f"{number + 100}",
        "thoroughfare": STREET,
        "localities": [["khu_pho", "3"]],
        "position": spot,
        "address": None,
        "overrides": [],
    }
    if act != "add":
        form["address"] = {"ref": known[list(OTHERS).index(number)], "version": 1}
        form["position"] = None
    contact = {**CONTACT, "words": f"Nhà số {number}"} if number % 3 == 0 else None
    return {
        "id": _id(number),
        "act": act,
        "made_min_ago": (RECORDS - number) * 5,
        "commune_code": WEST,
        "form": form,
        "private": contact if act == "add" else None,
        "photos": [picture(number)],
    }


class Plan:
    """A fault at every step of every record; of each kind of request, every fault there is."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 -- the same in every run
        self.first: dict[str, list[Fault]] = {}
        self.later: dict[str, Iterator[Fault]] = {}
        self.is_on = True
        self.lock = threading.Lock()

    def __call__(self, asked: Asked, time: int) -> Fault | None:
        if not self.is_on or not asked.path.startswith("/v1/collection/"):
            return None
        with self.lock:
            if asked.kind not in self.first:
                every = [each for each in Fault if asked.body or each is not Fault.HALF]
                self.rng.shuffle(every)
                self.first[asked.kind] = every
                # waiting for as long as the server asks is waited for once
                rest = [each for each in every if each is not Fault.BUSY]
                self.later[asked.kind] = itertools.cycle(rest)
            is_rare = asked.kind in RARE
            if self.first[asked.kind] and (is_rare or time % 2):
                return self.first[asked.kind].pop()
            return None if is_rare or time % 2 == 0 else next(self.later[asked.kind])


RARE = {"GET device", "POST blocks", "GET receipts"}
KINDS = {"PUT record", "PUT private", "HEAD photo", "PATCH photo"} | RARE


def save(page: Page, given: dict[str, Any]) -> dict[str, Any]:
    """Save a record as a form does; gives what the phone holds."""
    held: dict[str, Any] = page.evaluate("given => driver.save(given)", given)
    return held


def settle(page: Page, saved: int) -> None:
    """Wait until so many records are saved and nothing of them is left on the phone."""
    wait_until(
        page,
        """async (saved) => {
          const counts = await driver.store.counts();
          return counts.saved === saved && (await driver.store.listDue()).length === 0;
        }""",
        arg=saved,
    )


def crash(page: Page) -> None:
    """End the process a page is in, as a phone does that runs out of memory."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")  # nothing comes of it
    page.close()


@contextlib.contextmanager
def held(
    site: Site, kind: str, record_id: str
) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Hold the first request of a kind about a record until it is let go: ``(came, go)``."""
    came, go = threading.Event(), threading.Event()

    def hold(asked: Asked) -> None:
        if asked.kind == kind and record_id in asked.path and not came.is_set():
            came.set()
            go.wait(PATIENCE_MS / 1000)

    site.network.on_request = hold
    try:
        yield came, go
    finally:
        go.set()
        site.network.on_request = None


def test_fifty_records_arrive_once_each_whatever_fails(site: Site) -> None:  # noqa: PLR0915
    network, day = site.network, iter(range(1, RECORDS + 1))
    plan = network.plan = Plan(2026)
    phone: dict[str, dict[str, Any]] = {}
    page = site.open()

    def keep(count: int, where: Page) -> list[dict[str, Any]]:
        made = [save(where, record(next(day), site.known)) for _ in range(count)]
        phone.update({each["id"]: each for each in made})
        return made

    page.evaluate("driver.greet()")

    # without a network: all is saved, nothing is sent
    site.context.set_offline(True)
    keep(12, page)
    assert page.evaluate("driver.store.counts()")["received"] == 0
    site.context.set_offline(False)
    settle(page, 12)

    # two tabs save and send
    other = site.open()
    for _ in range(4):
        keep(1, page)
        keep(1, other)
    settle(other, 20)
    other.close()

    # the tab is closed in the middle of a request, then the browser's process for it dies
    for kind, end in (("PUT record", Page.close), ("PATCH photo", crash)):
        with held(site, kind, _id(len(phone) + 1)) as (came, go):
            keep(3 if end is Page.close else 2, page)
            assert came.wait(PATIENCE_MS / 1000)
            end(page)
            go.set()
        page = site.open()
    # and in the middle of saving: all of it is there, or nothing
    given = record(next(day), site.known)
    page.evaluate("given => void driver.save(given)", given)
    crash(page)
    page = site.open()
    kept = page.evaluate("id => driver.heldOf(id)", given["id"])
    phone[given["id"]] = kept or save(page, given)
    settle(page, 26)

    # the server is killed in the middle of a request
    with held(site, "PATCH photo", _id(30)) as (came, go):
        keep(5, page)
        assert came.wait(PATIENCE_MS / 1000)
        killer = threading.Thread(target=site.host.kill)
        go.set()
        killer.start()
        killer.join()
    wait_until(page, "driver.state.phase === 'offline'")
    site.host.start()
    settle(page, 31)

    save_on_a_full_phone(site, page)
    keep(3, page)
    settle(page, 34)

    page = take_an_update(site, page, keep)
    settle(page, 40)

    # a clock seven hours fast, and the key expired
    page.close()
    page = site.open(ahead_h=7)
    page.evaluate("driver.greet()")
    site.change("UPDATE api_key SET created_at = now() - interval '40 days',"
                " expires_at = now() - interval '1 second' WHERE kind = 'device'")  # fmt: skip
    keep(RECORDS - 40, page)
    wait_until(page, "driver.state.phase === 'signed-out'")
    renewing = site.open("/field/enrol")
    renewing.get_by_role("button", name="Gia hạn máy này").click()
    renewing.wait_for_url("**/field")
    renewing.close()
    settle(page, RECORDS)

    ask_what_is_rare(page, plan)
    plan.is_on = False
    page.evaluate("driver.outbox.send({again: true})")
    wait_until(page, "driver.state.phase === 'idle'")
    assert {kind for kind, _ in network.met} == KINDS
    for kind in KINDS:
        assert plan.first[kind] == [], f"{kind}: a fault was never met"
    counts = page.evaluate("driver.store.counts()")
    assert counts["saved"] == counts["received"] == RECORDS
    assert counts["photos_waiting"] == counts["failing"] == counts["drafts"] == 0
    compare(site, phone)
    assert site.problems == []


def ask_what_is_rare(page: Page, plan: Plan) -> None:
    """Ask on, until every fault was met also by what is asked once in a day."""
    asked = {
        "GET device": ["GET", "/v1/collection/device", {}],
        "GET receipts": ["GET", "/v1/collection/receipts?since=0", {}],
        "POST blocks": [
            "POST",
            "/v1/collection/blocks",
            {
                "json": {"commune_code": WEST, "count": 1},
                "headers": {"Idempotency-Key": "00000000-0000-4000-8000-0000000000ff"},
            },
        ],
    }
    for kind in sorted(RARE):
        while plan.first[kind]:
            page.evaluate("(given) => driver.api.request(...given).catch(() => {})", asked[kind])


_FULL = """(when) => {
  const { put } = IDBObjectStore.prototype;
  const full = new DOMException("full", "QuotaExceededError");
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "records" && when === "at once") throw full;
    if (this.name === "records") {
      Object.defineProperty(this.transaction, "error", { value: full });
      queueMicrotask(() => this.transaction.abort());
    }
    return put.apply(this, given);
  };
  window.makeRoom = () => {
    IDBObjectStore.prototype.put = put;
  };
}"""
"""Stands for a phone without room: this browser heeds no quota that tools set for databases."""


def save_on_a_full_phone(site: Site, page: Page) -> None:
    """Save where there is no room: nothing is, and the collector is told."""
    standing = """Promise.all([
      driver.store.counts(), driver.store.codesLeft("25747"), driver.store.getPhoto(HASH),
    ])"""
    given = record(32, site.known)
    photo = hashlib.sha256(base64.b64decode(given["photos"][0])).hexdigest()
    standing = standing.replace("HASH", json.dumps(photo))
    before = page.evaluate(standing)
    for when in ("at once", "at the end"):
        page.evaluate(_FULL, when)
        refused = page.evaluate(
            "given => driver.save(given).then(() => 'saved', (error) => error.kind)", given
        )
        page.evaluate("window.makeRoom()")
        assert refused == "full", when
        assert page.evaluate(standing) == before, "half of it was saved"
    assert before[2] is None


def take_an_update(site: Site, page: Page, keep: Callable[..., Any]) -> Page:
    """Give out a new version while records are being sent; it waits for what is typed."""
    with httpx.Client(base_url=f"http://127.0.0.1:{site.host.port}") as client:
        old = client.get("/static/field/carry.js").content
    new = old + b"\n// newer\n"
    digests = [base64.b64encode(hashlib.sha256(each).digest()) for each in (old, new)]

    def change(path: str, body: bytes) -> bytes:
        if path == "/static/field/carry.js":
            return new
        if path == "/field/sw.js":
            return body.replace(*digests).replace(digests[0][:16], digests[1][:16])
        return body

    site.network.change = change
    page.evaluate("void navigator.serviceWorker.ready.then((it) => it.update())")
    keep(3, page)
    wait_until(page, "driver.isUpdate")
    page.evaluate("document.querySelector('#field').append(document.createElement('textarea'))")
    assert page.evaluate("driver.applyUpdate()") is False, "it would go under a form"
    page.evaluate("document.querySelector('#field').replaceChildren(); window.isOld = true")
    keep(3, page)
    page.evaluate("void driver.applyUpdate()")
    wait_until(page, "!window.isOld && document.documentElement.dataset.driver === 'ready'")
    text = page.evaluate("fetch('/static/field/carry.js').then((answer) => answer.text())")
    assert text.endswith("// newer\n")
    return page


def compare(site: Site, phone: dict[str, dict[str, Any]]) -> None:
    """Hold what the server has against what the phone held."""
    kept = site.rows(
        "SELECT submission_id::text, payload, encode(sha256, 'hex'), state, act, has_private,"
        " extract(epoch FROM submission.received_at - made_at)::float"
        " FROM submission JOIN submission_revision USING (submission_id)"
    )
    assert len(kept) == len(phone) == RECORDS, "a record is missing, or has come as two"
    for record_id, payload, sha256, *_ in kept:
        assert payload == phone[record_id]["payload"]
        assert sha256 == phone[record_id]["sha256"] == hashlib.sha256(payload.encode()).hexdigest()
    for record_id, *_, late_s in kept:
        ago_s = (RECORDS - int(record_id[-12:], 16)) * 300
        assert ago_s - 10 < late_s < ago_s + 3600, "the phone's clock was not put right"
    private = {each[0] for each in kept if each[5]}
    assert private == {each for each in phone if json.loads(phone[each]["payload"])["has_private"]}
    photos = site.rows(
        "SELECT submission_id::text, encode(sha256, 'hex'), encode(kept_sha256, 'hex'), fault"
        " FROM submission_photo WHERE whole_at IS NOT NULL"
    )
    assert {(one, two) for one, two, *_ in photos} == {
        (one, two) for one, each in phone.items() for two in each["photos"]
    }
    assert all(two == three and fault is None for _, two, three, fault in photos)
    folder = Path(site.host.environment["ADDRSVC_FILES_DIR"]) / "photos"
    files = {
        hashlib.sha256(each.read_bytes()).hexdigest()
        for each in folder.rglob("*")
        if each.is_file()
    }
    assert files == {each for _, each, *_ in photos}
    adds = [each for each in kept if each[4] == "add"]
    assert {each[3] for each in adds} == {"accepted"}, "all are clean"
    (addresses,) = site.rows("SELECT count(*) FROM address")[0]
    assert addresses == len(adds) + KNOWN, "an address is missing, or there twice"


def settled(page: Page) -> None:
    """Wait until nothing is left to be sent and nothing was refused."""
    wait_until(
        page,
        """async () => {
          const { failing } = await driver.store.counts();
          return failing === 0 && (await driver.store.listDue()).length === 0;
        }""",
    )


def arrive(site: Site, page: Page, record_id: str) -> None:
    """Wait until the server has a record, whatever the phone knows of it."""
    for _ in range(PATIENCE_MS // 50):
        if (record_id,) in site.rows("SELECT submission_id::text FROM submission"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came")


REVISE = """async (id) => {
  const { buildPayload } = await import("/static/field/record.js");
  const next = await driver.store.reviseRecord(id);
  next.form.house_number = "999";
  const saved = await driver.store.saveRecord(next, [], buildPayload);
  return saved.code;
}"""
"""Changes the number of a record that was sent."""

LOOK = """(ids) => Promise.all(ids.map(async (id) => {
  const found = await driver.store.getRecord(id);
  return found && [found.act, found.status, found.is_of_former ?? false];
}))"""
"""What the phone has under some ids."""


def test_a_phone_enrolled_anew_loses_nothing_of_what_it_had_sent_in_part(site: Site) -> None:
    network = site.network
    network.plan = lambda _asked, _time: None
    for each in site.context.pages:
        each.close()  # what is open would send as the former device
    page = site.open()
    page.evaluate("driver.greet()")
    all_there, added, noted, unheard, fresh = (record(each, site.known) for each in range(61, 66))
    noted["private"] = CONTACT
    for each in (all_there, added, noted, unheard, fresh):
        each["made_min_ago"] = 1
    save(page, all_there)
    settled(page)
    # the photo of one does not arrive, the contact of another, the answer for a third
    lost = {("HEAD photo", added["id"]), ("PUT private", noted["id"])}

    def fail(asked: Asked, _time: int) -> Fault | None:
        if any(kind == asked.kind and record_id in asked.path for kind, record_id in lost):
            return Fault.BROKEN
        return Fault.UNHEARD if unheard["id"] in asked.path else None

    network.plan = fail
    codes = {each["id"]: save(page, each)["code"] for each in (added, noted, unheard)}
    wait_until(
        page,
        """async (ids) => (await Promise.all(ids.map(driver.store.getRecord)))
          .every((each) => each.is_taken)""",
        arg=[added["id"], noted["id"]],
    )
    arrive(site, page, unheard["id"])
    site.context.set_offline(True)
    codes[fresh["id"]] = save(page, fresh)["code"]
    codes[all_there["id"]] = page.evaluate(REVISE, all_there["id"])
    draft = {"id": "begun", "act": "add", "made_at": 1, "private": CONTACT, "photos": []}
    page.evaluate("draft => driver.store.putDraft(draft)", draft)
    page.close()
    network.plan = lambda _asked, _time: None
    site.change("UPDATE api_key SET revoked_at = now() WHERE kind = 'device'")
    site.context.set_offline(False)
    page = site.open("/field/enrol")
    page.get_by_role("button", name="Gia hạn máy này").click()
    expect(page.locator("#enrol-problem")).to_contain_text("Phiếu chưa gửi xong: 5;")
    page.get_by_role("button", name="Đăng ký mới cho tôi").click()
    page.wait_for_url("**/field")
    page.close()

    page = site.open()
    settled(page)
    old = [each["id"] for each in (all_there, added, noted, unheard)]
    assert page.evaluate(LOOK, [fresh["id"], *old]) == [["add", "accepted", False], *[None] * 4]
    assert page.evaluate("driver.store.getDraft('begun')")["private"] == CONTACT
    new = {
        was: (device, act, state, photos, None if code is None else str(code))
        for was, device, act, state, photos, code in site.rows(
            "SELECT payload::json ->> 'was', s.device, s.act, s.state,"
            " (SELECT count(*) FROM submission_photo p WHERE p.submission_id = s.submission_id"
            "  AND whole_at IS NOT NULL), a.code FROM submission s"
            " JOIN submission_revision USING (submission_id) LEFT JOIN address a USING (address_id)"
            " WHERE payload::json ->> 'was' IS NOT NULL"
        )
    }
    ((key_id,),) = site.rows(
        "SELECT key_id FROM api_key WHERE kind = 'device' AND revoked_at IS NULL"
    )
    # what was in the register is found there again; what nobody knew of, a supervisor looks at
    assert new == {
        added["id"]: (key_id, "correct", "accepted", 1, codes[added["id"]]),
        noted["id"]: (key_id, "correct", "accepted", 1, codes[noted["id"]]),
        all_there["id"]: (key_id, "correct", "accepted", 0, codes[all_there["id"]]),
        unheard["id"]: (key_id, "add", "received", 1, None),
    }
    assert site.rows("SELECT code FROM address WHERE code = %s", codes[fresh["id"]])
    number = "SELECT document -> 'components' ->> 'house_number' FROM address_version"
    assert ("999",) in site.rows(number), "what was changed has come"
    announced = page.evaluate(
        "driver.store.listRecords().then((all) => all.flatMap((each) => each.photos))"
    )
    assert all(each["is_whole"] for each in announced), "none is announced that cannot come"
    assert site.problems == []


def test_a_phone_that_was_revoked_hands_over_what_it_has_and_keeps_no_contact(site: Site) -> None:
    site.network.plan = lambda _asked, _time: None
    page = site.open()
    page.evaluate("driver.greet()")
    wait_until(page, "driver.state.phase === 'idle'")
    site.context.set_offline(True)
    given = record(60, site.known)
    save(page, given)
    draft = {"id": "draft", "act": "add", "made_at": 1, "private": CONTACT, "photos": []}
    page.evaluate("draft => driver.store.putDraft(draft)", draft)
    assert given["private"] is not None
    file = json.loads(page.evaluate("driver.exportFile()"))
    by_id = {json.loads(each["payload"])["record"]: each for each in file["records"]}
    exported = by_id[given["id"]]
    assert exported["private"] == given["private"]
    assert [each["base64"] for each in exported["photos"]] == given["photos"]
    site.change("UPDATE api_key SET revoked_at = now() WHERE kind = 'device'")
    site.context.set_offline(False)
    wait_until(page, "driver.state.phase === 'revoked' && driver.state.left === 0")
    left = page.evaluate(
        """Promise.all([driver.store.listRecords(), driver.store.getDraft("draft")]).then(
          ([records, draft]) => [...records, draft].map((each) => each.private))"""
    )
    assert set(left) == {None}, "contacts are wiped, of drafts too"
    kept = page.evaluate("id => driver.store.getRecord(id)", given["id"])
    assert kept["status"] == "quarantined"
    assert [each["is_whole"] for each in kept["photos"]] == [True]
    assert kept["receipt"]["private"] == "kept", "what it had to hand over has come"
    assert site.rows("SELECT state FROM submission WHERE submission_id = %s", given["id"]) == [
        ("quarantined",)
    ]
    assert page.evaluate("driver.hello().catch((error) => error.kind)") == "revoked"
