"""Keys from the command line: made, listed, used, revoked."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from anyio.to_thread import run_sync
from click.testing import Result
from typer.testing import CliRunner

from addrsvc.cli import build

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", database_url)
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


def test_roles_and_areas_of_a_key_are_listed(run: Run) -> None:
    assert run("create", "x").exit_code == 2  # nothing it may do
    made = run("create", "Ward office", "--role", "field", "--area", "25747", "--area", "25750")
    assert made.exit_code == 0
    (line,) = [each for each in run("list").output.splitlines() if "Ward office" in each]
    assert "addresses:read,addresses:write" in line
    assert "25747,25750" in line
    refused = run("create", "x", "--role", "field", "--area", "phường 1")
    assert "phường 1" in str(refused.exception)
    everywhere = run("create", "All", "--scope", "events:read")
    assert everywhere.exit_code == 0
    assert "everywhere" in run("list").output


def test_a_rotated_key_is_the_same_key_with_another_secret(run: Run) -> None:
    key = run("create", "x", "--scope", "addresses:read").output.strip()
    key_id = key.split("_")[1]
    new = run("rotate", key_id, "--grace-hours", "1").output.strip()
    assert new.split("_")[1] == key_id
    assert new != key
    assert run("revoke", key_id, "--reason", "handed back").exit_code == 0
    assert "ended" in run("list").output
    assert "new one" in str(run("rotate", key_id).exception)


@pytest.mark.anyio
async def test_a_revoked_key_opens_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", database_url)

    def call(*words: str) -> str:
        return CliRunner().invoke(build(), ["keys", *words]).output.strip()

    said = await run_sync(call, "create", "x", "--scope", "addresses:read")
    key = next(line for line in said.splitlines() if line.startswith("adr_"))  # the app logs too
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/v1/addresses", headers=headers)).status_code == 200
    await run_sync(call, "revoke", key.split("_")[1])
    refused = await client.get("/v1/addresses", headers=headers)
    assert refused.json()["type"] == "/problems/key-refused"
