"""What is found about a record, and in which words. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from addrsvc.auth.errors import AreaForbidden
from addrsvc.collection import judging
from addrsvc.collection.model import Act, Check, Finding
from addrsvc.collection.payload import Announced, Fields, Override, Record, Spot
from addrsvc.errors import LANGUAGES, AddrsvcError
from addrsvc.registry.duplicates.errors import DuplicateAddress
from addrsvc.registry.duplicates.rules import Subject
from addrsvc.registry.errors import NoPrefix, OutsideCommune
from addrsvc.registry.model import Kind, Locality, Method
from addrsvc.types import LonLat

HOUSE = Record(
    record=UUID(int=1),
    revision=1,
    act=Act.ADD,
    task=None,
    app=None,
    made_at=datetime(2026, 1, 15, tzinfo=UTC),
    server_ahead_s=0.0,
    commune_code="25747",
    address=None,
    code="7512304827",
    fields=Fields(Kind.DWELLING, house_number="12"),
    position=Spot(LonLat(106.65, 10.95), 4.0, Method.GNSS),
    building=None,
    counts={},
    overrides=(),
    photos=(Announced("0" * 64, 10, "image/jpeg", "gate", None),),
    has_private=False,
)
CANDIDATES = [
    {"ref": str(each), "printed": None, "label": None, "why": "same-place", "distance_m": each}
    for each in range(4)
]


def slugs(record: Record, kind: Kind | None = Kind.DWELLING) -> list[str]:
    return [each.slug for each in judging.look(record, kind)]


def test_a_clean_record_shows_nothing() -> None:
    assert slugs(HOUSE) == []
    assert slugs(replace(HOUSE, act=Act.CORRECT, photos=(), fields=Fields(Kind.WORKS))) == []
    assert slugs(replace(HOUSE, act=Act.CORRECT, position=None)) == []
    assert slugs(replace(HOUSE, act=Act.NOBODY_HOME, fields=None), None) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"photos": ()}, [Check.PHOTO_MISSING]),
        ({"fields": Fields(Kind.DWELLING)}, [Check.PART_MISSING]),
        ({"fields": None}, [Check.PART_MISSING]),
        # a name is a person's where people live
        ({"fields": Fields(Kind.DWELLING, name="Bà Bịa")}, [Check.PART_MISSING]),
        ({"fields": Fields(Kind.PLACE, name="Ngã ba Bịa")}, []),
        ({"fields": Fields(Kind.DWELLING, localities=(Locality("ap", "2"),))}, []),
        ({"position": Spot(LonLat(106.65, 10.95), 10.1, Method.MAP)}, [Check.ACCURACY_LOW]),
        ({"position": Spot(LonLat(106.65, 10.95), 10.0, Method.GNSS)}, []),
        ({"overrides": (Override("outside-area", "Nhà ở góc"),)}, [judging.OVERRIDDEN]),
        ({"act": Act.GONE, "fields": None, "photos": ()}, [judging.GONE]),
    ],
)
def test_what_a_record_shows_by_itself(changes: Mapping[str, Any], found: list[str]) -> None:
    assert slugs(replace(HOUSE, **changes)) == found


def test_what_the_collector_went_past_is_told_once() -> None:
    record = replace(HOUSE, photos=(), overrides=(Override("photo-missing", "Máy hỏng"),))
    found = judging.without_overridden(judging.look(record, Kind.DWELLING))
    assert [each.slug for each in found] == [judging.OVERRIDDEN]
    assert not {each.slug for each in found} & judging.MARKS


@pytest.mark.parametrize(
    ("number", "street", "is_double"),
    [
        ("00012", "le loi", True),
        ("00012", None, True),
        ("00012a", "le loi", False),
        ("00012", "nguyen du", False),
        (None, "le loi", False),
        ("00010-00014", "le loi", True),
    ],
)
def test_near_doubles_bear_one_number_in_one_street(
    number: str | None, street: str | None, *, is_double: bool
) -> None:
    one = Subject(1, Kind.DWELLING, "25747", "le loi", "00012")
    other = Subject(2, Kind.DWELLING, "25747", street, number)
    assert judging.is_near_double(one, other) is is_double
    assert judging.is_near_double(other, one) is is_double


@pytest.mark.parametrize(
    ("error", "slug"),
    [
        (AreaForbidden(commune="25747"), Check.OUTSIDE_AREA),
        (OutsideCommune(stated="A", found="25747", found_name="B"), Check.OUTSIDE_AREA),
        (DuplicateAddress(nearest="", candidates=CANDIDATES), Check.DUPLICATE_NEAR),
        (
            DuplicateAddress(nearest="", candidates=[CANDIDATES[0] | {"why": "same-components"}]),
            Check.NUMBER_TAKEN,
        ),
        (NoPrefix(commune_code="25747"), judging.REGISTRY_REFUSED),
    ],
)
def test_what_the_register_refuses_is_told_in_both_languages(
    error: AddrsvcError, slug: str
) -> None:
    finding = judging.refused(error)
    assert finding.slug == slug
    vi, en = (judging.words_of(finding.to_json(), each) for each in LANGUAGES)
    assert vi
    assert en
    assert vi != en


FACTS: Mapping[str, Mapping[str, Any]] = {
    Check.DUPLICATE_NEAR: judging.doubles(Check.DUPLICATE_NEAR, CANDIDATES).facts,
    Check.NUMBER_TAKEN: judging.doubles(Check.NUMBER_TAKEN, CANDIDATES[:1]).facts,
    Check.ACCURACY_LOW: {"accuracy_m": 24.5, "gate_m": 10.0},
    judging.OVERRIDDEN: {"check": "duplicate-near", "reason": "Hai nhà chung cổng"},
    judging.ADDRESS_UNKNOWN: {"ref": "75123-04827"},
    judging.ADDRESS_OUT_OF_USE: {"status": "retired", "successors": ["7512304827"]},
    judging.CODE_USED: {"code": "7512304827"},
    judging.CODE_NOT_IN_BLOCK: {"code": "7512304827"},
    judging.CODE_ENDED: {"code": "7512304827", "ended_at": "2026-01-15T03:00:00+00:00"},
    judging.SENT_AGAIN: {"decision": "needs-you"},
    judging.UNDECIDED: {"tries": 8},
    "impossible-movement": {"metres": 9000, "seconds": 60, "kmh": 540},
}


def test_every_finding_has_words() -> None:
    for slug in judging.TEXTS:
        finding = Finding(slug, FACTS.get(slug, {})).to_json()
        for language in LANGUAGES:
            words = judging.words_of(finding, language)
            assert words != slug
            assert "{" not in words, words
    assert judging.words_of({"slug": "of-a-later-version"}, "vi") == "of-a-later-version"
    nearest = FACTS[Check.DUPLICATE_NEAR]["nearest"]
    assert nearest == "0 (0 m), 1 (1 m), 2 (2 m), …"
    alone = {"slug": judging.ADDRESS_OUT_OF_USE, "status": "rejected", "successors": []}
    assert judging.words_of(alone, "en") == "The address is “Rejected” by now."
    unknown = {"slug": judging.OVERRIDDEN, "check": "of-a-later-app", "reason": "x"}
    assert judging.words_of(unknown, "en") == "The collector went past “of-a-later-app”: x"
