"""The commands, run as an operator runs them, on a database of their own."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
import typer
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.admin_units.boundary_errors import BoundariesInvalid
from addrsvc.cli import build
from addrsvc.db.roles import WRITER

SQUARE = [[106.6, 10.9], [106.7, 10.9], [106.7, 11.0], [106.6, 11.0], [106.6, 10.9]]
BOWTIE = [[106.6, 10.9], [106.7, 11.0], [106.7, 10.9], [106.6, 11.0], [106.6, 10.9]]


@pytest.fixture
def run(units_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(units_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return CliRunner()


@pytest.fixture
def tree() -> typer.Typer:
    return build()


def save(path: Path, *rings: tuple[str, list[list[float]]]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"ma": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for code, ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


IMPORT = ["units", "import-boundaries", "--valid-from", "2025-07-01", "--kind", "approximate"]


def boundaries(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT count(*) FROM admin_unit WHERE boundary_kind = 'approximate'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_list_and_show(run: CliRunner, tree: typer.Typer) -> None:
    listed = run.invoke(tree, ["units", "list", "--level", "province", "--limit", "2"])
    assert "01\tThành phố Hà Nội" in listed.output
    assert "tăng --limit" in listed.output
    shown = run.invoke(tree, ["units", "show", "25741", "--at", "2025-06-30"])
    assert "→ 25747  Phường Thủ Dầu Một  part" in shown.output


def test_a_dry_run_reports_and_stores_nothing(
    run: CliRunner, tree: typer.Typer, units_url: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "a.geojson", ("25747", SQUARE), ("99999", SQUARE))
    done = run.invoke(tree, [*IMPORT, str(path), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "Cột mã: ma (50%" in done.output
    assert "Mã không có: 1\n  99999" in done.output
    assert "Diện tích lệch trên 5 % so với công bố: 1" in done.output
    assert boundaries(units_url) == 0


def test_an_invalid_shape_stops_all_unless_it_is_skipped(
    run: CliRunner, tree: typer.Typer, units_url: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "a.geojson", ("25747", SQUARE), ("25750", BOWTIE))
    refused = run.invoke(tree, [*IMPORT, str(path)])
    assert isinstance(refused.exception, BoundariesInvalid)
    assert "25750 #2: Hình không hợp lệ: đường biên tự cắt" in refused.output
    assert boundaries(units_url) == 0
    done = run.invoke(tree, [*IMPORT, str(path), "--skip-invalid"])
    assert "Đã lưu 1 ranh giới" in done.output
    assert boundaries(units_url) == 1
    again = run.invoke(tree, [*IMPORT, str(path), "--skip-invalid"])
    assert "Đã lưu 0 ranh giới; 1 ranh giới đã có sẵn" in again.output


def test_indicative_is_nothing_to_import(run: CliRunner, tree: typer.Typer, tmp_path: Path) -> None:
    path = save(tmp_path / "a.geojson", ("25747", SQUARE))
    command = [*IMPORT[:-1], "indicative", str(path)]
    assert run.invoke(tree, command).exit_code == 2


def test_a_list_gives_a_receipt_and_a_file_to_mend(
    run: CliRunner, tree: typer.Typer, tmp_path: Path
) -> None:
    path = tmp_path / "duong.csv"
    path.write_text("Tên đường,Mã huyện,x\nYersin,718,\nLê Lợi,999,\n", encoding="utf-8")
    rehearsed = run.invoke(tree, ["thoroughfares", "import", str(path), "--dry-run"])
    assert "Chạy thử" in rehearsed.output
    done = run.invoke(tree, ["thoroughfares", "import", str(path)])
    assert "2 dòng = 1 thêm mới + 0 đã có + 1 bị từ chối" in done.output
    assert "bỏ qua: x" in done.output
    rejected = tmp_path / "duong.rejected.csv"
    mended = rejected.read_text(encoding="utf-8-sig").replace("999", "718")
    rejected.write_text(mended, encoding="utf-8")
    again = run.invoke(tree, ["thoroughfares", "import", str(rejected)])
    assert "1 dòng = 1 thêm mới + 0 đã có + 0 bị từ chối" in again.output


def test_localities_and_wrong_options(run: CliRunner, tree: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "kp.csv"
    path.write_text("Tên,Mã phường xã\nKhu phố 3,25747\n", encoding="utf-8")
    command = ["localities", "import", str(path), "--kind"]
    assert run.invoke(tree, [*command, "sông"]).exit_code == 2
    assert run.invoke(tree, [*command, "ap", "--map", "nonsense"]).exit_code == 2
    done = run.invoke(tree, [*command, "khu_pho"])
    assert "1 thêm mới" in done.output
