"""Pure: what a device sent as a record: bytes to values, every one bounded; see ``protocol.md``.

Bytes are hostile. Whatever they are, either there is a record or :class:`SubmissionUnreadable`
says all that is wrong with them. Members nobody knows are let be: the bytes are kept as they came.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from addrsvc.collection.errors import SubmissionUnreadable
from addrsvc.collection.json_reading import Reader, read_object
from addrsvc.collection.model import Act
from addrsvc.errors import Text
from addrsvc.registry.model import ESTIMATED, Kind, Locality, Method
from addrsvc.types import LonLat

SCHEMA: Final = 1
MAX_BYTES: Final = 64 * 1024
MAX_PHOTO_BYTES: Final = 20_000_000
MAX_PHOTOS: Final = 10
MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp")

_LINE: Final = 200
_REASON: Final = 500
_OVERRIDES: Final = 20
_LOCALITIES: Final = 10
_LEAST_ACCURACY_M: Final = 0.1
"""What a position said to be exact to nothing is taken to be exact to."""
_MOST_ACCURACY_M: Final = 100_000.0
_CLOCK_S: Final = 4e9
"""A clock may be wrong by so much: phones without a battery begin in 1970."""
_DROPPED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Categories of Unicode that have no place in an address, as in ``registry.fields``."""
_LOCALITY_KINDS: Final = (
    "khu_pho",
    "ap",
    "to",
    "thon",
    "residential_area",
    "industrial_area",
    "place",
)
_METHODS: Final = tuple(each.value for each in Method if each not in ESTIMATED)

_WRONG_RECORD: Final = Text(
    "Mã phiếu không giống mã trong đường dẫn.", "Not the id the request is made for."
)
_NOT_OF_ACT: Final = Text(
    "Việc này không có mục này; hãy để null.", "This act has no such thing; null is expected."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The address as the device saw it: the base of the merge."""

    ref: str
    """Ten digits, or ``p<id>`` of a proposal."""
    version: int


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields as the collector left them; None says nothing."""

    kind: Kind
    house_number: str | None = None
    thoroughfare: str | None = None
    localities: tuple[Locality, ...] = ()
    unit: str | None = None
    floor: str | None = None
    building: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in EPSG:4326 as taken or pointed to."""

    point: LonLat
    accuracy_m: float
    """Radius of 68 %."""
    method: Method
    samples: int | None = None
    spread_m: float | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A check of the device the collector went past, and why."""

    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A photo that will follow."""

    sha256: str
    """64 hex digits."""
    bytes: int
    media_type: str
    marks: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """One revision of what a collector found."""

    record: UUID
    revision: int
    act: Act
    task: UUID | None
    app: str | None
    made_at: datetime
    """By the device's clock."""
    server_ahead_s: float | None
    commune_code: str | None
    address: Seen | None
    code: str | None
    fields: Fields | None
    position: Spot | None
    building: Spot | None
    counts: Mapping[str, int]
    overrides: tuple[Override, ...]
    photos: tuple[Announced, ...]
    has_private: bool


def read_record(payload: bytes, expected: UUID | None = None) -> Record:
    """Read a record.

    Args:
        payload: as it was sent.
        expected: the id it is sent under; None: whichever it says.

    Raises:
        SubmissionUnreadable: it is none; says all that is wrong, by JSON pointer.
    """
    faults, document = read_object(payload)
    if document is None:
        raise SubmissionUnreadable(errors=faults)
    reader = Reader(document, "", faults)
    record = _record(reader, expected)
    if record is None or faults:
        raise SubmissionUnreadable(errors=faults)
    return record


def _record(said: Reader, expected: UUID | None) -> Record | None:
    said.integer("schema", SCHEMA, SCHEMA, is_needed=True)
    record = said.uuid("record", is_needed=True)
    if expected is not None and record is not None and record != expected:
        said.fault("record", _WRONG_RECORD)
    act_said = said.choice("act", [each.value for each in Act], is_needed=True)
    revision = said.integer("revision", 1, 1_000_000, is_needed=True)
    made_at = said.moment("made_at", is_needed=True)
    act = None if act_said is None else Act(act_said)
    taken = {
        "task": said.uuid("task"),
        "app": _line(said, "app"),
        "server_ahead_s": said.number("server_ahead_s", -_CLOCK_S, _CLOCK_S),
        "commune_code": said.matching("commune_code", r"[0-9]{5}"),
        "address": _seen(said, is_needed=act not in {None, Act.ADD}),
        "code": said.matching("code", r"[0-9]{10}"),
        "fields": _fields(said, is_needed=act in {Act.ADD, Act.CORRECT}),
        "position": _spot(said, "position", is_needed=act is Act.ADD),
        "building": _spot(said, "building"),
        "counts": _counts(said),
        "overrides": _overrides(said),
        "photos": _photos(said),
        "has_private": said.boolean("has_private"),
    }
    for name in _not_of(act):
        if taken[name] is not None:
            said.fault(name, _NOT_OF_ACT)
    if record is None or revision is None or act is None or made_at is None:
        return None
    facts: dict[str, Any] = taken
    return Record(record=record, revision=revision, act=act, made_at=made_at, **facts)


def _not_of(act: Act | None) -> Collection[str]:
    if act is None:
        return ()
    if act is Act.ADD:
        return ("address",)
    return ("code",) if act is Act.CORRECT else ("code", "fields")


def _line(said: Reader, name: str, most: int = _LINE) -> str | None:
    """Give one line as it is kept: NFC, single spaces, nothing unseen; None: nothing is left.

    Length is that of what is left, so that no stray sign keeps a record on its phone.
    """
    text = said.text(name)
    if text is None:
        return None
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(
        sign if unicodedata.category(sign) not in _DROPPED or sign.isspace() else ""
        for sign in composed
    )
    line = " ".join(seen.split())
    if len(line) > most:
        said.fault(name, Text(f"Tối đa {most} ký tự.", f"{most} characters at most."))
    return line or None


def _seen(said: Reader, *, is_needed: bool) -> Seen | None:
    inner = said.inner("address", is_needed=is_needed)
    if inner is None:
        return None
    ref = inner.matching("ref", r"[0-9]{10}|p[1-9][0-9]{0,17}", is_needed=True)
    version = inner.integer("version", 1, 2**31 - 1, is_needed=True)
    return None if ref is None or version is None else Seen(ref, version)


def _fields(said: Reader, *, is_needed: bool) -> Fields | None:
    inner = said.inner("fields", is_needed=is_needed)
    if inner is None:
        return None
    kind = inner.choice("kind", [each.value for each in Kind], is_needed=True)
    texts = ("house_number", "thoroughfare", "unit", "floor", "building", "name")
    lines = {name: _line(inner, name) for name in texts}
    localities = []
    for pair in inner.items("localities", _LOCALITIES, is_pair=True):
        locality = pair.choice("0", _LOCALITY_KINDS, is_needed=True)
        name = _line(pair, "1")
        if locality is not None and name is not None:
            localities.append(Locality(locality, name))
    if kind is None:
        return None
    return Fields(kind=Kind(kind), localities=tuple(localities), **lines)


def _spot(said: Reader, name: str, *, is_needed: bool = False) -> Spot | None:
    inner = said.inner(name, is_needed=is_needed)
    if inner is None:
        return None
    lon = inner.number("lon", -180, 180, is_needed=True)
    lat = inner.number("lat", -90, 90, is_needed=True)
    accuracy_m = inner.number("accuracy_m", 0, _MOST_ACCURACY_M, is_needed=True)
    method = inner.choice("method", _METHODS, is_needed=True)
    samples = inner.integer("samples", 0, 1_000_000)
    spread_m = inner.number("spread_m", 0, _MOST_ACCURACY_M)
    taken_at = inner.moment("taken_at")
    if lon is None or lat is None or accuracy_m is None or method is None:
        return None
    point = LonLat(round(lon, 7), round(lat, 7))
    accuracy_m = max(_LEAST_ACCURACY_M, accuracy_m)
    return Spot(point, accuracy_m, Method(method), samples, spread_m, taken_at)


def _counts(said: Reader) -> dict[str, int]:
    inner = said.inner("counts")
    if inner is None:
        return {}
    found = {name: inner.integer(name, 0, 100_000) for name in ("rooms", "households")}
    return {name: count for name, count in found.items() if count is not None}


def _overrides(said: Reader) -> tuple[Override, ...]:
    found = []
    for inner in said.items("overrides", _OVERRIDES):
        check = inner.matching("check", r"[a-z][a-z0-9-]{0,39}", is_needed=True)
        reason = _line(inner, "reason", _REASON)
        if check is not None:
            found.append(Override(check, reason or ""))
    return tuple(found)


def _photos(said: Reader) -> tuple[Announced, ...]:
    found: dict[str, Announced] = {}
    for inner in said.items("photos", MAX_PHOTOS):
        sha256 = inner.matching("sha256", r"[0-9a-f]{64}", is_needed=True)
        size = inner.integer("bytes", 1, MAX_PHOTO_BYTES, is_needed=True)
        media_type = inner.choice("media_type", MEDIA_TYPES, is_needed=True)
        marks = inner.matching("marks", r"[a-z][a-z-]{0,19}", is_needed=True)
        taken_at = inner.moment("taken_at")
        if sha256 is None or size is None or media_type is None or marks is None:
            continue
        found.setdefault(sha256, Announced(sha256, size, media_type, marks, taken_at))
    return tuple(found.values())
