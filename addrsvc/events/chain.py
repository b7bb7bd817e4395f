"""Pure: the hash chain of a log, made so that a reader of the feed can compute it anew.

Each entry's hash is ``SHA-256(hash before || canonical form)``: the 32 bytes of the hash of the
entry numbered one lower (32 zero bytes before entry 1), then the entry as JSON in UTF-8 with
sorted keys, no spaces and nothing escaped that need not be, which for what we record (texts,
whole numbers, true, false, null) is the form of RFC 8785.

An **event** has exactly the members ``number``, ``recorded_at``, ``type``, ``subject`` and
``data``, as ``/v1/events`` gives them; an **audit entry** ``number``, ``recorded_at``,
``principal``, ``action``, ``subject``, ``outcome``, ``request_id`` and ``detail``. What there is
not is ``null``. Moments are RFC 3339 in UTC, ``2026-01-15T03:00:00Z``, with six decimals of a
second unless all are 0.

>>> told = {"number": 1, "recorded_at": "2026-01-15T03:00:00Z", "type": "prefix.imported",
...         "subject": "75123", "data": {"prefix": "75123", "demo": True}}
>>> canonical(told)[:55]
b'{"data":{"demo":true,"prefix":"75123"},"number":1,"reco'
>>> entry_hash(BEGINNING, told).hex()[:16]
'd619c6d97de9f8b3'

More in ``geodata/vectors/log_chain.jsonl``.

Source: RFC 8785 (JSON Canonicalization Scheme).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

BEGINNING = bytes(32)
"""Stands for the hash before the first entry."""


def moment(at: datetime) -> str:
    """Write a moment as entries have it.

    >>> from datetime import timedelta, timezone
    >>> moment(datetime(2026, 1, 15, 10, 0, 0, 120000, timezone(timedelta(hours=7))))
    '2026-01-15T03:00:00.120000Z'
    """
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Give the bytes of an entry that are hashed; its hash is no part of it."""
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)


def entry_hash(before: bytes, entry: Mapping[str, Any]) -> bytes:
    """Give the hash of an entry behind one of another hash."""
    return sha256(before + canonical(entry)).digest()
