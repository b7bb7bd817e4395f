"""Names with numbers in them, in the order people count."""

from __future__ import annotations

import doctest

from addrsvc.parsing import counted


def test_doctests() -> None:
    assert doctest.testmod(counted).failed == 0
    assert doctest.testmod(counted).attempted > 0
