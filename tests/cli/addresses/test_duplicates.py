"""The command that lists duplicates: on the terminal and in a file."""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from registry_fixtures import IN_WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER


def test_groups_are_written_a_row_for_each_address(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    source = tmp_path / "in.csv"
    rows = "".join(
        f"{number},Đường Mẫu,{IN_WEST['lon']},{IN_WEST['lat']},99999{number:05d}\n"
        for number in range(1, 6)
    )
    source.write_text(f"so_nha,duong,lon,lat,ma\n{rows}", encoding="utf-8")
    run = CliRunner()
    command = ["addresses", "import", str(source), "--map", "code=ma", "--issuer", "VNPost"]
    imported = run.invoke(build(), [*command, "--kind", "dwelling"])
    assert imported.exit_code == 0, imported.output
    with psycopg.connect(registry_url) as conn:  # as if two had come with one number
        conn.execute("UPDATE address_current SET number_key = '00001' WHERE number_key = '00002'")
        conn.execute(
            "UPDATE address_version SET document = jsonb_set(document,"
            " '{components,house_number}', '\"1\"')"
            " WHERE document->'components'->>'house_number' = '2'"
        )
    out = tmp_path / "out.csv"
    written = run.invoke(build(), ["addresses", "duplicates", "--out", str(out)])
    assert written.exit_code == 0, written.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(each["group"], each["printed"], each["why"]) for each in lines] == [
        ("1", "99999-00001", "same-components"),
        ("1", "99999-00002", "same-components"),
    ]
    shown = run.invoke(build(), ["addresses", "duplicates", "--commune", "25747"])
    assert "99999-00002" in shown.output
    assert "99999-00003" not in shown.output
