"""One running application with addresses of every visibility, and a key for everybody who asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import shapely
from access_table import TABLE, TARGETS, Asker, Row
from answer_headers import FORGED, FORGING, faults
from fastapi import FastAPI
from planning_world import insert_plan
from registry_fixtures import EAST, WEST
from service_settings import ENCRYPTION_KEY, service_settings

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.app import create_app
from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_device, create_key
from addrsvc.certificates.signing import new_seed
from addrsvc.clock import SystemClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events.sealing import seal_all

PUBLIC_AT = "https://dia-chi.example"

AREAS = {"west": [WEST], "east": [EAST], None: None}
STREETS = {
    "public": "Đường Công Khai",
    "restricted": "Đường Hạn Chế",
    "secret": "Đường Bí Mật",
    "proposed": "Đường Đề Nghị",
}
HOLDER = {"name": "Trịnh Thị Chim Yến", "phone": "0977 123 450"}
"""An invented person, behind every address."""
HOME = "Nhà ông Chim Sáo"
"""The name of a home: like a person's."""
PERSON = "Lâm Văn Chim Cắt"
"""Whose account it is, and who holds the device; invented."""

ASKER = "Phan Thị Chim Vành Khuyên"
"""Who asks what is kept of them; invented."""

IN_DOSSIER = "77 Đường Chim Én Trong Hồ Sơ, Phường Tây"
"""Where somebody lives, as a dossier says; invented."""

UNSEEN = {
    "address-not-found",
    "act-not-found",
    "dossier-not-found",
    "file-job-not-found",
    "key-unknown",
    "plan-unknown",
    "feature-unknown",
    "notice-batch-unknown",
    "ticket-unknown",
    "submission-unknown",
    "collection-task-unknown",
}
"""Problems that say there is nothing of that name; others of status 404 come after the gate."""


def routes_of(app: FastAPI) -> set[str]:
    """Give method and path of every route of an application, those not in OpenAPI too."""

    def walk(routes: Iterable[Any]) -> Iterator[str]:
        for route in routes:
            included = getattr(route, "original_router", None)
            if included is not None:
                yield from walk(included.routes)
                continue
            methods = set(getattr(route, "methods", None) or {"MOUNT"}) - {"HEAD", "OPTIONS"}
            yield from (f"{method} {route.path}" for method in methods)

    return set(walk(app.routes))


@dataclass
class World:
    """One running application with four addresses in WEST, and a key for everybody."""

    client: httpx.AsyncClient
    issue: Callable[[Asker], Awaitable[str]]
    names: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    keys: dict[Any, str] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)
    """What was wrong with headers of answers; every question is put with a forged host."""

    async def headers(self, asker: Asker) -> dict[str, str]:
        if asker.kind == "anonymous":
            return {}
        who = (asker.scopes, asker.area, asker.kind)
        if who not in self.keys:
            self.keys[who] = await self.issue(asker)
        return {"Authorization": f"Bearer {self.keys[who]}"}

    def filled(self, what: Any, target: str) -> Any:
        """Put the target, and what the world knows by name, where the table has their names."""
        if isinstance(what, dict):
            return {key: self.filled(value, target) for key, value in what.items()}
        if isinstance(what, list):
            return [self.filled(each, target) for each in what]
        if not isinstance(what, str):
            return what
        at = TARGETS.index(target)
        known = {
            **self.names,
            "ref": self.refs[target],
            "code": self.refs[target].replace("p", "0").rjust(10, "0"),
            "line": f"{at + 1} {STREETS[target]}, Phường Tây, Thành phố Mẫu",
            "location_id": f"{at:012d}",
            "lon": str(_lon(target)),
            "lat": "10.95",
        }
        for name, value in known.items():
            what = what.replace("{" + name + "}", value)
        return what

    async def ask(
        self, row: Row, asker: Asker, target: str, *, in_earnest: bool = False
    ) -> httpx.Response:
        """Ask what a row says, of a target; writes are tried only, unless meant in earnest."""
        method, template = row.route.split(" ")
        path = self.filled(row.path or template, target)
        if in_earnest:
            path = path.replace("?dry_run=true", "")
        elif "{ref}:" in template or (method == "PATCH" and "{ref}" in template):
            path += "?dry_run=true"
        path = quote(path, safe="/:?&=,.-_@")
        headers = {**await self.headers(asker), "If-Match": "*", "Accept-Language": "en"}
        body = None if row.body is None else self.filled(row.body, target)
        form = None if row.form is None else dict(row.form)
        answer = await self.client.request(
            method, path, headers={**headers, **FORGING}, json=body, data=form
        )
        found = faults(answer, is_for_others=row.route == "GET /widget")
        if FORGED in f"{answer.headers}" or FORGED.encode() in answer.content:
            found.append("a forged host is believed")
        self.faults |= {f"{row.name} {answer.status_code}: {each}" for each in found}
        return answer

    def is_shown(self, row: Row, target: str, answer: httpx.Response) -> bool:
        shown = {"ref": self.refs, "code": self.refs, "street": STREETS}[row.shown_by][target]
        return shown in answer.text


def outcome(answer: httpx.Response) -> str:
    """Say in the words of the table what an answer is."""
    status = answer.status_code
    if status >= 500:
        return f"{status}: {answer.text[:120]}"
    if status in {401, 403}:
        return str(status)
    problem = "problem+json" in answer.headers.get("content-type", "")
    slug = answer.json()["type"].removeprefix("/problems/") if problem else ""
    if status == 422 and slug == "request-invalid":
        return f"422: {answer.text[:120]}"
    pages = ("/plans/", "/notices/", "/collection/")
    is_page = not problem and answer.request.url.path.startswith(pages)
    if status == 404 and (slug in UNSEEN or is_page):
        return "404"
    return "ok"


def _lon(target: str) -> float:
    return 106.61 + 0.01 * TARGETS.index(target)


def dump_of(url: str) -> dict[str, str]:
    """Give all rows of every table as text, but for when keys were last used."""
    with psycopg.connect(url) as conn:
        tables = conn.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return {
            table: "\n".join(
                row
                for (row,) in conn.execute(
                    f"SELECT (to_jsonb(t) - 'last_used_at')::text FROM {table} t"
                    " ORDER BY 1".encode()
                ).fetchall()
            )
            for (table,) in tables
        }


@asynccontextmanager
async def running(url: str, units: UnitsInMemory) -> Any:
    """Start the application once on a database, with all that the table asks about in it."""
    plenty = dict.fromkeys(
        ("anonymous_per_minute", "anonymous_misses_per_minute", "known_per_minute"), 10_000_000
    )
    files = TemporaryDirectory()
    settings = service_settings(
        url,
        files_dir=files.name,
        local_ca_file=_authority(files.name),
        miss_alarm_per_minute=10_000_000,
        holder_readings_per_day=10_000_000,
        encryption_keys=ENCRYPTION_KEY,
        certificate_key=new_seed(),
        webhook_allow="127.0.0.1/32",
        public_url=PUBLIC_AT,
        **plenty,
    )
    app = create_app(settings, SystemClock(), units)
    engine = make_engine(settings)
    now = datetime.now(UTC)

    async def issue(asker: Asker) -> str:
        scopes = [Scope(each) for each in asker.scopes]
        areas = AREAS[asker.area]
        async with transaction(engine) as conn:
            if asker.kind == "device":
                return await create_device(
                    conn,
                    command_line("test"),
                    name="máy thử",
                    held_by=PERSON,
                    areas=areas,
                    scopes=scopes,
                    expires_at=now + timedelta(days=1),
                    at=now,
                )
            return await create_key(
                conn,
                command_line("test"),
                name="khóa thử",
                scopes=scopes,
                areas=areas,
                expires_at=None,
                at=now,
            )

    try:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            base_url = httpx.URL("http://test")
            async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
                world = World(client, issue)
                await _fill(world)
                world.names |= _plans(url)
                await seal_all(engine)
                yield world
    finally:
        await engine.dispose()
        files.cleanup()


def _authority(folder: str) -> Path:
    """Write what phones of a trial are to trust."""
    file = Path(folder, "ca.crt")
    file.write_text("-----BEGIN CERTIFICATE-----")
    return file


def _plans(url: str) -> dict[str, str]:
    """Insert a published plan and a draft, both in WEST."""
    zones = [("ODT", shapely.box(106.61, 10.94, 106.62, 10.96))]
    published = insert_plan(url, zones, communes=[WEST])
    draft = insert_plan(url, zones, status="draft", communes=[WEST])
    return {"plan": str(published), "draft": str(draft)}


async def _fill(world: World) -> None:
    everything = Asker("everything", frozenset(each.value for each in Scope))
    headers = await world.headers(everything)

    async def made(**said: Any) -> dict[str, Any]:
        command = {"kind": "dwelling", "source": "thử", **said}
        answer = await world.client.post("/v1/addresses", json=command, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    for at, target in enumerate(TARGETS):
        position = {"lon": _lon(target), "lat": 10.95, "accuracy_m": 5, "method": "gnss"}
        where = {"commune_code": WEST} if target == "proposed" else {"position": position}
        parts = {"house_number": str(at + 1), "thoroughfare": STREETS[target]}
        visibility = target if target in {"restricted", "secret"} else "public"
        made_one = await made(
            components=parts, visibility=visibility, name=HOME, holder=HOLDER, **where
        )
        world.refs[target] = made_one["ref"]
    place = {"lon": 106.69, "lat": 10.91, "accuracy_m": 5, "method": "gnss"}
    other = await made(position=place)
    divided = await made(position={**place, "lat": 10.92})
    into = [
        {"kind": "dwelling", "source": "thử", "position": {**place, "lat": lat}}
        for lat in (10.93, 10.94)
    ]
    split = await world.client.post(
        f"/v1/addresses/{divided['ref']}:split",
        json={"reason": "thử nghiệm", "into": into},
        headers={**headers, "If-Match": "*"},
    )
    assert split.status_code == 200, split.text
    naming = next(each.body for each in TABLE if each.route == "POST /v1/acts")
    world.names = {"west": WEST, "other": other["ref"], "x": "999999999"}
    acts = [
        (
            await world.client.post(
                "/v1/acts", json=world.filled(naming, "public"), headers=headers
            )
        ).json()["act_id"]
        for _ in range(2)
    ]
    dossier = next(each for each in TABLE if each.route.startswith("PUT /v1/dossiers"))
    put = await world.client.put(
        str(dossier.path), json=world.filled(dossier.body, "public"), headers=headers
    )
    assert put.status_code == 201, put.text
    area = {"kind": "commune", "commune_code": WEST}
    task = await world.client.post("/v1/collection/tasks", json=area, headers=headers)
    assert task.status_code == 201, task.text
    key = await world.issue(Asker("spare", frozenset({"access:write"})))
    device = await world.issue(Asker("spare", frozenset({"addresses:read"}), "west", "device"))
    now = datetime.now(UTC)
    world.names |= {
        "split": str(split.json()["act_id"]),
        "naming": str(acts[0]),
        "cancelled": str(acts[1]),
        "key": key.split("_")[1],
        "device": device.split("_")[1],
        "task": task.json()["task_id"],
        "now": now.isoformat().replace("+00:00", "Z"),
        "today": today(SystemClock()).isoformat(),
        "purpose": "verify-address",
    }
