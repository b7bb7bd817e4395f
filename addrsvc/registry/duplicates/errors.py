"""What is refused because of duplicates, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from addrsvc.errors import Conflict, Text


@dataclass(eq=False)
class DuplicateAddress(Conflict):
    """It looks like an address there is already."""

    slug = "duplicate-address"
    title = Text("Có thể trùng địa chỉ đã có", "It may be a duplicate")
    message = Text(
        "Có vẻ nơi này đã có địa chỉ: {nearest}. Hãy mở địa chỉ đó để đối chiếu và dùng mã của nó. "
        "Nếu là hộ, phòng hay cửa hàng nằm trong nhà đó, hãy ghi mã của nhà ở “parent”. "
        "Nếu là hai nơi khác nhau, hãy nhờ người có quyền addresses:override gửi lại kèm lý do ở "
        "“distinct_because” (khi nhập tệp: --distinct-because).",
        "This place seems to have an address: {nearest}. Look at it and use its code. A household, "
        "room or shop inside that house names the house's code in “parent”. If they are two "
        "places, let someone with the scope addresses:override send it again with the reason "
        "in “distinct_because” (when importing: --distinct-because).",
    )
    nearest: str
    """The candidates in a few words."""
    candidates: Sequence[Mapping[str, Any]]
    """Those it looks like: ref, printed, label (None where the asker may not see it), why,
    distance_m."""


@dataclass(eq=False)
class KeptNotFound(Conflict):
    """The address that is to be kept in place of a duplicate is unknown, out of use, or itself."""

    slug = "kept-not-found"
    title = Text("Không tìm thấy địa chỉ giữ lại", "Address to keep not found")
    message = Text(
        "Không có địa chỉ đang dùng nào khác mang mã {code} để giữ lại. Hãy kiểm tra lại mã ở "
        "“keep”.",
        "No other address in use has the code {code} to be kept. Check the code in “keep”.",
    )
    code: str


@dataclass(eq=False)
class SameAddress(Conflict):
    """An address cannot be declared distinct from itself."""

    slug = "same-address"
    title = Text("Cùng một địa chỉ", "The same address")
    message = Text(
        "“other” chính là địa chỉ này. Hãy gửi mã của địa chỉ còn lại.",
        "“other” is this address itself. Send the code of the other one.",
    )
