"""Plates and letters at the command line; lists of what was done. All names are invented."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from paper_reading import scans_of_pdf, words_of_pdf
from registry_fixtures import IN_WEST, WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.auth.model import command_line
from addrsvc.cli import build
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.schemas import AssignIn
from addrsvc.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    return lambda *words: CliRunner().invoke(build("notices"), ["notices", *words])


@pytest.fixture
def codes(run: Run) -> list[str]:
    async def assign() -> list[str]:
        engine = make_engine(Settings())
        someone, clock = command_line("test"), SystemClock()
        made = []
        async with transaction(engine) as conn:
            for number in ("10", "9"):
                said = AssignIn(
                    kind="dwelling",
                    source="test",
                    position=IN_WEST,
                    components={"house_number": number, "thoroughfare": "Đường Ở (bịa)"},
                )
                made.append(await service.assign_address(conn, someone, said.to_command(), clock))
        await engine.dispose()
        return [str(each.code) for each in made]

    return asyncio.run(assign())


def test_an_area_is_printed_and_what_was_done_noted(
    run: Run, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plates, letters = tmp_path / "biển.pdf", tmp_path / "thư.pdf"
    asked = ("prepare", "--commune", WEST, "--out", str(plates), "--letters", str(letters))
    assert "ADDRSVC_PUBLIC_URL" in str(run(*asked).exception)
    monkeypatch.setenv("ADDRSVC_PUBLIC_URL", "https://example.test/")
    printed = run(*asked)
    assert "2 addresses" in printed.output, printed.exception
    ten, nine = (DigitalCode.of(code).plate for code in codes)
    links = [f"https://example.test/a/{each}" for each in (nine, ten)]
    assert scans_of_pdf(plates.read_bytes()) == [links]
    assert scans_of_pdf(letters.read_bytes()) == [[each] for each in links]
    assert "9 Đường Ở (bịa)" in words_of_pdf(letters.read_bytes())[0]
    assert "--force" in str(run(*asked).exception)

    given = tmp_path / "codes.csv"
    given.write_text(f"tổ,Mã\n1,{ten}\n2,{ten}\n3,=cmd\n4\n\n5,7512399999\n", encoding="utf-8-sig")
    out = tmp_path / "receipts.csv"
    marked = run("mark", str(given), "--state", "plate-fixed", "--out", str(out))
    assert marked.exit_code == 5
    assert "rows: 5 in, 5 out" in marked.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.reader(file))
    assert [each[:3] for each in told[1:]] == [
        [ten, "marked", ""],
        [ten, "already", ""],
        ["'=cmd", "refused", "code-has-symbol"],
        ["", "refused", "code-empty"],
        ["7512399999", "refused", "address-not-found"],
    ]
    assert "--force" in str(
        run("mark", str(given), "--state", "plate-fixed", "--out", str(out)).exception
    )
    assert run("counts").output.split()[-5:] == [WEST, "2", "0", "1", "0"]

    given.write_text(f"{nine}\n{ten}\n")
    told_by = ("--state", "notified", "--how", "letter", "--on", "2026-01-05")
    assert "marked: 2" in run("mark", str(given), *told_by).output
    undone = run("mark", str(given), "--state", "plate-fixed", "--undo")
    assert "taken-back: 1" in undone.output
    assert "not-marked: 1" in undone.output
    assert run("counts").output.split()[-5:] == [WEST, "2", "2", "0", "0"]
    of_codes = run("prepare", "--codes", str(given), "--not-yet", "plate-fixed")
    assert "2 addresses" in of_codes.output

    given.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in str(run("mark", str(given), "--state", "notified").exception)
