"""How long somebody waits who guessed wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from addrsvc.auth.accounts_attempts import (
    BY_CLIENT,
    BY_LOGIN,
    BY_PAIR,
    key_of,
    wait_s,
)
from addrsvc.db.rows import Row

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)


def count(
    failures: int, login_key: str = "lan", client: str = "203.0.113.1", **fields: object
) -> Row:
    kept = {"login_key": login_key, "client": client, "failures": failures, "seen_at": NOW}
    return {**kept, "succeeded_at": None, **fields}


def waits(*counts: Row, at: datetime = NOW) -> int:
    return wait_s(list(counts), "lan", "203.0.113.1", at)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (1_000_000, 3600)],
)
def test_waits_double_from_the_fifth_failure_up_to_an_hour(failures: int, wait: int) -> None:
    assert waits(count(failures)) == wait
    assert BY_PAIR.wait_s(failures, NOW, NOW + timedelta(seconds=wait)) == 0


def test_a_day_without_failures_begins_anew() -> None:
    assert waits(count(50), at=NOW + timedelta(days=1)) == 0


def test_an_office_behind_one_address_may_fail_more_often() -> None:
    everyone = count(BY_CLIENT.free - 1, login_key="")
    assert waits(everyone) == 0
    assert waits(count(BY_CLIENT.free + 2, login_key="")) == 120


def test_an_attack_from_everywhere_holds_strangers_and_not_who_is_known_here() -> None:
    attacked = count(BY_LOGIN.free + 500, client="")
    assert waits(attacked) == 15 * 60
    known = count(0, succeeded_at=NOW - timedelta(days=29))
    assert waits(attacked, known) == 0
    forgotten = count(0, succeeded_at=NOW - timedelta(days=30))
    assert waits(attacked, forgotten) == 15 * 60
    # known or not, guesses from this very client are held
    assert waits(attacked, count(5, succeeded_at=NOW)) == 30


def test_a_login_is_counted_under_sixteen_bits() -> None:
    kept = key_of("matkhau-go-nham-o")
    assert len(kept) == 4
    assert kept == key_of("matkhau-go-nham-o")
