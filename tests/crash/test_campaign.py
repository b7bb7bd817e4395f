"""A short crash campaign on every run; ``scripts/bench crash`` is the long one."""

from __future__ import annotations

import pytest
from benchmarks.subjects.crash import measured


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice() -> None:
    outcome = measured(clients=16, assignments=1_200, kills=3)
    assert outcome.refused == []
    assert len(outcome.acknowledged) == 1_200
    assert outcome.replays > 20
    assert outcome.failed_attempts > 0, "no write was in flight when the server was killed"
    assert (outcome.lost, outcome.doubled, outcome.duplicate_codes) == (0, 0, 0)
    assert outcome.contradictions == []
