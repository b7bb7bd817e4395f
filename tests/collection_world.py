"""A collector's device as its own software acts: all that it does goes over HTTP. All invented.

For tests of the API and of browsers alike: a device asks over any ``httpx.AsyncClient``, that of
an application without a network between or that of a server. From a browser's test, whose thread
has an event loop of its own, ``apart(something(...))`` runs it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx
import orjson
import psycopg
from PIL import Image
from registry_fixtures import WEST
from service_settings import service_settings

from addrsvc.auth import accounts, csrf, field_devices
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import VIETNAM, Clock, SystemClock
from addrsvc.collection.model import CONSENT, Act
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction

T = TypeVar("T")

PASSWORD: Final = "bốn con cá bơi ngược"
SUPERVISOR, OTHER_SUPERVISOR, COLLECTOR, OTHER_COLLECTOR = "lan", "minh", "tuan", "hoa"
PEOPLE: Final[Mapping[str, tuple[str, Role]]] = {
    SUPERVISOR: ("Trần Thị Bịa", Role.SUPERVISOR),
    OTHER_SUPERVISOR: ("Lê Văn Bịa", Role.SUPERVISOR),
    COLLECTOR: ("Nguyễn Văn Bịa", Role.FIELD),
    OTHER_COLLECTOR: ("Phạm Thị Bịa", Role.FIELD),
}
CONTACT: Final = {"name": "Đỗ Thị Bịa", "phone": "0900 000 222", "consent": CONSENT}
LON, LAT = 106.65, 10.95
"""In Phường Tây."""
STREET: Final = "Đường Lê Lợi"


def apart(what: Coroutine[Any, Any, T]) -> T:
    """Run something to its end outside the event loop of this thread."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, what).result()


async def until_one_waits(url: str) -> None:
    """Wait until somebody waits for a lock in this database; fail when nobody ever does."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        async with asyncio.timeout(60):
            while await (await conn.execute(asked)).fetchone() == (0,):
                await asyncio.sleep(0.01)


async def open_accounts(
    url: str, logins: Iterable[str] = PEOPLE, areas: Sequence[str] | None = None
) -> None:
    """Open accounts of invented people, all with ``PASSWORD``; areas None: everywhere."""
    engine, clock = make_engine(service_settings(url)), SystemClock()
    async with transaction(engine) as conn:
        for login in logins:
            name, role = PEOPLE[login]
            await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(),
                login=login,
                display_name=name,
                roles=[role],
                areas=areas,
                password=PASSWORD,
                at=clock.now(),
            )
    await engine.dispose()


async def sign_in(client: httpx.AsyncClient, login: str) -> dict[str, str]:
    """Sign somebody in; gives headers of their requests, the client itself stays nobody's."""
    answer = await client.post(
        "/sign-in",
        data={"login": login, "password": PASSWORD, "next": "/"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303, answer.text
    (cookie,) = (each for each in answer.cookies.jar if "addrsvc" in each.name)
    client.cookies.clear()
    token = str(cookie.value)
    return {"Cookie": f"{cookie.name}={token}", "X-CSRF-Token": csrf.token_of(token)}


async def report_lost(url: str, key_id: str) -> None:
    """End a device, as who leads collectors does."""
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        await field_devices.report_lost(conn, command_line("test"), key_id, SystemClock().now())
    await engine.dispose()


def make_task(
    url: str, *, title: str = "Khu phố 3", commune: str = WEST, assigned_to: str | None = None
) -> str:
    """Write down a task of a whole commune; gives its id."""
    task_id = str(uuid4())
    with psycopg.connect(url) as conn:
        conn.execute(
            "INSERT INTO collection_task (task_id, title, kind, commune_code, assigned_to,"
            " created_by, created_at, changed_at)"
            " VALUES (%s, %s, 'commune', %s, %s, 'cli:test', now(), now())",
            [task_id, title, commune, assigned_to],
        )
    return task_id


def picture(number: int = 0, *, size: tuple[int, int] = (640, 480)) -> bytes:
    """Give a JPEG of a gate; each number another."""
    image = Image.new("RGB", size, (number * 40 % 256, 90, 160 - number * 20 % 160))
    image.paste((240, 220, 200), (size[0] // 4, size[1] // 4, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def photo_of(content: bytes, **facts: Any) -> dict[str, Any]:
    """Give what a record says of a photo."""
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "media_type": "image/jpeg",
        "marks": "gate",
        "taken_at": "2026-01-15T09:58:00+07:00",
        **facts,
    }


def fields_of(**fields: Any) -> dict[str, Any]:
    """Give all fields of a house; those not named as of one in ``STREET``."""
    return {
        "kind": "dwelling",
        "house_number": "12",
        "thoroughfare": STREET,
        "localities": [["khu_pho", "3"]],
        "unit": None,
        "floor": None,
        "building": None,
        "name": None,
        **fields,
    }


def position_of(lon: float = LON, lat: float = LAT, **facts: Any) -> dict[str, Any]:
    """Give a position as averaged on the spot."""
    at = {"accuracy_m": 4.2, "method": "gnss", "samples": 14, "spread_m": 2.1}
    taken = {"taken_at": "2026-01-15T09:59:00+07:00"}
    return {"lon": lon, "lat": lat, **at, **taken, **facts}


def record_of(act: Act, *, made_at: str = "2026-01-15T10:00:00+07:00", **members: Any) -> Any:
    """Give a record of an act with a new id; members named are put in place of the usual."""
    changes = act in {Act.ADD, Act.CORRECT}
    return {
        "schema": 1,
        "record": str(uuid4()),
        "revision": 1,
        "act": act.value,
        "task": None,
        "app": "1.0.0",
        "made_at": made_at,
        "server_ahead_s": 0.0,
        "commune_code": WEST,
        "address": None,
        "code": None,
        "fields": fields_of() if changes else None,
        "position": position_of() if act is not Act.CORRECT else None,
        "building": None,
        "counts": None,
        "overrides": [],
        "photos": [],
        "has_private": False,
        **members,
    }


@dataclass
class Phone:
    """One enrolled device; keeps nothing but its key and codes not used yet."""

    client: httpx.AsyncClient
    key: str
    key_id: str
    clock: Clock
    codes: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def take_block(self, count: int = 20, commune: str = WEST) -> None:
        """Have codes to give to houses."""
        answer = await self.client.post(
            "/v1/collection/blocks",
            json={"commune_code": commune, "count": count},
            headers={**self.headers, "Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 201, answer.text
        self.codes += answer.json()["codes"]

    def record_of(self, act: Act, **members: Any) -> Any:
        """Give a record made now; that of an addition takes the next code of the block."""
        if act is Act.ADD and "code" not in members:
            members["code"] = self.codes.pop(0)
        made_at = self.clock.now().astimezone(VIETNAM).isoformat()
        return record_of(act, **{"made_at": made_at, **members})

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Ask for anything with the device's key."""
        headers = self.headers | what.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **what)

    async def send(self, record: Mapping[str, Any]) -> httpx.Response:
        """Send a record, and give the answer whatever it is."""
        return await self.ask(
            "PUT",
            f"/v1/collection/submissions/{record['record']}",
            content=orjson.dumps(record),
            headers={"Content-Type": "application/json"},
        )

    async def put(self, record: Mapping[str, Any]) -> Any:
        """Send a record that is taken; gives its receipt."""
        answer = await self.send(record)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put_private(self, record: Mapping[str, Any], **said: Any) -> Any:
        """Send the private part of a record; gives the receipt."""
        answer = await self.ask(
            "PUT",
            f"/v1/collection/submissions/{record['record']}/private",
            json={"revision": record["revision"], **(CONTACT | said)},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put_photo(self, record: Mapping[str, Any], content: bytes) -> None:
        """Send the whole of a photo the record announced."""
        digest = hashlib.sha256(content).hexdigest()
        answer = await self.ask(
            "PATCH",
            f"/v1/collection/submissions/{record['record']}/photos/{digest}",
            content=content,
            headers={"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        )
        assert answer.status_code == 204, answer.text

    async def receipts(self, since: int = 0) -> list[Any]:
        """Give what became of all records of this device since."""
        items = []
        while True:
            answer = await self.ask("GET", "/v1/collection/receipts", params={"since": since})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            since = page["next"]
            if not page["is_more"]:
                return items

    async def receipt_of(self, record: Mapping[str, Any]) -> Any:
        """Give the newest receipt of one record, as the device learns of it by itself."""
        return next(
            each for each in reversed(await self.receipts()) if each["record"] == record["record"]
        )


async def enrol(
    client: httpx.AsyncClient,
    who: Mapping[str, str],
    *,
    name: str = "Máy 1",
    areas: Sequence[str] | None = None,
    clock: Clock | None = None,
) -> Phone:
    """Make a phone a device of whoever is signed in (headers of ``sign_in``)."""
    body: dict[str, Any] = {"name": name}
    if areas is not None:
        body["areas"] = list(areas)
    answer = await client.post("/v1/access/devices:enrol", json=body, headers=dict(who))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Phone(client, told["key"], told["key_id"], clock or SystemClock())
