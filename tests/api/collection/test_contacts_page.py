"""The page of contacts that wait for a choice, as a browser without scripts meets it. Invented."""

from __future__ import annotations

import re
from datetime import timedelta
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
from addrsvc.db.transaction import transaction
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


async def differing(phone: Phone, number: int) -> tuple[str, str]:
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
    return later["record"], address["code"]


async def test_two_people_are_seen_and_one_is_chosen(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey, registry_url: str
) -> None:
    await open_accounts(registry_url, [SUPERVISOR, COLLECTOR], areas=[WEST])
    first, code = await differing(phone, 1)
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE personal.submission_private SET kept_at = kept_at - interval '1 hour'")
    second, other = await differing(phone, 2)
    who = await sign_in(client, SUPERVISOR)

    async def show(path: str = PAGE) -> str:
        answer = await client.get(path, headers=who)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.text

    async def press(do: str, record: str, status: int = 200) -> httpx.Response:
        form = {"csrf": who["X-CSRF-Token"], "record": record, "do": do}
        headers = {"Cookie": who["Cookie"], "Sec-Fetch-Site": "same-origin"}
        answer = await client.post(PAGE, data=form, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    def read() -> list[Any]:
        with psycopg.connect(registry_url) as conn:
            return conn.execute(
                "SELECT action FROM audit_entry WHERE principal = %s AND action IN"
                " ('submission.read_contact', 'holder.read') ORDER BY audit_id",
                [f"account:{SUPERVISOR}"],
            ).fetchall()

    assert "Liên hệ chờ chọn (2)" in await show("/collection")
    page = await show()
    assert re.findall(r'name="record" value="([^"]+)"', page) == [first, second]
    assert "101A" in page
    assert "Nguyễn Văn Bịa" in page, "who collected it"
    assert HELD not in page
    assert ESCAPED not in page
    assert read() == []

    page = (await press("see", first)).text
    assert HELD in page
    assert ESCAPED in page
    assert "0900 000 333" in page
    assert page.count('value="collected"') == 1, "of the other nothing is seen"
    assert read() == [("submission.read_contact",), ("holder.read",)]

    async def holder(ref: str) -> str:
        key = await issue_key(Scope.HOLDERS_READ, areas=[WEST])
        path = f"/v1/addresses/{ref}/holder?purpose=field-visit"
        return (await client.get(path, headers={"Authorization": f"Bearer {key}"})).text

    done = await press("registered", first, 303)
    assert done.headers["Location"] == f"{PAGE}?done=registered"
    assert "Đã giữ người đang có" in await show(f"{PAGE}?done=registered")
    assert HELD in await holder(code)
    assert "Không còn gì để chọn" in (await press("collected", first, 409)).text
    assert "Không còn gì để chọn" in (await press("see", first, 409)).text
    await press("collected", second, 303)
    assert NOTED in await holder(other)
    assert "Không có liên hệ nào chờ chọn" in await show(f"{PAGE}?done=collected")
    assert "Liên hệ chờ chọn</a>" in await show("/collection")
    await press("see", "x", 404)


async def test_who_may_not_see_people_chooses_none(
    client: httpx.AsyncClient, phone: Phone, issue_key: IssueKey
) -> None:
    record, _ = await differing(phone, 1)

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
