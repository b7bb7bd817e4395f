"""The commands an operator types, from the sample files to an export."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
from service_settings import as_role

from addrsvc.db.roles import WRITER

SAMPLES = Path(__file__).resolve().parents[3] / "geodata" / "samples"


def addrsvc(url: str, *arguments: str, language: str = "C.UTF-8") -> tuple[int, str]:
    environment = {**os.environ, "ADDRSVC_DATABASE_URL": as_role(url, WRITER), "LC_ALL": language}
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "addrsvc", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_samples_from_prefixes_to_export(units_url: str, tmp_path: Path) -> None:
    code, said = addrsvc(units_url, "prefixes", "import", "--demo", str(SAMPLES / "prefixes.csv"))
    assert (code, said) == (0, "40 prefixes added, 0 already there\n")
    code, said = addrsvc(units_url, "prefixes", "list")
    assert said.count("DEMO (invented)") == 40
    path = tmp_path / "addresses.csv"
    shutil.copy(SAMPLES / "addresses.csv", path)
    for options in (["--dry-run"], []):
        code, said = addrsvc(
            units_url, "addresses", "import", str(path), *options, language="vi_VN.UTF-8"
        )
        assert code == 0
        counts = {
            line.rsplit(maxsplit=1)[0].strip(): int(line.rsplit(maxsplit=1)[1])
            for line in said.splitlines()
            if line.rsplit(maxsplit=1)[-1].isdigit() and "←" not in line
        }
        assert counts == {
            "Số dòng nhận": 40,
            "đã cấp mã": 27,
            "đã có từ trước": 1,
            "đề xuất (chưa có tọa độ)": 3,
            "giữ chỗ (có mã, chưa có tọa độ)": 1,
            "từ chối": 8,
        }
    assert "  house_number ← Số nhà" in said
    code, said = addrsvc(units_url, "addresses", "export", str(tmp_path / "out.xlsx"))
    assert code == 0
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].max_row == 32
    code, said = addrsvc(units_url, "prefixes", "capacity")
    assert "left 99,9" in said


def test_failures_end_with_a_sentence_and_a_code(units_url: str, tmp_path: Path) -> None:
    code, said = addrsvc(units_url, "addresses", "import", str(tmp_path / "none.csv"))
    assert code == 4
    assert "none.csv" in said
    (tmp_path / "in.csv").write_text("colour\nred\n")
    code, said = addrsvc(units_url, "addresses", "import", str(tmp_path / "in.csv"))
    assert code == 2
    assert "Traceback" not in said
    code, said = addrsvc(units_url, "prefixes", "reserve", "99001", "0", "9", "--issuer", "VNPost")
    assert code == 4


def test_template_is_written_once(units_url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "mau.xlsx")
    assert addrsvc(units_url, "addresses", "template", path)[0] == 0
    assert addrsvc(units_url, "addresses", "template", path)[0] == 5
    assert addrsvc(units_url, "addresses", "template", path, "--force")[0] == 0
