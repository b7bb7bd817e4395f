"""Without a database the command ends at once, with the remedy every command gives."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from addrsvc.cli import build


def test_no_database_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    done = CliRunner().invoke(build(), ["geocode", "12 Lê Lợi"])
    assert isinstance(done.exception, OperationalError)
    assert not caplog.records
