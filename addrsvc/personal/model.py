"""Pure: a person as kept, the keys one is found by, and why somebody may look."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from addrsvc.errors import Text
from addrsvc.parsing.normalise import name_key

_TITLES = frozenset({"hộ", "chủ", "nhà", "ông", "bà", "anh", "chị", "cô", "chú"})
_COUNTRY = re.compile(r"^(?:(?:\+|00)84|84(?=\d{9,10}$))0?")
"""With a sign of going abroad or, as many tables have it, with none; ``(0)`` may follow."""
_NOT_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Somebody behind an address; never logged (so: no repr)."""

    name: str
    phone: str | None = None


class Purpose(StrEnum):
    """Why a holder is read; every reading names one."""

    NOTIFY_CODE = "notify-code"
    VERIFY_ADDRESS = "verify-address"
    FIELD_VISIT = "field-visit"
    DOSSIER = "dossier"
    EMERGENCY = "emergency"
    PERSON_REQUEST = "person-request"
    COURT_OR_INSPECTION = "court-or-inspection"


PURPOSES: dict[Purpose, Text] = {
    Purpose.NOTIFY_CODE: Text(
        "Thông báo mã địa chỉ số, gắn biển", "Tell the holder the code, put up the plate"
    ),
    Purpose.VERIFY_ADDRESS: Text(
        "Xác minh địa chỉ với người sử dụng", "Check the address with who lives there"
    ),
    Purpose.FIELD_VISIT: Text("Hẹn khảo sát thực địa", "Arrange a visit on site"),
    Purpose.DOSSIER: Text("Giải quyết hồ sơ của chính người đó", "Handle that person’s dossier"),
    Purpose.EMERGENCY: Text("Cứu nạn, cứu hộ, cấp cứu", "Rescue and emergencies"),
    Purpose.PERSON_REQUEST: Text(
        "Trả lời yêu cầu của chủ thể dữ liệu", "Answer a request of the person concerned"
    ),
    Purpose.COURT_OR_INSPECTION: Text(
        "Theo yêu cầu của tòa án, thanh tra, cơ quan điều tra",
        "Asked for by a court, an inspection or investigators",
    ),
}


def name_key_of(name: str) -> str:
    """Give what a person's name is compared by: no title, case or accents.

    >>> name_key_of("Hộ ông Nguyễn Văn  BỊA") == name_key_of("nguyen van bia")
    True
    >>> name_key_of("Hồ Văn Mẫu")
    'ho van mau'
    """
    words = unicodedata.normalize("NFC", name).lower().split()
    while len(words) > 2 and words[0] in _TITLES:
        words = words[1:]
    return name_key(" ".join(words))


def phone_key_of(phone: str) -> str:
    """Give what a telephone number is compared by: its digits, as dialled in Vietnam.

    >>> phone_key_of("+84 900 000 000") == phone_key_of("0900.000.000") == "0900000000"
    True
    >>> phone_key_of("84900000000") == phone_key_of("+84 (0)900 000 000") == "0900000000"
    True
    """
    return _NOT_DIGIT.sub("", _COUNTRY.sub("0", re.sub(r"[\s().-]", "", phone)))


def working_days_after(day: date, count: int) -> date:
    """Give the day so many working days (Monday to Friday) later; holidays are not known.

    >>> working_days_after(date(2026, 1, 15), 2)  # a Thursday
    datetime.date(2026, 1, 19)
    """
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
