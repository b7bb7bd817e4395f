"""A file of dossiers from the command line; persons in it are invented and stay in the file."""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.errors import AddrsvcError
from addrsvc.tabular.errors import FileExists

_ROWS = [
    ["Mã hồ sơ", "Chủ hồ sơ", "Địa chỉ", "Ghi chú", "Loại"],
    ["H09-260101-0001", "Nguyễn Canary Mẫu", "Nguyễn Canary Mẫu, 12 Lê Lợi", "=1+1", "business"],
    ["H09-260101-0001", "Nguyễn Canary Mẫu", "14 Lê Lợi", "", "object"],
    ["NGUYỄN CANARY MẪU", "", "1 Lê Lợi", "", ""],
]
_RECORD = (
    '{"MaHoSo": "H09-260101-0009", "ChuHoSo": "Lê Canary Mẫu", "TrangThaiHoSo": "4",'
    ' "form": {"ChuHoSo_diaChi": "7 Lê Lợi", "CongDan_soDienThoai": "0900000001"}}\n'
)


def test_a_file_is_brought_in_and_again_changes_nothing(
    registry_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    sent, records = tmp_path / "hồ sơ.csv", tmp_path / "records.ndjson"
    with sent.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(_ROWS)
    records.write_text(_RECORD, encoding="utf-8")

    def told(*words: str) -> str:
        done = CliRunner().invoke(build(), ["dossiers", "import", *words])
        assert done.exit_code == 0, done.output
        return " ".join(done.stdout.split())

    def kept(what: str = "count(*)") -> object:
        with psycopg.connect(registry_url) as conn:
            query = f"SELECT {what} FROM personal.dossier_address JOIN personal.dossier d"
            return conn.execute(f"{query} USING (dossier_id)".encode()).fetchone()

    words = [str(sent), "--column", "role=Loại"]
    rehearsed = told(*words, "--dry-run")
    assert "THỬ: chưa ghi gì vào sổ." in rehearsed
    assert kept() == (0,)
    done = told(*words, "--force")
    assert "Vai trò địa chỉ ← Loại" in done
    assert "chỉ đọc để bỏ khỏi địa chỉ: Chủ hồ sơ" in done
    assert "Số dòng 3 hồ sơ mới 2 hồ sơ có thay đổi 0 hồ sơ giữ nguyên 0 bị từ chối 1" in done
    assert "Địa chỉ 2 Chờ người xem 2" in done
    assert "0 trường, 1 đoạn" in done
    assert kept("count(*), count(DISTINCT dossier_id)") == (2, 1)
    assert kept("bool_or(given::text || d::text ILIKE '%canary%')") == (False,)
    out = sent.with_name("hồ sơ.dossiers.csv")
    with out.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = list(csv.reader(file))
    assert header[:6] == [*_ROWS[0], "dossier_status"]
    assert [row[:3] for row in rows] == [row[:3] for row in _ROWS[1:]]
    assert [row[5] for row in rows] == ["received", "received", "refused"]
    assert "Mã hồ sơ là tên" in rows[2][-1]
    assert "hồ sơ giữ nguyên 2" in told(*words, "--force")
    again = CliRunner().invoke(build(), ["dossiers", "import", *words])
    assert isinstance(again.exception, FileExists)
    assert "Đọc theo bản ghi của Cổng" in told(str(records))
    assert kept("max(d.status), count(*)") == ("4", 3)
    unknown = CliRunner().invoke(build(), ["dossiers", "import", str(records), "--column", "x=y"])
    assert isinstance(unknown.exception, AddrsvcError)
