"""The page of contacts that wait for a choice, as a browser without scripts meets it. Invented."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    SUPERVISOR,
    Phone,
    open_accounts,
    photo_of,
    picture,
    position_of,
    sign_in,
)
from registry_fixtures import EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_device
from addrsvc.clock import FixedClock
from addrsvc.collection.model import Act
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.personal.holders import put_holders
from addrsvc.personal.model import Person
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

PAGE = "/collection/contacts"
HELD, NOTED = "Đỗ Thị Bịa", "Người <b>Mới</b> Bịa"
ESCAPED = "Người &lt;b&gt;Mới&lt;/b&gt; Bịa"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def phone(client: httpx.AsyncClient, clock: FixedClock, settings: Settings) -> Phone:
    engine, now = make_engine(settings), clock.now()
    async with transaction(engine) as conn:
        key = await create_device(
            conn,
            command_line("test"),
            name="Máy 1",
            held_by=f"account:{COLLECTOR}",
            areas=[WEST],
            expires_at=now + timedelta(days=30),
            at=now,
        )
    await engine.dispose()
    made = Phone(client, key, key.split("_")[1], clock)
    await made.take_block()
    return made


async def differing(phone: Phone, number: int) -> tuple[Any, str]:
    """Have an address with a holder, where somebody else is noted; gives the record, the code."""
    place = position_of(106.65 + number * 2e-3)
    new = phone.record_of(
        Act.ADD, position=place, photos=[photo_of(picture(number))], has_private=True
    )
    new["fields"]["house_number"] = str(100 + number)
    address = (await phone.put(new))["address"]
    assert address is not None
    await phone.put_private(new)
    ref = {"ref": address["code"], "version": address["version"]}
    later = phone.record_of(Act.CORRECT, address=ref, position=None, has_private=True)
    later["fields"]["house_number"] = f"{100 + number}A"
    assert (await phone.put(later))["state"] == "accepted"
    await phone.put_private(later, name=NOTED, phone="0900 000 333")
    return later, address["code"]


async def register(settings: Settings, code: str, name: str) -> None:
    """Have somebody else be the holder of an address."""
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        found = await row(conn, "SELECT address_id FROM address WHERE code = %(c)s", {"c": code})
        assert found is not None
        at = datetime(2026, 1, 15, tzinfo=UTC)
        await put_holders(conn, command_line("test"), [(found["address_id"], Person(name))], at)
    await engine.dispose()


@dataclass
class Leader:
    """A supervisor before the page, as signed in."""

    client: httpx.AsyncClient
    who: dict[str, str]
    url: str

    async def show(self, path: str = PAGE) -> str:
        answer = await self.client.get(path, headers=self.who)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.text

    async def press(self, do: str, record: str, seen: str = "", status: int = 200) -> str:
        """Press a button; gives the page, or where it leads."""
        form = {"csrf": self.who["X-CSRF-Token"], "record": record, "do": do, "seen": seen}
        headers = {"Cookie": self.who["Cookie"], "Sec-Fetch-Site": "same-origin"}
        answer = await self.client.post(PAGE, data=form, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.headers.get("Location", answer.text)

    def read(self) -> list[str]:
        """Give what was read of people so far."""
        with psycopg.connect(self.url) as conn:
            found = conn.execute(
                "SELECT action FROM audit_entry WHERE principal = %s AND action IN"
                " ('submission.read_contact', 'holder.read') ORDER BY audit_id",
                [f"account:{SUPERVISOR}"],
            ).fetchall()
        return [action for (action,) in found]


@pytest.fixture
async def leader(client: httpx.AsyncClient, registry_url: str) -> Leader:
    await open_accounts(registry_url, [SUPERVISOR, COLLECTOR], areas=[WEST])
    return Leader(client, await sign_in(client, SUPERVISOR), registry_url)


@pytest.fixture
async def holder(client: httpx.AsyncClient, issue_key: IssueKey) -> Callable[[str], Awaitable[str]]:
    key = await issue_key(Scope.HOLDERS_READ, areas=[WEST])

    async def read(ref: str) -> str:
        path = f"/v1/addresses/{ref}/holder?purpose=field-visit"
        return (await client.get(path, headers={"Authorization": f"Bearer {key}"})).text

    return read


def tag_in(page: str) -> str:
    (tag,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    return str(tag)


async def test_two_people_are_seen_and_one_is_chosen(
    phone: Phone, leader: Leader, holder: Callable[[str], Awaitable[str]], registry_url: str
) -> None:
    one, code = await differing(phone, 1)
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE personal.submission_private SET kept_at = kept_at - interval '1 hour'")
    two, other = await differing(phone, 2)
    first, second = one["record"], two["record"]

    assert "Liên hệ chờ chọn (2)" in await leader.show("/collection")
    page = await leader.show()
    assert re.findall(r'name="record" value="([^"]+)"', page) == [first, second]
    assert "101A" in page
    assert "Nguyễn Văn Bịa" in page, "who collected it"
    assert HELD not in page
    assert ESCAPED not in page
    assert leader.read() == []

    page = await leader.press("see", first)
    assert HELD in page
    assert ESCAPED in page
    assert "0900 000 333" in page
    assert page.count('value="collected"') == 1, "of the other nothing is seen"
    assert leader.read() == ["submission.read_contact", "holder.read"]

    done = await leader.press("registered", first, tag_in(page), 303)
    assert done == f"{PAGE}?done=registered"
    assert "Đã giữ người đang có" in await leader.show(done)
    assert HELD in await holder(code)
    assert "Không còn gì để chọn" in await leader.press("collected", first, tag_in(page), 409)
    assert "Không còn gì để chọn" in await leader.press("see", first, status=409)
    page = await leader.press("see", second)
    done = await leader.press("collected", second, tag_in(page), 303)
    assert NOTED in await holder(other)
    assert "Không có liên hệ nào chờ chọn" in await leader.show(done)
    assert "Liên hệ chờ chọn</a>" in await leader.show("/collection")
    await leader.press("see", "x", status=404)


async def test_a_choice_between_others_than_were_seen_does_nothing(
    phone: Phone, leader: Leader, holder: Callable[[str], Awaitable[str]], settings: Settings
) -> None:
    noted, code = await differing(phone, 1)
    record = noted["record"]
    seen = [tag_in(await leader.press("see", record))]

    await register(settings, code, "Bùi Văn Bịa")
    for chosen in ("registered", "collected"):
        page = await leader.press(chosen, record, seen[0], 412)
        assert "đã thay đổi sau khi bạn xem" in page
        assert "Bùi Văn Bịa" in page
        assert ESCAPED in page
    assert leader.read() == ["submission.read_contact", "holder.read"] * 3, "shown, so on record"
    seen.append(tag_in(page))

    fields = {**noted["fields"], "house_number": "101B"}
    noted = {**noted, "revision": 2, "fields": fields}
    assert (await phone.put(noted))["state"] == "accepted"
    await phone.put_private(noted, name="Người Khác Bịa", phone="0900 000 444")
    for tag in (seen[1], ""):
        page = await leader.press("collected", record, tag, 412)
        assert "Bùi Văn Bịa" in page
        assert "Người Khác Bịa" in page
    seen.append(tag_in(page))
    assert len(set(seen)) == 3
    assert "Bùi Văn Bịa" in await holder(code)

    # neither is another when only words came
    noted = {**noted, "revision": 3}
    await phone.put(noted)
    await phone.put_private(noted, name=None, phone=None, words="Chó dữ")
    await leader.press("collected", record, seen[2], 303)
    assert "Người Khác Bịa" in await holder(code)


async def test_who_may_not_see_people_chooses_none(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey
) -> None:
    noted, _ = await differing(phone, 1)
    record = noted["record"]

    async def show(*scopes: Scope, area: str) -> str:
        key = await issue_key(Scope.COLLECTION_REVIEW, Scope.ADDRESSES_READ, *scopes, areas=[area])
        answer = await client.get(PAGE, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        return answer.text

    assert "chưa có quyền xem người liên hệ" in (page := await show(area=WEST))
    assert record not in page
    assert record in await show(Scope.HOLDERS_READ, area=WEST)
    assert "Không có liên hệ nào" in await show(Scope.HOLDERS_READ, area=EAST)
    asked = await client.post(PAGE, data={"record": record, "do": "see"})
    assert asked.status_code in {401, 403}
    asked = await client.get(PAGE)
    assert asked.headers["Location"].startswith("/sign-in?next=")
