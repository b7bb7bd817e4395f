"""A short crash campaign on every run; ``scripts/bench crash`` is the long one."""

from __future__ import annotations

import pytest
from benchmarks.crash_campaign import Plan
from benchmarks.subjects.crash import measured


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice() -> None:
    outcome = measured(Plan(writers=8, faults=9, every_s=0.7, readers=2))
    ledger, verdict = outcome.ledger, outcome.verdict
    assert ledger.refused == []
    assert {each.act for each in ledger.acknowledged} == {"assign", "correct", "retire"}
    assert len(ledger.acknowledged) > 100
    assert ledger.failed_attempts > 0, "no write was in flight when something was killed"
    assert len(outcome.faults) >= 8, "each kind of fault once"
    assert verdict.lost == []
    assert (verdict.doubled, verdict.duplicate_codes, verdict.without_event) == (0, 0, 0)
    assert ledger.contradictions == []
    assert verdict.unnumbered == 0
    assert verdict.gaps_of_readers == []
    assert verdict.broken == []
