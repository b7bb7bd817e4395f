from __future__ import annotations

import pytest

from addrsvc.errors import AddrsvcError
from addrsvc.planning.errors import PlanNotDraft, PlanNotPublished, ReplacedUnfit
from addrsvc.planning.file_errors import PlanFileNotChecked
from addrsvc.planning.files.model import FILE_STATE_NAMES, FileState
from addrsvc.planning.model import STATUS_NAMES, PlanStatus


@pytest.mark.parametrize("status", PlanStatus)
def test_a_status_is_named_as_pages_name_it(status: PlanStatus) -> None:
    errors: list[AddrsvcError] = [
        PlanNotDraft(standing=status.value),
        PlanNotPublished(standing=status.value),
        ReplacedUnfit(standing=status.value, plan_id=3, valid_from="2026-03-01"),
    ]
    for error in errors:
        assert f"“{STATUS_NAMES[status].vi}”" in error.text("vi")
        assert f"“{STATUS_NAMES[status].en}”" in error.text("en")
        assert error.facts()["standing"] == status.value  # what programs go by


@pytest.mark.parametrize("state", FileState)
def test_the_state_of_a_file_is_named_as_pages_name_it(state: FileState) -> None:
    error = PlanFileNotChecked(state=state.value)
    assert f"“{FILE_STATE_NAMES[state].vi}”" in error.text("vi")
    assert error.facts()["state"] == state.value
