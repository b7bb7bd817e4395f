"""Field collection from the command line: tasks made, given, closed; files in; figures out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest
from click.testing import Result
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
