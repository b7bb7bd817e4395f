"""Problem documents: complete, bilingual, and free of what people typed."""

from __future__ import annotations

import dataclasses
import string

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc import app  # noqa: F401 - brings in every module that defines an error
from addrsvc.cli import EXIT_CODES
from addrsvc.errors import AddrsvcError, Kind, leaves
from addrsvc.problems import (
    STATUS,
    DatabaseUnreachable,
    RequestInvalid,
    from_validation,
    headers_of,
    preferred_language,
    response_of,
    unexpected,
)
from addrsvc.validation_texts import _TEXTS, validation_text


def test_every_kind_has_a_status_and_an_exit_code() -> None:
    assert set(STATUS) == set(Kind) == set(EXIT_CODES)
    assert all(400 <= status < 600 for status in STATUS.values())
    assert 0 not in EXIT_CODES.values()


@pytest.mark.parametrize("leaf", leaves().values(), ids=lambda leaf: leaf.slug)
def test_every_error_is_said_in_both_languages(leaf: type[AddrsvcError]) -> None:
    facts = set(leaf.__dataclass_fields__)
    for text in (leaf.title, leaf.message):
        assert text.vi
        assert text.en
        assert text.vi != text.en
    for sentence in leaf.message:
        named = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert named <= facts, leaf
    assert leaf.kind in STATUS


def test_slugs_are_one_to_one() -> None:
    with pytest.raises(TypeError, match="share the slug"):
        type("Copy", (AddrsvcError,), {"slug": "request-invalid"})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("fr", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en;q=0.2, vi;q=0.8", "vi"),
        ("fr, en;q=0.5", "en"),
        ("en;q=x", "vi"),
    ],
)
def test_language_follows_the_header(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@given(st.text())
def test_any_header_gives_a_language(header: str) -> None:
    assert preferred_language(header) in {"vi", "en"}


def test_validator_findings_point_into_the_body() -> None:
    error = from_validation(
        [
            {"type": "missing", "loc": ("body", "a/b", 0, "c~d"), "ctx": {}},
            {"type": "some_new_kind", "loc": ("query", "q")},
        ]
    )
    assert isinstance(error, RequestInvalid)
    assert [pointer for pointer, _ in error.pointers()] == ["/a~1b/0/c~0d", "/query/q"]
    assert error.count == 2


@pytest.mark.parametrize("kind", sorted(_TEXTS))
def test_validator_sentences_fill_in_their_bounds(kind: str) -> None:
    bounds = ("min_length", "max_length", "pattern", "gt", "ge", "lt", "le", "expected")
    text = validation_text(kind, dict.fromkeys(bounds, "7"))
    assert "{" not in text.vi + text.en


def test_choices_are_listed_in_the_askers_language() -> None:
    text = validation_text("enum", {"expected": "'east', 'west' or 'south or north'"})
    assert text.vi == "Phải là một trong: 'east', 'west' hoặc 'south or north'."
    assert text.en == "Must be one of: 'east', 'west' or 'south or north'."


def test_unavailable_says_when_to_come_back() -> None:
    assert headers_of(DatabaseUnreachable())["Retry-After"] == "5"
    response = response_of(DatabaseUnreachable(), "vi", "abc")
    body = orjson.loads(response.body)
    assert (response.status_code, body["request_id"]) == (503, "abc")
    assert response.media_type == "application/problem+json"


def test_surprises_tell_nothing_internal() -> None:
    body = orjson.loads(unexpected("en", "abc").body)
    assert body["status"] == 500
    assert set(body) == {"type", "title", "status", "detail", "request_id"}


@pytest.mark.parametrize("slug", sorted(leaves()))
def test_no_fact_takes_the_place_of_a_member_all_problems_have(slug: str) -> None:
    names = {each.name for each in dataclasses.fields(leaves()[slug])}
    assert not names & {"type", "title", "status", "detail", "instance", "request_id"}
