"""Why there is no card or plate."""

from __future__ import annotations

from dataclasses import dataclass, field

from addrsvc.errors import Conflict, Text


@dataclass(eq=False)
class PlateWithoutCode(Conflict):
    """A proposal has no code yet, so nothing can be printed of it."""

    slug = "plate-without-code"
    title = Text("Chưa có mã địa chỉ số", "No code yet")
    message = Text(
        "Đề xuất {ref} chưa được cấp mã địa chỉ số nên chưa in được thẻ hay biển. Hãy duyệt đề "
        "xuất trước.",
        "Proposal {ref} has no code yet, so there is no card or plate of it. Approve it first.",
    )
    ref: str


@dataclass(eq=False)
class PlateNotInUse(Conflict):
    """An address that is not in use gets no plate."""

    slug = "plate-not-in-use"
    title = Text("Địa chỉ không dùng, không in biển", "Address not in use, no plate")
    message = Text(
        "Địa chỉ {code} hiện không dùng nên không in biển. Hãy in biển cho mã đang thay nó (xem "
        "successors); thẻ của mã cũ vẫn in được và chỉ rõ mã mới.",
        "Address {code} is not in use, so no plate is made of it. Make one of the code that took "
        "its place (see successors); a card of the former code still prints, and says the new one.",
    )
    code: str
    successors: list[str] = field(default_factory=list)
    """With check digits."""
