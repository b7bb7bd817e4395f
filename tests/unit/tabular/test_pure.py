"""The examples in the modules that only compute hold."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from addrsvc.tabular import columns, encoding, formula, layout, model, texts
from addrsvc.tabular.row_errors import RowNotObject
from addrsvc.tabular.thrift_compact import Compact


@pytest.mark.parametrize("module", [columns, encoding, formula, layout, model, texts])
def test_doctests(module: ModuleType) -> None:
    assert doctest.testmod(module) == (0, doctest.testmod(module).attempted)
    assert doctest.testmod(module).attempted > 0


def test_the_words_of_an_error_may_hold_braces() -> None:
    assert '{"column": "value"}' in RowNotObject().text("en")


def test_every_type_of_a_description_is_passed_over() -> None:
    data = bytes.fromhex(
        "11"  # field 1: true
        "13 7f"  # 2: a byte
        "15 06"  # 3: whole, 3
        "17 0000000000000000"  # 4: a double
        "18 02 6162"  # 5: two bytes
        "19 21 01 02"  # 6: a list of two truths
        "1b 01 58 02 01 78"  # 7: a map of whole to bytes, wide
        "1c 15 02 00"  # 8: a struct
        "05 28 0b"  # 20: whole, -6
        "00"
    )
    said = Compact(data)
    assert said.numbers() == {3: 3, 20: -6}
    assert said.at == len(data)


@pytest.mark.parametrize("data", ["15", "1805", "1d00", "15ffffffffffffffffffff01", "1c" * 20])
def test_what_is_no_description_is_refused(data: str) -> None:
    with pytest.raises((IndexError, ValueError)):
        Compact(bytes.fromhex(data)).numbers()
