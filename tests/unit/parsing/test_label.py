from __future__ import annotations

import doctest

from addrsvc.parsing import label as module
from addrsvc.parsing.label import Around, label, parts_of, postal_lines, street_line
from addrsvc.parsing.model import ComponentType
from addrsvc.parsing.parts import read_parts
from addrsvc.parsing.tokens import tokenise

NEW = Around("Phường Mẫu", None, "Thành phố Mẫu", "75000")
OLD = Around("Phường Cũ", "Thành phố Cũ", "Tỉnh Cũ")
HOUSE = [(ComponentType.HOUSE_NUMBER, "5"), (ComponentType.THOROUGHFARE, "Đường Lê Lai")]


def test_doctests() -> None:
    assert doctest.testmod(module).failed == 0


def test_what_is_missing_leaves_no_trace() -> None:
    assert label([], Around(None, None, "Tỉnh Mẫu")) == "Tỉnh Mẫu"
    assert label(HOUSE, Around(None, None, None)) == "5 Đường Lê Lai"
    assert postal_lines([], Around(None, None, None)) == ()


def test_what_is_no_house_stands_apart() -> None:
    lot = [(ComponentType.HOUSE_NUMBER, "Lô B2"), (ComponentType.THOROUGHFARE, "Đường D1")]
    assert street_line(lot) == "Lô B2, Đường D1"
    assert street_line(lot[:1]) == "Lô B2"
    assert street_line(HOUSE) == "5 Đường Lê Lai"


def test_forms() -> None:
    new, old = "Phường Mẫu, Thành phố Mẫu 75000", "Phường Cũ, Thành phố Cũ, Tỉnh Cũ"
    assert postal_lines(HOUSE, NEW, old=OLD) == ("5 Đường Lê Lai", new)
    assert postal_lines(HOUSE, NEW, old=OLD, form="old") == ("5 Đường Lê Lai", old)
    assert postal_lines(HOUSE, NEW, old=OLD, form="both") == ("5 Đường Lê Lai", new, f"({old} cũ)")
    assert postal_lines(HOUSE, NEW, form="both") == ("5 Đường Lê Lai", new)
    assert postal_lines(HOUSE, NEW, old=NEW, form="old") == ("5 Đường Lê Lai", new)


def test_components_are_written() -> None:
    components = read_parts(tokenise("KP3, số 5 đ. lê lai"), ()).components
    assert label(parts_of(components), NEW).startswith("5 Đường Lê Lai, Khu phố 3, Phường Mẫu")
