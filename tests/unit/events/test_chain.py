"""The chain of hashes: as written down, by vectors, and sensitive to everything."""

from __future__ import annotations

import doctest
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.events import chain
from addrsvc.events.chain import BEGINNING, canonical, entry_hash, moment

VECTORS = Path(__file__).resolve().parents[3] / "geodata" / "vectors" / "log_chain.jsonl"

ENTRY = {
    "number": 7,
    "recorded_at": "2026-01-15T03:00:00Z",
    "type": "address.assigned",
    "subject": "7512300018",
    "data": {"version": 1},
}


def test_doctests() -> None:
    assert doctest.testmod(chain).failed == 0


def test_vectors_follow_from_the_standard_library_alone() -> None:
    before = bytes(32)
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    for line in lines:
        entry = json.loads(line)
        told = entry.pop("hash")
        assert entry_hash(before, entry).hex() == told
        plain = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(before + plain.encode()).digest()
        assert before.hex() == told
    assert len(lines) == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 8},
        {"recorded_at": "2026-01-15T03:00:00.000001Z"},
        {"type": "address.retired"},
        {"subject": "7512300026"},
        {"data": {"version": 2}},
        {"data": None},
    ],
)
def test_every_member_counts(changed: dict[str, Any]) -> None:
    assert entry_hash(BEGINNING, ENTRY) != entry_hash(BEGINNING, {**ENTRY, **changed})


def test_the_hash_before_counts() -> None:
    assert entry_hash(BEGINNING, ENTRY) != entry_hash(entry_hash(BEGINNING, ENTRY), ENTRY)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(data=plain)
def test_it_survives_a_way_through_json(data: object) -> None:
    entry = {**ENTRY, "data": data}
    assert canonical(json.loads(json.dumps(entry))) == canonical(entry)


@given(at=st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_is_read_back(at: datetime) -> None:
    assert datetime.fromisoformat(moment(at)) == at
