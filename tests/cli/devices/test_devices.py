"""Devices from the command line: handed out, listed, revoked with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.cli import build

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    url = service_settings(database_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(build(), ["devices", *words])


def test_a_device_is_handed_out_listed_and_revoked(run: Run) -> None:
    made = run("issue", "Tablet 7", "--held-by", "field-7", "--area", "25747")
    key = made.output.strip()
    assert key.startswith("adr_")
    (line,) = run("list").output.splitlines()
    for said in (key.split("_")[1], "good", "field-7", "25747", "Tablet 7"):
        assert said in line
    assert key.split("_", 2)[2] not in line
    key_id = key.split("_")[1]
    assert run("revoke", key_id).exit_code == 2  # it takes a reason
    assert run("revoke", key_id, "--reason", "lost").output.strip() == f"revoked {key_id}"
    assert "revoked" in run("list").output
    assert "00000000" in str(run("revoke", "00000000", "--reason", "lost").exception)


def test_a_device_has_an_area_and_an_end(run: Run) -> None:
    assert run("issue", "x", "--held-by", "y").exit_code == 2
    assert run("issue", "x", "--held-by", "y", "--area", "25747", "--days", "91").exit_code == 2
