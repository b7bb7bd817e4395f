"""60 faults in some three minutes under 16 writers: nothing acknowledged is lost or there twice.

PostgreSQL, one backend, the API, one of its processes, the worker, followers of the feed and a
replica are killed with SIGKILL, PostgreSQL is frozen; an auditor compares every write with what
was acknowledged, and the feed with what its followers read.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

import psycopg

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from benchmarks.crash import FILL
from benchmarks.crash_campaign import DATABASE, Keys, Outcome, Plan, campaign
from benchmarks.figures import Figure

GATE = True
_TO_WRITE = [Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE]
_TO_READ = [Scope.ADDRESSES_READ, Scope.EVENTS_READ, Scope.ADDRESSES_SECRET, Scope.DOSSIERS_READ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add how long it is to be."""
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--every", type=float, default=1.5, help="seconds between two faults")


def run(arguments: argparse.Namespace) -> list[Figure]:
    """Run the campaign on a durable server of its own."""
    plan = Plan(arguments.writers, arguments.faults, arguments.every)
    outcome = measured(plan)
    ledger, verdict = outcome.ledger, outcome.verdict
    for what in (*verdict.lost[:5], *ledger.refused[:5], *verdict.gaps_of_readers, *verdict.broken):
        print(what)
    acts = [each.act for each in ledger.acknowledged]
    return [
        *(Figure(f"fault: {kind}", count, "times") for kind, count in outcome.faults.items()),
        Figure("faults", outcome.faults.total(), "times", aim=plan.faults),
        Figure("acknowledged: registered", acts.count("assign"), "writes"),
        Figure("acknowledged: corrected", acts.count("correct"), "writes"),
        Figure("acknowledged: retired", acts.count("retire"), "writes"),
        Figure("acknowledged writes", len(acts) / outcome.seconds, "per s"),
        Figure("attempts repeated", ledger.failed_attempts, "requests"),
        Figure("replays", ledger.replays, "requests"),
        Figure("seconds", outcome.seconds, "s"),
        Figure("acknowledged writes lost", len(verdict.lost), "writes", 0, "lower"),
        Figure("writes beyond one per key", abs(verdict.doubled), "writes", 0, "lower"),
        Figure("duplicate codes", verdict.duplicate_codes, "codes", 0, "lower"),
        Figure("keys answered differently", len(ledger.contradictions), "keys", 0, "lower"),
        Figure("refused", len(ledger.refused), "requests", 0, "lower"),
        Figure("events", verdict.events, "events"),
        Figure("writes without event", abs(verdict.without_event), "writes", 0, "lower"),
        Figure("events without number", verdict.unnumbered, "events", 0, "lower"),
        Figure("readers with gaps", len(verdict.gaps_of_readers), "readers", 0, "lower"),
        Figure("checks that failed", len(verdict.broken), "checks", 0, "lower"),
    ]


def measured(plan: Plan) -> Outcome:
    """Give the outcome of a campaign."""
    with throw_away_cluster(durable=True) as cluster:
        upgrade(cluster.create_database(DATABASE))
        with psycopg.connect(cluster.superuser_url(DATABASE), autocommit=True) as conn:
            conn.execute(FILL.encode())
        keys = asyncio.run(_issue_keys(cluster.urls(DATABASE).writer, plan))
        return campaign(cluster, keys, plan)


async def _issue_keys(url: str, plan: Plan) -> Keys:
    engine = make_engine(Settings.model_validate({"database_url": url}))

    async def issue(scopes: list[Scope]) -> str:
        async with transaction(engine) as conn:
            return await create_key(
                conn,
                command_line("benchmark"),
                name="benchmark",
                scopes=scopes,
                expires_at=None,
                at=datetime.now(UTC),
            )

    try:
        return Keys(
            writers=[await issue(_TO_WRITE) for _ in range(plan.writers)],
            readers=[await issue(_TO_READ) for _ in range(plan.readers)],
            replica=await issue(_TO_READ),
        )
    finally:
        await engine.dispose()
