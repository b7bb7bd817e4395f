"""What is refused of tasks, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Stale, Text


@dataclass(eq=False)
class TaskUnknown(NotFound):
    """There is no such task, or not for this principal."""

    slug = "collection-task-unknown"
    title = Text("Không có nhiệm vụ này", "Unknown task")
    message = Text(
        "Không tìm thấy nhiệm vụ này, hoặc nhiệm vụ đã đóng hay đã giao cho người khác. Hãy tải "
        "lại danh sách nhiệm vụ.",
        "There is no such task, or it was closed or given to somebody else. Load the list of "
        "tasks again.",
    )


@dataclass(eq=False)
class TaskStale(Stale):
    """Somebody changed the task since the asker read it."""

    slug = "collection-task-stale"
    title = Text("Nhiệm vụ đã thay đổi", "Task has changed")
    message = Text(
        "Bạn đang sửa phiên bản {given}, nhưng nhiệm vụ đã ở phiên bản {current}. Hãy tải lại, "
        "xem thay đổi rồi sửa lại.",
        "You are changing version {given}, but the task is at version {current}. Load it again, "
        "look at what changed, and repeat your change.",
    )
    given: int
    current: int


@dataclass(eq=False)
class TaskClosed(Conflict):
    """A closed task is not changed."""

    slug = "collection-task-closed"
    title = Text("Nhiệm vụ đã đóng", "Task is closed")
    message = Text(
        "Nhiệm vụ đã đóng nên không sửa được. Hãy mở lại nhiệm vụ trước.",
        "The task is closed and cannot be changed. Open it again first.",
    )


@dataclass(eq=False)
class TaskCommuneUnknown(InvalidInput):
    """There is no such commune today."""

    slug = "collection-task-commune-unknown"
    title = Text("Không có phường, xã này", "No such commune")
    message = Text(
        "Hiện không có phường, xã nào mang mã {commune}. Hãy chọn lại phường, xã.",
        "No commune has the code {commune} today. Choose the commune again.",
    )
    commune: str


@dataclass(eq=False)
class TaskAreaUnclear(InvalidInput):
    """What tells the area does not fit its kind."""

    slug = "collection-task-area-unclear"
    title = Text("Khu vực của nhiệm vụ chưa rõ", "Area of the task is not clear")
    message = Text(
        "Nhiệm vụ theo khu phố, ấp cần loại và tên; theo tuyến đường cần tên đường; theo vùng vẽ "
        "cần hình GeoJSON; cả phường, xã thì bỏ trống các ô đó. Hãy điền đúng một cách.",
        "A task of a locality takes its kind and name, one of a street its name, a drawn one its "
        "GeoJSON shape, and one of a whole commune none of them. Fill in one way only.",
    )


@dataclass(eq=False)
class TaskAreaUnread(InvalidInput):
    """A drawn area is no GeoJSON polygon."""

    slug = "collection-task-area-unread"
    title = Text("Không đọc được vùng vẽ", "The drawn area cannot be read")
    message = Text(
        "Vùng vẽ phải là hình Polygon hoặc MultiPolygon theo GeoJSON, tọa độ WGS 84, kinh độ "
        "trước. Hãy vẽ lại hoặc dán lại.",
        "The area must be a GeoJSON Polygon or MultiPolygon, WGS 84, longitude first. Draw it or "
        "paste it again.",
    )


@dataclass(eq=False)
class TaskAreaOutside(InvalidInput):
    """A drawn area reaches beyond the commune."""

    slug = "collection-task-area-outside"
    title = Text("Vùng vẽ ra ngoài phường, xã", "The area reaches outside the commune")
    message = Text(
        "Vùng vẽ ra ngoài ranh giới {commune} hơn {metres} m. Hãy vẽ lại trong ranh giới, hoặc "
        "chọn phường, xã khác.",
        "The area reaches more than {metres} m beyond the boundary of {commune}. Draw it within, "
        "or choose another commune.",
    )
    commune: str
    metres: int


@dataclass(eq=False)
class TaskPersonUnfit(InvalidInput):
    """Nobody of this id may collect addresses there."""

    slug = "collection-task-person-unfit"
    title = Text("Không giao được cho người này", "Cannot be given to this person")
    message = Text(
        "Không có tài khoản đang mở nào mang mã “{person}” được ghi địa chỉ tại phường, xã này. "
        "Hãy ghi dạng account:tên-đăng-nhập, hoặc nhờ quản trị cấp quyền cho người đó.",
        "No open account “{person}” may write addresses in this commune. Give it as account:login, "
        "or ask an administrator to grant that person the right.",
    )
    person: str


@dataclass(eq=False)
class TaskPartsUnknown(InvalidInput):
    """Parts a commune is to be split into are not among those its addresses have."""

    slug = "collection-task-parts-unknown"
    title = Text("Không có phần này trong phường, xã", "No such part of the commune")
    message = Text(
        "{count} tên không có trong địa chỉ hay danh mục của phường, xã, ví dụ: {names}. Hãy xem "
        "lại tên, hoặc vẽ vùng trên bản đồ.",
        "{count} names are in no address or list of the commune, such as: {names}. Look at them "
        "again, or draw an area on the map.",
    )
    count: int
    names: str


@dataclass(eq=False)
class TaskPartsTooMany(InvalidInput):
    """A commune has more parts than one call makes tasks."""

    slug = "collection-task-parts-too-many"
    title = Text("Quá nhiều nhiệm vụ cùng lúc", "Too many tasks at once")
    message = Text(
        "Sẽ có {count} nhiệm vụ, tối đa {most} trong một lần. Hãy nêu tên một số phần, hoặc bỏ "
        "các phần có ít địa chỉ.",
        "That would be {count} tasks; at most {most} at once. Name some parts, or leave out "
        "those with few addresses.",
    )
    count: int
    most: int


@dataclass(eq=False)
class TaskPartsNone(InvalidInput):
    """A commune has no such parts."""

    slug = "collection-task-parts-none"
    title = Text("Không có gì để chia", "Nothing to split by")
    message = Text(
        "Địa chỉ và danh mục của phường, xã này chưa có khu phố, ấp hay tên đường như vậy. Hãy "
        "tạo một nhiệm vụ cho cả phường, xã hoặc vẽ vùng trên bản đồ.",
        "Addresses and lists of this commune have no such localities or streets yet. Make a task "
        "of the whole commune, or draw areas on the map.",
    )
