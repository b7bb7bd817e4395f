"""The screens of field collection: a collector's day by touch, and what every screen must be.

One telephone, enrolled through the page; its position moves as the test says. All people and
addresses are invented.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    LAT,
    LON,
    PASSWORD,
    STREET,
    SUPERVISOR,
    apart,
    make_task,
    open_accounts,
    picture,
    sign_in,
)
from keyboard import Keyboard
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
)
from registry_fixtures import WEST
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.collection.model import CONSENT_TEXT
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Locality, Marks, Method, Position
from addrsvc.types import LonLat

pytestmark = pytest.mark.browser

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
CheckAccess = Callable[[Page], None]

TELEPHONE: ViewportSize = {"width": 360, "height": 740}
SMALL: ViewportSize = {"width": 320, "height": 568}
DESK: ViewportSize = {"width": 1280, "height": 800}
LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
    ("light", SMALL),
    ("dark", TELEPHONE),
    ("light", DESK),
)
HOUSES = range(2, 16, 2)
STEP_DEG = 1e-4
"""About eleven metres from one house to the next."""
FAULTS = Path(__file__).with_name("field_screen_faults.js").read_text(encoding="utf-8")
FULL = """() => {
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
}"""
PLATE = re.compile(r"\d{5}-\d{5}-\d")
NOTE = "Trong ảnh là số 15A <img src=x onerror=alert(1)>, em xem lại giúp."
GATE: FilePayload = {"name": "gate.jpg", "mimeType": "image/jpeg", "buffer": picture(1)}
NO_PICTURE: FilePayload = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}


@dataclass
class Telephone:
    """A telephone in a hand: its page, and what is done with it again and again."""

    context: BrowserContext
    base: str
    url: str
    task: str
    problems: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def new_page(self) -> Page:
        """Give another tab, whose errors are noted."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def open(self, path: str = "", screen: str = "start") -> None:
        self.page.goto(f"{self.base}/field#/{path}")
        self.on(screen)

    def on(self, screen: str) -> None:
        expect(self.page.locator("#field")).to_have_attribute("data-screen", screen)

    def stand(self, number: float, accuracy_m: float = 5) -> None:
        """Stand in front of a house and wait there until the position is good."""
        use = self.page.locator("#position-use")
        card = self.page.locator("#part-position")
        for fix in range(30):
            before = card.get_attribute("data-fixes") or ""
            self.context.set_geolocation(
                {
                    "latitude": LAT + fix * 1e-7,
                    "longitude": LON + number * STEP_DEG,
                    "accuracy": accuracy_m + fix / 100,
                }
            )
            expect(card).not_to_have_attribute("data-fixes", before)
            if use.is_visible():
                return
        raise AssertionError("never good")

    def use_position(self, number: float) -> None:
        self.stand(number)
        self.page.locator("#position-use").tap()

    def photograph(self) -> None:
        self.page.set_input_files("#photo", GATE)
        expect(self.page.locator("#part-photos canvas")).to_be_visible()

    def save(self) -> None:
        self.page.locator("#save").tap()
        self.on("saved")

    def id_of_last(self) -> str:
        return self.page.url.rsplit("/", 1)[-1]

    def row(self, query: str, *values: Any) -> Any:
        with psycopg.connect(self.url) as conn:
            return conn.execute(query, values).fetchone()


async def _fill(url: str) -> None:
    engine, clock = make_engine(service_settings(url)), SystemClock()
    async with transaction(engine) as conn:
        for number in HOUSES:
            point = LonLat(LON + number * STEP_DEG, LAT)
            house = AssignAddress(
                kind=Kind.DWELLING,
                source="test",
                components=Components(
                    house_number=str(number),
                    thoroughfare=STREET,
                    localities=(Locality("khu_pho", "Khu phố 3"),),
                ),
                position=Position(point, 4.5, Method.GNSS, Marks.ENTRANCE),
                distinct_because="a test puts them where it likes",
            )
            await service.assign_address(conn, command_line("test"), house, clock)
    await engine.dispose()


@pytest.fixture(scope="module")
def telephone(
    clone_database: CloneDatabase,
    registry_template: str,
    serve_app: ServeApp,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Telephone]:
    """Give a telephone that was enrolled and has its area with it."""
    with clone_database(registry_template) as url:
        apart(_fill(url))
        apart(open_accounts(url, [COLLECTOR, SUPERVISOR], [WEST]))
        task = make_task(url)
        photos = str(tmp_path_factory.mktemp("photos"))
        with serve_app(url, anonymous_per_minute="10000", photos_dir=photos) as base:
            context = browser.new_context(
                viewport=TELEPHONE,
                locale="vi-VN",
                has_touch=True,
                is_mobile=True,
                bypass_csp=True,
                geolocation={"latitude": LAT, "longitude": LON, "accuracy": 30},
                permissions=["geolocation", "clipboard-read", "clipboard-write"],
            )
            context.set_default_timeout(90_000)
            one = Telephone(context, base, url, task)
            one.page = one.new_page()
            enrol(one)
            yield one
            context.close()
    assert one.problems == []


def enrol(one: Telephone) -> None:
    """Register the telephone, take the area along."""
    page = one.page
    one.open()
    expect(page.get_by_role("heading", name="Đăng ký máy này")).to_be_visible()
    page.get_by_role("link", name="Đăng ký máy").tap()
    page.get_by_label("Tên đăng nhập").fill(COLLECTOR)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/field/enrol")
    page.locator("#enrol-send").tap()
    page.wait_for_url(f"{one.base}/field")
    one.on("start")
    expect(page.get_by_text("Máy chưa có khu vực nào")).to_be_visible()
    page.get_by_role("link", name="Tải khu vực").tap()
    one.on("tasks")
    page.get_by_role("button", name="Tải về máy").tap()
    expect(page.get_by_role("link", name="Mở bản đồ")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Còn \d+ mã địa chỉ"))).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")


def settle(page: Page, check: str, reason: str) -> None:
    """Give a reason for what a check found."""
    found = page.locator(f'.finding[data-check="{check}"]')
    found.get_by_role("button", name=reason).tap()
    expect(found).to_have_attribute("data-settled", "true")


def add_a_house(one: Telephone) -> str:
    """Add a house where another has its number; gives the code on its gate."""
    page = one.page
    one.open()
    page.locator("#add").tap()
    one.on("add")
    one.use_position(15)
    expect(page.locator("#accuracy")).to_have_attribute("data-good", "true")
    page.locator("#house-number").fill("14")
    page.locator("#thoroughfare").fill("le loi")
    page.get_by_role("option", name=STREET).tap()
    expect(page.locator("#thoroughfare")).to_have_value(STREET)
    page.locator("#locality").fill("khu pho 3")
    page.get_by_role("option", name="Khu phố 3").tap()
    one.photograph()
    page.locator("#part-contact summary").tap()
    expect(page.locator("#consent-text")).to_have_text(CONSENT_TEXT.vi)
    expect(page.locator("#contact-name")).to_be_hidden()
    page.locator("#consent").check()
    page.locator("#contact-name").fill("Đỗ Thị Bịa")
    page.locator("#contact-phone").fill("0900 000 222")
    page.locator("#words").fill("Cổng xanh")
    page.locator("#save").tap()
    expect(page.locator("#save-said")).to_contain_text("cần bạn xem")
    for found in page.locator(".finding").all():
        settle(page, str(found.get_attribute("data-check")), "Nhà mới tách")
    one.save()
    plate = page.locator("#code")
    expect(plate).to_have_text(PLATE)
    expect(page.locator("svg.qr path")).to_have_count(1)
    expect(page.get_by_text("Phiếu đã được giữ an toàn trên máy")).to_be_visible()
    page.get_by_role("button", name="Sao chép mã").tap()
    expect(page.get_by_text("Đã sao chép.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == plate.inner_text()
    return plate.inner_text()


def find_in_list(one: Telephone, number: int) -> None:
    """Open an address by the list of the area."""
    page = one.page
    one.open(f"map/{one.task}", "map")
    expect(page.locator("#map canvas").first).to_be_visible()
    page.get_by_role("link", name="Danh sách").tap()
    one.on("list")
    page.locator("#addresses-search").fill(f"{number} le loi")
    page.get_by_role("link", name=re.compile(f"^{number} {STREET}")).tap()
    one.on("address")


def correct_a_house(one: Telephone) -> None:
    page = one.page
    find_in_list(one, 4)
    page.get_by_role("link", name="Sửa thông tin").tap()
    one.on("correct")
    expect(page.get_by_text("Giữ vị trí trong sổ")).to_be_visible()
    page.locator("#house-number").fill("4A")
    page.get_by_role("button", name="Chọn trên bản đồ").tap()
    expect(page.locator("dialog .map canvas").first).to_be_visible()
    page.get_by_role("button", name="Dùng chỗ này").tap()
    expect(page.get_by_text("Chấm trên bản đồ.")).to_be_visible()
    page.get_by_role("button", name="Đo lại").tap()
    one.use_position(4)
    finish(one)


def finish(one: Telephone) -> None:
    """Save, with the first reason offered for whatever is asked."""
    page = one.page
    page.locator("#save").tap()
    done = page.locator('#field[data-screen="saved"], .finding[data-settled="false"]')
    expect(done.first).to_be_visible()
    while (open_ := page.locator('.finding[data-settled="false"]')).count():
        found = str(open_.first.get_attribute("data-check"))
        open_.first.get_by_role("button").first.tap()
        expect(page.locator(f'.finding[data-check="{found}"]')).to_have_attribute(
            "data-settled", "true"
        )
        if open_.count() == 0:
            page.locator("#save").tap()
    one.on("saved")


def go_on_in_another_tab(one: Telephone, first: Page) -> None:
    """Open the sheet of the first tab in a second one: one of them writes, the other says so."""
    one.open(first.url.partition("#/")[2], "edit")
    for reader, other in ((one.page, first), (first, one.page), (one.page, first)):
        expect(reader.get_by_text("đang được ghi ở một thẻ khác")).to_be_visible()
        expect(reader.locator("#save")).to_have_count(0)
        assert reader.evaluate(FAULTS) == []
        reader.get_by_role("button", name="Ghi tiếp ở đây").tap()
        expect(reader.locator("#house-number")).to_have_value("88")
        expect(other.get_by_text("đang được ghi ở một thẻ khác")).to_be_visible()


def kill_the_page_in_a_form(one: Telephone) -> None:
    """Lose the page while typing; the draft is offered, and goes on."""
    one.open(f"add/{one.task}", "add")
    one.use_position(20)
    one.page.locator("#house-number").fill("88")
    one.photograph()
    expect(one.page.locator("#draft-state")).to_have_attribute("data-state", "kept")
    first, one.page = one.page, one.new_page()
    go_on_in_another_tab(one, first)
    for page in (first, one.page):
        page.close()
    one.page = one.new_page()
    one.open()
    draft = one.page.locator(".row", has_text="88")
    expect(draft).to_contain_text("Đang ghi dở")
    draft.tap()
    one.on("edit")
    expect(one.page.locator("#house-number")).to_have_value("88")
    expect(one.page.locator("#part-photos canvas")).to_be_visible()
    expect(one.page.locator("#accuracy")).to_have_attribute("data-good", "true")
    one.page.locator("#thoroughfare").fill(STREET)
    one.page.locator("#locality").fill("Khu phố 3")
    one.page.keyboard.press("Enter")
    finish(one)


def counts(one: Telephone) -> Locator:
    return one.page.locator("#counts")


def test_a_day_without_a_network(telephone: Telephone) -> None:
    one = telephone
    one.context.set_offline(True)
    plate = add_a_house(one)
    first = one.id_of_last()
    correct_a_house(one)
    find_in_list(one, 6)
    one.page.get_by_role("link", name="Không còn").tap()
    one.on("gone")
    one.stand(6, 4)
    one.photograph()
    finish(one)
    find_in_list(one, 8)
    one.page.get_by_role("link", name="Vắng nhà").tap()
    one.on("nobody-home")
    finish(one)
    kill_the_page_in_a_form(one)
    one.open()
    expect(counts(one)).to_have_text(re.compile(r"^5 đã lưu · 0 đã nhận · 0 đã duyệt$"))
    expect(one.page.locator("#sending")).to_contain_text("Không có mạng. 5 phiếu")
    assert one.row("SELECT count(*) FROM submission") == (0,)

    one.context.set_offline(False)
    expect(counts(one)).to_contain_text("5 đã nhận")
    expect(one.page.locator("#sending")).to_have_text("Máy chủ đã nhận tất cả.")
    apart(send_back(one, first))
    one.page.get_by_role("button", name="Xem máy chủ có gì mới").tap()
    expect(counts(one)).to_contain_text("1 cần bạn xem lại")
    counts(one).tap()
    one.on("records")
    row = one.page.locator(f'[data-record="{first}"]')
    expect(row).to_contain_text(NOTE)
    row.tap()
    one.on("record")
    expect(one.page.locator("#note")).to_have_text(NOTE)
    assert one.page.locator("#code").inner_text() == plate
    one.page.get_by_role("link", name="Sửa và gửi lại").tap()
    one.on("edit")
    expect(one.page.get_by_text("Phần đã gửi lần trước").last).to_be_visible()
    one.page.locator("#house-number").fill("15A")
    finish(one)
    expect(one.page.locator("#code")).to_have_text(plate)
    expect(one.page.get_by_text("máy chủ đã nhận")).to_be_visible()
    found = one.row("SELECT revision, code FROM submission WHERE submission_id = %s", first)
    assert found == (2, plate[:11].replace("-", ""))
    kept = one.row("SELECT count(*) FROM personal.submission_private")
    assert kept == (1,)


async def send_back(one: Telephone, record: str) -> None:
    """Send a record back as a supervisor does."""
    async with httpx.AsyncClient(base_url=one.base) as client:
        who = await sign_in(client, SUPERVISOR)
        path = f"/v1/collection/submissions/{record}"
        version = (await client.get(path, headers=who)).headers["ETag"]
        answer = await client.post(
            f"{path}:send-back", json={"note": NOTE}, headers={**who, "If-Match": version}
        )
        assert answer.status_code == 200, answer.text
    await asyncio.sleep(0)


PUT_DRAFTS = """async ([task, note]) => {
  const { openStore } = await import("/static/field/store.js");
  const store = await openStore();
  const form = { act: "add", kind: "dwelling", house_number: "12", localities: [], overrides: [] };
  const draft = { revision: 1, act: "add", task, commune_code: "25747", form, photos: [] };
  Object.assign(draft, { private: null, receipt: null, made_at: "2026-11-23T09:00:00+07:00" });
  await store.putDraft({ ...draft, id: "begun" });
  const receipt = { state: "needs-you", note, photos: [], reasons: [] };
  await store.putDraft({ ...draft, id: "sent-back", revision: 2, receipt });
}"""
"""Begins a record, and what is to be sent again of one that came back with a note."""

DROP_DRAFTS = """async () => {
  const { openStore } = await import("/static/field/store.js");
  const store = await openStore();
  for (const id of ["begun", "sent-back"]) await store.deleteDraft(id);
}"""


def paths(one: Telephone) -> list[tuple[str, str]]:
    """Give every screen of the page, and what it is called."""
    ref = one.row("SELECT code FROM address ORDER BY address_id LIMIT 1")[0]
    record = one.row("SELECT submission_id::text FROM submission ORDER BY received_at LIMIT 1")
    acts = ("address", "correct", "gone", "nobody-home")
    about = [(f"{act}/{one.task}/{ref}", act) for act in acts]
    begun = [("edit/begun", "edit"), ("edit/sent-back", "edit")]
    known = (
        [] if record is None else [(f"{name}/{record[0]}", name) for name in ("record", "saved")]
    )
    area = [(f"{name}/{one.task}", name) for name in ("map", "list", "add")]
    plain = [("", "start"), ("tasks", "tasks"), ("records", "records"), ("settings", "settings")]
    return plain + area + about + begun + known


def look_at(page: Page, axe: CheckAccess) -> list[str]:
    """Give what is wrong with a screen in every look it may have."""
    wrong = []
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found = page.evaluate(FAULTS)
        wrong += [f"{page.url}, {size['width']} px, {scheme}: {each}" for each in found]
        if scheme == "dark":
            # once: FAULTS asks more of contrast and sizes; what lies half beneath title or
            # buttons is scrolled to
            style = page.add_style_tag(content=".bar, .foot { position: static !important }")
            axe(page)
            style.evaluate("(each) => each.remove()")
    page.set_viewport_size(TELEPHONE)
    return wrong


def test_screens_are_read_in_the_sun_and_used_by_a_thumb(
    telephone: Telephone, browser: Browser, axe: CheckAccess
) -> None:
    one = telephone
    wrong: list[str] = []
    one.open()
    one.page.evaluate(PUT_DRAFTS, [one.task, NOTE])
    for path, screen in paths(one):
        one.open(path, screen)
        if path == "edit/sent-back":
            expect(one.page.get_by_text(NOTE)).to_be_visible()
        if screen in {"add", "correct"}:
            one.page.locator("#part-contact summary").tap()
            one.page.locator("#consent").check()
        wrong += look_at(one.page, axe)
    # enrolling: thirty days more, anew since that is refused, and the screens of a new telephone
    one.page.goto(f"{one.base}/field/enrol")
    send = one.page.locator("#enrol-send")
    expect(send).to_have_text("Gia hạn máy này")
    expect(send).to_be_enabled()
    wrong += look_at(one.page, axe)
    gone = {"type": "/problems/key-unknown", "title": "x"}
    one.page.route("**/devices/*", lambda route: route.fulfill(status=404, json=gone))
    send.tap()
    expect(send).to_have_text("Đăng ký mới cho tôi")
    expect(send).to_be_enabled()
    wrong += look_at(one.page, axe)
    one.page.unroute_all()
    context = browser.new_context(viewport=TELEPHONE, locale="vi-VN", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{one.base}/field")
    expect(page.get_by_role("heading", name="Đăng ký máy này")).to_be_visible()
    wrong += look_at(page, axe)
    context.close()
    one.open()
    one.page.evaluate(DROP_DRAFTS)
    assert wrong == []


def test_troubles_say_what_to_do_next(telephone: Telephone, browser: Browser) -> None:
    one = telephone
    one.context.clear_permissions()
    one.open(f"add/{one.task}", "add")
    expect(one.page.locator("#position-told")).to_contain_text("chưa được phép biết vị trí")
    one.context.grant_permissions(["geolocation"])
    one.page.set_input_files("#photo", NO_PICTURE)
    expect(one.page.locator("#photo-said")).to_contain_text("Hãy chụp lại")
    one.page.locator("#save").tap()
    expect(one.page.locator('.finding[data-check="accuracy-low"]')).to_contain_text("Cần có vị trí")
    expect(one.page.locator("#field")).to_have_attribute("data-screen", "add")
    one.page.evaluate(FULL)
    one.page.locator("#house-number").fill("77")
    expect(one.page.locator("#draft-state")).to_have_attribute("data-state", "full")
    expect(one.page.locator("#draft-state")).to_contain_text("Bộ nhớ máy đã đầy")
    one.page.get_by_role("link", name="Quay lại").tap()
    one.page.locator("dialog").get_by_role("button", name="Ở lại").tap()
    expect(one.page.locator("dialog")).to_have_count(0)
    expect(one.page.locator("#house-number")).to_have_value("77")
    one.on("add")
    one.page.reload()
    one.on("add")
    one.page.locator("#house-number").fill("78")
    expect(one.page.locator("#draft-state")).to_have_attribute("data-state", "kept")
    one.page.get_by_role("button", name="Xóa bản nháp").tap()
    one.page.locator("dialog").get_by_role("button", name="Xóa bản nháp").tap()
    one.on("start")
    expect(one.page.locator(".row", has_text="78")).to_have_count(0)
    one.open("map/00000000-0000-0000-0000-000000000000", "map")
    expect(one.page.get_by_text("Khu vực này chưa có trên máy")).to_be_visible()
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.goto(f"{one.base}/field")
    expect(page.get_by_text("không cho trang này lưu dữ liệu")).to_be_visible()
    context.close()


MAKE_TELEPHONE = """async ({ mark, device, code }) => {
  localStorage.clear();
  if (mark) localStorage.setItem("addrsvc-field:mark", JSON.stringify(mark));
  const { openStore } = await import("/static/field/store.js");
  const { sha256Hex } = await import("/static/field/record.js");
  const store = await openStore();
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const photo = { sha256: "a1", bytes, media_type: "image/jpeg" };
  const form = { kind: "dwelling", house_number: "7", thoroughfare: "Đường Bịa", localities: [] };
  const record = { id: "r1", act: "gone", task: null, commune_code: "25747", form, private: null };
  record.made_at = "2026-11-23T09:00:00+07:00";
  const build = (each) => JSON.stringify({ record: each.id, revision: each.revision });
  if ((await store.getRecord("r1")) === undefined) {
    const { payload } = await store.saveRecord(record, [photo], build);
    const whole = { sha256: "a1", bytes: 3, received_bytes: 3, is_whole: true };
    whole.fault = "unreadable";
    const sha256 = await sha256Hex(payload);
    const receipt = { record: "r1", revision: 1, sha256, state: "received", waits_for: "review",
      reasons: [], photos: [whole], change_number: 1, received_at: "2026-11-23T09:01:00+07:00" };
    await store.applyReceipt(receipt, { revision: 1, sha256 });
  }
  if (code === "former") await store.becomeDevice({ key: "another", key_id: "another" });
  await store.putMeta("device", { key: "invented", key_id: "invented", areas: [], ...device });
  localStorage.setItem("trouble", code);
}"""
"""A telephone with one record, whose photo the server cannot open; all invented."""

BE_IN_TROUBLE = """
  const trouble = localStorage.getItem("trouble");
  const is = ({ prototype }, name, value) =>
    Object.defineProperty(prototype, name, { get: () => value });
  if (trouble === "no-locks") is(Navigator, "locks", undefined);
  if (trouble === "not-kept") is(ServiceWorkerRegistration, "active", null);
  if (trouble === "update") is(ServiceWorkerRegistration, "waiting", { postMessage() {} });
"""
NOT_MINE = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Trouble:
    """What a telephone is in, and what it then says: `words` in Vietnamese and in English."""

    code: str
    words: tuple[str, str]
    slug: str = ""
    device: dict[str, str] = field(default_factory=dict)
    mark: dict[str, int] | None = None
    path: str = "/field"


TROUBLES = (
    Trouble("signed-out", ("Hãy đăng nhập lại khi có mạng", "Sign in again"), slug="key-refused"),
    Trouble(
        "expired",
        ("Bạn vẫn ghi được", "You can go on"),
        device={"expires_at": "2026-01-01T00:00:00+07:00"},
    ),
    Trouble("update", ("Có bản mới của ứng dụng", "A new version is ready")),
    Trouble("not-kept", ("Ứng dụng chưa tải đủ", "not whole on this telephone")),
    Trouble("no-locks", ("Trình duyệt trên máy này đã cũ", "browser of this telephone is old")),
    Trouble(
        "lost",
        ("Có 2 phiếu máy chủ chưa nhận", "had not received whole: 2"),
        device={"key": ""},  # it went with the records
        mark={"saved": 5, "received": 3},
    ),
    Trouble("lost-sent", ("không mất phiếu nào", "none is lost"), mark={"saved": 5, "received": 5}),
    Trouble("fault", ("Ảnh này bị hỏng", "is damaged"), path="/field#/record/r1"),
    Trouble(
        "former",
        ("trước khi máy được đăng ký lại", "before the telephone was registered anew"),
        path="/field#/record/r1",
    ),
    Trouble("paper", ("không giao cho bạn", "is not yours"), path=f"/field?task={NOT_MINE}"),
    # last: whatever happens then, a telephone stays revoked
    Trouble("revoked", ("Máy này đã bị khóa", "This telephone was blocked"), slug="device-revoked"),
)


def _answer(trouble: Trouble, route: Route) -> None:
    """Answer as a server does that knows the telephone, or does not any more."""
    if trouble.code == "expired":
        route.abort()
    elif trouble.slug:
        problem = {"type": f"/problems/{trouble.slug}", "title": "x"}
        route.fulfill(status=401, json=problem, content_type="application/problem+json")
    else:
        device = {"name": "Máy bịa", "areas": [], "server_time": "2026-11-23T09:02:00+07:00"}
        route.fulfill(json={"items": [], "next": 0, "is_more": False, **device})


def test_each_trouble_of_a_telephone_has_its_card(
    telephone: Telephone, browser: Browser, axe: CheckAccess
) -> None:
    context = browser.new_context(viewport=TELEPHONE, locale="vi-VN", bypass_csp=True)
    page = context.new_page()
    page.add_init_script(BE_IN_TROUBLE)
    wrong: list[str] = []
    for trouble in TROUBLES:
        page.unroute_all()
        page.route("**/v1/collection/**", functools.partial(_answer, trouble))
        page.goto(f"{telephone.base}/static/icon.svg")  # ours, and nothing runs on it
        given = {"code": trouble.code, "device": trouble.device, "mark": trouble.mark}
        page.evaluate(MAKE_TELEPHONE, given)
        for language, words in zip(("vi", "en"), trouble.words, strict=True):
            page.emulate_media(color_scheme="light" if language == "vi" else "dark")
            sign = "&" if "?" in trouble.path else "?"
            path, _, hash_ = trouble.path.partition("#")
            page.goto(f"{telephone.base}{path}{sign}lang={language}#{hash_}".removesuffix("#"))
            expect(page.get_by_text(words).first).to_be_visible()
            found = page.evaluate(FAULTS)
            wrong += [f"{trouble.code}, {language}: {each}" for each in found]
        axe(page)
    context.close()
    assert wrong == []


def test_by_keyboard_and_in_english(telephone: Telephone) -> None:
    one = telephone
    one.open("settings", "settings")
    keyboard = Keyboard(one.page)
    keyboard.to(one.page.get_by_role("radio", name="Tiếng Việt"))
    keyboard.press("ArrowRight")
    expect(one.page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(one.page.locator("html")).to_have_attribute("lang", "en")
    one.open()
    keyboard.choose(one.page.get_by_role("link", name="Add an address"))
    one.on("add")
    expect(one.page.get_by_role("heading", name="New address")).to_be_focused()
    one.page.set_viewport_size(SMALL)
    assert one.page.evaluate(FAULTS) == []
    one.page.set_viewport_size(TELEPHONE)
    one.stand(30)
    keyboard.choose(one.page.locator("#position-use"))
    keyboard.write(one.page.locator("#house-number"), "30")
    keyboard.write(one.page.locator("#thoroughfare"), "le")
    expect(one.page.get_by_role("option", name=STREET)).to_be_visible()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(one.page.locator("#thoroughfare")).to_have_value(STREET)
    keyboard.write(one.page.locator("#locality"), "khu pho 3")
    keyboard.press("Enter")
    expect(one.page.get_by_role("button", name="Remove Khu phố 3")).to_be_visible()
    keyboard.choose(one.page.locator("#save"))
    reason = one.page.locator('.finding[data-check="photo-missing"] .chip').first
    expect(reason).to_be_focused()
    keyboard.press("Enter")
    keyboard.choose(one.page.locator("#save"))
    one.on("saved")
    expect(one.page.locator("#code")).to_have_text(PLATE)
    keyboard.choose(one.page.get_by_role("link", name="Next house"))
    one.on("add")
    one.open("settings", "settings")
    one.page.get_by_role("radio", name="Tiếng Việt").check()
    expect(one.page.get_by_role("heading", name="Cài đặt")).to_be_visible()
