"""Any bytes are a record, or say all that is wrong with them, and nothing else happens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.collection.errors import SubmissionUnreadable
from addrsvc.collection.payload import MAX_PHOTOS, Record, read_record
from addrsvc.collection.private_payload import read_private
from addrsvc.errors import Pointer

RECORD = "00000000-0000-4000-8000-000000000001"
WHOLE: dict[str, Any] = {
    "schema": 1,
    "record": RECORD,
    "revision": 1,
    "act": "add",
    "task": None,
    "app": "1.0.0",
    "made_at": "2026-11-23T09:00:00.1234567+07:00",
    "server_ahead_s": -12.5,
    "commune_code": "25747",
    "address": None,
    "code": "7512304827",
    "fields": {
        "kind": "dwelling",
        "house_number": " 12/3\u0007 ",
        "thoroughfare": "Đường  Lê Lợi",
        "localities": [["khu_pho", "3"]],
    },
    "position": {"lon": 106.65, "lat": 10.98, "accuracy_m": 0, "method": "gnss", "samples": 14},
    "building": {"lon": 106.65, "lat": 10.98, "accuracy_m": 6, "method": "map"},
    "counts": {"rooms": 12, "households": None},
    "overrides": [{"check": "duplicate-near", "reason": "Chung cổng"}],
    "photos": [
        {"sha256": "0" * 64, "bytes": 9, "media_type": "image/jpeg", "marks": "gate"},
        {"sha256": "0" * 64, "bytes": 9, "media_type": "image/jpeg", "marks": "gate"},
    ],
    "has_private": True,
    "of tomorrow": {"any": ["thing"]},
}
SEEN = {"ref": "p12", "version": 3}

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def read(**members: Any) -> Record:
    return read_record(orjson.dumps({**WHOLE, **members}))


def wrong(content: bytes) -> list[Pointer]:
    with pytest.raises(SubmissionUnreadable) as refused:
        read_record(content)
    return answered(refused.value)


def answered(error: SubmissionUnreadable) -> list[Pointer]:
    """Give what is wrong, which must go into an answer."""
    if not error.errors:
        raise AssertionError("it says nothing")
    orjson.dumps([(each.pointer, each.detail.vi) for each in error.errors])
    return error.errors


def test_a_record_is_read_as_it_is_kept_in_the_register() -> None:
    record = read_record(orjson.dumps(WHOLE), UUID(RECORD))
    assert record.made_at == datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)
    assert record.fields is not None
    assert (record.fields.house_number, record.fields.thoroughfare) == ("12/3", "Đường Lê Lợi")
    assert record.position is not None
    assert record.position.accuracy_m == 0.1
    assert record.counts == {"rooms": 12}
    assert len(record.photos) == 1
    assert read(made_at="2026-11-23t09:00:00Z").made_at.hour == 9


@pytest.mark.parametrize(
    ("members", "pointers"),
    [
        ({"schema": 2, "act": "delete", "revision": 0}, {"/schema", "/act", "/revision"}),
        ({"revision": True, "record": "0" * 36}, {"/revision", "/record"}),
        ({"revision": 1.5, "server_ahead_s": "x"}, {"/revision", "/server_ahead_s"}),
        ({"made_at": "2026-11-23T09:00:00"}, {"/made_at"}),
        ({"made_at": "2026-13-23T09:00:00Z"}, {"/made_at"}),
        ({"address": SEEN}, {"/address"}),
        ({"act": "correct", "address": None, "code": None}, {"/address"}),
        ({"act": "correct", "address": {"ref": "x", "version": 0}}, {
            "/address/ref", "/address/version", "/code"}),
        ({"act": "gone", "address": SEEN}, {"/code", "/fields"}),
        ({"position": None, "fields": []}, {"/position", "/fields"}),
        ({"position": {"lon": 181, "lat": "x", "accuracy_m": -1, "method": "guess"}}, {
            "/position/lon", "/position/lat", "/position/accuracy_m", "/position/method"}),
        ({"fields": {"kind": "x", "localities": [["khu_pho"], ["x", "3"]], "name": "x" * 201}}, {
            "/fields/kind", "/fields/localities/0", "/fields/localities/1/0", "/fields/name"}),
        ({"photos": [{}] * (MAX_PHOTOS + 1), "overrides": 3}, {"/photos", "/overrides"}),
        ({"photos": [{"sha256": "A" * 64, "bytes": 0, "media_type": "text/html", "marks": "<"}]}, {
            "/photos/0/sha256", "/photos/0/bytes", "/photos/0/media_type", "/photos/0/marks"}),
        ({"has_private": "yes", "counts": {"rooms": -1}}, {"/has_private", "/counts/rooms"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told_at_once(members: dict[str, Any], pointers: set[str]) -> None:
    assert {each.pointer for each in wrong(orjson.dumps({**WHOLE, **members}))} == pointers


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b'{"a":{"b":1,"b":2}}', "/a/b"),
        (b'{"x":[1e999]}', "/x/0"),
        (b'{"x":-Infinity}', "/x"),
        (b'{"x":"\\ud800"}', "/x"),
        (b'{"x":"a\\u0000"}', "/x"),
        (b'{"\\udfff/~":1}', "/?~1~0"),
        (b'{"x":' + b"[" * 20_000, ""),
        (b'{"x":"' + b"[" * 20_000 + b'"', ""),
        (b'{"x":' + b"9" * 5_000 + b"}", ""),
        (b'\\"' * 30_000, ""),
        (b"\xef\xbb\xbf{}", ""),
        (b"[1]", ""),
        (b'{"a":[' + b"NaN," * 60 + b'"x"]}', "/a/49"),
        (b'{"' + b"x" * 99 + b'":1e999}', "/" + "x" * 60),
        (b"{" + b"".join(b'"%d":NaN,' % n for n in range(60)) + b'"a":1}', "/49"),
    ],
)
def test_what_cannot_be_kept_is_refused_wherever_it_is(content: bytes, pointer: str) -> None:
    assert pointer in {each.pointer for each in wrong(content)}


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    for reader in (read_record, read_private):
        try:
            reader(content)
        except SubmissionUnreadable as error:
            answered(error)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), values, min_size=1, max_size=5))
def test_any_values(members: dict[str, Any]) -> None:
    try:
        content = orjson.dumps({**WHOLE, **members})
    except TypeError:  # numbers or texts no phone could write
        return
    try:
        record = read_record(content)
    except SubmissionUnreadable as error:
        answered(error)
    else:
        assert record.revision >= 1


def test_a_contact_comes_with_consent_or_not_at_all() -> None:
    said = {"revision": 1, "name": " Đỗ Thị\u202e Bịa ", "words": "Chó dữ\r\n\r\n\r\n\r\nGọi cổng "}
    private = read_private(orjson.dumps({**said, "consent": "2026-11"}))
    assert (private.name, private.words) == ("Đỗ Thị Bịa", "Chó dữ\n\nGọi cổng")
    with pytest.raises(SubmissionUnreadable) as refused:
        read_private(orjson.dumps(said))
    assert [each.pointer for each in refused.value.errors] == ["/consent"]
    assert "Bịa" not in str(refused.value)
    assert read_private(b'{"revision":1,"words":"x"}').has_contact is False
    with pytest.raises(SubmissionUnreadable):
        read_private(orjson.dumps({**said, "consent": "x", "phone": "0" * 41}))
    assert "Bịa" not in repr(private)


def test_each_member_of_a_list_is_told_what_was_expected() -> None:
    members = {"fields": {"kind": "dwelling", "localities": [["to"]]}, "overrides": [[]]}
    told = {each.pointer: each.detail.en for each in wrong(orjson.dumps(WHOLE | members))}
    assert told == {
        "/fields/localities/0": "A list of two is expected.",
        "/overrides/0": "A JSON object is expected.",
    }
