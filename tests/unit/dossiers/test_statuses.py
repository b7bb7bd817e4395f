"""The states of the national portal, by number."""

from __future__ import annotations

import pytest

from addrsvc.dossiers.statuses import STATUSES, Certainty, find_status


def test_the_portals_states_are_all_there() -> None:
    assert list(STATUSES) == [str(number) for number in range(1, 11)]
    assert all(code == status.code for code, status in STATUSES.items())
    assert len({status.name.vi for status in STATUSES.values()}) == 10
    assert {code for code, status in STATUSES.items() if not status.is_open} == {
        "3",
        "8",
        "9",
        "10",
    }
    believed = {c for c, s in STATUSES.items() if s.openness is Certainty.BELIEVED}
    assert believed == {"1", "7", "8"}


@pytest.mark.parametrize(
    ("code", "found"),
    [("4", "4"), (" 04 ", "4"), ("10", "10"), ("0", None), ("11", None), ("٤", None), ("x", None),
     ("", None), ("1.0", None)],
)  # fmt: skip
def test_a_state_is_found_by_its_code(code: str, found: str | None) -> None:
    status = find_status(code)

    assert (None if status is None else status.code) == found
