"""Files of jobs: what their names are made of."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.file_jobs import receiving, schemas
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.receiving import clean_name
from addrsvc.tabular.errors import FormatUnknown
from addrsvc.tabular.sources import SUFFIXES


@pytest.mark.parametrize("module", [receiving, schemas])
def test_doctests(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


@given(st.text(max_size=400), st.sampled_from(sorted(SUFFIXES)))
def test_whatever_a_file_is_called_its_name_is_safe(name: str, ending: str) -> None:
    cleaned = clean_name(name + ending)
    assert 1 <= len(cleaned) <= receiving.NAME_LIMIT
    assert cleaned.endswith(ending)
    assert not set(cleaned) & set("/\\\0\n\u202e")
    assert clean_name(cleaned) == cleaned
    assert JobFiles(Path("/x")).input(cleaned) == Path(f"/x/input{ending}")


@pytest.mark.parametrize("name", ["", ".", "..", "a", "a.exe", "csv", "a.csv.", "a.csv/"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(FormatUnknown):
        clean_name(name)
