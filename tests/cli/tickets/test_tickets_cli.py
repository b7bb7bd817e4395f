"""Reports of citizens at the command line. All names are invented."""

from __future__ import annotations

import asyncio

import pytest
from registry_fixtures import WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.auth.model import ANONYMOUS
from addrsvc.cli import build
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from addrsvc.tickets import service
from addrsvc.tickets.model import Given, Kind, Report


async def _send() -> str:
    settings = Settings()
    engine = make_engine(settings)
    contact = Given("Trần Văn Canari", has_consent=True)
    report = Report(Kind.MISSING, "Nhà cổng xanh", commune=WEST, place="cạnh chợ", contact=contact)
    async with transaction(engine) as conn:
        sent = await service.receive(
            conn, ANONYMOUS, report, key=None, settings=settings, clock=SystemClock()
        )
    await engine.dispose()
    return sent.ticket.ref


def test_a_report_is_listed_shown_and_answered(
    registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(build("tickets"), ["tickets", *words])
        return done.exit_code, done.output

    assert run("list") == (0, "There are no reports.\n")
    ref = asyncio.run(_send())
    code, listed = run("list", "--commune", WEST, "--kind", "missing")
    assert code == 0
    assert ref in listed
    assert "Nhà cổng xanh" not in listed
    code, shown = run("show", ref)
    assert code == 0
    assert "Nhà cổng xanh" in shown
    assert "cạnh chợ" in shown
    assert "Canari" not in shown
    assert run("show", "t999")[0] != 0
    assert run("show", "x")[0] != 0
    assert run("answer", ref, "refuse")[0] != 0
    assert "Refused" in run("answer", ref, "refuse", "--words", "Trùng")[1]
    assert "→ Trùng" in run("show", ref)[1]
    assert "Being looked at" in run("answer", ref, "reopen")[1]
    assert run("list", "--state", "done") == (0, "There are no reports.\n")
