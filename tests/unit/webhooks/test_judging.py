"""What becomes of a delivery after an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from addrsvc.webhooks.model import (
    FAILING_LIMIT,
    MOST_ATTEMPTS,
    RETRY_DELAYS,
    DeliveryState,
    Failure,
    Outcome,
    Verdict,
    WhyDisabled,
    judge,
)
from addrsvc.webhooks.sending import read_retry_after

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
DOWN = Outcome(None, Failure.CONNECTION)


def after(
    outcome: Outcome,
    *,
    attempts: int = 1,
    failures: int = 0,
    since: datetime | None = None,
    jitter: float = 0.0,
) -> Verdict:
    return judge(
        outcome, attempts=attempts, failures=failures, failing_since=since, at=NOW, jitter=jitter
    )


def test_success_ends_it() -> None:
    assert after(Outcome(204, None)) == Verdict(DeliveryState.DELIVERED, None, None, None)


def test_ten_attempts_over_three_days_then_dead() -> None:
    waits = [
        (verdict.next_at or NOW) - NOW
        for attempts in range(1, MOST_ATTEMPTS)
        if (verdict := after(DOWN, attempts=attempts)).state is DeliveryState.WAITING
    ]
    assert tuple(waits) == RETRY_DELAYS
    assert sum(waits, timedelta()) > timedelta(days=3)
    assert after(DOWN, attempts=MOST_ATTEMPTS).state is DeliveryState.DEAD


def test_jitter_adds_a_tenth_at_most() -> None:
    verdict = after(DOWN, attempts=4, jitter=1.0)
    assert verdict.next_at == NOW + timedelta(hours=2, minutes=12)


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_a_receiver_that_is_down_is_held_up_ever_longer(status: int | None) -> None:
    outcome = Outcome(status, Failure.STATUS)
    holds = [
        ((after(outcome, failures=failures).hold_until or NOW) - NOW).total_seconds()
        for failures in (0, 1, 2, 20)
    ]
    assert holds == [5, 10, 20, 300]


@pytest.mark.parametrize("status", [302, 400, 404, 422])
def test_an_event_it_will_not_have_does_not_hold_up_the_others(status: int) -> None:
    verdict = after(Outcome(status, Failure.STATUS))
    assert (verdict.hold_until, verdict.state) == (None, DeliveryState.WAITING)


def test_retry_after_holds_for_the_event_and_what_follows() -> None:
    wished = timedelta(minutes=7)
    verdict = after(Outcome(503, Failure.STATUS, wished))
    assert verdict.next_at == verdict.hold_until == NOW + wished
    for_ever = after(Outcome(429, Failure.STATUS, timedelta(days=365)))
    assert for_ever.next_at == NOW + timedelta(hours=24)


def test_gone_or_failing_for_days_disables() -> None:
    assert after(Outcome(410, Failure.STATUS)).disable is WhyDisabled.GONE
    assert after(DOWN, since=NOW - FAILING_LIMIT).disable is WhyDisabled.FAILING
    assert after(DOWN, since=NOW - FAILING_LIMIT + timedelta(seconds=1)).disable is None
    assert after(Outcome(200, None), since=NOW - FAILING_LIMIT).disable is None


def test_retry_after_in_every_form() -> None:
    assert read_retry_after(" 5 ", NOW) == timedelta(seconds=5)
    assert read_retry_after("Thu, 15 Jan 2026 02:00:00 GMT", NOW) == timedelta(0)
    assert read_retry_after("9" * 400, NOW) is not None
    for text in ("", "-1", "soon", "1.5", "٣", "99 Foo 2026"):
        assert read_retry_after(text, NOW) is None
