"""Field collection from the command line: tasks made, given, closed; files in; figures out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from click.testing import Result
from openpyxl import load_workbook
from registry_fixtures import WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Run = Callable[..., Result]

AREA = [[106.64, 10.94], [106.66, 10.94], [106.66, 10.96], [106.64, 10.94]]


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return lambda *words: CliRunner().invoke(build("collection"), ["collection", *words])


def test_tasks_files_and_figures(run: Run, registry_url: str, tmp_path: Path) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            "INSERT INTO locality (name, kind, name_key, commune_code, commune_valid_from, status,"
            " source) VALUES ('Khu phố 3', 'khu_pho', 'khu pho 3', '25747', '2025-07-01',"
            " 'official', 'test')"
        )
    at = ("--commune", WEST)
    whole = run("create", *at, "--title", "Cả phường", "--due", "2030-01-31")
    assert whole.exit_code == 0, whole.output
    task = whole.output.strip()
    shape = {"type": "Polygon", "coordinates": [AREA]}
    file = tmp_path / "area.geojson"
    file.write_bytes(orjson.dumps({"features": [{"type": "Feature", "geometry": shape}]}))
    for more in (("--street", "Lê Lợi"), ("--locality", "khu_pho:9"), ("--area", str(file))):
        made = run("create", *at, *more)
        assert re.fullmatch(r"[0-9a-f-]{36}\n", made.output), made.output
    split = run("split", *at, "--least", "0")
    assert "Khu phố 3" in split.output
    assert "Đã tạo 1 nhiệm vụ; 0 phần đã có nhiệm vụ." in split.output
    unclear = run("split", *at, "--by", "commune", "--least", "0")
    assert type(unclear.exception).__name__ == "TaskAreaUnclear"
    listed = run("list", *at, "--state", "open").output.splitlines()
    assert len(listed) == 5
    assert f"{task}  open  0/0  2030-01-31  -  Cả phường" in listed
    refused = run("assign", task, "--person", "account:khongco")
    assert type(refused.exception).__name__ == "TaskPersonUnfit"
    assert run("assign", task, "--note", "Đi sớm").exit_code == 0
    assert "Địa chỉ: 0" in run("progress", task).output
    for ending, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        out = tmp_path / f"list.{ending}"
        assert run("paper", task, "--out", str(out)).output == f"{out}: 0 địa chỉ.\n"
        assert out.read_bytes().startswith(begins)
    assert "Đã nhận 0, giữ nguyên 0" in run("import", str(tmp_path / "list.xlsx")).output
    unknown = run("paper", task, "--out", str(tmp_path / "list.txt"))
    assert type(unknown.exception).__name__ == "FormatUnknown"
    assert run("close", task).output.strip() == f"{task}  closed"
    assert run("close", task, "--reopen").output.strip() == f"{task}  open"
    assert "duyệt nguyên" in run("quality", "--commune", WEST).output
    exported = tmp_path / "phieu.json"
    exported.write_bytes(
        orjson.dumps(
            {
                "schema": 1,
                "device": "0a0b0c0d",
                "exported_at": "2026-01-15T10:00:00+07:00",
                "records": [{"payload": "{}", "private": None, "photos": []}],
            }
        )
    )
    taken = run("import", str(exported))
    assert taken.exit_code == 5
    assert "Đã nhận 0, giữ nguyên 0, không nhận được 1." in taken.output


def test_a_list_filled_in_has_an_import_of_its_own(
    run: Run, registry_url: str, tmp_path: Path
) -> None:
    def addresses(*words: str) -> Result:
        return CliRunner().invoke(build("addresses"), ["addresses", *words])

    def kept() -> Any:
        with psycopg.connect(registry_url) as conn:
            return conn.execute(
                "SELECT array_agg((document -> 'components' ->> 'house_number', c.version)"
                " ORDER BY c.address_id), (SELECT count(*) FROM submission)"
                " FROM address_current c JOIN address_version v USING (address_id, version)"
            ).fetchone()

    known = tmp_path / "known.csv"
    known.write_text(
        "Loại,Số nhà,Đường,Mã phường xã,Kinh độ,Vĩ độ,Nguồn\n"
        "Nhà ở,1,Đường Lê Lợi,25747,106.65,10.95,thử\n"
        "Nhà ở,3,Đường Lê Lợi,25747,106.652,10.95,thử\n"
    )
    assert addresses("import", str(known)).exit_code == 0
    task = run("create", "--commune", WEST).output.strip()
    sheet = tmp_path / "list.xlsx"
    assert run("paper", task, "--out", str(sheet)).exit_code == 0
    book = load_workbook(sheet)
    table: Any = book["Danh sách"]
    at = {str(cell.value): cell.column for cell in table[1] if cell.value}
    for line, cells in (
        (2, {"Số nhà": "1A", "Số phòng": "4"}),
        (3, {"Kết quả": "Vắng nhà"}),
        (4, {"Loại": "Nhà ở", "Số nhà": "5", "Đường": "Đường Lê Lợi"}),
    ):
        for name, value in cells.items():
            table.cell(line, at[name]).value = value
    book.save(sheet)
    for _ in range(2):  # the rows that say nothing are passed over
        assert "Đã nhận 3, giữ nguyên 0, không nhận được 0" in run("import", str(sheet)).output
        assert kept() == ([("1A", "2"), ("3", "1"), ("5", "1")], 2)
    # as a file of addresses it would be taken without what was printed: it is not
    refused = addresses("import", str(sheet))
    assert type(refused.exception).__name__ == "SheetOfTask"
    assert "addrsvc collection import" in refused.exception.text("vi")
    assert kept() == ([("1A", "2"), ("3", "1"), ("5", "1")], 2)
