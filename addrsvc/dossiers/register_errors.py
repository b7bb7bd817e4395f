"""What the register of dossiers refuses; what is wrong with a text itself is in ``errors``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale, Text


@dataclass(eq=False)
class DossierNotFound(NotFound):
    """There is no such dossier, or it is not for the asker; which, is not told."""

    slug = "dossier-not-found"
    title = Text("Không tìm thấy hồ sơ", "Dossier not found")
    message = Text(
        "Không có hồ sơ nào mang mã này trong phạm vi của bạn. Hãy so lại mã với giấy tiếp nhận.",
        "There is no dossier of this code within your areas. Compare the code with the receipt.",
    )


@dataclass(eq=False)
class DossierElsewhere(Forbidden):
    """A dossier of this code was brought in by others and lies outside the sender's areas."""

    slug = "dossier-elsewhere"
    title = Text("Hồ sơ ngoài phạm vi", "Dossier outside your areas")
    message = Text(
        "Mã hồ sơ này đã có, do đơn vị khác gửi và nằm ngoài địa bàn của bạn. Hãy kiểm tra mã; "
        "nếu đúng, đề nghị đơn vị đã gửi cập nhật.",
        "A dossier of this code was sent by others and lies outside your areas. Check the code; "
        "if it is right, ask those who sent it to update it.",
    )


@dataclass(eq=False)
class DossierReceivedLater(InvalidInput):
    """The code says a day of receipt that has not come yet."""

    slug = "dossier-received-later"
    title = Text("Ngày tiếp nhận trong mã chưa đến", "Day of receipt still to come")
    message = Text(
        "Theo mã, hồ sơ được tiếp nhận ngày {day}, sau hôm nay ({today}). Hãy so lại mã với giấy "
        "tiếp nhận.",
        "By its code the dossier was received on {day}, after today ({today}). Compare the code "
        "with the receipt.",
    )
    day: str
    today: str


@dataclass(eq=False)
class DossierStale(Stale):
    """Somebody changed the dossier since the asker read it."""

    slug = "dossier-stale"
    title = Text("Hồ sơ đã thay đổi", "Dossier has changed")
    message = Text(
        "Bạn đang quyết định trên phiên bản {given}, nhưng hồ sơ đã ở phiên bản {current}. Hãy tải "
        "lại, xem thay đổi rồi quyết định.",
        "You decide on version {given}, but the dossier is at version {current}. Load it again, "
        "look at what changed, then decide.",
    )
    given: int
    current: int


@dataclass(eq=False)
class DossierAddressNotFound(NotFound):
    """The dossier has no address of this number now."""

    slug = "dossier-address-not-found"
    title = Text("Hồ sơ không có địa chỉ này", "No such address in the dossier")
    message = Text(
        "Hồ sơ không có địa chỉ số {n}. Hãy tải lại hồ sơ để xem các địa chỉ đang có.",
        "The dossier has no address {n}. Load it again to see the addresses it has.",
    )
    n: int


@dataclass(eq=False)
class NothingToConfirm(Conflict):
    """There is no single address to confirm."""

    slug = "nothing-to-confirm"
    title = Text("Chưa có một địa chỉ để xác nhận", "No single address to confirm")
    message = Text(
        "Có {candidates} địa chỉ để chọn, nên không xác nhận ngay được. Hãy chọn một mã (:choose), "
        "hoặc từ chối (:reject).",
        "There are {candidates} addresses to choose from, so there is none to confirm. Choose a "
        "code (:choose), or reject (:reject).",
    )
    candidates: int


@dataclass(eq=False)
class NothingToUndo(Conflict):
    """No decision of a person about the address stands."""

    slug = "nothing-to-undo"
    title = Text("Không có gì để hoàn tác", "Nothing to undo")
    message = Text(
        "Chưa ai quyết định về địa chỉ này, hoặc quyết định đã được hoàn tác. Hãy tải lại hồ sơ.",
        "Nobody decided about this address, or it was taken back. Load the dossier again.",
    )


@dataclass(eq=False)
class DecisionOfOthers(Forbidden):
    """Somebody else decided, and the asker may not undo what others did."""

    slug = "decision-of-others"
    title = Text("Quyết định của người khác", "Somebody else decided")
    message = Text(
        "Người khác đã quyết định về địa chỉ này nên bạn không hoàn tác được. Hãy chọn lại mã "
        "đúng, hoặc nhờ người phụ trách hoàn tác.",
        "Somebody else decided about this address, so you cannot undo it. Choose the right code, "
        "or ask a supervisor to undo it.",
    )


@dataclass(eq=False)
class ChosenRetired(Conflict):
    """The address chosen is out of use."""

    slug = "chosen-address-retired"
    title = Text("Địa chỉ đã ngừng dùng", "Address is retired")
    message = Text(
        "Địa chỉ {code} đã ngừng dùng. Hãy chọn địa chỉ thay thế: {successors}.",
        "Address {code} is retired. Choose what took its place: {successors}.",
    )
    code: str
    successors: str
    """Codes; ``—``: none is known."""


@dataclass(eq=False)
class ListTooWide(InvalidInput):
    """An address and other filters were asked for together."""

    slug = "dossier-list-mixed"
    title = Text("Không kết hợp được các bộ lọc này", "Filters that exclude each other")
    message = Text(
        "Lọc theo địa chỉ (address, history) thì không dùng kèm {given}. Hãy bỏ một bên.",
        "A list by address (address, history) takes no {given}. Leave one of them out.",
    )
    given: str
