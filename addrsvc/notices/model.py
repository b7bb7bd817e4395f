"""Batches of addresses to print for, and what was done at each address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from addrsvc.errors import Text

PART_SIZE: Final = 100
"""Addresses in one printed part of a batch: a few seconds of one core."""
MAX_BATCH: Final = 20_000
MAX_MARKS: Final = 1_000
"""Codes in one request."""


class State(StrEnum):
    """What was done at an address."""

    NOTIFIED = "notified"
    PLATE_FIXED = "plate-fixed"
    NOT_MET = "not-met"
    """Somebody came, and met nobody who took it: of each day one."""


STATE_NAMES: Final[dict[State, Text]] = {
    State.NOTIFIED: Text("Đã thông báo mã", "Told the code"),
    State.PLATE_FIXED: Text("Đã gắn biển", "Plate fixed"),
    State.NOT_MET: Text("Chưa gặp", "Nobody met"),
}


class How(StrEnum):
    """How people were told."""

    LETTER = "letter"
    VISIT = "visit"
    MESSAGE = "message"
    MEETING = "meeting"


HOW_NAMES: Final[dict[How, Text]] = {
    How.LETTER: Text("Gửi thư", "By letter"),
    How.VISIT: Text("Đến tận nơi", "By a visit"),
    How.MESSAGE: Text("Nhắn tin, gọi điện", "By message or telephone"),
    How.MEETING: Text("Tại cuộc họp", "At a meeting"),
}


class Reason(StrEnum):
    """Why nobody was met."""

    NOBODY_HOME = "nobody-home"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    OTHER = "other"


REASON_NAMES: Final[dict[Reason, Text]] = {
    Reason.NOBODY_HOME: Text("Không có ai ở nhà", "Nobody at home"),
    Reason.REFUSED: Text("Không nhận", "Refused"),
    Reason.NOT_FOUND: Text("Không tìm thấy nhà", "House not found"),
    Reason.OTHER: Text("Lý do khác", "Something else"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which addresses a batch is made of: those of a commune, or some codes."""

    commune: str | None = None
    locality: str | None = None
    """Khu phố, ấp, tổ of that commune, by name; None: all of it."""
    codes: tuple[str, ...] = ()
    """In any written form."""
    not_yet: State | None = None
    """Only those at which that was not done yet."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Addresses whose plates and letters are printed together."""

    batch_id: int
    commune: str | None
    locality: str | None
    note: str | None
    communes: tuple[str, ...]
    addresses: int
    made_at: datetime
    made_by: str

    @property
    def parts(self) -> int:
        """Give how many parts it is printed in."""
        return -(-self.addresses // PART_SIZE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said to have been done."""

    state: State
    done_on: date
    how: How | None = None
    reason: Reason | None = None
    """Of a visit that met nobody, and only of that."""


Outcome = Literal["marked", "already", "taken-back", "not-marked", "refused"]


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of one row of a list."""

    given: str
    outcome: Outcome
    code: str | None = None
    """Ten digits; None: it could not be read."""
    slug: str | None = None
    """Of the error it was refused for."""
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was done at one address."""

    code: str
    marks: tuple[Mark, ...] = ()
    """The earliest first; of one state several only where nobody was met."""

    def latest(self, state: State) -> Mark | None:
        """Give the last mark of a state."""
        return next((each for each in reversed(self.marks) if each.state is state), None)


@dataclass(frozen=True, slots=True)
class Count:
    """How far a commune is."""

    commune: str
    """Code of the present one."""
    addresses: int
    """In use."""
    notified: int
    plate_fixed: int
    not_met: int
    """Visited, and nobody was told yet."""


@dataclass(frozen=True, slots=True)
class CommuneMarks:
    """At how many addresses in use of a commune and a visibility what was done."""

    commune: str
    visibility: str
    notified: int
    plate_fixed: int
