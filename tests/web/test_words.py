"""The catalogue is whole: both languages, the same facts in both, nothing unused."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import pytest

from addrsvc.edge import operations
from addrsvc.registry.model import Marks, Method
from addrsvc.web import words as catalogue
from addrsvc.web.showing import distance_words
from addrsvc.wording import day_words

WEB = Path(catalogue.__file__).parent
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for pattern in ("templates/*.html", "*.py")
    for path in sorted(WEB.glob(pattern))
)


def _facts(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("key", sorted(catalogue.WORDS))
def test_a_sentence_is_there_in_both_languages_and_used(key: str) -> None:
    text = catalogue.WORDS[key]
    assert text.vi.strip()
    assert text.en.strip()
    assert text.vi != text.en
    assert _facts(text.vi) == _facts(text.en)
    assert re.search(rf"\bsay\.{key}\b", SOURCES), "no page says it"


def test_no_sentence_takes_the_place_of_another() -> None:
    parts = [getattr(catalogue, name) for name in dir(catalogue) if name.endswith("_WORDS")]
    assert len(parts) > 5
    named = [key for part in parts for key in part]
    assert sorted({key for key in named if named.count(key) > 1}) == []
    assert set(named) < set(catalogue.WORDS)


def test_every_method_and_mark_has_words() -> None:
    assert set(catalogue.METHOD_NAMES) == set(Method)
    assert set(catalogue.MARKS_NAMES) == set(Marks)


def test_every_relation_has_words() -> None:
    relations = {"replaced", "merged", "split", "duplicate"}
    assert set(catalogue.RELATION_NAMES) == set(catalogue.PREDECESSOR_NAMES) == relations


def test_groups_named_here_exist() -> None:
    tags = {tag for route in operations.router.routes for tag in getattr(route, "tags", [])}
    assert tags <= set(catalogue.TAG_NAMES)


@pytest.mark.parametrize(
    ("metres", "vi", "en"),
    [
        (0.02, "0,1 m", "0.1 m"),
        (1, "1 m", "1 m"),
        (4.5, "4,5 m", "4.5 m"),
        (9.96, "10 m", "10 m"),
        (999, "999 m", "999 m"),
        (6198.2, "6,2 km", "6.2 km"),
    ],
)
def test_distances_are_said_as_the_language_writes_them(metres: float, vi: str, en: str) -> None:
    assert (distance_words(metres, "vi"), distance_words(metres, "en")) == (vi, en)


def test_days_are_said_as_the_language_writes_them() -> None:
    day = date(2025, 7, 1)
    assert (day_words(day, "vi"), day_words(day, "en")) == ("01/07/2025", "1 July 2025")
