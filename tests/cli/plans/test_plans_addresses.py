"""What plans say of addresses, written to a file from the command line. All of it is invented."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
import shapely
from dossiers_world import three_addresses
from planning_world import insert_plan
from service_settings import service_settings
from typer.testing import CliRunner, Result

from addrsvc.cli import build
from addrsvc.planning.errors import PlanUnknown
from addrsvc.tabular.errors import FileExists


def test_a_file_of_all_and_of_a_list(
    registry_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    three_addresses(registry_url)
    with psycopg.connect(registry_url) as conn:
        place = "ST_SetSRID(ST_MakePoint(106.65, 10.95), 4326)"
        conn.execute(f"UPDATE address_current SET position = {place}".encode())
    whole = shapely.box(106.6, 10.9, 106.8, 11.0)
    insert_plan(registry_url, [("ODT", whole)])
    draft = insert_plan(registry_url, [("CLN", whole)], status="draft", name="Nháp (bịa)")
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    out = tmp_path / "quy-hoach.csv"

    def run(*words: str) -> Result:
        return CliRunner().invoke(build(), ["plans", "addresses", "--out", str(out), *words])

    def rows(*words: str) -> Sequence[dict[str, str]]:
        done = run("--force", *words)
        assert done.exit_code == 0, done.output
        with out.open(encoding="utf-8-sig", newline="") as lines:
            found = list(csv.DictReader(lines))
        assert f"{len(found)} dòng" in done.stdout
        return found

    everything = rows("--at", "2026-01-15")
    assert len(everything) > 1
    assert {each["code"] for each in everything} == {"ODT"}
    assert {each["name"] for each in everything} == {"Đất ở tại đô thị"}
    assert [each["code"] for each in rows("--plan", str(draft))] == ["CLN"] * len(everything)
    assert rows("--at", "2020-01-01") == []
    codes = tmp_path / "ma.txt"
    codes.write_text(f"\ufeff{everything[0]['address_code']}\n\n", encoding="utf-8")
    listed = rows("--at", "2026-01-15", "--codes", str(codes))
    assert [each["address_code"] for each in listed] == [everything[0]["address_code"]]
    assert isinstance(run("--at", "2026-01-15").exception, FileExists)
    assert isinstance(run("--plan", "999999", "--force").exception, PlanUnknown)
    assert [each.name for each in tmp_path.iterdir() if "partial" in each.name] == []
