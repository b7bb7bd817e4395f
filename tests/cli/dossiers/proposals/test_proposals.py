"""Proposals from the command line: listed, and accepted all at once."""

from __future__ import annotations

import psycopg
import pytest
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.cli import build

_FILL = """
INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE
SELECT n, '751230000' || n, 'Test', now() FROM generate_series(1, 3) AS n;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT n, 1, CASE n WHEN 1 THEN 'retired' ELSE 'current' END, '2026-01-01', now(), 'assign', 'test',
       '{"kind": "dwelling", "commune": ["25747", "2025-07-01"], "source": "test"}'
FROM generate_series(1, 3) AS n;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT address_id, 1, status, 'dwelling', 'public', '25747', '2025-07-01' FROM address_version;
INSERT INTO personal.dossier (code, code_key, version, created_at, created_by, changed_at,
                              changed_by)
SELECT 'H09-260101-000' || i, 'H09-260101-000' || i, 1, now(), 'key:a', now(), 'key:a'
FROM generate_series(1, 3) AS i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, 'object', '{"text": "12 Lê Lợi"}', 'linked', 'A',
       '{"confidence": 1, "corrections": [], "reasons": [], "candidates": [], "communes": []}',
       now(), now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT dossier_id, 1, 1, 'found', now(), 'key:a' FROM personal.dossier;
INSERT INTO personal.dossier_proposal (link_id, dossier_id, n, why, event_number, address_id,
                                       version, act_id, candidates, state, created_at)
SELECT l.link_id, l.dossier_id, 1, w.why, w.number, 1, 1, 7, w.codes, 'open', now()
FROM personal.dossier_link l JOIN personal.dossier d USING (dossier_id)
JOIN (VALUES ('H09-260101-0001', 'merged', 5, '{7512300002}'::text[]),
             ('H09-260101-0002', 'moved', 6, '{}'),
             ('H09-260101-0003', 'split', 7, '{7512300002,7512300003}'))
     AS w (key, why, number, codes) ON w.key = d.code_key
ORDER BY d.code_key;
"""


def test_what_is_open_and_what_is_left(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute(_FILL.encode())
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")

    def told(*words: str) -> list[str]:
        done = CliRunner().invoke(build(), ["dossiers", "proposals", *words])
        assert done.exit_code == 0, done.output
        assert "Lê Lợi" not in done.output
        return done.stdout.splitlines()

    merged, _, split = told("list")
    assert merged == (
        "1  H09-260101-0001 1  Địa chỉ đã nhập vào địa chỉ khác  75123-00001 → 75123-00002"
        "  Chờ quyết định"
    )
    assert told("list", "--act", "8") == []
    assert told("accept", "--act", "7") == [
        "Đã chấp nhận 2; 0 đã có người quyết định khác, được giữ nguyên.",
        "1  Có nhiều địa chỉ thay thế: cần người chọn",
    ]
    assert told("list") == [split]
    assert [each.split()[0] for each in told("list", "--state", "accepted")] == ["1", "2"]
