"""Dossiers in numbers from the command line: lines, a CSV file, a map."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from dossiers_world import three_addresses
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.cli import build

_FILL = """
INSERT INTO personal.dossier (code, code_key, received_on, version, created_at, created_by,
                              changed_at, changed_by)
SELECT i, i, date '2026-01-01' + i, 1, now(), 'key:a', now(), 'key:a' FROM generate_series(1, 4) i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, 'object', '{"text": "x"}', 'linked', 'A', '{}', now(), now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT dossier_id, 1, 1 + dossier_id % 2, 'found', now(), 'key:a' FROM personal.dossier;
"""


def test_numbers_a_file_and_a_map(
    registry_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    three_addresses(registry_url)
    with psycopg.connect(registry_url) as conn:
        conn.execute(_FILL.encode())
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")

    def told(*words: str) -> list[str]:
        done = CliRunner().invoke(build(), ["dossiers", "statistics", *words])
        assert done.exit_code == 0, done.output
        return done.stdout.splitlines()

    assert told() == ["Tổng cộng: Số hồ sơ 0, Số địa chỉ 0"]
    assert told("--recount", "--from", "2026-01-03") == [
        "25747 · Phường Tây: Số hồ sơ 2, Số địa chỉ 2, Tự liên kết 2",
        "25750 · Phường Đông: Số hồ sơ 1, Số địa chỉ 1, Tự liên kết 1",
        "Tổng cộng: Số hồ sơ 3, Số địa chỉ 3, Tự liên kết 3",
    ]
    table, drawn = tmp_path / "so.csv", tmp_path / "ban-do.html"
    assert told("--by", "day", "--csv", str(table), "--map", str(drawn)) == []
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 6
    assert "Phường Đông" in drawn.read_text(encoding="utf-8")
