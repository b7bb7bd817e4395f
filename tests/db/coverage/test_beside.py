"""What stands beside the counts: findings of audits, dossiers; which numbers of households hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from dossiers_world import three_addresses
from registry_fixtures import EAST, WEST
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.clock import FixedClock
from addrsvc.coverage.errors import ExpectedTooMany
from addrsvc.coverage.expected import MAX_ROWS, take_expected
from addrsvc.coverage.expected_rows import ExpectedRow
from addrsvc.coverage.model import Linking
from addrsvc.coverage.service import get_coverage, list_findings
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.statistics.counting import count_dossiers
from addrsvc.findings import Severity

pytestmark = pytest.mark.anyio

NOW, TODAY = datetime(2026, 1, 15, 3, 0, tzinfo=UTC), date(2026, 1, 15)
SCOPES = frozenset({Scope.ADDRESSES_READ, Scope.DOSSIERS_READ, Scope.UNITS_WRITE})
ALL, LEFT = Principal("key:all", SCOPES), Principal("key:west", SCOPES, frozenset({WEST}))

_FILL = """
INSERT INTO quality_run (principal, started_at, finished_at) VALUES ('test', now(), now());
INSERT INTO quality_count (run_id, commune_code, visibility, kind, is_settled, count)
SELECT run_id, commune, visibility, kind, is_settled, count FROM quality_run, (VALUES
    ('25747', 'public', '', false, 90), ('25747', 'public', 'outside-commune', false, 4),
    ('25747', 'restricted', 'outside-commune', false, 2),
    ('25747', 'secret', 'outside-commune', false, 7),
    ('25747', 'public', 'outside-commune', true, 5), ('25750', 'public', '', false, 3)
) AS said (commune, visibility, kind, is_settled, count);
INSERT INTO personal.dossier (code, code_key, received_on, version, created_at, created_by,
                              changed_at, changed_by)
SELECT i, i, '2026-01-01', 1, now(), 'key:a', now(), 'key:a' FROM generate_series(1, 3) AS i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, 'object', '{"text": "x"}',
       CASE WHEN dossier_id = 3 THEN 'waiting' ELSE 'linked' END, 'A', '{"communes": ["25747"]}',
       now(), now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT dossier_id, 1, 1, 'found', now(), 'key:a' FROM personal.dossier WHERE dossier_id < 3;
"""
_FORMER = """
INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name, name_key,
                        parent_code, source)
VALUES ('25001', '2025-06-01', '2025-07-01', 'commune', 'phuong', 'Cũ', 'Phường Cũ', 'cu', '79',
        'test');
INSERT INTO admin_unit_link (from_code, from_valid_from, to_code, to_valid_from, kind,
                             effective_date, source)
VALUES ('25001', '2025-06-01', '25747', '2025-07-01', 'whole', '2025-07-01', 'test');
"""


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(service_settings(as_role(registry_url, WRITER)))
    yield made
    await made.dispose()


async def test_findings_and_dossiers_within_areas(registry_url: str, engine: AsyncEngine) -> None:
    three_addresses(registry_url)
    with psycopg.connect(registry_url) as conn:
        conn.execute(_FILL.encode())
    async with transaction(engine) as conn:
        before = {each.code: each for each in (await get_coverage(conn, ALL, TODAY)).communes}
        assert before[WEST].dossiers is None
        assert await count_dossiers(conn, FixedClock(NOW))
        told = {each.code: each for each in (await get_coverage(conn, ALL, TODAY)).communes}
        assert told[WEST].dossiers == Linking(3, 2, 1)
        assert told[EAST].dossiers == Linking()
        # what is secret is not counted, what is settled only informs
        assert told[WEST].findings == {Severity.ERROR: 6, Severity.WARNING: 0, Severity.INFO: 5}
        assert told[EAST].findings == dict.fromkeys(Severity, 0)
        rows = await list_findings(conn, LEFT)
        assert [(each.commune, each.kind, each.severity.value, each.count) for each in rows] == [
            (WEST, "outside-commune", "error", 6),
            (WEST, "outside-commune", "info", 5),
        ]
        (left,) = (await get_coverage(conn, LEFT, TODAY)).communes
        assert (left.code, left.dossiers) == (WEST, Linking(3, 2, 1))


async def test_a_code_that_is_no_more_is_refused_with_what_it_became(
    registry_url: str, engine: AsyncEngine
) -> None:
    with psycopg.connect(registry_url) as conn:
        conn.execute(_FORMER.encode())
    clock = FixedClock(NOW)
    async with transaction(engine) as conn:
        rows = [ExpectedRow("25001", "5"), ExpectedRow(WEST, "7")]
        receipt = await take_expected(conn, ALL, rows, as_of=TODAY, source="bịa", clock=clock)
        assert [each.outcome for each in receipt.rows] == ["rejected", "added"]
        why = receipt.rows[0].why
        assert why is not None
        assert why.vi == (
            "25001 là mã cũ của Phường Cũ, nay không còn (đã thành: Phường Tây (25747))."
        )
        many = [ExpectedRow(WEST, "7")] * (MAX_ROWS + 1)
        with pytest.raises(ExpectedTooMany):
            await take_expected(conn, ALL, many, as_of=TODAY, source="bịa", clock=clock)
