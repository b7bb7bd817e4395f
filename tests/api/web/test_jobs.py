"""Pages of jobs over files: for their owners, whatever is in the file; buttons want our form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from registry_fixtures import IN_WEST
from service_settings import service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.clock import Clock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry.model import (
    Address,
    Components,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.settings import Settings
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]

ORIGIN = {"Origin": "http://test"}
PASSWORD = "bốn con cá bơi ngược"
HERE = Position(LonLat(IN_WEST["lon"], IN_WEST["lat"]), 4.5, Method.GNSS, Marks.ENTRANCE)
HOSTILE = '</script><script>window.__xss=1</script>" onfocus="x'
FOUND = {
    "columns": [HOSTILE, "role", "Địa chỉ"],
    "roles": {"address": "Địa chỉ", "commune": "role"},
    "rows": [["<b>1</b>", "", "1 Bịa"]],
    "encoding": "utf-8-sig",
}
_JOB = """
    INSERT INTO personal.file_job (owner, scopes, kind, file_name, options, state, found,
                                   rows_total, rows_done, counts, problem, created_at, began_at,
                                   ended_at, expires_at)
    VALUES (%(owner)s, '{addresses:read}', 'geocode', %(name)s, '{"result": "csv", "columns": {}}',
            %(state)s, %(found)s, 3000, %(done)s, %(counts)s, %(problem)s, '2026-01-15T02:00Z',
            '2026-01-15T02:00Z', '2026-01-15T02:10Z', '2026-01-22T02:00Z')
    RETURNING job_id
"""


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, files_dir=tmp_path)


@pytest.fixture
async def signed_in(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, clock: Clock
) -> httpx.AsyncClient:
    """Give a client with the session of an invented planner."""
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.state.passwords = quick
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        for login, role in (("lan", Role.PLANNER), ("an", Role.ADMIN)):
            await accounts.create_account(
                conn,
                command_line("test"),
                quick,
                login=login,
                display_name="Trần Thị Bịa",
                at=clock.now(),
                roles=[role],
                password=PASSWORD,
            )
    await engine.dispose()
    await sign_in(client, "lan")
    return client


async def sign_in(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    form = {"login": login, "password": PASSWORD}
    assert (await client.post("/sign-in", data=form, headers=ORIGIN)).status_code == 303


async def press(client: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/jobs")).text)
    assert found is not None
    return await client.post(path, data={"csrf": found[1], **form}, headers=ORIGIN)


@pytest.fixture
def add(registry_url: str, tmp_path: Path) -> Callable[..., str]:
    """Give a maker of jobs as a worker would leave them: state and facts in, id out."""

    def insert(state: str, **facts: Any) -> str:
        params: dict[str, Any] = {"owner": "account:lan", "name": "nha.csv", "done": 0, **facts}
        for name in ("found", "counts", "problem"):
            value = params.get(name, {} if name == "counts" else None)
            params[name] = None if value is None else orjson.dumps(value).decode()
        with psycopg.connect(registry_url) as conn:
            found = conn.execute(_JOB, {"state": state, **params}).fetchone()
        assert found is not None
        (tmp_path / str(found[0])).mkdir()
        return str(found[0])

    return insert


async def test_whatever_stands_in_a_file_is_text_and_columns_are_chosen_by_place(
    signed_in: httpx.AsyncClient, add: Callable[..., str], registry_url: str
) -> None:
    job = add("needs_columns", found=FOUND, name=f"{HOSTILE}.csv")
    page = await signed_in.get(f"/jobs/{job}")
    assert page.headers["cache-control"] == "private, no-store"
    assert "<script>window" not in page.text
    assert "<b>1</b>" not in page.text
    assert "Bảng mã: UTF-8." in page.text
    assert page.text.count(" selected>") == 2
    assert "<script>window" not in (await signed_in.get("/jobs")).text
    none = await press(signed_in, f"/jobs/{job}/start", **{"role.address": ""})
    assert none.status_code == 422
    assert "Còn thiếu cột" in none.text
    odd = {"role.address": "0", "role.commune": "", "role.locality": "99"}
    assert (await press(signed_in, f"/jobs/{job}/start", **odd)).status_code == 303
    with psycopg.connect(registry_url) as conn:
        kept = conn.execute(
            "SELECT state, options -> 'columns' FROM personal.file_job WHERE job_id = %s", [job]
        ).fetchone()
    # what was taken back is not guessed again
    assert kept == ("waiting", {"address": HOSTILE, "commune": "", "locality": ""})
    assert "Chưa có tiến trình xử lý tệp" in (await signed_in.get(f"/jobs/{job}")).text


async def test_how_a_job_goes_and_why_one_ended_is_said_in_both_languages(
    signed_in: httpx.AsyncClient, add: Callable[..., str]
) -> None:
    running = add("running", done=1500, counts={"certain": 1400, "odd": 100})
    page = (await signed_in.get(f"/jobs/{running}")).text
    for each in ("<title>50% – nha.csv", 'value="50"', "1.500 / 3.000 dòng", "<dt>odd</dt>"):
        assert each in page
    assert 'http-equiv="refresh"' in page
    english = (await signed_in.get(f"/jobs/{running}?lang=en")).text
    assert "1,500 / 3,000 rows" in english
    await signed_in.get("/jobs?lang=vi")
    why = {
        "slug": "file-broken",
        "title": {"vi": "Tệp bị hỏng", "en": "Damaged file"},
        "detail": {"vi": "Hỏng <i>ở đó</i>.", "en": "Damaged there."},
        "line": 17,
    }
    refused = (await signed_in.get(f"/jobs/{add('refused', problem=why)}")).text
    assert "Dòng 17" in refused
    assert "Hỏng &lt;i&gt;ở đó" in refused
    assert "refresh" not in refused
    for _ in range(50):
        add("done")
    first = (await signed_in.get("/jobs")).text
    older = re.search(r'href="(/jobs\?before=[^"]+)"', first)
    assert older is not None
    assert first.count('scope="row"') == 50
    assert (await signed_in.get(older[1])).text.count('scope="row"') == 2


async def test_only_its_owner_and_only_our_form_reach_a_job(
    signed_in: httpx.AsyncClient, add: Callable[..., str], registry_url: str
) -> None:
    mine, others = add("running"), add("running", owner="account:an")
    for path in (f"/jobs/{others}", f"/jobs/{others}/changes", "/jobs/x", "/jobs?before=x"):
        assert (await signed_in.get(path)).status_code == 404, path
    forged = await signed_in.post(f"/jobs/{mine}/cancel", data={"csrf": "x"}, headers=ORIGIN)
    assert forged.status_code == 403
    for path, status in (
        (f"/jobs/{others}/cancel", 404),
        (f"/jobs/{mine}/forget", 409),
        (f"/jobs/{mine}/start", 422),
        (f"/jobs/{mine}/burn", 404),
    ):
        assert (await press(signed_in, path)).status_code == status, path
    with psycopg.connect(registry_url) as conn:
        states = conn.execute("SELECT DISTINCT state FROM personal.file_job").fetchall()
    assert states == [("running",)]
    await sign_in(signed_in, "an")
    assert (await signed_in.get("/jobs")).status_code == 403
    signed_in.cookies.clear()
    for path in ("/jobs", f"/jobs/{mine}", f"/jobs/{mine}/changes"):
        led = await signed_in.get(path)
        assert (led.status_code, led.headers["location"][:9]) == (303, "/sign-in?"), path


async def test_what_has_changed_since_shows_no_address_one_may_not_see(
    signed_in: httpx.AsyncClient,
    add: Callable[..., str],
    register: Act,
    retire: Act,
    tmp_path: Path,
) -> None:
    split, heir, secret = [
        await register(
            components=Components(house_number=number, thoroughfare="Đường Lê Lợi"),
            position=replace(HERE, point=LonLat(HERE.point.lon, HERE.point.lat + shift_deg)),
            visibility=level,
        )
        for number, shift_deg, level in (
            ("1", 0, Visibility.PUBLIC),
            ("2", 0.001, Visibility.PUBLIC),
            ("3", 0.002, Visibility.SECRET),
        )
    ]
    await retire(split, heir, secret, relation="split")
    job = add("done")
    lines = [[2, str(split.code)], [3, str(secret.code)]]
    (tmp_path / job / "codes.ndjson").write_bytes(b"".join(orjson.dumps(_) + b"\n" for _ in lines))
    page = (await signed_in.get(f"/jobs/{job}/changes")).text
    assert f'href="/a/{heir.code}"' in page
    assert f'→ <a href="/a/{secret.code}"' not in page
    assert "không còn được xem" in page


async def test_templates_are_open_and_sent_as_files(client: httpx.AsyncClient) -> None:
    sheet = await client.get("/v1/jobs/template?kind=dossiers")
    assert sheet.headers["content-disposition"] == 'attachment; filename="mau-danh-sach-ho-so.xlsx"'
    assert sheet.content.startswith(b"PK")
    text = await client.get("/v1/jobs/template?kind=geocode&format=csv")
    assert text.content.decode("utf-8-sig").splitlines()[0] == "Địa chỉ"
    assert (await client.get("/v1/jobs/template?kind=x")).status_code == 422
