"""Pure: words of field collection that every module of it uses; see also ``protocol.md``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Text
from addrsvc.registry.model import Kind

CONSENT: Final = "2026-11"
"""Names the wording of :data:`CONSENT_TEXT`; changes with it."""

CONSENT_TEXT: Final = Text(
    "Tôi đồng ý để cơ quan quản lý địa chỉ lưu họ tên và số điện thoại này để liên hệ về địa chỉ "
    "của tôi. Thông tin được mã hóa, không hiển thị công khai; tôi có thể yêu cầu xem, sửa hoặc "
    "xóa bất cứ lúc nào.",
    "I agree that the address office keeps this name and telephone number to contact me about my "
    "address. They are encrypted and never shown in public; I may ask to see, correct or erase "
    "them at any time.",
)
"""What is read to whoever gives a contact, before it is written down."""


class Act(StrEnum):
    """What a record says was found on the spot."""

    ADD = "add"
    CORRECT = "correct"
    GONE = "gone"
    """The address is not there any more."""
    NOBODY_HOME = "nobody-home"
    """Somebody was there and met nobody: nothing is said of the address."""


ACT_NAMES: Final[dict[Act, Text]] = {
    Act.ADD: Text("Thêm mới", "New address"),
    Act.CORRECT: Text("Sửa thông tin", "Correction"),
    Act.GONE: Text("Không còn", "Gone"),
    Act.NOBODY_HOME: Text("Vắng nhà", "Nobody home"),
}


class State(StrEnum):
    """Where a record stands on the server."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    NEEDS_YOU = "needs-you"
    """Sent back with words: the collector has to do something."""
    REFUSED = "refused"
    """A supervisor decided that nothing comes of it; final unless a new revision comes."""
    QUARANTINED = "quarantined"
    """Kept apart: it came from a device that was revoked, or was brought by hand."""


STATE_NAMES: Final[dict[State, Text]] = {
    State.RECEIVED: Text("Đã nhận", "Received"),
    State.ACCEPTED: Text("Đã duyệt", "Accepted"),
    State.NEEDS_YOU: Text("Cần bạn xem lại", "Needs you"),
    State.REFUSED: Text("Không duyệt", "Refused"),
    State.QUARANTINED: Text("Để riêng, chờ kiểm tra", "Kept apart to be checked"),
}


class Waits(StrEnum):
    """What a received record waits for."""

    REGISTER = "register"
    """To be decided by rules; only for as long as the server is interrupted in between."""
    REVIEW = "review"
    """To be decided by a supervisor."""


class Check(StrEnum):
    """What is looked at, on the device (may be overridden with a reason) and again here."""

    DUPLICATE_NEAR = "duplicate-near"
    """An address of the same number, or of none, within 50 m."""
    NUMBER_TAKEN = "number-taken"
    """The same number in the same street of the commune."""
    OUTSIDE_AREA = "outside-area"
    """Outside the task or the communes of the device."""
    PART_MISSING = "part-missing"
    """No number, street or locality where its kind has one."""
    ACCURACY_LOW = "accuracy-low"
    """The position is less exact than its kind asks for: :data:`GATES_M`."""
    PHOTO_MISSING = "photo-missing"
    """No photo of the gate."""


CHECK_NAMES: Final[dict[Check, Text]] = {
    Check.DUPLICATE_NEAR: Text("Có thể trùng với địa chỉ gần đó", "Perhaps a duplicate nearby"),
    Check.NUMBER_TAKEN: Text("Số nhà đã có trên đường này", "Number taken in this street"),
    Check.OUTSIDE_AREA: Text("Ngoài khu vực được giao", "Outside the area"),
    Check.PART_MISSING: Text("Thiếu thông tin", "Something is missing"),
    Check.ACCURACY_LOW: Text("Vị trí chưa đủ chính xác", "Position not exact enough"),
    Check.PHOTO_MISSING: Text("Chưa có ảnh cổng", "No photo of the gate"),
}

NEAR_M: Final = 50.0
"""Within so many metres two addresses of one number are looked at as one."""

GATES_M: Final[Mapping[Kind, float]] = {
    Kind.DWELLING: 10.0,
    Kind.APARTMENT: 20.0,
    Kind.BOARDING_ROOM: 15.0,
    Kind.STATE_OFFICE: 15.0,
    Kind.ENTERPRISE: 15.0,
    Kind.PRODUCTION_SITE: 20.0,
    Kind.PUBLIC_FACILITY: 15.0,
    Kind.WORKS: 30.0,
    Kind.PLACE: 50.0,
}
"""How exact (68 %) a position by GNSS is to be, by kind; ours, houses being 4 to 5 m wide."""


FIELD_NAMES: Final[Mapping[str, Text]] = {
    "kind": Text("Loại đối tượng", "Kind"),
    "house_number": Text("Số nhà", "House number"),
    "thoroughfare": Text("Đường, ngõ, hẻm", "Street"),
    "localities": Text("Khu phố, ấp, tổ", "Localities"),
    "unit": Text("Căn, phòng", "Unit"),
    "floor": Text("Tầng", "Floor"),
    "building": Text("Tòa nhà", "Building"),
    "name": Text("Tên", "Name"),
    "position": Text("Vị trí", "Position"),
    "existence": Text("Còn hay không", "Whether it is there"),
}
"""Fields that are merged, in the order shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found about a record, with facts for its words."""

    slug: str
    facts: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form: the slug beside its facts."""
        return {"slug": self.slug, **self.facts}


@dataclass(frozen=True, slots=True)
class Submission:
    """A record as it stands; nothing of people."""

    submission_id: UUID
    device: str
    carried_by: str | None
    task_id: UUID | None
    act: Act
    revision: int
    state: State
    waits_for: Waits | None
    commune_code: str | None
    address_id: int | None
    code: str | None
    made_at: datetime
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    has_private: bool
    change_number: int
    version: int
