"""What a phone takes along: the package of a commune of 10,000 addresses, and supervisors' figures.

Ten communes of 10,000 invented addresses each and 300,000 records about them, in tasks of a commune
and of its localities. The package is asked for whole, gzipped, and once more with its tag; a route
that does nothing is asked meanwhile by 16 clients, alone and beside two phones that take packages
again and again, in rounds that alternate: what holds up the event loop would show there. About a
minute and a half, most of it filling.
"""

from __future__ import annotations

import asyncio
import gzip
import statistics
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import psycopg

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from benchmarks.figures import Figure
from benchmarks.http_rounds import Endpoint, ask, running_service

COMMUNES = 10
_TIMES = 7
_ROUNDS = 3
_CLIENTS = 16
_SECONDS = 2
_PHONES = 2

FILL = """
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        centre, boundary, boundary_kind, boundary_source, source)
SELECT '79', DATE '2025-07-01', 'province', 'thanh_pho_truc_thuoc_trung_uong', 'Mẫu',
       'Thành phố Mẫu', 'mau', NULL, NULL::geometry, NULL::geometry, NULL, NULL, 'benchmark'
UNION ALL
SELECT (25700 + c)::text, DATE '2025-07-01', 'commune', 'phuong', 'Mẫu ' || c, 'Phường Mẫu ' || c,
       'mau ' || c, '79', ST_Centroid(shape), ST_Multi(shape), 'official', 'benchmark', 'benchmark'
FROM (SELECT c, ST_Segmentize(ST_MakeEnvelope(106.5 + c * 0.05, 10.9, 106.55 + c * 0.05, 10.95,
                                              4326), 0.0005) AS shape
      FROM generate_series(0, {communes} - 1) AS c) AS communes;
CREATE TEMP TABLE house AS
SELECT i AS id, (25700 + i / {each})::text AS commune, 'Đường Mẫu ' || i % 80 AS street,
       i / 80 + 1 AS number, i % 20 + 1 AS locality,
       106.5 + (i / {each}) * 0.05 + (i * 7919::bigint % 49999) * 1e-6 AS lon,
       10.9 + (i * 104729::bigint % 49999) * 1e-6 AS lat
FROM generate_series(0, {communes} * {each} - 1) AS i;
INSERT INTO address (address_id, code, issuer, created_at)
SELECT id + 1, lpad((7000000000 + id * 7919::bigint)::text, 10, '0'), 'benchmark', now()
FROM house;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT id + 1, 1, 'current', DATE '2026-01-01', now(), 'import', 'benchmark', jsonb_build_object(
    'kind', 'dwelling', 'commune', jsonb_build_array(commune, '2025-07-01'), 'source', 'synthetic',
    'components', jsonb_build_object(
        'house_number', number || '/' || id % 7, 'thoroughfare', street,
        'localities', jsonb_build_array(jsonb_build_array('khu_pho', locality::text))),
    'position', jsonb_build_array(lon, lat, 4.5, 'gnss', 'entrance'))
FROM house;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from, position, base_key, number_key)
SELECT id + 1, 1, 'current', 'dwelling', 'public', commune, DATE '2025-07-01',
       ST_SetSRID(ST_MakePoint(lon, lat), 4326), 'mau ' || id % 80, lpad(number::text, 5, '0')
FROM house;
INSERT INTO collection_task (task_id, title, kind, commune_code, named, created_by, created_at,
                             changed_at)
SELECT gen_random_uuid(), 'Mẫu', CASE WHEN l = 0 THEN 'commune' ELSE 'locality' END,
       (25700 + c)::text, CASE WHEN l > 0 THEN jsonb_build_array('khu_pho', l::text) END,
       'cli:benchmark', now() - interval '200 days', now()
FROM generate_series(0, {communes} - 1) AS c, generate_series(0, 20) AS l;
INSERT INTO submission (submission_id, device, task_id, act, revision, state, waits_for,
                        commune_code, address_id, position, accuracy_m, made_at, received_at,
                        decided_at, decided_by)
SELECT gen_random_uuid(), 'd' || s % 40, t.task_id,
       (ARRAY['correct', 'correct', 'add', 'nobody-home', 'gone'])[s % 5 + 1], 1,
       CASE WHEN s % 50 = 0 THEN 'received' WHEN s % 50 = 1 THEN 'needs-you' ELSE 'accepted' END,
       CASE WHEN s % 50 = 0 THEN 'review' END, h.commune, h.id + 1,
       ST_SetSRID(ST_MakePoint(h.lon, h.lat), 4326), 3 + s % 9, at, at,
       CASE WHEN s % 50 > 0 THEN at + interval '1 hour' END,
       CASE WHEN s % 10 = 2 THEN 'account:lan' END
FROM (SELECT s, now() - s % 180 * interval '1 day' AS at FROM generate_series(1, {records}) AS s) r
JOIN house h ON h.id = s * 7919::bigint % ({communes} * {each})
JOIN collection_task t ON t.commune_code = h.commune
     AND t.named = jsonb_build_array('khu_pho', h.locality::text);
INSERT INTO submission_revision (submission_id, revision, payload, sha256, received_at, findings)
SELECT submission_id, 1, repeat(submission_id::text, 25), decode(md5(submission_id::text)
           || md5(submission_id::text), 'hex'), received_at,
       CASE WHEN act = 'gone' THEN '[{{"slug": "overridden"}}]' ELSE '[]' END::jsonb
FROM submission;
"""


def add_options(parser: ArgumentParser) -> None:
    """Say how large it is to be."""
    parser.add_argument("--addresses", type=int, default=10_000, help="of each commune")
    parser.add_argument("--records", type=int, default=300_000)


def run(options: Namespace) -> list[Figure]:
    """Fill a register with tasks and records, then measure."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        whole, locality = fill(url, options.addresses, options.records)
        key = asyncio.run(_key(url))
        with running_service(
            url,
            factory="benchmarks.lookup_app:app",
            known_per_minute="100000000",
            anonymous_per_minute="100000000",
        ) as base:
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
                figures = _packages(client, whole, locality) + _supervisors(client)
                return figures + _beside(client, base, whole)


def fill(url: str, addresses: int, records: int) -> tuple[str, str]:
    """Fill a register; gives the tasks of a commune and of a locality of it."""
    with psycopg.connect(url, autocommit=True) as conn:
        text = FILL.format(communes=COMMUNES, each=addresses, records=records)
        for statement in text.split(";\n"):
            conn.execute(statement.encode())
        conn.execute("VACUUM ANALYZE")
        found = conn.execute(
            "SELECT DISTINCT ON (kind) kind, task_id::text FROM collection_task"
            " WHERE commune_code = '25703' ORDER BY kind, task_id"
        ).fetchall()
    known: dict[str, str] = dict(found)
    return known["commune"], known["locality"]


async def _key(url: str) -> str:
    engine = make_engine(Settings(database_url=url))
    async with transaction(engine) as conn:
        key = await create_key(
            conn,
            command_line("benchmark"),
            name="benchmark",
            scopes=[Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.COLLECTION_REVIEW],
            expires_at=None,
            at=datetime.now(UTC),
        )
    await engine.dispose()
    return key


def _packages(client: httpx.Client, whole: str, locality: str) -> list[Figure]:
    figures = []
    for name, task in (("commune", whole), ("locality", locality)):
        path = f"/v1/collection/tasks/{task}/package"
        answer = client.get(path)
        answer.raise_for_status()
        count = len(answer.json()["addresses"])
        sent = int(answer.headers["content-length"])
        had = {"If-None-Match": answer.headers["etag"]}
        figures += [
            Figure(f"{name}: addresses", count, "addresses"),
            Figure(f"{name}: raw", len(answer.content) / 1e6, "MB"),
            Figure(f"{name}: gzipped", sent / 1e6, "MB"),
            Figure(f"{name}: gzip -9 of it", len(gzip.compress(answer.content)) / 1e6, "MB"),
            Figure(f"{name}: whole", _median_s(lambda: client.get(path)), "s"),  # noqa: B023 - at once
            Figure(
                f"{name}: not changed (304)",
                _median_s(lambda: client.get(path, headers=had)),  # noqa: B023 - at once
                "s",
            ),
        ]
    return figures


def _supervisors(client: httpx.Client) -> list[Figure]:
    today = datetime.now(UTC).date()
    month = {"first": str(today - timedelta(days=29)), "last": str(today)}
    year = {"first": str(today - timedelta(days=365)), "last": str(today)}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "page of tasks, 20 with progress": ("/collection", {}),
        "figures of collectors, 30 days": ("/v1/collection/quality", month),
        "figures of collectors, all records": ("/v1/collection/quality", year),
        "figures of collectors, 30 days, a commune": (
            "/v1/collection/quality",
            {**month, "commune": "25703"},
        ),
    }
    return [
        Figure(name, _median_s(lambda: client.get(path, params=params)), "s")  # noqa: B023 - at once
        for name, (path, params) in asked.items()
    ]


def _median_s(get: Callable[[], httpx.Response]) -> float:
    taken = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        answer = get()
        taken.append(time.perf_counter() - started)
        if answer.status_code not in {200, 304}:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
    return statistics.median(taken)


def _beside(client: httpx.Client, base: str, task: str) -> list[Figure]:
    nothing = Endpoint("nothing", base, ["/bench/nothing"])
    alone, beside = [], []
    for _ in range(_ROUNDS):
        alone.append(ask(nothing, connections=_CLIENTS, seconds=_SECONDS))
        with _phones(client, f"/v1/collection/tasks/{task}/package"):
            beside.append(ask(nothing, connections=_CLIENTS, seconds=_SECONDS))
    rates = [b.requests_per_s / a.requests_per_s for a, b in zip(alone, beside, strict=True)]
    return [
        Figure("no-op route p99, alone", statistics.median(a.p99_ms for a in alone), "ms"),
        Figure("no-op route p99, beside", statistics.median(b.p99_ms for b in beside), "ms"),
        Figure("no-op route: beside two phones / alone", statistics.median(rates), "ratio"),
    ]


@contextmanager
def _phones(client: httpx.Client, path: str) -> Iterator[None]:
    ended = threading.Event()

    def take() -> None:
        with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=60) as own:
            while not ended.is_set():
                own.get(path)

    threads = [threading.Thread(target=take) for _ in range(_PHONES)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        ended.set()
        for each in threads:
            each.join()
