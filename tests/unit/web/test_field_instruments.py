"""The phone's modules by their own tests, in node: what needs no browser."""

from __future__ import annotations

import pytest
from field_node import SCRIPTS, failures

FILES = sorted(path.name for path in SCRIPTS.glob("*.test.mjs"))


def test_there_are_tests() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES)
def test_module(file: str) -> None:
    assert failures(file) == []
