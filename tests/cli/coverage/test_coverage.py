"""Coverage from the command line: expected households in, numbers, files and a map out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from coverage_world import fill
from openpyxl import Workbook
from registry_fixtures import EAST, WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Run = Callable[..., Result]


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    with psycopg.connect(registry_url) as conn:
        fill(conn)
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return lambda *words: CliRunner().invoke(build("coverage"), ["coverage", *words])


def _stored(url: str) -> list[tuple[object, ...]]:
    asked = "SELECT commune_code, households, source FROM coverage_expected ORDER BY expected_id"
    with psycopg.connect(url) as conn:
        return conn.execute(asked).fetchall()


def test_households_in_numbers_and_a_map_out(run: Run, registry_url: str, tmp_path: Path) -> None:
    sheet = Workbook()
    for row in (("Mã xã", "Tên xã", "Số hộ"), (25747, "Tây", 2000), ("25750", "Phường Đông", "100"),
                ("25942", "Xã Nam", 5), ("Tổng", "", 2105)):  # fmt: skip
        sheet.active.append(row)
    file = tmp_path / "hộ.xlsx"
    sheet.save(file)
    asked = ("import-expected", str(file), "--as-of", "2025-12-31")
    tried = run(*asked, "--dry-run")
    assert (tried.exit_code, _stored(registry_url)) == (5, [])
    assert "Chạy thử: chưa lưu gì." in tried.output
    done = run(*asked, "--source", "Niên giám (bịa)")
    assert done.exit_code == 5  # two rows were refused
    assert "Dòng 4: Mã 25942 là của Xã Bắc, không phải “Xã Nam”." in done.output
    assert "Dòng 5: Mã phường, xã có đúng 5 chữ số" in done.output
    assert "4 dòng = 2 thêm mới + 0 đã có + 2 bị từ chối; tổng 2.100 hộ" in done.output
    said = "Niên giám (bịa)"
    assert _stored(registry_url) == [(WEST, 2000, said), (EAST, 100, said)]
    again = run(*asked, "--source", said)
    assert "0 thêm mới + 2 đã có" in again.output
    assert len(_stored(registry_url)) == 2

    assert "Chưa thống kê lần nào" in run("show").output
    shown = run("show", "--recount")
    assert (
        "25747  Phường Tây: Địa chỉ đã thu thập 1.600, Hộ, căn hộ, phòng trọ 1.500" in shown.output
    )
    assert "150,0 % / 100 !" in shown.output
    assert "25945  Xã Nam: chưa có dữ liệu" in shown.output
    table, drawn = tmp_path / "số.csv", tmp_path / "bản đồ.html"
    assert run("show", "--csv", str(table), "--map", str(drawn)).exit_code == 0
    assert f"{WEST},Phường Tây,2000,2025-12-31,1600" in table.read_text("utf-8-sig")
    assert drawn.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run("show", "--csv", str(table)).exit_code == 1  # it is there already
    grown = run("growth", "--by", "month", "--from", "2026-01-15", "--to", "2026-02-28")
    assert [line.split() for line in grown.output.splitlines()[1:]] == [
        ["2026-01-01", "2026-01-31", "0", "0", "0"],
        ["2026-02-01", "2026-02-28", "1757", "857", "0"],
    ]
    assert run("growth", "--csv", str(tmp_path / "tăng.csv")).exit_code == 0
