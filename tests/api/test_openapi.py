"""The service keeps to its own OpenAPI document under invented requests: no 5xx, ever."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from benchmarks.http_rounds import running_service
from service_settings import service_settings

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.certificates.signing import new_seed
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.events.sealing import seal_all
from addrsvc.personal.crypto import new_key

_ROOT = Path(__file__).resolve().parents[2]

CHECKS = (
    "not_a_server_error,content_type_conformance,response_schema_conformance,"
    "status_code_conformance"
)


async def _key_with_every_scope(url: str) -> str:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        # who waits for an event finds one
        at = datetime(2026, 1, 1, tzinfo=UTC)
        await events.record(conn, type="address.assigned", subject="7512300000", at=at)
        key = await create_key(
            conn,
            command_line("test"),
            name="test",
            scopes=list(Scope),
            expires_at=None,
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    await seal_all(engine)
    await engine.dispose()
    return key


_WRITES = "path-regex=^/v1/(addresses|acts)"
_PLANS = "path-regex=^/v1/plan"
_SWITCH = "path=/v1/operations/read-only"
"""Last: once it is turned, all that writes answers 503."""


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    "runs",
    [
        [[f"--include-{_WRITES}"]],
        [[f"--include-{_PLANS}"]],
        [
            [f"--exclude-{_WRITES}", f"--exclude-{_PLANS}", f"--exclude-{_SWITCH}"],
            [f"--include-{_SWITCH}"],
        ],
    ],
    ids=["addresses", "plans", "all the rest, then the switch"],
)
def test_invented_requests_never_meet_a_server_error(
    registry_url: str, tmp_path: Path, runs: list[list[str]]
) -> None:
    files = str(tmp_path / "files")  # without a folder for them every file is answered 503
    # how many wait for events there are none of depends on how many are held by their rate
    plenty = {"files_dir": files, "feed_wait_s": "0.2"}
    # who is held by his rate meets nothing but that
    plenty |= dict.fromkeys(("anonymous_per_minute", "known_per_minute"), "1000000")
    plenty["encryption_keys"] = new_key()
    plenty["certificate_key"] = new_seed()
    with running_service(registry_url, **plenty) as base_url:
        for paths in runs:
            key = asyncio.run(_key_with_every_scope(registry_url))  # nothing was done to it yet
            done = _invent(base_url, key, paths, tmp_path)
            assert done.returncode == 0, _failures(done.stdout) + done.stderr[-1000:]
            assert "Tested: " in done.stdout


def _failures(said: str) -> str:
    return said.partition("FAILURES")[2][:6000] or said[-4000:]


def _invent(
    base_url: str, key: str, paths: list[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - an argument list of our own
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{base_url}/openapi.json",
            f"--header=Authorization: Bearer {key}",
            *paths,
            "--exclude-path=/v1/events/stream",  # it ends when the reader goes
            "--exclude-path=/v1/jobs/{job_id}/progress",  # it ends with the job, which nobody does
            "--request-timeout=40",
            "--max-examples=2",
            f"--checks={CHECKS}",
            "--phases=examples,coverage,fuzzing",
            "--seed=392",
            "--no-color",
            "--continue-on-failure",
            "--generation-database=none",
        ],
        cwd=folder,
        # with what it works out of Unicode once, and not in each folder anew
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(_ROOT / ".hypothesis")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.anyio
async def test_every_operation_documents_its_refusals(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            refusal = operation["responses"].get("4XX")
            assert refusal is not None, (method, path)
            assert "application/problem+json" in refusal["content"]
            assert operation.get("summary"), (method, path)
