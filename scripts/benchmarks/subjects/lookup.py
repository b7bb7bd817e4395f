"""Looking up an address by its code: against doing nothing, and against the bare statement."""

from __future__ import annotations

import asyncio
import random
import statistics
import time

import psycopg

from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.registry.repository import QUERIES
from benchmarks.figures import Figure
from benchmarks.http_rounds import Comparison, Endpoint, compare, running_service

_ROWS = 286_947
_CODES = 5_000
_CONNECTIONS = 16
_SEED = 392

FILL = """
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        source)
VALUES ('79', '2025-07-01', 'province', 'thanh_pho_truc_thuoc_trung_uong', 'Hồ Chí Minh',
        'Thành phố Hồ Chí Minh', 'ho chi minh', NULL, 'benchmark'),
       ('25747', '2025-07-01', 'commune', 'phuong', 'Thủ Dầu Một', 'Phường Thủ Dầu Một',
        'thu dau mot', '79', 'benchmark');
INSERT INTO address (address_id, code, issuer, created_at)
SELECT i, lpad(((i * 7919::bigint) % 1000000000 + 7000000000)::text, 10, '0'), 'benchmark', now()
FROM generate_series(1, {rows}) AS i;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT i, 1, 'current', '2026-01-01', now(), 'import', 'benchmark', jsonb_build_object(
    'kind', 'dwelling', 'commune', '["25747", "2025-07-01"]'::jsonb, 'source', 'synthetic',
    'components', jsonb_build_object('house_number', i || '/2A',
                                     'thoroughfare', 'Đường ' || i % 500),
    'position', jsonb_build_array(106.6 + i * 1e-7, 10.9, 4.5, 'gnss', 'entrance'))
FROM generate_series(1, {rows}) AS i;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, position)
SELECT i, 1, 'current', 'dwelling', 'public', '25747', '2025-07-01',
       ST_SetSRID(ST_MakePoint(106.6 + i * 1e-7, 10.9), 4326)
FROM generate_series(1, {rows}) AS i;
"""


def run() -> list[Figure]:
    """Measure over a province of synthetic addresses, one worker, then the bare statement."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        codes = _fill(url)
        with running_service(
            url,
            factory="benchmarks.lookup_app:app",
            anonymous_per_minute="1000000000",
        ) as base:
            endpoints = [
                Endpoint("nothing", base, ["/bench/nothing"]),
                Endpoint("plain", base, [f"/bench/plain/{code}" for code in codes]),
                Endpoint("lookup", base, [f"/v1/addresses/{code}" for code in codes]),
            ]
            found = compare(endpoints, connections=_CONNECTIONS)
            statements = _statements_per_s(url, codes)
        return _figures(found, statements)


def _figures(found: Comparison, statements_per_s: float) -> list[Figure]:
    return [
        Figure("lookup / no-op route", found.ratio("lookup"), "ratio", aim=0.70),
        Figure("plain pool / no-op route", found.ratio("plain"), "ratio"),
        Figure("lookup / plain pool", found.ratio("lookup", "plain"), "ratio", aim=1.8),
        Figure("p99: lookup / plain pool", found.p99_ratio("lookup", "plain"), "ratio", 1, "lower"),
        Figure("lookup p99", found.p99_ms("lookup"), "ms", aim=50, better="lower"),
        Figure("plain pool p99", found.p99_ms("plain"), "ms"),
        Figure("no-op route p99", found.p99_ms("nothing"), "ms"),
        Figure("lookup", found.requests_per_s("lookup"), "per s", aim=500),
        Figure("no-op route", found.requests_per_s("nothing"), "per s"),
        Figure("same SELECT through psycopg", statements_per_s, "per s"),
        Figure(
            "lookup / same SELECT through psycopg",
            found.requests_per_s("lookup") / statements_per_s,
            "ratio",
        ),
        Figure("unrest of the no-op rounds", found.unrest(), "max/min", 1.5, "lower"),
    ]


def _fill(url: str) -> list[str]:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(FILL.format(rows=_ROWS).encode())
        conn.execute("VACUUM ANALYZE")
        rows = conn.execute("SELECT code FROM address ORDER BY address_id").fetchall()
    return random.Random(_SEED).sample([row[0] for row in rows], _CODES)  # noqa: S311 - a sample


def _statements_per_s(url: str, codes: list[str]) -> float:
    """Give the rate of the lookup's own statement, prepared, on as many connections."""

    async def ask(mine: list[str]) -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            conn.prepare_threshold = 0
            for code in mine:
                cursor = await conn.execute(QUERIES["addresses_by_code"], {"codes": [code]})
                await cursor.fetchall()

    async def once() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(ask(codes[i::_CONNECTIONS]) for i in range(_CONNECTIONS)))
        return len(codes) / (time.perf_counter() - started)

    return statistics.median(asyncio.run(once()) for _ in range(5))
