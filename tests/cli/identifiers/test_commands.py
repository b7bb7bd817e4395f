"""Identifiers from the command line, and an export as of another day."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Run = Callable[..., Result]

ADDRESSES = """code,issuer,kind,lon,lat,accuracy,source
88888-00001,VNPost,works,106.65,10.95,4,test
"""
IDENTIFIERS = """ref,scheme,value,source
88888-00001,location-id,000123456789,Sở Mẫu
88888-00002,location-id,000123456780,Sở Mẫu
"""


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return lambda *words: CliRunner().invoke(build(), [str(word) for word in words])


def test_import_then_export_of_another_day(run: Run, registry_url: str, tmp_path: Path) -> None:
    addresses, identifiers = tmp_path / "addresses.csv", tmp_path / "identifiers.csv"
    addresses.write_text(ADDRESSES, encoding="utf-8")
    identifiers.write_text(IDENTIFIERS, encoding="utf-8")
    assert run("addresses", "import", addresses).exit_code == 0
    told = run("identifiers", "import", identifiers).output
    assert "Số dòng nhận: 2 · đã thêm: 1 · đã có từ trước: 0 · từ chối: 1" in told
    assert (tmp_path / "identifiers.rejected.csv").is_file()
    again = run("identifiers", "import", identifiers).output
    assert "đã thêm: 0 · đã có từ trước: 1 · từ chối: 1" in again
    with psycopg.connect(registry_url, autocommit=True) as conn:
        conn.execute("UPDATE address_version SET valid_from = '2025-08-01'")
    for day, count in (("2025-07-31", 0), ("2025-08-01", 1)):
        out = tmp_path / f"{day}.csv"
        assert run("addresses", "export", out, "--valid-at", day).exit_code == 0
        with out.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == count
    refused = run("addresses", "export", tmp_path / "x.csv", "--valid-at", "2999-01-01")
    assert refused.exception is not None
    assert "2999-01-01" in str(refused.exception)
