"""Why a copy cannot be built or brought along."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, Forbidden, InvalidInput, NotFound, Text, Unavailable


@dataclass(eq=False)
class ServerAway(Unavailable):
    """The server does not answer, or not now; a follower tries again by itself."""

    slug = "replica-server-away"
    title = Text("Máy chủ không trả lời", "Server does not answer")
    message = Text(
        "Máy chủ {url} không trả lời ({reason}). Hãy kiểm tra địa chỉ và đường truyền rồi chạy "
        "lại; bản sao không bị ảnh hưởng.",
        "The server {url} does not answer ({reason}). Check the address and the line and run "
        "again; the copy is unharmed.",
    )
    url: str
    reason: str
    retry_after_s: float | None = None


@dataclass(eq=False)
class AccessRefused(Forbidden):
    """The server answered that this may not be asked."""

    slug = "replica-access-refused"
    title = Text("Máy chủ từ chối", "Refused by the server")
    message = Text(
        "Máy chủ từ chối yêu cầu ({answered}): {said} Khóa cần các quyền events:read và "
        "addresses:read.",
        "The server refused ({answered}): {said} The key needs the scopes events:read and "
        "addresses:read.",
    )
    answered: int
    said: str


@dataclass(eq=False)
class NotThisServer(InvalidInput):
    """What answered is not this service, or one we do not understand."""

    slug = "replica-not-this-server"
    title = Text("Không phải máy chủ địa chỉ số", "Not an address server")
    message = Text(
        "{url} không trả lời như một máy chủ addrsvc ({what}). Hãy kiểm tra lại địa chỉ máy chủ.",
        "{url} does not answer as an addrsvc server does ({what}). Check the server's address.",
    )
    url: str
    what: str


@dataclass(eq=False)
class SnapshotCut(Unavailable):
    """The snapshot ended before its last line."""

    slug = "replica-snapshot-cut"
    title = Text("Bản chụp bị đứt giữa chừng", "Snapshot cut short")
    message = Text(
        "Bản chụp chưa về đủ ({addresses} địa chỉ thì đứt). Không có gì bị ghi đè; hãy chạy lại.",
        "The snapshot was cut after {addresses} addresses. Nothing was replaced; run again.",
    )
    addresses: int


@dataclass(eq=False)
class ChainBroken(Conflict):
    """An event is not the one the chain of hashes continues with."""

    slug = "replica-chain-broken"
    title = Text("Chuỗi sự kiện bị đứt", "Chain of events broken")
    message = Text(
        "Sự kiện số {number} không nối tiếp chuỗi băm mà bản sao đã có: dữ liệu trên máy chủ đã bị "
        "sửa hoặc được khôi phục từ bản khác. Hãy báo quản trị viên máy chủ (lệnh addrsvc audit "
        "verify) trước khi dựng lại bản sao.",
        "Event {number} does not continue the chain of hashes this copy has: the server's data "
        "were altered or restored from elsewhere. Tell the server's administrator (addrsvc audit "
        "verify) before building the copy anew.",
    )
    number: int


@dataclass(eq=False)
class RightsChanged(Conflict):
    """The key sees more or less than the one the copy was built with."""

    slug = "replica-rights-changed"
    title = Text("Quyền của khóa đã thay đổi", "The key's rights have changed")
    message = Text(
        "Khóa này thấy nhiều hơn hoặc ít hơn lúc dựng bản sao, nên bản sao không còn khớp. "
        "Hãy dựng lại bằng: addrsvc replica build.",
        "This key sees more or less than when the copy was built, so the copy does not fit any "
        "more. Build it anew with: addrsvc replica build.",
    )


@dataclass(eq=False)
class CopyAhead(Conflict):
    """The copy knows of events the server does not."""

    slug = "replica-copy-ahead"
    title = Text("Bản sao mới hơn máy chủ", "Copy ahead of the server")
    message = Text(
        "Bản sao đã có sự kiện số {number} mà máy chủ chưa có: máy chủ có lẽ đã được khôi phục từ "
        "bản sao lưu cũ. Hãy hỏi quản trị viên máy chủ, rồi dựng lại bằng: addrsvc replica build.",
        "The copy has event {number}, which the server does not: it may have been restored from "
        "an older backup. Ask its administrator, then build anew with: addrsvc replica build.",
    )
    number: int


@dataclass(eq=False)
class CopyMissing(NotFound):
    """There is no copy in the folder."""

    slug = "replica-copy-missing"
    title = Text("Chưa có bản sao", "No copy there")
    message = Text(
        "Thư mục {folder} chưa có bản sao. Hãy dựng bằng: addrsvc replica build.",
        "There is no copy in {folder}. Build one with: addrsvc replica build.",
    )
    folder: str


@dataclass(eq=False)
class CopyUnusable(Conflict):
    """The file of the copy cannot be read or written."""

    slug = "replica-copy-unusable"
    title = Text("Không dùng được bản sao", "Copy cannot be used")
    message = Text(
        "Không đọc hoặc ghi được bản sao trong {folder} ({reason}). Hãy kiểm tra chỗ trống trên "
        "đĩa và quyền ghi rồi chạy lại. Nếu vẫn vậy thì tệp đã hỏng: hãy dựng lại bằng: addrsvc "
        "replica build.",
        "The copy in {folder} cannot be read or written ({reason}). Check that the disk has room "
        "and may be written to, and run again. If it stays, the file is damaged: build it anew "
        "with: addrsvc replica build.",
    )
    folder: str
    reason: str


@dataclass(eq=False)
class CopyInUse(Conflict):
    """Another process keeps the copy."""

    slug = "replica-copy-in-use"
    title = Text("Bản sao đang được dùng", "Copy in use")
    message = Text(
        "Một tiến trình khác đang giữ bản sao trong {folder}. Hãy dừng tiến trình đó trước.",
        "Another process keeps the copy in {folder}. Stop that one first.",
    )
    folder: str


@dataclass(eq=False)
class KeyFileUnreadable(InvalidInput):
    """The file with the key cannot be read."""

    slug = "replica-key-file-unreadable"
    title = Text("Không đọc được tệp khóa", "Key file cannot be read")
    message = Text(
        "Không đọc được khóa từ {file}. Tệp phải chứa đúng một khóa do lệnh addrsvc keys create "
        "in ra.",
        "No key can be read from {file}. The file has to hold one key as printed by addrsvc keys "
        "create.",
    )
    file: str
