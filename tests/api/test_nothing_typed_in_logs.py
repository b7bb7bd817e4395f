"""What people type is in no log and no metric: not when all is well, and not when it fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import psycopg
import pytest
from registry_fixtures import IN_WEST, IssueKey
from service_settings import ENCRYPTION_KEY, as_role, service_settings

from addrsvc.auth.model import Scope
from addrsvc.cli.web_server import free_port
from addrsvc.db.roles import READER, WRITER
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

CANARY = "ChimHoàngYếnBịa"
PLAIN = "ChimYenBia0911223344"
NUMBER = "0911223344"

# every write that holds the canary meets an error of the database that quotes its row
_TRAP = f"""
ALTER TABLE address_version ADD CONSTRAINT trap CHECK (document::text NOT LIKE '%{NUMBER}%');
CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE 'trapped %', NEW; END $$;
"""


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
def environment(registry_url: str) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "ADDRSVC_DATABASE_URL": as_role(registry_url, WRITER),
        "ADDRSVC_READ_DATABASE_URL": as_role(registry_url, READER),
        "ADDRSVC_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "ADDRSVC_REQUEST_DEADLINE_S": "60",
        "ADDRSVC_STATEMENT_TIMEOUT_MS": "60000",
    }


@pytest.fixture
def served(tmp_path: Path, environment: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Give the URL of a server of its own process, and the file all its output goes to."""
    port, output = free_port(), tmp_path / "output"
    command = [sys.executable, "-m", "uvicorn", "--factory", "addrsvc.server:app_from_environment"]
    command += [f"--port={port}", "--no-access-log", "--http=addrsvc.edge.protocol:PatientHttp"]
    with output.open("wb") as file:
        server = subprocess.Popen(  # noqa: S603 -- an argument list of our own
            command, env=environment, stdout=file, stderr=file
        )
        try:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                try:
                    if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                        break
                except httpx.HTTPError:
                    time.sleep(0.1)
            yield url, output
        finally:
            server.terminate()
            server.wait(60)


async def test_the_running_service(
    served: tuple[str, Path], issue_key: IssueKey, registry_url: str
) -> None:
    url, output = served
    key = await issue_key(*Scope)
    with psycopg.connect(registry_url) as admin:
        admin.execute(_TRAP.encode())
    good = {"Authorization": f"Bearer {key}"}
    house = {
        "kind": "dwelling",
        "source": "field",
        "name": f"{CANARY} {NUMBER}",
        "position": IN_WEST,
        "holder": {"name": CANARY, "phone": NUMBER},
        "components": {"house_number": "1", "thoroughfare": CANARY},
    }
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        for path in ("/v1/geocode", "/v1/autocomplete", "/v1/convert", "/", "/v1/addresses"):
            await client.get(path, params={"q": CANARY, "text": CANARY, CANARY: NUMBER})
        await client.get(f"/v1/geocode?q=%00{NUMBER}%ff")
        for path in (f"/{PLAIN}", f"/v1/addresses/{CANARY}", f"/a/{CANARY}", f"/v1/codes/{PLAIN}"):
            await client.get(path)
            await client.request(PLAIN.upper()[:20], path)
        heads = ("User-Agent", "Referer", "Authorization", "Idempotency-Key", "If-Match", "Cookie")
        for name in (*heads, "Accept-Language", "X-Forwarded-For", "Origin", "X-Request-Id"):
            await client.get("/v1/addresses", headers={name: f"{PLAIN} {NUMBER}"})
        await client.get("/v1/addresses", headers={"Authorization": f"Bearer {PLAIN}"})
        await client.get("/v1/addresses", headers={"Authorization": f"Bearer a.{PLAIN}.b"})
        form = {"login": PLAIN.lower(), "password": CANARY}
        await client.post("/sign-in", data=form, headers={"Origin": url})
        await client.post("/oauth/token", data={"client_id": PLAIN, "client_secret": CANARY})
        for body in (b'{"name": "' + CANARY.encode(), orjson.dumps([CANARY]), b"\xff" + b"0911"):
            await client.post("/v1/addresses", content=body, headers=good)
        for change in ({"kind": CANARY}, {CANARY: 1}, {"position": {"lon": NUMBER}}):
            await client.post("/v1/addresses", json={**house, **change}, headers=good)
        failed = await client.post("/v1/addresses", json=house, headers=good)
        assert failed.status_code == 500, failed.text
        named = {"name": CANARY, "phone": NUMBER, "note": CANARY, "kind": "erase"}
        for path in ("find", "export", "erase", "requests", "correct"):
            await client.post(f"/v1/persons/{path}", json=named, headers=good)
        said = {"kind": "missing", "place": CANARY, "text": f"{CANARY} {NUMBER}"}
        reach = {"name": CANARY, "phone": NUMBER}
        contact = {**reach, "consent": True}
        sent = await client.post("/v1/tickets", json={**said, "contact": contact})
        number = sent.json()["number"]
        for path in (f"/v1/tickets/{number}", f"/report/{number}", f"/report/{PLAIN}"):
            await client.get(path)
        await client.post("/report", data={**said, **reach})
        metrics = (await client.get("/metrics")).text
    logged = output.read_text(encoding="utf-8", errors="replace")
    secrets = (CANARY, PLAIN, PLAIN.lower(), PLAIN.upper()[:16], NUMBER, "911223344", number)
    for where in (logged, metrics):
        for secret in secrets:
            assert secret not in where, [x[:300] for x in where.splitlines() if secret in x]
    told = [orjson.loads(line) for line in logged.splitlines() if '"unexpected error"' in line]
    assert [each["exception"][0]["constraint"] for each in told] == ["trap"]
    assert len(logged.splitlines()) > 40  # requests were logged


def test_a_command_that_meets_a_defect(
    registry_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    with psycopg.connect(registry_url) as admin:
        admin.execute(_TRAP.encode())
    table = tmp_path / "rows.csv"
    cells = f"1,{CANARY} {NUMBER},1,{CANARY},25747,106.65,10.95,{CANARY},{NUMBER}"
    table.write_text(f"ext_id,name,house_number,street,commune,lon,lat,holder,phone\n{cells}\n")
    command = [sys.executable, "-m", "addrsvc", "addresses", "import", str(table)]
    command += ["--source", "test", "--kind", "public_facility"]
    done = subprocess.run(  # noqa: S603 -- an argument list of our own
        command, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "trap" in said
    for secret in (CANARY, NUMBER):
        assert secret not in said
