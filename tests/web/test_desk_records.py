"""Records of collectors at the desk, in a real browser: by keyboard alone, by touch. Invented."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from collection_world import (
    COLLECTOR,
    CONTACT,
    LAT,
    LON,
    OTHER_SUPERVISOR,
    PASSWORD,
    PEOPLE,
    SUPERVISOR,
    Phone,
    apart,
    enrol,
    fields_of,
    open_accounts,
    photo_of,
    picture,
    position_of,
    report_lost,
    sign_in,
)
from keyboard import Keyboard
from playwright.sync_api import Page, expect

from addrsvc.clock import SystemClock
from addrsvc.collection.model import Act

pytestmark = pytest.mark.browser

T = TypeVar("T")
CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]
OpenPage = Callable[..., Page]
CheckAccess = Callable[[Page], None]

OVERRIDE = [{"check": "outside-area", "reason": "Nhà nằm ngay ranh giới"}]
GATE = picture(1)
EVERY = 0.001
"""Degrees between houses: a hundred metres, so that none is near another."""


@dataclass
class World:
    """A server with records that wait, one of each sort; each knows its record by name."""

    base: str
    url: str
    phone: Phone | None = None
    records: dict[str, Any] = field(default_factory=dict)
    houses: dict[str, str] = field(default_factory=dict)

    def ask(self, what: Callable[[Phone], Coroutine[Any, Any, T]]) -> T:
        """Have the device do something more."""

        async def done() -> T:
            assert self.phone is not None
            async with httpx.AsyncClient(base_url=self.base) as self.phone.client:
                return await what(self.phone)

        return apart(done())

    def receipt(self, name: str) -> Any:
        return self.ask(lambda phone: phone.receipt_of(self.records[name]))

    def address(self, code: str) -> Any:
        """Give an address as it is registered."""

        async def asked(phone: Phone) -> Any:
            return (await phone.ask("GET", f"/v1/addresses/{code}")).json()

        return self.ask(asked)


@pytest.fixture(scope="module")
def world(
    clone_database: CloneDatabase,
    registry_template: str,
    serve_app: ServeApp,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    hostile = "</script><script>window.__xss=1</script><img src=x onerror=window.__xss=2>\u202e${x}"
    files = tmp_path_factory.mktemp("files")
    with clone_database(registry_template) as url:
        apart(open_accounts(url))
        with serve_app(url, **settings_of(files)) as base:
            world = World(base, url)
            apart(fill(world, hostile))
            yield world


def settings_of(files: Path) -> dict[str, str]:
    return {"files_dir": str(files), "anonymous_per_minute": "100000"}


async def fill(world: World, hostile: str) -> None:
    async with httpx.AsyncClient(base_url=world.base) as client:
        collector = await sign_in(client, COLLECTOR)
        phone = world.phone = await enrol(client, collector, clock=SystemClock())
        await phone.take_block(40)
        lan = await sign_in(client, SUPERVISOR)
        for at, name in enumerate(("registered", "collected", "other")):
            await _conflict(world, phone, lan, at, name)
        records = world.records
        records["photo"] = phone.record_of(
            Act.ADD,
            fields=fields_of(house_number="31"),
            position=position_of(LON, LAT + EVERY),
            building={"lon": LON, "lat": LAT + EVERY + 1e-4, "accuracy_m": 6.0, "method": "map"},
            counts={"rooms": 12, "households": 3},
            overrides=OVERRIDE,
            photos=[photo_of(GATE), photo_of(picture(2), marks="other")],
            has_private=True,
        )
        records["double"] = phone.record_of(
            Act.ADD, fields=fields_of(house_number="20A"), position=position_of(LON + 0.0001)
        )
        await phone.put(records["double"])
        for at, name in enumerate(("back", "refused", "stale"), 1):
            records[name] = _doubtful(phone, f"4{at}", LON + at * EVERY)
        text = hostile
        records["hostile"] = phone.record_of(
            Act.ADD,
            fields=fields_of(
                house_number="</b>1",
                thoroughfare=text,
                localities=[["khu_pho", text]],
                unit=text,
                floor=text,
                building=text,
                name=text,
            ),
            position=position_of(LON + 5 * EVERY, LAT + EVERY),
            overrides=[{"check": "outside-area", "reason": text}],
            app=text[:40],
        )
        for name in ("photo", "back", "refused", "stale", "hostile"):
            assert (await phone.put(records[name]))["waits_for"] == "review"
        seen = {"ref": world.houses["other"], "version": 1}
        records["gone"] = phone.record_of(Act.GONE, address=seen)
        assert (await phone.put(records["gone"]))["waits_for"] == "review"
        await phone.put_photo(records["photo"], GATE)
        await phone.put_private(records["photo"], words="Chủ nhà hay đi vắng")
        await _kept_apart(world, client, collector)


def _doubtful(phone: Phone, number: str, lon: float) -> Any:
    return phone.record_of(
        Act.ADD,
        fields=fields_of(house_number=number),
        position=position_of(lon, LAT + EVERY),
        overrides=OVERRIDE,
    )


async def _conflict(world: World, phone: Phone, lan: dict[str, str], at: int, name: str) -> None:
    """Have a collector and a supervisor change the number of one house."""
    place = position_of(LON + at * EVERY)
    house = phone.record_of(
        Act.ADD, fields=fields_of(house_number=f"2{at}"), position=place, photos=[photo_of(GATE)]
    )
    assert (await phone.put(house))["state"] == "accepted"
    world.houses[name] = house["code"]
    parts = {"house_number": f"2{at}A", "thoroughfare": "Đường Lê Lợi"}
    parts["localities"] = [{"kind": "khu_pho", "name": "3"}]
    mended = await phone.client.patch(
        f"/v1/addresses/{house['code']}",
        json={"components": parts},
        headers={**lan, "If-Match": '"1"'},
    )
    assert mended.status_code == 200, mended.text
    seen = {"ref": house["code"], "version": 1}
    world.records[name] = phone.record_of(
        Act.CORRECT, address=seen, fields=fields_of(house_number=f"2{at}B")
    )
    receipt = await phone.put(world.records[name])
    assert [each["field"] for each in receipt["conflicts"]] == ["house_number"]


async def _kept_apart(world: World, client: httpx.AsyncClient, collector: dict[str, str]) -> None:
    """Have a device send something after it was reported lost."""
    lost = await enrol(client, collector, name="Máy mất", clock=SystemClock())
    await lost.take_block(2)
    record = lost.record_of(
        Act.ADD, fields=fields_of(house_number="61"), position=position_of(LON + 7 * EVERY)
    )
    await report_lost(world.url, lost.key_id)
    assert (await lost.put(record))["state"] == "quarantined"
    world.records["apart"] = record


def sign_in_to_desk(page: Page, world: World, login: str, query: str = "") -> None:
    page.goto(f"{world.base}/sign-in?next=%2Fdesk%3Fkind%3Drecords{query}")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_text(PEOPLE[login][0])).to_be_visible()
    expect(page.locator("#desk-item")).to_be_visible()


def go_to(page: Page, number: str) -> None:
    """Go on to the record of a house, by keyboard."""
    title = page.locator("#desk-title")
    for _ in range(20):
        text = title.inner_text()
        if f" {number}" in text:
            return
        page.keyboard.press("j")
        expect(title).not_to_have_text(text)
    raise AssertionError(number)


def decided(page: Page, number: str, key: str) -> None:
    """Decide about the record shown, and wait until it is recorded."""
    expect(page.locator("#desk-title")).to_contain_text(f" {number}")
    page.keyboard.press(key)
    expect(page.locator("#desk-title")).not_to_contain_text(f" {number}")
    expect(page.locator("#desk-sending")).to_have_text("0")


def test_a_supervisor_decides_by_keyboard(world: World, browser_page: OpenPage) -> None:
    page = browser_page(
        viewport={"width": 1280, "height": 900}, expected_problems=("409", "412", "422")
    )
    sign_in_to_desk(page, world, SUPERVISOR)
    keys, said = Keyboard(page), page.locator("#desk-said")
    _conflicts(world, page, said)
    _double(world, page, said)
    _corrected(world, page, keys)
    _sent_back(world, page, said)
    _refused_and_undone(world, page)
    _stale(world, page)
    _hostile(page)
    _gone(world, page)
    _kept_apart_accepted(world, page)


def _conflicts(world: World, page: Page, said: Any) -> None:
    """Choose each of three ways."""
    go_to(page, "20B")
    row = page.get_by_role("group", name="Số nhà")
    expect(row).to_contain_text("⚠ hai bên khác nhau: hãy chọn")
    expect(row.locator("dd")).to_have_text(["20", "20A", "20B"])
    page.keyboard.press("Enter")
    expect(said).to_have_text("Hãy chọn giá trị cho “Số nhà” trước.")
    page.keyboard.press("Space")  # the focus is on the first way: what is registered
    page.keyboard.press("Escape")
    decided(page, "20B", "Enter")
    go_to(page, "21B")
    page.keyboard.press("e")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    decided(page, "21B", "Enter")
    go_to(page, "22B")
    page.keyboard.press("e")
    page.keyboard.press("Tab")
    page.keyboard.type("22C")
    expect(row.get_by_role("radio", name="Giá trị khác")).to_be_checked()
    page.keyboard.press("Escape")
    # what was typed is there after having looked at another
    page.keyboard.press("j")
    expect(page.locator("#desk-title")).not_to_contain_text("22B")
    page.keyboard.press("k")
    expect(row.get_by_role("textbox")).to_have_value("22C")
    decided(page, "22B", "Enter")
    labels = [world.address(code)["label"] for code in world.houses.values()]
    assert [each.split(" Đường")[0] for each in labels] == ["20A", "21B", "22C"]


def _corrected(world: World, page: Page, keys: Keyboard) -> None:
    """See the photo, read the contact, correct before accepting."""
    go_to(page, "31")
    photos = page.locator("#desk-pictures")
    expect(photos.locator("img")).to_have_js_property("naturalWidth", 640)
    expect(photos).to_contain_text("Ảnh 2: đang trên đường gửi, chưa xem được")
    page.keyboard.press("p")
    large = page.get_by_role("dialog", name="Ảnh cổng 1")
    expect(large.get_by_role("img", name="Ảnh cổng 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(page.locator("#desk-notes")).to_contain_text("Nhà nằm ngay ranh giới")
    expect(page.locator("#desk-facts")).to_contain_text("12")
    expect(page.locator("#desk-map-said")).to_contain_text("lối vào theo phiếu")
    keys.choose(page.get_by_role("button", name="Xem liên hệ"))
    shown = f"{CONTACT['name']} · {CONTACT['phone']} · Chủ nhà hay đi vắng"
    expect(page.locator(".desk-contact")).to_have_text(shown)
    keys.write(page.get_by_role("textbox", name="Số nhà: Sẽ ghi vào sổ"), "31A")
    keys.write(page.get_by_role("textbox", name="Khu phố, ấp, tổ: Sẽ ghi vào sổ"), "KP 5; Tổ 2")
    place = page.get_by_role("textbox", name="Vị trí: Sẽ ghi vào sổ")
    keys.write(place, "ngã ba")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert").filter(has_text="Chưa ghi được")
    expect(alert).to_contain_text("“ngã ba” không phải vị trí")
    alert.get_by_role("button", name="Xem lại").press("Enter")
    # all that was typed is there still
    expect(page.get_by_role("textbox", name="Số nhà: Sẽ ghi vào sổ")).to_have_value("31A")
    keys.write(place, f"{LAT + EVERY + 5e-5:.6f}, {LON}")
    page.keyboard.press("Escape")
    decided(page, "31", "Enter")
    receipt = world.receipt("photo")
    assert receipt["state"] == "accepted"
    assert receipt["address"]["label"].startswith("31A Đường Lê Lợi, Khu phố 5, Tổ 2, ")
    position = world.address(receipt["address"]["code"])["position"]
    assert (position["lat"], position["method"]) == (round(LAT + EVERY + 5e-5, 6), "map")

    # what was written to the register is not taken back here, and is not shown as if it were
    page.keyboard.press("u")
    expect(alert).to_contain_text("không mở lại được")
    expect(page.locator("#desk-title")).not_to_contain_text(" 31")
    alert.get_by_role("button", name="Đã hiểu").press("Enter")
    expect(alert).to_be_hidden()


def _double(world: World, page: Page, said: Any) -> None:
    """Accept what looks like another, with a reason only."""
    go_to(page, "20A")
    expect(page.locator("#desk-notes")).to_contain_text("trùng")
    expect(page.locator("#desk-choices li").first).to_contain_text("20A Đường Lê Lợi")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("hãy ghi rõ vì sao không trùng")
    page.keyboard.type("Hai nhà chung số, đã xem tận nơi")
    page.keyboard.press("Escape")
    decided(page, "20A", "Enter")
    assert world.receipt("double")["state"] == "accepted"


def _gone(world: World, page: Page) -> None:
    """Confirm that an address is gone, only having seen what the register says of it by now."""
    go_to(page, "22A")
    expect(page.locator("#desk-notes")).to_contain_text("báo địa chỉ này không còn")
    row = page.get_by_role("group", name="Số nhà")
    expect(row.locator("dd")).to_have_text(["22", "22A", "Không còn"])
    expect(row.get_by_role("textbox")).to_have_count(0)
    page.keyboard.press("Enter")  # the number was decided anew since this was read
    alert = page.get_by_role("alert").filter(has_text="Chưa ghi được")
    alert.get_by_role("button", name="Xem lại").press("Enter")
    expect(row.locator("dd")).to_have_text(["22", "22C", "Không còn"])
    decided(page, "22C", "Enter")
    assert world.receipt("gone")["state"] == "accepted"


def _sent_back(world: World, page: Page, said: Any) -> None:
    go_to(page, "41")
    page.keyboard.press("b")
    expect(said).to_have_text("Hãy viết cho người thu thập biết cần làm gì.")
    page.keyboard.type("Chụp lại ảnh cổng")
    page.keyboard.press("Escape")
    decided(page, "41", "b")
    receipt = world.receipt("back")
    assert (receipt["state"], receipt["note"]) == ("needs-you", "Chụp lại ảnh cổng")


def _refused_and_undone(world: World, page: Page) -> None:
    go_to(page, "42")
    page.keyboard.press("w")
    page.keyboard.type("Không có nhà này")
    page.keyboard.press("Escape")
    decided(page, "42", "r")
    assert world.receipt("refused")["state"] == "refused"
    page.keyboard.press("u")
    expect(page.locator("#desk-title")).to_contain_text(" 42")
    expect(page.locator("#desk-sending")).to_have_text("0")
    assert world.receipt("refused")["state"] == "received"
    expect(page.locator("#desk-words")).to_have_value("Không có nhà này")
    decided(page, "42", "r")


def _stale(world: World, page: Page) -> None:
    """Be slower than a colleague; nothing typed is lost."""
    go_to(page, "43")
    record = world.records["stale"]["record"]

    async def refuse(phone: Phone) -> int:
        minh = await sign_in(phone.client, OTHER_SUPERVISOR)
        path = f"/v1/collection/submissions/{record}"
        answer = await phone.client.post(
            f"{path}:refuse", json={"note": "Trùng"}, headers={**minh, "If-Match": "*"}
        )
        return answer.status_code

    assert world.ask(refuse) == 200
    page.keyboard.press("w")
    page.keyboard.type("Đã hỏi tổ trưởng")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    alert = page.get_by_role("alert").filter(has_text="Chưa ghi được")
    expect(alert).to_contain_text("43")
    alert.get_by_role("button", name="Xem lại").press("Enter")
    expect(page.locator("#desk-title")).to_contain_text("43 Đường Lê Lợi Không duyệt")
    expect(page.locator("#desk-words")).to_have_value("Đã hỏi tổ trưởng")
    expect(page.locator("#desk-facts")).to_contain_text(f"account:{OTHER_SUPERVISOR}")
    page.keyboard.press("j")


def _hostile(page: Page) -> None:
    go_to(page, "</b>1")
    expect(page.locator("#desk-text")).to_contain_text("<img src=x onerror=window.__xss=2>")
    expect(page.get_by_role("textbox", name="Đường, ngõ, hẻm: Sẽ ghi vào sổ")).to_be_visible()
    page.keyboard.press("w")
    page.keyboard.type("<script>window.__xss=3</script>")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#desk-said")).to_contain_text("Không duyệt")
    expect(page.locator("#desk-sending")).to_have_text("0")
    assert page.evaluate("window.__xss") is None


def _kept_apart_accepted(world: World, page: Page) -> None:
    page.goto(f"{world.base}/desk?kind=records&state=quarantined")
    expect(page.locator("#desk-title")).to_contain_text("61")
    expect(page.locator("#desk-title")).to_contain_text("Để riêng, chờ kiểm tra")
    expect(page.locator("#desk-notes")).to_contain_text("máy đã bị thu hồi")
    expect(page.get_by_label("Tình trạng")).to_have_value("quarantined")
    expect(page.locator("#desk-left")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-left")).to_have_text("0")
    expect(page.locator("#desk-sending")).to_have_text("0")
    expect(page.get_by_role("alert").filter(has_text="Chưa ghi được")).to_be_hidden()


def test_it_is_usable_by_touch_and_by_ear(
    world: World, browser_page: OpenPage, axe: CheckAccess
) -> None:
    record = world.ask(_one_more)
    page = browser_page(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, bypass_csp=True
    )
    sign_in_to_desk(page, world, OTHER_SUPERVISOR, "%26act%3Dadd")
    go_to(page, "71")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.locator("#desk-pictures")).to_contain_text("chưa xem được")
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)
    page.get_by_role("button", name="Trả lại").tap()
    expect(page.locator("#desk-words")).to_be_focused()
    page.locator("#desk-words").fill("Xem lại số nhà")
    page.get_by_role("button", name="Trả lại").tap()
    expect(page.locator("#desk-sending")).to_have_text("0")
    world.records["touch"] = record
    assert world.receipt("touch")["note"] == "Xem lại số nhà"
    page.get_by_role("link", name="English").tap()
    expect(page.locator(".desk-filters")).to_contain_text("Why to look")


async def _one_more(phone: Phone) -> Any:
    record = phone.record_of(
        Act.ADD,
        fields=fields_of(house_number="71"),
        position=position_of(LON + 8 * EVERY),
        overrides=OVERRIDE,
        photos=[photo_of(picture(3))],
    )
    assert (await phone.put(record))["waits_for"] == "review"
    return record
