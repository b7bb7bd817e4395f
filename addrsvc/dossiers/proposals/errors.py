"""What proposals refuse."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Text


@dataclass(eq=False)
class ProposalNotFound(NotFound):
    """There is no such proposal, or its dossier is not for the asker; which, is not told."""

    slug = "proposal-not-found"
    title = Text("Không tìm thấy đề xuất", "Proposal not found")
    message = Text(
        "Không có đề xuất này trong phạm vi của bạn. Hãy tải lại danh sách đề xuất.",
        "There is no such proposal within your areas. Load the list of proposals again.",
    )


@dataclass(eq=False)
class ProposalDecided(Conflict):
    """Somebody decided about the proposal already."""

    slug = "proposal-decided"
    title = Text("Đề xuất đã có quyết định", "Proposal is decided")
    message = Text(
        "{by} đã quyết định về đề xuất này lúc {at} ({state}). Nếu cần đổi, hãy hoàn tác quyết "
        "định đó (:undo) trước.",
        "{by} decided about this proposal at {at} ({state}). To change that, undo the decision "
        "(:undo) first.",
    )
    state: str
    by: str
    at: str


@dataclass(eq=False)
class ProposalOvertaken(Conflict):
    """The address was linked otherwise meanwhile; that stays."""

    slug = "proposal-overtaken"
    title = Text("Hồ sơ đã được liên kết cách khác", "Dossier was linked otherwise")
    message = Text(
        "{by} đã quyết định khác về địa chỉ này lúc {at} ({what}); quyết định đó được giữ nguyên. "
        "Hãy mở hồ sơ để xem liên kết hiện nay.",
        "{by} decided otherwise about this address at {at} ({what}); that decision stays. Open the "
        "dossier to see its present link.",
    )
    what: str
    by: str
    at: str


@dataclass(eq=False)
class ProposalNeedsChoice(Conflict):
    """Several addresses took the place of one; a person says which."""

    slug = "proposal-needs-choice"
    title = Text("Cần chọn một địa chỉ", "An address is to be chosen")
    message = Text(
        "Có {count} địa chỉ thay thế: {candidates}. Hãy gửi lại với mã địa chỉ đã chọn (code).",
        "{count} addresses took its place: {candidates}. Send it again with the code chosen.",
    )
    count: int
    candidates: str


@dataclass(eq=False)
class ProposalUndecided(Conflict):
    """There is no decision to take back."""

    slug = "proposal-undecided"
    title = Text("Chưa có quyết định để hoàn tác", "No decision to undo")
    message = Text(
        "Đề xuất này chưa có quyết định của người nào. Hãy chấp nhận (:accept) hoặc từ chối "
        "(:refuse).",
        "Nobody has decided about this proposal. Accept (:accept) or refuse (:refuse) it.",
    )


@dataclass(eq=False)
class AcceptAllOfWhat(InvalidInput):
    """It is not said which proposals are to be accepted together."""

    slug = "accept-all-of-what"
    title = Text("Chưa rõ chấp nhận những đề xuất nào", "Which proposals is not clear")
    message = Text(
        "Hãy nêu đúng một trong bốn: act (số của đợt thay đổi), event (số sự kiện), address (mã "
        "địa chỉ) hoặc plan (số đồ án quy hoạch). Đã nêu: {given}.",
        "Name exactly one of act (its number), event (its number), address (a code) and plan (its "
        "number). Given: {given}.",
    )
    given: str
