"""What is refused of what devices send; nothing refused here is lost: it stays on the device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.collection.model import FIELD_NAMES, STATE_NAMES, State
from addrsvc.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    Language,
    NotFound,
    Pointer,
    Stale,
    Text,
    TooLarge,
)


@dataclass(eq=False)
class SubmissionUnreadable(InvalidInput):
    """A record is not as the protocol says."""

    slug = "submission-unreadable"
    title = Text("Phiếu thu thập không đọc được", "The record cannot be read")
    message = Text(
        "Phiếu không đúng định dạng nên chưa được nhận; phiếu vẫn còn trên máy. Hãy cập nhật ứng "
        "dụng rồi gửi lại, hoặc xuất ra tệp và đưa cho bộ phận hỗ trợ.",
        "The record is not in the form expected and was not taken; it is still on the device. "
        "Update the app and send it again, or export it to a file and hand that in.",
    )
    errors: list[Pointer]


@dataclass(eq=False)
class SubmissionOfOtherDevice(Conflict):
    """Another device sent a record under this id."""

    slug = "submission-of-other-device"
    title = Text("Mã phiếu đã được máy khác dùng", "Another device used this id")
    message = Text(
        "Một máy khác đã gửi phiếu mang mã {record}. Hãy tạo phiếu mới với mã khác.",
        "Another device sent a record under {record}. Make a new one under another id.",
    )
    record: str


@dataclass(eq=False)
class RevisionTaken(Conflict):
    """This revision came before, and was something else."""

    slug = "revision-taken"
    title = Text("Lần sửa này đã có nội dung khác", "This revision is taken")
    message = Text(
        "Lần sửa {revision} của phiếu {record} đã được nhận với nội dung khác. Hãy gửi lại thành "
        "lần sửa {next_revision}.",
        "Revision {revision} of {record} came before and was different. Send it again as revision "
        "{next_revision}.",
    )
    record: str
    revision: int
    next_revision: int


@dataclass(eq=False)
class SubmissionUnknown(NotFound):
    """No such record, or not for this principal."""

    slug = "submission-unknown"
    title = Text("Không có phiếu này", "Unknown record")
    message = Text(
        "Máy chủ chưa nhận phiếu {record}. Hãy gửi phiếu trước, rồi mới gửi ảnh và phần riêng tư.",
        "The server has no record {record}. Send the record first, then its photos and private "
        "part.",
    )
    record: str


@dataclass(eq=False)
class SubmissionStale(Stale):
    """Somebody changed the record since it was read."""

    slug = "submission-stale"
    title = Text("Phiếu đã thay đổi", "The record has changed")
    message = Text(
        "Bạn đang xử lý phiên bản {given}, nhưng phiếu đã ở phiên bản {current}: người khác vừa xử "
        "lý, hoặc người thu thập vừa gửi lại. Hãy tải lại phiếu rồi quyết định lại.",
        "You are deciding on version {given}, but the record is at version {current}: somebody "
        "else decided, or its collector sent it again. Load it again and decide anew.",
    )
    given: int
    current: int


@dataclass(eq=False)
class SubmissionInOtherState(Conflict):
    """What was asked for cannot be done where the record stands."""

    slug = "submission-in-other-state"
    title = Text("Phiếu không ở trạng thái này", "The record stands elsewhere")
    message = Text(
        "Phiếu đang ở trạng thái “{state}” nên chưa thể làm việc này. Nếu đã có người quyết định, "
        "hãy mở lại phiếu trước.",
        "The record is “{state}”, which does not allow this. If it was decided already, open it "
        "again first.",
    )
    state: str

    def text(self, language: Language) -> str:
        """Say it with the words people know for states."""
        name = STATE_NAMES[State(self.state)].in_(language)
        return self.message.in_(language).format(state=name)


@dataclass(eq=False)
class ConflictsOpen(Conflict):
    """Fields the register says otherwise by now, and nobody chose."""

    slug = "conflicts-open"
    title = Text("Còn thông tin chưa chọn", "Conflicts are still open")
    message = Text(
        "Sổ địa chỉ đã đổi các mục sau kể từ khi người thu thập xem: {fields}. Hãy chọn giá trị "
        "cho từng mục rồi duyệt lại.",
        "The register changed these since the collector looked: {fields}. Choose a value for "
        "each, then accept again.",
    )
    fields: Sequence[str]

    def text(self, language: Language) -> str:
        """Say it with the words people know for fields."""
        names = (FIELD_NAMES[each].in_(language) for each in self.fields)
        return self.message.in_(language).format(fields=", ".join(names))


@dataclass(eq=False)
class PositionUnreadable(InvalidInput):
    """A position typed at the desk is none in Vietnam."""

    slug = "position-unreadable"
    title = Text("Vị trí không đọc được", "The position cannot be read")
    message = Text(
        "“{given}” không phải vị trí trong nước. Hãy gõ vĩ độ, kinh độ, ví dụ: 10.980100, "
        "106.650100.",
        "“{given}” is no position in Vietnam. Type latitude, longitude, such as 10.980100, "
        "106.650100.",
    )
    given: str


@dataclass(eq=False)
class NoteMissing(InvalidInput):
    """Words to the collector are missing."""

    slug = "note-missing"
    title = Text("Thiếu lời nhắn", "A note is missing")
    message = Text(
        "Hãy ghi cho người thu thập biết cần làm gì (tối đa {limit} ký tự).",
        "Write to the collector what to do ({limit} characters at most).",
    )
    limit: int


@dataclass(eq=False)
class DecisionWritten(Conflict):
    """A decision that wrote the register is not taken back here."""

    slug = "decision-written"
    title = Text("Quyết định đã ghi vào sổ địa chỉ", "The decision was written")
    message = Text(
        "Phiếu này đã được ghi vào sổ địa chỉ ({ref}), nên không mở lại được. Hãy mở địa chỉ đó và "
        "sửa hoặc hoàn tác tại đó.",
        "This record was written to the register ({ref}) and cannot be opened again. Open that "
        "address, and correct or undo it there.",
    )
    ref: str


@dataclass(eq=False)
class NotADevice(Forbidden):
    """Only devices send records; who is signed in or a service has no place to keep them."""

    slug = "not-a-device"
    title = Text("Chỉ dành cho thiết bị thu thập", "For collecting devices only")
    message = Text(
        "Việc này chỉ dành cho thiết bị đã đăng ký thu thập. Hãy mở ứng dụng thu thập trên điện "
        "thoại và đăng ký thiết bị trước.",
        "This is for devices enrolled to collect. Open the field app on a phone and enrol it "
        "first.",
    )


@dataclass(eq=False)
class SubmissionTooLarge(TooLarge):
    """A record, or its private part, is larger than is taken."""

    slug = "submission-too-large"
    title = Text("Phiếu thu thập quá lớn", "The record is too large")
    message = Text(
        "Phiếu lớn hơn {limit_bytes} byte nên chưa được nhận; phiếu vẫn còn trên máy. Hãy rút gọn "
        "ghi chú rồi gửi lại; ảnh được gửi riêng.",
        "The record is larger than {limit_bytes} bytes and was not taken; it is still on the "
        "device. Make its notes shorter and send it again; photos are sent apart.",
    )
    limit_bytes: int


@dataclass(eq=False)
class BlockTooMany(Conflict):
    """The device holds as many unused codes of the commune as it may."""

    slug = "block-too-many"
    title = Text("Máy còn đủ mã", "The device has codes enough")
    message = Text(
        "Máy còn {unused} mã chưa dùng của phường, xã này; tối đa {limit}. Hãy dùng bớt hoặc xin "
        "ít hơn.",
        "The device holds {unused} unused codes of this commune, of {limit} at most. Use some of "
        "them, or ask for fewer.",
    )
    unused: int
    limit: int


@dataclass(eq=False)
class ContactSettled(Conflict):
    """There are no two holders to choose from, or somebody chose."""

    slug = "contact-settled"
    title = Text("Không còn gì để chọn", "There is nothing to choose")
    message = Text(
        "Phiếu {record} không còn hai người liên hệ khác nhau: có thể đã có người chọn. Hãy tải "
        "lại trang.",
        "The record {record} has no two contacts to choose from: somebody may have chosen. Load "
        "the page again.",
    )
    record: str


@dataclass(eq=False)
class ContactChanged(Stale):
    """One of two holders to choose from is another than was seen."""

    slug = "contact-changed"
    title = Text("Người liên hệ đã thay đổi", "The contacts have changed")
    message = Text(
        "Người đang có trong sổ hoặc người mới ghi đã thay đổi sau khi bạn xem, nên chưa ghi gì. "
        "Hãy xem lại hai người rồi chọn lại.",
        "Who is in the register or who was noted has changed since you looked, so nothing was "
        "written. Look at both again, then choose anew.",
    )


@dataclass(eq=False)
class CarriedUnreadable(InvalidInput):
    """A file is not what the app exports."""

    slug = "carried-unreadable"
    title = Text("Tệp phiếu không đọc được", "The file of records cannot be read")
    message = Text(
        "Đây không phải tệp phiếu xuất từ ứng dụng thu thập, hoặc tệp bị cắt mất phần cuối. Hãy "
        "xuất lại trên điện thoại rồi chép nguyên tệp.",
        "This is no file of records the field app exports, or its end is missing. Export it again "
        "on the phone and copy the whole file.",
    )
    errors: list[Pointer]


@dataclass(eq=False)
class CarriedTooLarge(TooLarge):
    """A file of records is larger than is taken."""

    slug = "carried-too-large"
    title = Text("Tệp phiếu quá lớn", "The file of records is too large")
    message = Text(
        "Tệp phiếu lớn hơn {limit_bytes} byte. Hãy gửi một phần từ điện thoại khi có mạng, rồi "
        "xuất phần còn lại.",
        "The file is larger than {limit_bytes} bytes. Send some from the phone where there is a "
        "network, then export the rest.",
    )
    limit_bytes: int


@dataclass(eq=False)
class PhotoCarriedUnreadable(InvalidInput):
    """A photo in a file of records is no photo."""

    slug = "photo-carried-unreadable"
    title = Text("Ảnh trong tệp không đọc được", "A photo in the file cannot be read")
    message = Text(
        "Một ảnh trong tệp bị hỏng nên chưa được nhận; phiếu của ảnh vẫn được nhận. Hãy xuất lại "
        "từ điện thoại.",
        "A photo in the file is damaged and was not taken; its record was. Export the file again "
        "from the phone.",
    )


@dataclass(eq=False)
class ObservationsTooMany(InvalidInput):
    """A file of observations of everywhere is asked for."""

    slug = "collection-observations-too-many"
    title = Text("Hãy chọn phường, xã hoặc nhiệm vụ", "Choose a commune or a task")
    message = Text(
        "Tệp CSV chứa mọi quan sát của một phường, xã hoặc một nhiệm vụ. Hãy thêm commune hoặc "
        "task; muốn lấy tất cả thì đọc từng trang dạng JSON.",
        "A CSV file holds all observations of a commune or a task. Name commune or task; for all "
        "there are, read the JSON page by page.",
    )
