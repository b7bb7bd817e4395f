"""Who asks to be erased is taken out of the words of tasks too. All names are invented."""

from __future__ import annotations

import psycopg
import pytest
from collection_world import make_task
from psycopg.types.json import Jsonb
from service_settings import service_settings

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.personal.model import Person
from addrsvc.tickets.erasing import take_out_everywhere

pytestmark = pytest.mark.anyio

NAME = "Đỗ Thị Bịa"


async def test_names_in_tasks_are_taken_out_and_streets_keep_theirs(registry_url: str) -> None:
    named, street, other = (
        make_task(registry_url, title=title) for title in (f"Xóm nhà {NAME}", NAME, "Khu phố 3")
    )
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            "UPDATE collection_task SET kind = 'street', named = %s WHERE task_id = %s",
            [Jsonb(NAME), street],
        )
        conn.execute(
            "UPDATE collection_task SET note = %s WHERE task_id = %s",
            [f"Hỏi bà {NAME} trước", named],
        )
    engine = make_engine(service_settings(registry_url))
    async with transaction(engine) as conn:
        person = Person(NAME, "+84 900 000 222")
        assert await take_out_everywhere(conn, [person], [f"%{NAME}%"]) == 1
    await engine.dispose()
    with psycopg.connect(registry_url) as conn:
        left = {
            str(task): (title, note, version)
            for task, title, note, version in conn.execute(
                "SELECT task_id, title, note, version FROM collection_task"
            )
        }
    title, note, version = left[named]
    assert NAME not in title + note
    assert (title[:3], note[:3], version) == ("Xóm", "Hỏi", 2)
    assert left[street] == (NAME, None, 1)
    assert left[other] == ("Khu phố 3", None, 1)
