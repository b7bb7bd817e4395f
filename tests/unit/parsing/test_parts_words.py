from __future__ import annotations

import doctest

import pytest

from addrsvc.parsing import parts_guesses, parts_localities, parts_words
from addrsvc.parsing.parts_words import Place, Role, word_at
from addrsvc.parsing.tokens import tokenise


@pytest.mark.parametrize("module", [parts_guesses, parts_localities, parts_words])
def test_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module


@pytest.mark.parametrize(
    ("text", "role", "place"),
    [
        ("đường lê", Role.STREET, Place(hard=True)),
        ("duong le", Role.STREET, Place(hard=True)),
        ("tổ 5", Role.LOCALITY, Place(hard=True)),
        ("to 5", Role.LOCALITY, Place(hard=True)),
        ("to 5", Role.LOT, Place(hard=True, parcel=True)),
        ("tô 5", None, Place(hard=True)),
        ("to vinh", None, Place(hard=True)),
        ("tổ hùng", None, Place(hard=False, inside=True)),
        ("khu phô 5", Role.LOCALITY, Place(hard=True)),
        ("đ. lê", Role.STREET, Place(hard=True)),
        ("d lê", None, Place(hard=True)),
        ("d. lê", Role.STREET, Place(hard=True)),
        ("đ", Role.STREET, Place(hard=True)),
        ("d", None, Place(hard=True)),
        ("thửa đất số 5", Role.LOT, Place(hard=True)),
        ("thửa đất", None, Place(hard=True)),
        ("trường tiểu học", Role.ORGANISATION, Place(hard=True)),
        ("trường chinh", None, Place(hard=True)),
        ("bà nguyễn", Role.PERSON, Place(hard=True)),
        ("bà triệu", None, Place(hard=True)),
        ("bà triệu, hà nội", None, Place(hard=True)),
        ("bà triệu thị mai", Role.PERSON, Place(hard=True)),
        ("bà huyện", None, Place(hard=True)),
        ("chợ mới", None, Place(hard=False)),
        ("phố huế", Role.STREET, Place(hard=False)),
        ("pho hue", Role.STREET, Place(hard=False)),
        ("xyz", None, Place(hard=True)),
    ],
)
def test_words(text: str, role: Role | None, place: Place) -> None:
    found = word_at(tokenise(text), 0, place)
    assert (None if found is None else found[0].role) is role


def test_a_word_inside_a_name() -> None:
    tokens = tokenise("Bình Đường 2")
    assert word_at(tokens, 1, Place(hard=False, inside=True)) is None
    assert word_at(tokens, 1, Place(hard=False)) is not None
