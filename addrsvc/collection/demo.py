"""Fill the demo's own database with two invented tasks and some records of an invented collector.

They go the way a phone's go; all words say that they are invented.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.auth.service import DEVICE_DAYS, create_device
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock, SystemClock, today
from addrsvc.collection import areas, splitting, tasks
from addrsvc.collection.deciding import decide
from addrsvc.collection.devices import Device
from addrsvc.collection.keeping import keep
from addrsvc.collection.merging import fields_of
from addrsvc.collection.model import Act, Waits
from addrsvc.collection.tasks_model import NewTask, Task, TaskKind
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction
from addrsvc.registry import reading
from addrsvc.registry.model import Address
from addrsvc.settings import Settings

_PRINCIPAL: Final = command_line("demo")
_COMMUNE: Final = "25747"
_NOTE: Final = "Bịa ra để trình diễn; không ai đi theo nhiệm vụ này."
_DEVICE: Final = "Điện thoại minh họa (bịa)"
_ACTS: Final = (
    Act.CORRECT, Act.CORRECT, Act.CORRECT, Act.NOBODY_HOME, Act.GONE, Act.CORRECT, Act.NOBODY_HOME,
)  # fmt: skip
_MADE: Final = "SELECT FROM collection_task WHERE created_by = %(principal)s LIMIT 1"

_CODES: Final = """
SELECT code FROM address WHERE address_id = any(%(ids)s::bigint[]) AND code IS NOT NULL
ORDER BY address_id LIMIT %(limit)s
"""


def ensure(database_url: str) -> None:
    """Fill the database once; called again it costs one query."""
    settings = Settings.model_validate({"database_url": database_url})
    asyncio.run(_ensure(settings, SystemClock()))


async def _ensure(settings: Settings, clock: Clock) -> None:
    engine = make_engine(settings)
    try:
        async with transaction(engine) as conn:
            if await rows(conn, _MADE, {"principal": _PRINCIPAL.id}):
                return
        await _fill(engine, settings, clock)
    finally:
        await engine.dispose()


async def _fill(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    due = today(clock) + timedelta(days=14)
    async with transaction(engine) as conn:
        key = await create_device(
            conn,
            _PRINCIPAL,
            name=_DEVICE,
            held_by="minh-hoa",
            areas=[_COMMUNE],
            expires_at=clock.now() + timedelta(days=DEVICE_DAYS),
            at=clock.now(),
        )
        parts = await splitting.list_parts(conn, _PRINCIPAL, _COMMUNE, TaskKind.STREET, clock)
        whole = NewTask(TaskKind.COMMUNE, _COMMUNE, due_on=due, note=_NOTE)
        await tasks.create(conn, _PRINCIPAL, whole, clock)
        if not parts or not parts[0].addresses:
            return
        street = NewTask(TaskKind.STREET, _COMMUNE, named=parts[0].named, due_on=due, note=_NOTE)
        task = await tasks.create(conn, _PRINCIPAL, street, clock)
        members = await areas.members_of(conn, task, sight_of(_PRINCIPAL))
        params = {"ids": sorted(members.ids), "limit": len(_ACTS)}
        codes = [each["code"] for each in await rows(conn, _CODES, params)]
        houses = await reading.find_addresses(conn, codes)
    key_id = key.split("_")[1]
    await _send(engine, Device(key_id, _PRINCIPAL), task, list(houses.values()), settings, clock)


async def _send(
    engine: AsyncEngine,
    device: Device,
    task: Task,
    houses: Sequence[Address],
    settings: Settings,
    clock: Clock,
) -> None:
    for act, house in zip(_ACTS, houses, strict=False):
        said = _record(act, task, house, clock)
        record = uuid4()
        content = orjson.dumps(said | {"record": str(record)})
        kept = await keep(engine, device, record, content, clock)
        if kept.waits_for is Waits.REGISTER:
            await decide(engine, record, _PRINCIPAL, clock, settings)


def _record(act: Act, task: Task, house: Address, clock: Clock) -> dict[str, Any]:
    return {
        "schema": 1,
        "revision": 1,
        "act": act.value,
        "task": str(task.task_id),
        "app": "demo",
        "made_at": clock.now().isoformat(),
        "server_ahead_s": 0.0,
        "commune_code": house.area,
        "address": {"ref": house.code or house.ref, "version": house.version},
        "code": None,
        "fields": fields_of(house.document) if act is Act.CORRECT else None,
        "position": None,
        "building": None,
        "counts": {"rooms": 2, "households": 1} if act is Act.CORRECT else None,
        "overrides": [],
        "photos": [],
        "has_private": False,
    }
