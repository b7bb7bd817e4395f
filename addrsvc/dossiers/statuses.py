"""Pure: how far a dossier has come, as the national portal numbers it (TrangThaiHoSo).

Source: the portal's table of states as two unrelated public integrations carry it (a province's
one-stop software, a ministry's service), alike in all ten codes and names. That 9 and 10 count as
done, and 1 and 3 as never taken up, is how the first one counts; for 1, 7 and 8 whether somebody
has still to decide is read from the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from addrsvc.errors import Text


class Certainty(StrEnum):
    """How well a row is known."""

    READ = "read"
    """Stands in a source."""
    BELIEVED = "believed"
    """Follows from what stands in one."""


@dataclass(frozen=True, slots=True)
class DossierStatus:
    """One state of a dossier."""

    code: str
    name: Text
    is_open: bool
    """Somebody has still to decide on it."""
    openness: Certainty = Certainty.READ
    """How well `is_open` is known; codes and names all stand in sources."""


_BELIEVED: Final = Certainty.BELIEVED

STATUSES: Final = MappingProxyType(
    {
        each.code: each
        for each in (
            DossierStatus("1", Text("Mới đăng ký", "Registered"), is_open=True, openness=_BELIEVED),
            DossierStatus("2", Text("Được tiếp nhận", "Accepted"), is_open=True),
            DossierStatus("3", Text("Không được tiếp nhận", "Not accepted"), is_open=False),
            DossierStatus("4", Text("Đang xử lý", "Being handled"), is_open=True),
            DossierStatus(
                "5", Text("Yêu cầu bổ sung giấy tờ", "More papers asked for"), is_open=True
            ),
            DossierStatus(
                "6",
                Text("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment asked for"),
                is_open=True,
            ),
            DossierStatus(
                "7",
                Text("Công dân yêu cầu rút hồ sơ", "Applicant asks to withdraw"),
                is_open=True,
                openness=_BELIEVED,
            ),
            DossierStatus("8", Text("Dừng xử lý", "Stopped"), is_open=False, openness=_BELIEVED),
            DossierStatus("9", Text("Đã xử lý xong", "Handled"), is_open=False),
            DossierStatus("10", Text("Đã trả kết quả", "Result handed out"), is_open=False),
        )
    }
)
"""Code → state."""


def find_status(code: str) -> DossierStatus | None:
    """Find a state by its code, leading zeros or not; None: not of the portal's table.

    >>> find_status("02").name.en, find_status("77")
    ('Accepted', None)
    """
    bare = code.strip()
    return STATUSES.get(bare.lstrip("0")) if bare.isascii() and bare.isdigit() else None
