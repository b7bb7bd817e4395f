"""Addresses for tests of coverage: many in the west, more than expected in the east. Invented."""

from __future__ import annotations

from typing import Any, Final

import psycopg

# 1,500 dwellings and 100 enterprises in the west, half of them measured on the spot; 150 dwellings
# in the east, 50 of them measured; seven in the north. All entered in February 2026.
_FILL: Final = """
CREATE TEMPORARY TABLE wanted AS
SELECT n, CASE WHEN n <= 1600 THEN '25747' WHEN n <= 1750 THEN '25750' ELSE '25942' END AS commune,
       CASE WHEN n <= 100 THEN 'enterprise' ELSE 'dwelling' END AS kind,
       CASE WHEN n <= 1600 AND n %% 2 = 0 OR n > 1600 AND n <= 1650 OR n > 1750 THEN 'gnss'
            ELSE 'map' END AS method,
       timestamptz '2026-02-03 05:00+00' + n %% 9 * interval '1 day' AS at
FROM generate_series(1, 1757) AS n;
INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE
SELECT n, '75123' || lpad(n::text, 5, '0'), 'Test', at FROM wanted;
SELECT setval(pg_get_serial_sequence('address', 'address_id'), 1757);
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT n, 1, 'current', '2026-02-01', at, 'assign', 'test',
       jsonb_build_object('kind', kind, 'source', 'test',
                          'commune', jsonb_build_array(commune, '2025-07-01'),
                          'position', jsonb_build_array(106.65, 10.95, 5, method, 'entrance'))
FROM wanted;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, position)
SELECT n, 1, 'current', kind, 'public', commune, '2025-07-01',
       ST_SetSRID(ST_MakePoint(106.65, 10.95), 4326)
FROM wanted;
"""


def fill(conn: psycopg.Connection[Any]) -> None:
    """Put the addresses there."""
    for statement in _FILL.split(";\n"):
        conn.execute(statement.encode(), {})
