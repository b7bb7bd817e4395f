"""Dossiers from the command line: what they came to, and never what was written in them."""

from __future__ import annotations

import psycopg
import pytest
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.errors import AddrsvcError

_FILL = """
INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE
VALUES (1, '7512300001', 'Test', now());
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
VALUES (1, 1, 'current', '2026-01-01', now(), 'assign', 'test',
        '{"kind": "dwelling", "commune": ["25747", "2025-07-01"], "source": "test"}');
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
VALUES (1, 1, 'current', 'dwelling', 'public', '25747', '2025-07-01');
INSERT INTO personal.dossier (code, code_key, received_on, status, version, created_at, created_by,
                              changed_at, changed_by)
SELECT 'H09-26010' || i || '-0001', 'H09-26010' || i || '-0001', date '2026-01-01' + i - 1, '2', 1,
       now(), 'key:a', now(), 'key:a'
FROM generate_series(1, 3) AS i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, 'object', '{"text": "12 Lê Lợi"}',
       CASE WHEN received_on = '2026-01-01' THEN 'linked' ELSE 'waiting' END, 'A',
       '{"confidence": 1, "corrections": [], "reasons": [], "candidates": [], "communes": []}',
       now(), now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by, valid_to,
                                   ended_by, why_ended)
SELECT dossier_id, 1, 1, 'found', '2026-01-02T00:00:00Z', 'key:a',
       CASE WHEN received_on > '2026-01-01' THEN timestamptz '2026-01-03T00:00:00Z' END,
       CASE WHEN received_on > '2026-01-01' THEN 'account:lan' END,
       CASE WHEN received_on > '2026-01-01' THEN 'rejected' END
FROM personal.dossier WHERE received_on < '2026-01-03';
INSERT INTO personal.dossier_reach (dossier_id, address_id, commune_code)
SELECT dossier_id, 1, '25747' FROM personal.dossier WHERE received_on < '2026-01-03';
"""


def test_what_waits_and_what_is_linked(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute(_FILL.encode())
    url = service_settings(registry_url).database_url.get_secret_value()
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")

    def told(*words: str) -> list[str]:
        done = CliRunner().invoke(build(), ["dossiers", *words])
        assert done.exit_code == 0, done.output
        assert "Lê Lợi" not in done.output
        return done.stdout.splitlines()

    linked = "H09-260101-0001  2026-01-01  2  1. Đối tượng của thủ tục: Đã liên kết 75123-00001"
    assert told("list")[0] == linked
    assert len(told("list")) == 3
    assert [each[:15] for each in told("list", "--state", "waiting", "--commune", "25747")] == [
        "H09-260102-0001"
    ]
    assert len(told("list", "--from", "2026-01-02", "--to", "2026-01-02")) == 1
    present = "H09-260101-0001 1  object  2026-01-02T07:00:00+07:00 found (key:a)  …"
    assert told("links", "7512300001") == [present]
    former, _ = told("links", "75123-00001", "--history")
    assert former.endswith("2026-01-03T07:00:00+07:00 rejected (account:lan)")
    unknown = CliRunner().invoke(build(), ["dossiers", "links", "7512399999"])
    assert isinstance(unknown.exception, AddrsvcError)
