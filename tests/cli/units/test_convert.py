"""Whole files converted by command: rows in are rows out, and each says how sure it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli.units import app
from addrsvc.db.roles import WRITER
from addrsvc.tabular.errors import ColumnUnknown, FileExists, FileMissing


@pytest.fixture
def run(units_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(units_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return CliRunner()


def converted(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_comes_out_with_its_commune_or_the_reason(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,địa chỉ,kp,x,y\n"
        '1,"12 Lê Lợi, P. Phú Cường, TP Thủ Dầu Một",,,\n'
        '2,"P. Bình Chuẩn, TP Thuận An",KP Bình Phú,,\n'
        '=2+3,"P. Bình Chuẩn, TP Thuận An",,106.7,10.97\n'
        "4,xin chào,,,\n"
        "5,P. Phú Lợi,,abc,10.9\n"
        "6,P. Phú Lợi,,11,106.9\n"
        "7,cụt\n",
        encoding="utf-8",
    )
    command = ["convert", str(path), "--column", "địa chỉ", "--locality-column", "kp"]
    command += ["--lon-column", "x", "--lat-column", "y", "--to", "2026-01-01"]
    done = run.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "7 dòng vào = 7 dòng ra: 1 chắc chắn + 0 theo vị trí + 1 theo khu phố" in done.output
    assert "1 nhiều khả năng + 4 không xác định" in done.output
    rows = converted(tmp_path / "a.converted.csv")
    assert [row["id"] for row in rows] == ["1", "2", "'=2+3", "4", "5", "6", "7"]
    assert [row["present_name"] for row in rows[:3]] == [
        "Phường Thủ Dầu Một",
        "Phường Thuận Giao",
        "",
    ]
    assert rows[1]["certainty"] == "by_locality"
    assert rows[2]["candidates"] == "25975 Phường An Phú 0.51; 25969 Phường Thuận Giao 0.49"
    assert "không phải là số" in rows[4]["note"]
    assert "đổi chỗ" in rows[5]["note"]
    assert all(row["note"] for row in rows)
    refused = run.invoke(app, command)
    assert isinstance(refused.exception, FileExists)
    assert run.invoke(app, [*command, "--force"]).exit_code == 0


def test_codes_of_a_day(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("mã\n25969\n25744\n00000\n718\n", encoding="utf-8")
    command = ["convert", str(path), "--code-column", "mã", "--from", "2025-06-30"]
    out = tmp_path / "out.csv"
    assert run.invoke(app, [*command, "--out", str(out)]).exit_code == 0
    certainties = [row["certainty"] for row in converted(out)]
    assert certainties == ["candidate", "certain", "", ""]


def test_wrong_options(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\nb\n", encoding="utf-8")
    assert run.invoke(app, ["convert", str(path)]).exit_code == 2
    unknown = run.invoke(app, ["convert", str(path), "--column", "b"])
    assert isinstance(unknown.exception, ColumnUnknown)
    missing = run.invoke(app, ["convert", str(path) + "x", "--column", "a"])
    assert isinstance(missing.exception, FileMissing)
