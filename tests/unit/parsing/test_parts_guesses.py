from __future__ import annotations

import pytest

from addrsvc.parsing.normalise import name_key
from addrsvc.parsing.parts_guesses import guess_name, guess_number, looks_like_street


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("30/4", "holiday"),
        ("03/02", "holiday"),
        ("7/5", "date"),
        ("32/4", "number"),
        ("7/13", "number"),
        ("22 tháng 12", "holiday"),
        ("ne8", "grid"),
        ("đ2", "grid"),
        ("b5", "code"),
        ("820000", "postcode"),
        ("12", "number"),
    ],
)
def test_numbers(text: str, guess: str) -> None:
    assert guess_number(text) == guess


@pytest.mark.parametrize(
    ("keys", "guess"),
    [
        ("viet nam", "country"),
        ("moi", "empty"),
        ("bd", "initials"),
        ("q1", "name"),
        ("center point", "tower"),
        ("the oasis", "estate"),
        ("vsip 2", "park"),
        ("binh an", "name"),
    ],
)
def test_names(keys: str, guess: str) -> None:
    assert guess_name(keys.split()) == guess


@pytest.mark.parametrize(
    ("name", "street"),
    [
        ("An Phú 13", True),
        ("An Phú 3", False),
        ("13", False),
        ("Lê Sen", True),
        ("Lê", False),
        ("Tô Vĩnh Diện", True),
        ("Tô Sen", False),
    ],
)
def test_streets(name: str, street: bool) -> None:  # noqa: FBT001 - a table's column
    assert looks_like_street(name_key(name).split()) is street
