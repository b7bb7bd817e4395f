"""Many clients assign addresses while PostgreSQL is killed under them; then everything is checked.

Every client repeats a request under its Idempotency-Key until it is acknowledged, and some
are repeated after that as well. What must hold at the end: one address per key, one code per
address, and every acknowledged answer still true.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg

from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.postmaster import find_orphans

_COMMUNES = 12
_TIMEOUT_S = 15.0
_SEED = 20_000

FILL = """
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        source)
VALUES ('79', '2025-07-01', 'province', 'thanh_pho_truc_thuoc_trung_uong', 'Mẫu',
        'Thành phố Mẫu', 'mau', NULL, 'synthetic');
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        boundary, boundary_kind, boundary_source, source)
SELECT (10000 + i)::text, '2025-07-01', 'commune', 'phuong', 'Ô ' || i, 'Phường Ô ' || i,
       'o ' || i, '79',
       ST_Multi(ST_MakeEnvelope(106 + i * 0.1, 10.9, 106.1 + i * 0.1, 11.0, 4326)),
       'official', 'synthetic', 'synthetic'
FROM generate_series(0, 11) AS i;
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT code, valid_from, false, (ST_Dump(boundary)).geom FROM admin_unit WHERE level = 'commune';
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
SELECT (10000 + i)::text, (10000 + i)::text, 'synthetic',
       decode(lpad(to_hex(i), 64, '0'), 'hex'), true, 'synthetic', now()
FROM generate_series(0, 11) AS i;
"""
"""Twelve square communes in a row with a prefix each, all invented."""


@dataclass(slots=True)
class Outcome:
    """What the clients were told, and what the database holds in the end."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """Idempotency-Key → code answered."""
    replays: int = 0
    contradictions: list[str] = field(default_factory=list)
    """Keys answered with two different codes."""
    failed_attempts: int = 0
    """Attempts that ended without an answer or with 5xx, and were repeated."""
    refused: list[str] = field(default_factory=list)
    """Answers that are neither success nor a reason to repeat."""
    kills: int = 0
    seconds: float = 0.0
    lost: int = 0
    """Acknowledged codes the database does not hold."""
    doubled: int = 0
    """Addresses beyond one per key."""
    duplicate_codes: int = 0


def campaign(
    cluster: PrivateCluster,
    database_url: str,
    base_url: str,
    key: str,
    *,
    clients: int,
    assignments: int,
    kills: int,
    replay_share: float = 0.05,
) -> Outcome:
    """Run clients and killer, then compare what was told with what is there."""
    outcome = Outcome()
    lock = threading.Lock()
    work: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(assignments):
        work.put(number)
    started = time.monotonic()
    threads = [
        threading.Thread(
            target=_client, args=(base_url, key, work, outcome, lock, replay_share, seed)
        )
        for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    for turn in range(kills):
        goal = assignments * (turn + 1) // (kills + 1)
        while len(outcome.acknowledged) < goal and any(each.is_alive() for each in threads):
            time.sleep(0.02)
        _kill_and_restart(cluster)
        outcome.kills += 1
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - started
    _check(database_url, outcome)
    return outcome


def _kill_and_restart(cluster: PrivateCluster) -> None:
    """Kill every process of the server at once, as a power cut would, and start it again."""
    pgdata = cluster.data_dir / "postgres"
    os.kill(cluster.pid, signal.SIGKILL)
    for orphan in find_orphans(pgdata):
        try:
            os.kill(orphan.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    cluster.start()


def _client(
    base_url: str,
    key: str,
    work: queue.SimpleQueue[int],
    outcome: Outcome,
    lock: threading.Lock,
    replay_share: float,
    seed: int,
) -> None:
    chance = random.Random(_SEED + seed)  # noqa: S311 - which to repeat
    connection = _Connection(base_url, key)
    while True:
        try:
            number = work.get_nowait()
        except queue.Empty:
            connection.close()
            return
        repeats = 2 if chance.random() < replay_share else 1
        for repeat in range(repeats):
            code = connection.assign(number, outcome, lock)
            with lock:
                outcome.replays += repeat
                known = outcome.acknowledged.setdefault(f"k-{number:06d}", code)
                if known != code:
                    outcome.contradictions.append(f"k-{number:06d}")


class _Connection:
    """One client's connection, made anew after each failure."""

    def __init__(self, base_url: str, key: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._http: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Let go of the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def assign(self, number: int, outcome: Outcome, lock: threading.Lock) -> str:
        """Repeat one assignment under its key until it is acknowledged; give the code."""
        body = json.dumps(_house(number))
        headers = {**self._headers, "Idempotency-Key": f"k-{number:06d}"}
        wait_s = 0.05
        while True:
            try:
                if self._http is None:
                    self._http = http.client.HTTPConnection(
                        self._host, self._port, timeout=_TIMEOUT_S
                    )
                self._http.request("POST", "/v1/addresses", body, headers)
                response = self._http.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException):
                self.close()
                status, answer = 0, b""
            else:
                status = response.status
            if status == 201:
                return str(json.loads(answer)["code"])
            with lock:
                outcome.failed_attempts += 1
                if 400 <= status < 500:
                    outcome.refused.append(answer.decode())
                    return ""
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, 1.0)


def _house(number: int) -> dict[str, object]:
    commune, place = number % _COMMUNES, number // _COMMUNES
    return {
        "kind": "dwelling",
        "source": "synthetic",
        "components": {"house_number": str(number), "thoroughfare": "Đường Mẫu"},
        "position": {
            "lon": round(106.0005 + commune * 0.1 + (place % 90) * 0.001, 6),
            "lat": round(10.9005 + (place // 90) * 0.0005, 6),
            "accuracy_m": 5,
            "method": "gnss",
        },
    }


def _check(database_url: str, outcome: Outcome) -> None:
    with psycopg.connect(database_url) as conn:
        held = {row[0]: row[1] for row in conn.execute("SELECT code, address_id FROM address")}
        (addresses,) = conn.execute("SELECT count(*) FROM address").fetchone() or (0,)
        (keys,) = conn.execute(
            "SELECT count(*) FROM idempotency_key WHERE status IS NOT NULL"
        ).fetchone() or (0,)
        (whole,) = conn.execute(
            "SELECT count(*) FROM address JOIN address_current USING (address_id)"
            " JOIN address_version USING (address_id, version)"
            " JOIN event ON subject = code"
        ).fetchone() or (0,)
    codes = [code for code in outcome.acknowledged.values() if code]
    outcome.lost = sum(code not in held for code in codes) + (addresses - whole)
    outcome.doubled = addresses - keys
    outcome.duplicate_codes = len(codes) - len(set(codes))
