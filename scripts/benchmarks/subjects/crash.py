"""20,000 assignments by 50 clients while PostgreSQL is killed five times: nothing lost or twice."""

from __future__ import annotations

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
from benchmarks.crash import FILL, Outcome, campaign
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service


def run(*, clients: int = 50, assignments: int = 20_000, kills: int = 6) -> list[Figure]:
    """Run the campaign on a durable server of its own."""
    outcome = measured(clients=clients, assignments=assignments, kills=kills)
    return [
        Figure("acknowledged", len(outcome.acknowledged), "keys", aim=assignments),
        Figure("replays", outcome.replays, "requests"),
        Figure("kills with writes in flight", outcome.kills, "kills", aim=5),
        Figure("acknowledged writes lost", outcome.lost, "writes", 0, "lower"),
        Figure("addresses beyond one per key", outcome.doubled, "addresses", 0, "lower"),
        Figure("duplicate codes", outcome.duplicate_codes, "codes", 0, "lower"),
        Figure("keys answered differently", len(outcome.contradictions), "keys", 0, "lower"),
        Figure("refused", len(outcome.refused), "requests", 0, "lower"),
        Figure("attempts repeated", outcome.failed_attempts, "requests"),
        Figure("assignments", assignments / outcome.seconds, "per s"),
    ]


def measured(*, clients: int, assignments: int, kills: int) -> Outcome:
    """Give the outcome of a campaign."""
    with throw_away_cluster(durable=True) as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.encode())
        key = asyncio.run(_issue_key(url))
        with running_service(url, workers=2) as base_url:
            return campaign(
                cluster,
                url,
                base_url,
                key,
                clients=clients,
                assignments=assignments,
                kills=kills,
            )


async def _issue_key(url: str) -> str:
    engine = make_engine(Settings.model_validate({"database_url": url}))
    try:
        async with transaction(engine) as conn:
            return await create_key(
                conn,
                command_line("benchmark"),
                name="benchmark",
                scopes=[Scope.ADDRESSES_WRITE],
                expires_at=None,
                at=datetime.now(UTC),
            )
    finally:
        await engine.dispose()
