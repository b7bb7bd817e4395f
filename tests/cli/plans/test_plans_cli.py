"""Plans from the command line: a file imported for real, its faults shown, published, read."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from plan_files_world import BOW, SOUND, geojson_of
from service_settings import service_settings
from typer.testing import CliRunner, Result

from addrsvc.cli import build
from addrsvc.cli.plans_display import plain
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.planning.changes.errors import AgainstUnreadable, ChangesNotReady
from addrsvc.planning.changes.service import find_comparison
from addrsvc.planning.errors import PlanInvalid, PlanUnknown
from addrsvc.planning.file_errors import PlanFileHasErrors
from addrsvc.planning.files.errors import PlanFormatUnknown
from addrsvc.queue.model import Task
from addrsvc.settings import Settings
from addrsvc.worker.tasks import TASKS

WHAT = ("--name", "Quy hoạch thử (bịa)", "--kind", "zoning", "--level", "commune")
MORE = ("--code-list", "land-use-2024", "--decision", "1/QĐ-BỊA", "--date", "2026-01-05")


@pytest.fixture(autouse=True)
def at_home(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(build(), ["plans", *words])


def told(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def refused(*words: str) -> AddrsvcError:
    done = run(*words)
    assert isinstance(done.exception, AddrsvcError), done.output
    return done.exception


def test_texts_of_files_do_not_steer_a_terminal() -> None:
    assert plain("Khu\x1b[2J A\u202e\n") == "Khu [2J A  "


def changed(database_url: str, tmp_path: Path, number: str, later: str) -> None:
    """Look at what a plan changes before and after a worker found out."""
    waiting = told("changes", later)
    assert "Waiting" in waiting
    assert f"Against: {number} " in waiting
    table = tmp_path / "changes.csv"
    assert isinstance(refused("changes", later, "--out", str(table)), ChangesNotReady)
    assert run("changes", later, "--out", "changes.xlsx").exit_code == 2
    assert isinstance(refused("changes", later, "--against", "x"), AgainstUnreadable)

    async def work() -> None:
        engine = make_engine(service_settings(database_url))
        async with transaction(engine) as conn:
            found = await find_comparison(conn, int(later), [int(number)])
        each: dict[str, Any] = {"comparison_id": found.comparison_id}
        await TASKS[Task.PLAN_CHANGES](engine, Settings(), SystemClock(), **each)
        await engine.dispose()

    asyncio.run(work())
    done = told("changes", later, "--out", str(table))
    assert "Worked out" in done
    assert re.search(r"ODT +→ No longer planned +[0-9.]+ ha +2", done)  # both wings of the bow
    assert "Changed: " in done
    assert "Addresses for which something else is planned: 0; dossiers: 0" in done
    assert "Followers are being told (publish): 0 addresses by now." in done
    assert "ODT" in table.read_text(encoding="utf-8-sig")
    assert "Waiting" in told("changes", later, "--again")
    assert "Against" not in told("changes", later, "--against", "")


def test_a_file_is_imported_published_and_written_out(registry_url: str, tmp_path: Path) -> None:
    file, found, drawn = (tmp_path / each for each in ("a.geojson", "found.json", "map.html"))
    file.write_bytes(geojson_of([BOW, *SOUND, ("\x1b[31mXYZ", SOUND[0][1])]))
    looked = told(
        "import", str(file), *WHAT, *MORE, "--dry-run", "--report", str(found), "--scale", "2000"
    )
    assert "4 features, 3 can be stored" in looked
    assert "Ring crosses itself" in looked
    assert "\x1b" not in looked
    assert json.loads(found.read_bytes())["counts"]["self-crossing"] == 1
    assert "no such plans" in told("list")
    assert isinstance(refused("import", str(file), *WHAT, *MORE), PlanFileHasErrors)
    assert "no such plans" in told("list"), "all or nothing"

    words = ("--accept-repairs", "--period", "2021-2030", "--synthetic", "--report", str(drawn))
    made = told("import", str(file), *WHAT, *MORE, *words)
    assert "Repairs proposed:" in made
    assert "4 zones" in made
    assert "SYNTHETIC" in made
    assert "<html" in drawn.read_text(encoding="utf-8")[:2_000].lower()
    (line,) = told("list", "--status", "draft").splitlines()
    number = line.split()[0]
    rehearsed = told("publish", number, "--from", "2026-02-01", "--dry-run")
    assert "Draft" in rehearsed
    assert "being worked out" in rehearsed
    assert "Published" in told("publish", number, "--from", "2026-02-01", "--no-tell")
    assert "Followers" not in told("changes", number)
    assert "decision: 1/QĐ-BỊA of 2026-01-05" in told("show", number)

    out = tmp_path / "zones.geojson"
    assert told("zones", number, "--out", str(out)).startswith("4 ")
    features = json.loads(out.read_bytes())["features"]
    assert [each["id"] for each in features] == [1, 2, 3, 4]
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    assert all(each.is_valid for each in shapes)

    file.write_bytes(geojson_of(SOUND))
    told("import", str(file), *WHAT, *MORE)
    later = told("list", "--status", "draft").split()[0]
    day = ("--from", "2026-03-01")
    assert number in told("publish", later, *day, "--replaces", number, "--dry-run")
    told("publish", later, *day, "--replaces", number)
    assert f"replaced by: {later}" in told("show", number)
    changed(registry_url, tmp_path, number, later)
    assert "Withdrawn" in told("withdraw", later, "--from", "2026-04-01", "--reason", "sai")
    acts = [each.split()[1] for each in told("history", later).splitlines()]
    assert acts == ["create", "store", "publish", "withdraw"]
    assert told("list", "--at", "2026-02-15").split()[0] == number


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    file.write_bytes(b"no map at all")
    assert isinstance(refused("import", str(file), *WHAT, *MORE), PlanFormatUnknown)
    file.write_bytes(geojson_of([BOW, *SOUND, ("CLN", shapely.box(106.615, 10.91, 106.62, 10.92))]))
    wrong = ("--code-list", "none", "--leave-out")
    assert isinstance(refused("import", str(file), *WHAT, *wrong), PlanInvalid)
    assert run("import", str(file), *WHAT, *MORE, "--period", "soon").exit_code == 2
    left = told("import", str(file), *WHAT, *MORE, "--leave-out")
    assert "3 zones" in left
    assert re.search(r"Ring crosses itself: .* m²; would overlap [0-9,.]+ m² \(4\)", left)
    number = told("list").split()[0]
    told("discard", number)
    assert isinstance(refused("show", number), PlanUnknown)
    assert "discard" in told("history", number)
