"""Pure: what is found about a record, whether it holds it back, and in which words it is told.

A finding is kept as JSON: its slug beside facts (see ``model.Finding``). Words are made when
somebody asks, in their language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from addrsvc.auth.errors import AreaForbidden
from addrsvc.collection.model import (
    CHECK_NAMES,
    GATES_M,
    STATE_NAMES,
    Act,
    Check,
    Finding,
    State,
)
from addrsvc.collection.payload import Record
from addrsvc.errors import AddrsvcError, Language, Text, problem_kept
from addrsvc.registry.duplicates.errors import DuplicateAddress
from addrsvc.registry.duplicates.rules import Subject, Why, same_number
from addrsvc.registry.errors import OutsideCommune, OutsideCoverage
from addrsvc.registry.model import PRIVATE_KINDS, STATUS_NAMES, Kind, Status
from addrsvc.wording import moment_words

OVERRIDDEN: Final = "overridden"
GONE: Final = "gone"
ADDRESS_UNKNOWN: Final = "address-unknown"
ADDRESS_OUT_OF_USE: Final = "address-out-of-use"
CODE_USED: Final = "code-used"
CODE_NOT_IN_BLOCK: Final = "code-not-in-block"
CODE_ENDED: Final = "code-ended"
REGISTRY_REFUSED: Final = "registry-refused"
SENT_AGAIN: Final = "sent-again"
DEVICE_ENDED: Final = "device-ended"
UNDECIDED: Final = "undecided"

MARKS: Final[frozenset[str]] = frozenset({"clock-off", Check.PHOTO_MISSING})
"""What is told of a record and does not hold it back."""

TEXTS: Final[Mapping[str, Text]] = {
    "clock-off": Text(
        "Đồng hồ của máy lệch nhiều; hãy bật giờ tự động của mạng.",
        "The device's clock is far off; let the network set it.",
    ),
    "impossible-movement": Text(
        "Phiếu này và phiếu trước cách nhau {metres} m mà chỉ {seconds} giây.",
        "This record and the one before are {metres} m and only {seconds} seconds apart.",
    ),
    Check.DUPLICATE_NEAR: Text(
        "Có thể trùng với địa chỉ gần đó: {nearest}.",
        "Perhaps a duplicate of one nearby: {nearest}.",
    ),
    Check.NUMBER_TAKEN: Text(
        "Số nhà này đã có trên đường này: {nearest}.",
        "This number is taken in this street: {nearest}.",
    ),
    Check.OUTSIDE_AREA: Text(
        "Vị trí nằm ngoài khu vực được giao.", "The position lies outside the area assigned."
    ),
    Check.PART_MISSING: Text(
        "Chưa có số nhà, đường, khu phố hay tên.", "No number, street, locality or name is given."
    ),
    Check.ACCURACY_LOW: Text(
        "Vị trí có sai số {accuracy_m} m; loại này cần trong {gate_m} m.",
        "The position may be off by {accuracy_m} m; this kind asks for {gate_m} m.",
    ),
    Check.PHOTO_MISSING: Text("Chưa có ảnh cổng.", "There is no photo of the gate."),
    OVERRIDDEN: Text(
        "Người thu thập bỏ qua cảnh báo “{check}”: {reason}",
        "The collector went past “{check}”: {reason}",
    ),
    GONE: Text(
        "Cần người phụ trách xác nhận địa chỉ không còn.",
        "That the address is gone is confirmed by a supervisor.",
    ),
    ADDRESS_UNKNOWN: Text(
        "Không tìm thấy địa chỉ {ref} trong phạm vi của máy.",
        "The address {ref} is not there for this device.",
    ),
    ADDRESS_OUT_OF_USE: Text(
        "Địa chỉ đã đổi trạng thái thành “{status}”{successors}.",
        "The address is “{status}” by now{successors}.",
    ),
    CODE_USED: Text(
        "Mã {code} đã dùng cho phiếu khác; khi duyệt sẽ cấp mã mới.",
        "The code {code} was used for another record; accepted, it gets a new one.",
    ),
    CODE_NOT_IN_BLOCK: Text(
        "Mã {code} không thuộc lô mã của máy này; khi duyệt sẽ cấp mã mới.",
        "The code {code} is in no block of this device; accepted, it gets a new one.",
    ),
    CODE_ENDED: Text(
        "Mã {code} dùng sau khi lô mã hết hạn ({ended_at}).",
        "The code {code} was used after its block had ended ({ended_at}).",
    ),
    SENT_AGAIN: Text(
        "Gửi lại sau khi người phụ trách đã quyết định: “{decision}”.",
        "It was sent again after a supervisor had decided: “{decision}”.",
    ),
    DEVICE_ENDED: Text(
        "Máy đã hết quyền trước khi phiếu được xử lý.",
        "The device lost its rights before the record was decided.",
    ),
    UNDECIDED: Text(
        "Chưa tự động xử lý được sau {tries} lần thử.",
        "It could not be decided by rules, tried {tries} times.",
    ),
}


def words_of(finding: Mapping[str, Any], language: Language) -> str:
    """Say a finding as it is kept, made when the record came or when it was decided.

    One of a later version, which has no words here, is called by its slug.

    >>> words_of({"slug": "accuracy-low", "accuracy_m": 24.0, "gate_m": 10.0}, "en")
    'The position may be off by 24 m; this kind asks for 10 m.'
    """
    slug = str(finding["slug"])
    if "problem" in finding:
        return str(finding["problem"]["detail"][language])
    text = TEXTS.get(slug)
    return slug if text is None else text.in_(language).format(**_facts(finding, language))


def _facts(finding: Mapping[str, Any], language: Language) -> dict[str, Any]:
    facts = dict(finding)
    for name in ("accuracy_m", "gate_m"):
        if name in facts:
            facts[name] = f"{facts[name]:g}"
    if "ended_at" in facts:
        facts["ended_at"] = moment_words(datetime.fromisoformat(facts["ended_at"]), language)
    if finding["slug"] == OVERRIDDEN:
        check = CHECK_NAMES.get(finding["check"])
        facts["check"] = finding["check"] if check is None else check.in_(language)
    if finding["slug"] == SENT_AGAIN:
        facts["decision"] = STATE_NAMES[State(finding["decision"])].in_(language)
    if finding["slug"] == ADDRESS_OUT_OF_USE:
        facts["status"] = STATUS_NAMES[Status(finding["status"])].in_(language)
        codes = ", ".join(finding["successors"])
        facts["successors"] = f" ({codes})" if codes else ""
    return facts


def look(record: Record, kind: Kind | None) -> Iterator[Finding]:
    """Find what a record shows by itself. ``kind``: of the address as it will be; None: unknown."""
    for each in record.overrides:
        yield Finding(OVERRIDDEN, {"check": each.check, "reason": each.reason})
    if record.act is Act.GONE:
        yield Finding(GONE, {})
    if record.act not in {Act.ADD, Act.CORRECT}:
        return
    spot = record.position
    if spot is not None and kind is not None:
        gate_m = GATES_M[kind]
        if spot.accuracy_m > gate_m:
            yield Finding(Check.ACCURACY_LOW, {"accuracy_m": spot.accuracy_m, "gate_m": gate_m})
    if record.act is not Act.ADD:
        return
    if _says_nothing(record):
        yield Finding(Check.PART_MISSING, {})
    if not record.photos:
        yield Finding(Check.PHOTO_MISSING, {})


def _says_nothing(record: Record) -> bool:
    """Tell whether nothing names the place; a name counts where it is not a person's."""
    fields = record.fields
    if fields is None:
        return True
    named = fields.name is not None and fields.kind not in PRIVATE_KINDS
    parts = (fields.house_number, fields.thoroughfare, fields.unit)
    return not (named or fields.localities or any(each is not None for each in parts))


def without_overridden(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what the collector saw and went past: it is told once, with the reason."""
    found = list(findings)
    past = {each.facts["check"] for each in found if each.slug == OVERRIDDEN}
    return [each for each in found if each.slug not in past]


def is_near_double(one: Subject, other: Subject) -> bool:
    """Tell whether two addresses near each other bear one number, and not on two streets.

    The register itself asks so only where they are nearer; here a supervisor is asked.
    """
    if one.number_key is None or other.number_key is None:
        return False
    streets = {each for each in (one.street, other.street) if each is not None}
    return len(streets) < 2 and same_number(one.number_key, other.number_key)


def refused(error: AddrsvcError) -> Finding:
    """Give what the register refused as a finding."""
    if isinstance(error, DuplicateAddress):
        whys = {each["why"] for each in error.candidates}
        is_taken = Why.SAME_COMPONENTS in whys
        slug = Check.NUMBER_TAKEN if is_taken else Check.DUPLICATE_NEAR
        return doubles(slug, error.candidates)
    if isinstance(error, AreaForbidden):
        return Finding(Check.OUTSIDE_AREA, {"commune": error.commune})
    if isinstance(error, OutsideCommune | OutsideCoverage):
        return Finding(Check.OUTSIDE_AREA, {"problem": problem_kept(error)})
    return Finding(REGISTRY_REFUSED, {"problem": problem_kept(error)})


def doubles(slug: Check, candidates: Iterable[Mapping[str, Any]]) -> Finding:
    """Give the finding that names candidates: ref, printed, label, why, distance_m each."""
    found = [dict(each) for each in candidates]
    words = []
    for each in found[:3]:
        metres = each["distance_m"]
        where = "" if metres is None else f" ({metres:g} m)"
        words.append(f"{each['printed'] or each['ref'] or '…'}{where}")
    more = ", …" if len(found) > 3 else ""
    return Finding(slug, {"nearest": ", ".join(words) + more, "candidates": found})
