"""Keys from the command line: made, listed, used, revoked."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from anyio.to_thread import run_sync
from click.testing import Result
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    return lambda *words: CliRunner().invoke(build(), ["keys", *words])


def test_a_key_is_shown_once_and_listed_without_its_secret(run: Run) -> None:
    made = run("create", "One-stop shop", "--scope", "addresses:read")
    key = made.output.strip()
    assert key.startswith("adr_")
    listed = run("list").output
    assert key.split("_")[1] in listed
    assert "One-stop shop" in listed
    assert key.split("_", 2)[2] not in listed


def test_unknown_scopes_and_keys_are_refused(run: Run) -> None:
    assert run("create", "x", "--scope", "everything").exit_code == 2
    refused = run("revoke", "00000000")
    assert "keys list" in str(refused.exception)


@pytest.mark.anyio
async def test_a_revoked_key_opens_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))

    def call(*words: str) -> str:
        return CliRunner().invoke(build(), ["keys", *words]).output.strip()

    said = await run_sync(call, "create", "x", "--scope", "addresses:read")
    key = next(line for line in said.splitlines() if line.startswith("adr_"))  # the app logs too
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/v1/addresses", headers=headers)).status_code == 200
    await run_sync(call, "revoke", key.split("_")[1])
    refused = await client.get("/v1/addresses", headers=headers)
    assert refused.json()["type"] == "/problems/key-refused"
