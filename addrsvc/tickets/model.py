"""Tickets: what is reported, where each stands, and what may be done with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from addrsvc.errors import Pointer, Text
from addrsvc.tickets.errors import TicketInOtherState
from addrsvc.types import LonLat

MAX_TEXT: Final = 2_000
MAX_PLACE: Final = 300
MAX_CONTACT: Final = 120
"""Characters of a name, telephone number or e-mail address."""

CONSENT: Final = "2026-11"
"""Names the wording of :data:`CONSENT_TEXT`; changes with it."""

CONSENT_TEXT: Final = Text(
    "Tôi đồng ý để cơ quan tiếp nhận lưu và dùng thông tin liên hệ này chỉ để trả lời phản ánh. "
    "Thông tin được mã hóa, không hiển thị trên trang theo dõi và bị xóa {days} ngày sau khi phản "
    "ánh được đóng; tôi có thể yêu cầu xóa sớm hơn.",
    "I agree that the office keeps and uses this contact only to answer the report. It is "
    "encrypted, not shown on the tracking page, and erased {days} days after the report is closed; "
    "I may ask for that earlier.",
)


class Kind(StrEnum):
    """What is reported."""

    NO_NUMBER = "no_number"
    MISSING = "missing"
    WRONG = "wrong"


KIND_NAMES: Final[dict[Kind, Text]] = {
    Kind.NO_NUMBER: Text("Nhà chưa có số", "House without a number"),
    Kind.MISSING: Text("Nhà chưa có trong sổ", "House missing from the register"),
    Kind.WRONG: Text("Thông tin địa chỉ sai", "Something is wrong"),
}


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    LOOKING = "looking"
    DONE = "done"
    REFUSED = "refused"

    @property
    def is_closed(self) -> bool:
        """Tell whether it waits for nobody any more."""
        return self in {State.DONE, State.REFUSED}


STATE_NAMES: Final[dict[State, Text]] = {
    State.RECEIVED: Text("Đã tiếp nhận", "Received"),
    State.LOOKING: Text("Đang xem xét", "Being looked at"),
    State.DONE: Text("Đã xử lý xong", "Done"),
    State.REFUSED: Text("Không thực hiện được", "Refused"),
}

STATE_WORDS: Final[dict[State, Text]] = {
    State.RECEIVED: Text(
        "Phản ánh đã đến nơi và đang chờ cán bộ xem.",
        "The report has arrived and waits for somebody to look at it.",
    ),
    State.LOOKING: Text(
        "Cán bộ đang kiểm tra. Có thể cần đến tận nơi.",
        "Somebody is checking it; they may have to come and see.",
    ),
    State.DONE: Text(
        "Phản ánh đã được xử lý xong. Nếu vẫn chưa đúng, hãy gửi phản ánh mới.",
        "The report is settled. If something is still wrong, send a new one.",
    ),
    State.REFUSED: Text(
        "Cơ quan không thực hiện được theo phản ánh này.",
        "The office cannot do what the report asks for.",
    ),
}
"""What a sender is told where nobody wrote an answer."""


class Act(StrEnum):
    """What staff do with a ticket."""

    TAKE = "take"
    ANSWER = "answer"
    """Write to the sender; it stays open."""
    DONE = "done"
    REFUSE = "refuse"
    REOPEN = "reopen"

    @property
    def needs_words(self) -> bool:
        """Tell whether it is nothing without an answer."""
        return self in {Act.ANSWER, Act.REFUSE}


_AFTER: Final[dict[Act, State]] = {
    Act.TAKE: State.LOOKING,
    Act.ANSWER: State.LOOKING,
    Act.DONE: State.DONE,
    Act.REFUSE: State.REFUSED,
    Act.REOPEN: State.LOOKING,
}


def state_after(state: State, act: Act) -> State:
    """Give the state an act leads to.

    Raises:
        TicketInOtherState: it cannot be done there.

    >>> state_after(State.RECEIVED, Act.TAKE), state_after(State.REFUSED, Act.REOPEN)
    (<State.LOOKING: 'looking'>, <State.LOOKING: 'looking'>)
    """
    if state.is_closed != (act is Act.REOPEN):
        raise TicketInOtherState(*STATE_NAMES[state])
    return _AFTER[act]


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """How to reach the sender, as given; never logged (so: no repr)."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    has_consent: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was given."""
        return not (self.name or self.phone or self.email)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What somebody sends; may hold personal data, never logged."""

    kind: Kind
    text: str | None = None
    code: str | None = None
    """Of the address it is about, in any written form."""
    point: LonLat | None = None
    accuracy_m: float | None = None
    commune: str | None = None
    place: str | None = None
    """Where it is, in words."""
    contact: Given = Given()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket without words and without who sent it."""

    ticket_id: int
    kind: Kind
    state: State
    version: int
    code: str | None
    """Of the address it is about, ten digits."""
    point: LonLat | None
    accuracy_m: float | None
    commune: str | None
    has_contact: bool
    received_at: datetime
    due_on: date
    handled_by: str | None
    handled_at: datetime | None
    closed_at: datetime | None
    answer: str | None
    result: str | None
    """Code of the address that came of it."""
    erased_at: datetime | None

    @property
    def ref(self) -> str:
        """Give what staff call it by."""
        return f"t{self.ticket_id}"

    def is_overdue(self, day: date) -> bool:
        """Tell whether it should have been answered before a day."""
        return self.closed_at is None and self.due_on < day


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets; None: any."""

    state: State | None = None
    kind: Kind | None = None
    commune: str | None = None


_EMAIL: Final = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@[^@\s<>\"',;:()\[\]\\]+\.[^@\s.]{2,}")
_PHONE: Final = re.compile(r"\+?[\d\s().-]+")
_LEAST_DIGITS: Final = 8
_KEPT_BREAK: Final = "\n"
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode nobody types: control, direction marks, surrogate, private, none."""


def clean_text(text: str | None) -> str | None:
    r"""Give words as they are kept: NFC, lines kept, nothing unseen; None: nothing is left.

    >>> clean_text("  Nhà  tôi\r\n\x00ở đây\u202e ")
    'Nhà tôi\nở đây'
    """
    if text is None:
        return None
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = [" ".join("".join(sign for sign in line if _is_kept(sign)).split()) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", _KEPT_BREAK.join(seen)).strip() or None


def _is_kept(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) not in _DROPPED


def clean_line(text: str | None) -> str | None:
    """Give one line as it is kept; None: nothing is left."""
    cleaned = clean_text(text)
    return None if cleaned is None else " ".join(cleaned.split())


def cleaned(report: Report) -> Report:
    """Give a report as it is kept; its contact too."""
    given = report.contact
    return Report(
        report.kind,
        clean_text(report.text),
        clean_line(report.code),
        report.point,
        report.accuracy_m,
        clean_line(report.commune),
        clean_line(report.place),
        Given(
            clean_line(given.name),
            clean_line(given.phone),
            clean_line(given.email),
            given.has_consent,
        ),
    )


def list_missing(report: Report) -> Iterator[Pointer]:
    """Say all that is left out of a cleaned report or cannot be taken, with where."""
    about = (report.code, report.point, report.commune, report.place)
    if report.kind is Kind.WRONG and report.code is None:
        yield Pointer(
            "/code",
            Text("Cho biết mã địa chỉ số có thông tin sai.", "Give the code that is wrong."),
        )
    elif all(each is None for each in about):
        yield Pointer(
            "/place",
            Text(
                "Cho biết nhà ở đâu: chọn trên bản đồ, hoặc ghi địa chỉ, phường, xã hay tọa độ.",
                "Say where it is: tap the map, or write an address, a commune or coordinates.",
            ),
        )
    if report.kind is Kind.WRONG and report.text is None:
        yield Pointer(
            "/text",
            Text("Ghi rõ sai ở đâu và đúng là thế nào.", "Say what is wrong, and what is right."),
        )
    lengths = (("/text", report.text, MAX_TEXT), ("/place", report.place, MAX_PLACE))
    for pointer, text, most in lengths:
        if text is not None and len(text) > most:
            yield Pointer(
                pointer,
                Text(
                    f"Tối đa {most} ký tự; đang có {len(text)}. Hãy viết gọn lại.",
                    f"{most} characters at most; there are {len(text)}. Make it shorter.",
                ),
            )
    yield from _contact_problems(report.contact)


def _contact_problems(given: Given) -> Iterator[Pointer]:
    phone, email = given.phone, given.email
    if phone is not None and (
        _PHONE.fullmatch(phone) is None or sum(map(str.isdigit, phone)) < _LEAST_DIGITS
    ):
        yield Pointer(
            "/contact/phone",
            Text("Ghi số điện thoại bằng chữ số, ví dụ 0900 000 000.", "Digits, as 0900 000 000."),
        )
    if email is not None and _EMAIL.fullmatch(email) is None:
        yield Pointer(
            "/contact/email",
            Text("Ghi đủ địa chỉ thư, ví dụ ten@thu.example.", "Whole, as name@mail.example."),
        )
    for pointer, text in (("name", given.name), ("phone", phone), ("email", email)):
        if text is not None and len(text) > MAX_CONTACT:
            most = MAX_CONTACT
            yield Pointer(
                f"/contact/{pointer}", Text(f"Tối đa {most} ký tự.", f"{most} characters at most.")
            )
    if not given.is_empty and not given.has_consent:
        yield Pointer(
            "/contact/consent",
            Text(
                "Đánh dấu đồng ý để chúng tôi được giữ thông tin liên hệ, hoặc xóa thông tin đó.",
                "Agree to the contact being kept, or take it out.",
            ),
        )
