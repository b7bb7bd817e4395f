"""Tasks, packages, progress and figures over HTTP. All names are invented."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from admin_units_fixtures import MakeUnits
from collection_world import (
    COLLECTOR,
    OTHER_COLLECTOR,
    SUPERVISOR,
    open_accounts,
    sign_in,
)
from conftest import CloneDatabase
from one_app import client_of
from psycopg.types.json import Jsonb
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST
from service_settings import service_settings

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_device, create_key
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction

pytestmark = pytest.mark.anyio

TASKS = "/v1/collection/tasks"
NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)  # where the clock of the application stands
SECRET_STREET, RESTRICTED_STREET = "Đường Kín", "Đường Hẹp"


def square(west: float, south: float, side: float = 0.002) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture(scope="module")
def url(clone_database: CloneDatabase, registry_template: str) -> Iterator[str]:
    with clone_database(registry_template) as made:
        yield made


@pytest.fixture(scope="module")
async def client(url: str, make_units: MakeUnits) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(url, make_units()) as made:
        yield made


@pytest.fixture(scope="module")
async def lan(client: httpx.AsyncClient, url: str) -> dict[str, str]:
    """Give the headers of a supervisor."""
    await open_accounts(url, [SUPERVISOR, COLLECTOR, OTHER_COLLECTOR])
    return await sign_in(client, SUPERVISOR)


@pytest.fixture(scope="module")
async def phones(url: str) -> dict[str, dict[str, str]]:
    """Give the headers of devices of two people, one of which works in EAST only; and a key."""
    engine = make_engine(service_settings(url))
    given = {}
    async with transaction(engine) as conn:
        for name, holder, areas in (
            ("tuan", f"account:{COLLECTOR}", [WEST]),
            ("hoa", OTHER_COLLECTOR, [WEST, EAST]),  # issued by an administrator, by the login
            ("east", f"account:{COLLECTOR}", [EAST]),
        ):
            text = await create_device(
                conn,
                command_line("test"),
                name=name,
                held_by=holder,
                areas=areas,
                expires_at=NOW + timedelta(days=9),
                at=NOW,
            )
            given[name] = {"Authorization": f"Bearer {text}", "id": text.split("_")[1]}
        text = await create_key(
            conn,
            command_line("test"),
            name="phía đông",
            scopes=[Scope.COLLECTION_REVIEW],
            areas=[EAST],
            expires_at=None,
            at=NOW,
        )
        given["leads east"] = {"Authorization": f"Bearer {text}"}
    await engine.dispose()
    return given


@pytest.fixture(scope="module")
async def houses(client: httpx.AsyncClient, lan: dict[str, str], issue: Any) -> dict[str, str]:
    """Give the codes of houses by name."""
    west, east = {**IN_WEST}, {**IN_EAST, "lon": 106.7001}
    known = {}
    for name, number, street, locality, position, visibility in (
        ("one", "1", "Đường Lê Lợi", "3", west, "public"),
        ("two", "2", "Lê Lợi", "KP. 03", west, "public"),
        ("three", "3", "D1", "4", {**west, "lon": 106.6523}, "public"),
        ("far", "4", "D1", "4", {**west, "lon": 106.66}, "public"),
        ("over", "5", "D1", "4", east, "public"),
        ("narrow", "6", RESTRICTED_STREET, "3", west, "restricted"),
        ("secret", "7", SECRET_STREET, "3", west, "secret"),
    ):
        parts = {"house_number": number, "thoroughfare": street}
        parts["localities"] = [{"kind": "khu_pho", "name": locality}]  # type: ignore[assignment]
        said = {"kind": "dwelling", "source": "thử", "name": "Nhà Bịa", "visibility": visibility}
        answer = await client.post(
            "/v1/addresses",
            json={**said, "components": parts, "position": position},
            headers=issue,
        )
        assert answer.status_code == 201, answer.text
        known[name] = answer.json()["code"]
    return known


@pytest.fixture(scope="module")
async def issue(url: str) -> dict[str, str]:
    """Give the headers of who may do everything."""
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        text = await create_key(
            conn,
            command_line("test"),
            name="mọi quyền",
            scopes=list(Scope),
            expires_at=None,
            at=NOW,
        )
    await engine.dispose()
    return {"Authorization": f"Bearer {text}"}


async def make(client: httpx.AsyncClient, lan: dict[str, str], **said: Any) -> Any:
    answer = await client.post(TASKS, json={"commune_code": WEST, **said}, headers=lan)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rows_of(package: Any, part: str = "addresses") -> dict[str, dict[str, Any]]:
    found = [dict(zip(package["columns"], each, strict=True)) for each in package[part]]
    return {each["ref"]: each for each in found}


async def test_packages_hold_what_lies_in_the_area_and_near(
    client: httpx.AsyncClient,
    lan: dict[str, str],
    houses: dict[str, str],
    phones: dict[str, dict[str, str]],
) -> None:
    inside = {
        "commune": ({}, {"one", "two", "three", "far", "narrow"}, {"over"}),
        "locality": ({"locality": ["khu_pho", "3"]}, {"one", "two", "narrow"}, set()),
        "street": ({"street": "LÊ LỢI"}, {"one", "two"}, {"narrow"}),
        "polygon": ({"area": square(106.65, 10.949)}, {"one", "two", "narrow"}, {"three"}),
    }
    names = {code: name for name, code in houses.items()}
    for kind, (said, wanted, near) in inside.items():
        task = await make(client, lan, kind=kind, **said)
        path = f"{TASKS}/{task['task_id']}/package"
        answer = await client.get(path, headers=phones["tuan"])
        assert answer.status_code == 200, answer.text
        package = answer.json()
        found = rows_of(package)
        assert {names[each] for each in found} == wanted, kind
        assert {names[each] for each in rows_of(package, "neighbours")} == near, kind
        assert SECRET_STREET not in answer.text
        assert package["task"]["title"] == task["title"]
        assert package["tiles"] is None
        west, south, east, north = package["bbox"]
        assert (west < 106.6501, south < 10.95, east >= 106.65, north >= 10.95) == (True,) * 4
        assert package["commune"]["name"] == "Phường Tây"
        assert (package["area"] is None) == (kind != "polygon")
    one = found[houses["one"]]
    assert one["lon"], one["lat"] == (106.65, 10.95)
    assert (one["version"], one["status"], one["in_task"]) == (1, "current", True)
    assert one["localities"] == [["khu_pho", "3"]]
    assert package["streets"] == ["Đường Lê Lợi", RESTRICTED_STREET, "D1"]
    # over there the phone of EAST alone has no such task
    assert (await client.get(path, headers=phones["east"])).status_code == 404


async def test_a_tag_changes_with_what_is_in_the_area(
    client: httpx.AsyncClient, lan: dict[str, str], houses: dict[str, str], url: str
) -> None:
    task = await make(client, lan, kind="street", street="Lê Lợi")
    path = f"{TASKS}/{task['task_id']}"

    async def is_same(tag: str) -> bool:
        answer = await client.get(f"{path}/package", headers={**lan, "If-None-Match": tag})
        assert answer.status_code in {200, 304}
        assert (answer.content == b"") == (answer.status_code == 304)
        return answer.status_code == 304

    async def tag() -> str:
        return str((await client.get(f"{path}/package", headers=lan)).headers["etag"])

    first = await tag()
    assert await is_same(first)
    assert await is_same(f'W/"0", {first}')
    code = houses["two"]
    changed = await client.patch(
        f"/v1/addresses/{code}",
        json={"reason": "thử nghiệm", "name": "Nhà Bịa Hai"},
        headers={**lan, "If-Match": "*"},
    )
    assert changed.status_code == 200, changed.text
    second = await tag()
    assert not await is_same(first)
    said = await client.patch(path, json={"note": "Gặp ông Bịa"}, headers={**lan, "If-Match": "*"})
    assert said.status_code == 200, said.text
    third = await tag()
    assert not await is_same(second)
    insert(url, [record("correct", code=code, task=task["task_id"], state="accepted")])
    assert not await is_same(third)
    package = (await client.get(f"{path}/package", headers=lan)).json()
    assert rows_of(package)[code]["visited"] == "accepted"
    assert rows_of(package)[houses["one"]]["visited"] is None


async def test_tasks_are_given_changed_and_closed(
    client: httpx.AsyncClient, lan: dict[str, str], phones: dict[str, dict[str, str]]
) -> None:
    mine = await make(client, lan, kind="commune", assigned_to="account:tuan", title="Của Tuấn")
    path = f"{TASKS}/{mine['task_id']}"

    async def titles(phone: str) -> list[str]:
        listed = (await client.get(TASKS, headers=phones[phone])).json()
        return [each["title"] for each in listed["items"]]

    assert (await titles("tuan"))[0] == "Của Tuấn"  # one's own before what is nobody's
    assert "Của Tuấn" not in [*await titles("hoa"), *await titles("east")]
    assert (await client.get(path, headers=phones["hoa"])).status_code == 404
    change = {"assigned_to": "account:hoa", "due_on": "2026-01-20", "note": "Khu chợ"}
    stale = await client.patch(path, json=change, headers={**lan, "If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current"]) == (412, 1)
    assert (await client.patch(path, json=change, headers=lan)).status_code == 428
    given = await client.patch(path, json=change, headers={**lan, "If-Match": '"1"'})
    assert (given.status_code, given.headers["etag"][:3]) == (200, '"2"')
    assert given.json()["days_left"] == 5
    assert "Của Tuấn" in await titles("hoa")
    assert "Của Tuấn" not in await titles("tuan")
    for person in ("account:khongco", "account:lan2", "tuan", "device:1"):
        refused = await client.patch(
            path, json={"assigned_to": person}, headers={**lan, "If-Match": "*"}
        )
        assert refused.json()["type"] == "/problems/collection-task-person-unfit", person
    closed = await client.post(f"{path}:close", headers={**lan, "If-Match": '"2"'})
    assert (closed.json()["state"], closed.json()["version"]) == ("closed", 3)
    again = await client.post(f"{path}:close", headers={**lan, "If-Match": "*"})
    assert again.json()["version"] == 3
    assert "Của Tuấn" not in await titles("hoa")
    refused = await client.patch(path, json={}, headers={**lan, "If-Match": "*"})
    assert refused.status_code == 409
    opened = await client.post(f"{path}:reopen", headers={**lan, "If-Match": "*"})
    assert (opened.json()["state"], opened.json()["closed_at"]) == ("open", None)
    freed = await client.patch(path, json={"assigned_to": None}, headers={**lan, "If-Match": "*"})
    assert freed.json()["assigned_to"] is None
    assert freed.json()["due_on"] == "2026-01-20"


async def test_what_makes_no_task_is_refused(
    client: httpx.AsyncClient, lan: dict[str, str], phones: dict[str, dict[str, str]]
) -> None:
    bow = [[106.65, 10.95], [106.66, 10.96], [106.66, 10.95], [106.65, 10.96], [106.65, 10.95]]
    many = [[106.65 + n * 1e-6, 10.95 + n * n * 1e-9] for n in range(600)]
    wrong = {
        "collection-task-commune-unknown": {"kind": "commune", "commune_code": "99999"},
        "collection-task-area-unclear": {"kind": "street", "locality": ["khu_pho", "3"]},
        "collection-task-area-outside": {"kind": "polygon", "area": square(106.699, 10.95)},
        "collection-task-area-unread": {"kind": "polygon", "area": {"type": "Point"}},
        "shape-invalid": {"kind": "polygon", "area": {"type": "Polygon", "coordinates": [bow]}},
        "shape-too-complex": {
            "kind": "polygon",
            "area": {"type": "Polygon", "coordinates": [[*many, [106.65, 10.96], many[0]]]},
        },
        "request-invalid": {"kind": "commune", "title": "x" * 201},
        "collection-task-person-unfit": {"kind": "commune", "assigned_to": "account:nobody"},
    }
    for slug, said in wrong.items():
        answer = await client.post(TASKS, json={"commune_code": WEST, **said}, headers=lan)
        assert answer.json()["type"] == f"/problems/{slug}", answer.text
    for given in ("x", {"type": "Polygon", "coordinates": "x"}, [], {"type": ["Polygon"]}):
        said = {"kind": "polygon", "commune_code": WEST, "area": given}
        answer = await client.post(TASKS, json=said, headers=lan)
        assert answer.status_code == 422, answer.text
    east = phones["leads east"]
    said = {"kind": "commune", "commune_code": WEST}
    assert (await client.post(TASKS, json=said, headers=east)).status_code == 403
    assert (await client.get(TASKS, params={"commune": WEST}, headers=east)).status_code == 403
    assert (await client.get(TASKS, headers=east)).json()["items"] == []
    assert (await client.get("/v1/collection/tasks")).status_code == 401


async def test_a_commune_is_split_once(
    client: httpx.AsyncClient, lan: dict[str, str], houses: dict[str, str]
) -> None:
    parts = await client.get("/v1/collection/parts", params={"commune": WEST}, headers=lan)
    shown = {each["shown"]: each["addresses"] for each in parts.json()["items"]}
    assert shown == {"Khu phố 3": 3, "Khu phố 4": 2}  # the secret one is not counted
    split = {"commune_code": WEST, "by": "street", "note": "Đi cùng tổ trưởng"}

    async def made(**said: Any) -> tuple[list[str], list[str]]:
        answer = await client.post(f"{TASKS}:split", json=split | said, headers=lan)
        assert answer.status_code == 201, answer.text
        found = answer.json()
        return sorted(each["title"] for each in found["items"]), found["there_already"]

    unknown = await client.post(f"{TASKS}:split", json=split | {"names": ["Xa Lạ"]}, headers=lan)
    assert unknown.json()["type"] == "/problems/collection-task-parts-unknown"
    assert await made(names=["đường D1"]) == (["D1"], [])
    await make(client, lan, kind="street", street="Lê Lợi")
    titles, there = await made()
    assert titles == [RESTRICTED_STREET]
    assert set(there) == {"D1", "Đường Lê Lợi"} or set(there) == {"D1", "Lê Lợi"}
    assert (await made())[0] == []
    none = await client.post(f"{TASKS}:split", json=split | {"commune_code": EAST}, headers=lan)
    assert len(none.json()["items"]) == 1
    few = split | {"commune_code": EAST, "by": "locality", "least": 9}
    none = await client.post(f"{TASKS}:split", json=few, headers=lan)
    assert none.json()["type"] == "/problems/collection-task-parts-none"


async def test_split_twice_at_once_it_is_split_once(
    client: httpx.AsyncClient, lan: dict[str, str], houses: dict[str, str], url: str
) -> None:
    split = {"commune_code": WEST, "by": "locality"}
    answers = await asyncio.gather(
        *(client.post(f"{TASKS}:split", json=split, headers=lan) for _ in range(3))
    )
    made = [each for answer in answers for each in answer.json()["items"]]
    titles = [each["title"] for each in made]
    assert "Khu phố 4" in titles
    assert len(titles) == len(set(titles))
    with psycopg.connect(url) as conn:
        noted = conn.execute(
            "SELECT subject, detail -> 'named' FROM audit_entry"
            " WHERE action = 'collection-task.create' AND subject = any(%s)",
            [[each["task_id"] for each in made]],
        ).fetchall()
    assert dict(noted) == {each["task_id"]: each["named"] for each in made}


async def test_a_form_takes_the_parts_its_button_is_of(
    client: httpx.AsyncClient, lan: dict[str, str], houses: dict[str, str]
) -> None:
    ticked = {"part-locality-1": "Khu phố 3", "part-street-1": RESTRICTED_STREET}
    form = {"csrf": lan["X-CSRF-Token"], "commune": WEST, "do": "street", **ticked}
    answer = await client.post("/collection", data=form, headers=lan)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"/collection?commune={WEST}&made=")


async def test_signs_and_days_nobody_types(client: httpx.AsyncClient, lan: dict[str, str]) -> None:
    task = await make(client, lan, kind="commune", title="Lạ")
    for said in (
        {"note": "a\0b"},
        {"kind": "street", "street": "a\0b"},
        {"assigned_to": "account:a\0b"},
        {"title": "a\0b"},
    ):
        body = {"kind": "commune", "commune_code": WEST, **said}
        assert (await client.post(TASKS, json=body, headers=lan)).status_code == 422, said
    figures, records = "/v1/collection/quality", "/v1/collection/submissions"
    for path in (
        f"{TASKS}?assigned_to=%00",
        f"{records}?device=%00",
        f"{figures}?last=9999-12-31",
        f"{figures}?last=0001-01-01",
    ):
        assert (await client.get(path, headers=lan)).status_code == 422, path
    for path in (
        "/collection?person=%00",
        "/collection/quality?to=9999-12-31",
        "/collection/quality?to=0001-01-01",
        "/collection/quality?commune=%00",
    ):
        assert (await client.get(path, headers=lan)).status_code == 200, path
    page, csrf = f"/collection/tasks/{task['task_id']}", {"csrf": lan["X-CSRF-Token"]}
    for path, form, status in (
        (page, {"version": "123456789abc", "do": "save"}, 303),
        (page, {"note": "a\0b"}, 422),
        ("/collection/devices/%00/lost", {}, 404),
    ):
        answer = await client.post(path, data=csrf | form, headers=lan)
        assert answer.status_code == status, (form, answer.text)


async def test_lists_are_paged(client: httpx.AsyncClient, lan: dict[str, str]) -> None:
    made = [(await make(client, lan, kind="commune", title=f"Trang {n}")) for n in range(3)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2, "commune": WEST, "state": "open"}
    while True:
        page = (await client.get(TASKS, params=params, headers=lan)).json()
        seen += [each["task_id"] for each in page["items"]]
        if page["next"] is None:
            break
        params["before"] = page["next"]
    assert len(seen) == len(set(seen))
    assert {each["task_id"] for each in made} <= set(seen)
    nobody = await client.get(TASKS, params={"assigned_to": "nobody"}, headers=lan)
    assert {each["assigned_to"] for each in nobody.json()["items"]} == {None}


# --- progress and figures, of records as others write them ------------------------------------


def record(act: str, **facts: Any) -> dict[str, Any]:
    state = facts.get("state", "accepted")
    return {
        "id": uuid4(),
        "act": act,
        "state": state,
        "waits_for": "review" if state == "received" else None,
        "device": "0000",
        "code": None,
        "task": None,
        "slugs": [],
        "accuracy_m": 4.0,
        "at": NOW,
        "review_s": 60,
        "by": "account:lan",
        "chosen": None,
        **facts,
    }


def insert(url: str, records: list[dict[str, Any]]) -> None:
    with psycopg.connect(url) as conn:
        for at, each in enumerate(records):
            made = each["at"] + timedelta(seconds=at)
            conn.execute(
                "INSERT INTO submission (submission_id, device, task_id, act, revision, state,"
                " waits_for, commune_code, address_id, accuracy_m, made_at, received_at,"
                " decided_at, decided_by) VALUES (%(id)s, %(device)s, %(task)s, %(act)s, 1,"
                " %(state)s, %(waits_for)s, '25747',"
                " (SELECT address_id FROM address WHERE code = %(code)s), %(accuracy_m)s,"
                " %(made)s, %(made)s, %(decided)s, %(by)s)",
                each | {"made": made, "decided": made + timedelta(seconds=each["review_s"])},
            )
            conn.execute(
                "INSERT INTO submission_revision (submission_id, revision, payload, sha256,"
                " received_at, findings) VALUES (%s, 1, '{}', %s, %s, %s)",
                [each["id"], bytes(32), made, Jsonb([{"slug": slug} for slug in each["slugs"]])],
            )
            if each["chosen"] is not None:
                conn.execute(
                    "INSERT INTO submission_conflict VALUES"
                    " (%s, 1, 'house_number', '1', '2', '3', %s, 'account:lan', %s)",
                    [each["id"], each["chosen"], made],
                )


async def test_progress_counts_addresses_by_their_newest_record(
    client: httpx.AsyncClient, lan: dict[str, str], houses: dict[str, str], url: str
) -> None:
    wanted = {
        "commune": ({}, 5),
        "locality": ({"locality": ["khu_pho", "03"]}, 3),
        "street": ({"street": "lê lợi"}, 2),
        "polygon": ({"area": square(106.65, 10.949)}, 3),
    }
    for kind, (said, addresses) in wanted.items():
        task = await make(client, lan, kind=kind, due_on="2026-01-10", **said)
        one, two = (
            {"code": houses[each], "task": UUID(task["task_id"])} for each in ("one", "two")
        )
        new = {"task": UUID(task["task_id"])}
        insert(
            url,
            [
                record("nobody-home", **one),
                record("correct", **one, state="received"),
                record("nobody-home", **two),
                record("add", **new, state="received"),
                record("add", **new, state="needs-you"),
                record("add", **new, state="refused"),
                record("correct", code=houses["three"], **new, state="quarantined"),
            ],
        )
        path = f"{TASKS}/{task['task_id']}/progress"
        found = (await client.get(path, headers=lan)).json()
        assert found["addresses"] == addresses, kind
        assert {name: found[name] for name in ("visited", "new", "corrected", "nobody_home")} == {
            "visited": 2,
            "new": 2,
            "corrected": 1,
            "nobody_home": 1,
        }
        told = ("waiting", "sent_back", "refused", "kept_apart", "gone", "records", "days_left")
        assert [found[name] for name in told] == [2, 1, 1, 1, 0, 7, -5]
        assert found["visited_percent"] == round(200 / addresses, 1)


async def test_figures_of_collectors(
    client: httpx.AsyncClient,
    lan: dict[str, str],
    phones: dict[str, dict[str, str]],
    url: str,
) -> None:
    device, day = phones["tuan"]["id"], NOW - timedelta(days=60)
    mine: dict[str, Any] = {"device": device, "at": day}
    insert(
        url,
        [
            record("add", **mine, accuracy_m=2.0, by=None),
            record("add", **mine, accuracy_m=4.0, review_s=30, slugs=["overridden"]),
            record("correct", **mine, accuracy_m=9.0, review_s=90, chosen="registered"),
            record("correct", **mine, state="refused", accuracy_m=None, chosen="collected"),
            record("add", **mine, state="received", slugs=["duplicate-near", "clock-off"], by=None),
            record("gone", **mine, state="needs-you", slugs=["impossible-movement", "overridden"]),
            record("gone", **{**mine, "device": "ffff"}, state="quarantined"),
            record("gone", **{**mine, "device": "account:lan"}, state="received", by=None),
        ],
    )
    params = {"first": "2025-11-16", "last": "2025-11-16", "commune": WEST}
    answer = await client.get("/v1/collection/quality", params=params, headers=lan)
    assert answer.status_code == 200, answer.text
    figures, by_hand, unknown = answer.json()["items"]
    assert (by_hand["holder"], unknown["holder"]) == ("account:lan", "device:ffff")
    assert figures == {
        "holder": "account:tuan",
        "devices": 1,
        "records": 6,
        "unchanged": 2,
        "corrected": 1,
        "waiting": 1,
        "sent_back": 1,
        "refused": 1,
        "kept_apart": 0,
        "overridden": 2,
        "impossible": 1,
        "clock_off": 1,
        "duplicates": 1,
        "accuracy_m": 4.0,
        "review_s": 60.0,
    }
    east = await client.get("/v1/collection/quality", headers=phones["leads east"])
    assert east.json()["items"] == []
    usual = (await client.get("/v1/collection/quality", headers=lan)).json()
    assert (usual["first"], usual["last"]) == ("2025-12-17", "2026-01-15")
