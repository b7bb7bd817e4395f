"""``addrsvc operations read-only``: the switch, from the machine itself."""

from __future__ import annotations

import psycopg
import pytest
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER


def test_the_switch_is_kept_and_audited(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for position, said in (("on", "writes are refused"), ("off", "accepted again")):
        done = CliRunner().invoke(build(), ["operations", "read-only", position])
        assert done.exit_code == 0, done.output
        assert said in done.output
    with psycopg.connect(database_url) as conn:
        kept = conn.execute("SELECT key, value FROM service_state").fetchall()
        audited = conn.execute(
            "SELECT action FROM audit_entry WHERE action LIKE 'service.%' ORDER BY audit_id"
        ).fetchall()
    assert kept == [("read-only", False)]
    assert audited == [("service.read-only",), ("service.read-write",)]
    assert CliRunner().invoke(build(), ["operations", "read-only", "maybe"]).exit_code == 2
