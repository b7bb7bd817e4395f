"""The audit an operator types, over the sample file: what it prints and writes."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

SAMPLES = Path(__file__).resolve().parents[3] / "geodata" / "samples"


def test_audit_prints_counts_and_writes_page_and_table(
    units_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(units_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")

    def addrsvc(*arguments: str) -> str:
        done = CliRunner().invoke(build(), [*arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    addrsvc("prefixes", "import", "--demo", str(SAMPLES / "prefixes.csv"))
    file, page, table = tmp_path / "in.csv", tmp_path / "page.html", tmp_path / "all.csv"
    shutil.copy(SAMPLES / "addresses.csv", file)
    addrsvc("addresses", "import", str(file))
    said = addrsvc("addresses", "audit", "--out", str(page), "--csv", str(table))
    assert said.startswith("Đã kiểm tra 31 địa chỉ")
    with table.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert f"{len(found)} điều được nêu" in said
    assert {each["severity"] for each in found} <= {"info", "warning", "error"}
    assert "Vị trí chỉ là ước lượng" in said
    html = page.read_text(encoding="utf-8")
    assert html.count("<main") == html.count("</main>") == 2
    assert "<script" not in html
    one = addrsvc("addresses", "audit", "--commune", "00000")
    assert one.startswith("Đã kiểm tra 0 địa chỉ")
