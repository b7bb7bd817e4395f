"""The auditor of the crash campaign: compares what was acknowledged with what is there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.crash_writers import Ledger


@dataclass(slots=True)
class Verdict:
    """What the auditor found; all must be 0 or empty but what is counted."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged writes the database does not hold as they were acknowledged."""
    doubled: int = 0
    """Writes held beyond one per key."""
    duplicate_codes: int = 0
    events: int = 0
    unnumbered: int = 0
    without_event: int = 0
    """Acknowledged writes followers were not told of."""
    gaps_of_readers: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What a check of the whole said: chain, amcheck, verify, replica."""


_HELD = """
SELECT a.code, v.version, v.act, v.document->'components'->>'house_number' AS number,
       v.document->>'text' AS text, v.reason
FROM address_version v JOIN address a USING (address_id)
"""
_COUNTS = """
SELECT (SELECT count(*) FROM address),
       (SELECT count(*) FROM idempotency_key WHERE status IS NOT NULL),
       (SELECT count(*) FROM (SELECT DISTINCT address_id, recorded_from FROM address_version) w),
       (SELECT count(*) FROM event WHERE type LIKE 'address.%'),
       (SELECT count(*) FROM event),
       (SELECT count(*) FROM event WHERE number IS NULL)
"""
_WORD = {"assign": "number", "correct": "text", "retire": "reason"}
"""Where a version says what the writer said."""


def compare(database_url: str, ledger: Ledger) -> Verdict:
    """Compare every acknowledged write with the database."""
    verdict = Verdict()
    with psycopg.connect(database_url) as conn:
        names = ("code", "version", "act", "number", "text", "reason")
        held = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in conn.execute(_HELD)}
        counts = conn.execute(_COUNTS).fetchone() or (0,) * 6
    addresses, keys, writes, told, verdict.events, verdict.unnumbered = counts
    for each in ledger.acknowledged:
        found = held.get((each.code, each.version))
        if found is None or found["act"] != each.act or found[_WORD[each.act]] != each.said:
            verdict.lost.append(f"{each}: held {found}")
    assigned = [each.code for each in ledger.acknowledged if each.act == "assign"]
    done = len(ledger.acknowledged)
    verdict.doubled = (addresses - len(assigned)) + (writes - done) + (keys - done)
    verdict.duplicate_codes = len(assigned) - len(set(assigned))
    verdict.without_event = done - told
    return verdict


def compare_readers(database_url: str, files: Sequence[Path], verdict: Verdict) -> None:
    """Compare what followers of the feed wrote down with the feed: all of it, once, in order."""
    with psycopg.connect(database_url) as conn:
        statement = "SELECT number, type, subject, hash FROM event ORDER BY number"
        feed = [[row[0], row[1], row[2], row[3].hex()] for row in conn.execute(statement)]
    if [each[0] for each in feed] != list(range(1, len(feed) + 1)):
        verdict.gaps_of_readers.append("the feed itself has gaps")
    for file in files:
        read = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if read != feed:
            at = next((n for n, (a, b) in enumerate(zip(read, feed, strict=False)) if a != b), -1)
            verdict.gaps_of_readers.append(
                f"{file.name}: {len(read)} of {len(feed)} events, first difference at {at}"
            )


def run_check(verdict: Verdict, name: str, command: Sequence[str], **environment: str) -> None:
    """Run a command that exits with 0 when all is whole; note what it says otherwise."""
    done = subprocess.run(  # noqa: S603 -- an argument list of our own, no shell
        command, check=False, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-800:]
        verdict.broken.append(f"{name}: {said}")
