"""What is refused of photos on their way; whatever is refused is still on the device."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import (
    Conflict,
    Gone,
    InvalidInput,
    NotFound,
    Text,
    TooLarge,
    TooMany,
    Unavailable,
)


@dataclass(eq=False)
class PhotoUnknown(NotFound):
    """The record announced no such photo, or it is not for this principal."""

    slug = "photo-unknown"
    title = Text("Không có ảnh này", "Unknown photo")
    message = Text(
        "Phiếu này không khai ảnh mang mã đó. Hãy gửi lại phiếu có khai ảnh, rồi mới gửi ảnh.",
        "The record announced no such photo. Send the record that announces it first, then the "
        "photo.",
    )


@dataclass(eq=False)
class PhotoErased(Gone):
    """It was here and is kept no longer, or is to be looked for in the backup."""

    slug = "photo-erased"
    title = Text("Ảnh không còn", "The photo is gone")
    message = Text(
        "Ảnh đã hết thời hạn giữ và đã bị xóa.",
        "The photo was kept for as long as the settings say, and was erased.",
    )


@dataclass(eq=False)
class PhotoNotHere(NotFound):
    """It did not come whole yet, or its file cannot be found."""

    slug = "photo-not-here"
    title = Text("Chưa có ảnh", "The photo is not here yet")
    message = Text(
        "Máy thu thập chưa gửi hết ảnh này. Hãy xem lại khi máy đã có mạng.",
        "The device has not sent all of this photo. Look again once it had a network.",
    )


@dataclass(eq=False)
class PhotoUnseen(Conflict):
    """It is kept as it was sent, and never shown: nobody knows what is in it."""

    slug = "photo-unseen"
    title = Text("Ảnh không mở được", "The photo cannot be opened")
    message = Text(
        "Tệp ảnh đã nhận đủ nhưng không mở được thành ảnh JPEG, PNG hoặc WebP. Hãy trả phiếu lại "
        "và nhờ người thu thập chụp lại.",
        "The file came whole but does not open as a JPEG, PNG or WebP picture. Send the record "
        "back and ask the collector to take the photo again.",
    )


@dataclass(eq=False)
class PhotoOffsetWrong(Conflict):
    """The part does not begin where what is here ends."""

    slug = "photo-offset-wrong"
    title = Text("Phần ảnh không nối tiếp", "The part does not fit on")
    message = Text(
        "Máy chủ đã có {offset} byte của ảnh này. Hãy gửi tiếp từ byte đó.",
        "The server has {offset} bytes of this photo. Send on from there.",
    )
    offset: int


@dataclass(eq=False)
class PhotoHashWrong(InvalidInput):
    """All of it came, and it is not what was announced."""

    slug = "photo-hash-wrong"
    title = Text("Ảnh bị sai khi gửi", "The photo came wrong")
    message = Text(
        "Ảnh đã đến đủ nhưng không đúng mã băm đã khai nên phần đã nhận bị bỏ. Hãy gửi lại ảnh từ "
        "đầu.",
        "All of the photo came, but its hash is not the one announced; what had come was dropped. "
        "Send the photo again from its beginning.",
    )
    offset: int = 0


@dataclass(eq=False)
class PhotoLongerThanSaid(InvalidInput):
    """More bytes than the record announced."""

    slug = "photo-longer-than-said"
    title = Text("Ảnh dài hơn đã khai", "The photo is longer than announced")
    message = Text(
        "Phiếu khai ảnh dài {bytes} byte; phần vừa gửi vượt quá. Hãy gửi phần còn lại, từ byte "
        "{offset}.",
        "The record announced {bytes} bytes; this part goes beyond. Send what is left, from byte "
        "{offset}.",
    )
    bytes: int
    offset: int


@dataclass(eq=False)
class PhotoPartUnreadable(InvalidInput):
    """The headers of a part are not as they should be."""

    slug = "photo-part-unreadable"
    title = Text("Phần ảnh gửi chưa đúng cách", "The part was not sent as it should be")
    message = Text(
        "Mỗi phần ảnh cần có Content-Type: application/offset+octet-stream và Upload-Offset là số "
        "byte máy chủ đã có.",
        "Each part needs Content-Type: application/offset+octet-stream, and Upload-Offset: the "
        "number of bytes the server has.",
    )


@dataclass(eq=False)
class PhotoPartTooLarge(TooLarge):
    """One part is larger than is taken at a time."""

    slug = "photo-part-too-large"
    title = Text("Phần ảnh quá lớn", "The part is too large")
    message = Text(
        "Mỗi lần chỉ nhận {limit_bytes} byte của một ảnh. Hãy chia nhỏ hơn; phần đã nhận vẫn còn.",
        "At most {limit_bytes} bytes of a photo are taken at a time. Send smaller parts; what came "
        "is kept.",
    )
    limit_bytes: int


@dataclass(eq=False)
class PhotosTooMany(TooMany):
    """A device sent as many bytes of photos today as it may."""

    slug = "photos-too-many"
    title = Text("Máy đã gửi đủ ảnh hôm nay", "Enough photos for today")
    message = Text(
        "Máy này đã gửi hết {limit_bytes} byte ảnh của hôm nay. Ảnh còn lại vẫn ở trên máy và được "
        "gửi tiếp sau {retry_after_s} giây.",
        "This device has sent the {limit_bytes} bytes of photos it may in a day. The rest stays on "
        "the device; go on in {retry_after_s} seconds.",
    )
    limit_bytes: int
    retry_after_s: int


@dataclass(eq=False)
class PhotosNotTaken(Unavailable):
    """No folder is set for photos."""

    slug = "photos-not-taken"
    title = Text("Chưa nhận ảnh", "Photos are not taken here")
    message = Text(
        "Máy chủ chưa có thư mục để nhận ảnh; ảnh vẫn còn trên máy. Quản trị viên cần đặt "
        "ADDRSVC_PHOTOS_DIR hoặc ADDRSVC_FILES_DIR (thư mục chung của mọi tiến trình) rồi khởi "
        "động lại.",
        "The server has no folder to take photos into; they stay on the device. The operator has "
        "to set ADDRSVC_PHOTOS_DIR or ADDRSVC_FILES_DIR, a folder all its processes share, and "
        "start it again.",
    )


@dataclass(eq=False)
class NoRoomForPhoto(Unavailable):
    """The disk is full, or as good as."""

    slug = "no-room-for-photo"
    title = Text("Máy chủ không đủ chỗ cho ảnh", "No room for the photo")
    message = Text(
        "Ổ đĩa của máy chủ không đủ chỗ cho ảnh. Phần đã nhận vẫn còn, ảnh vẫn ở trên máy và sẽ "
        "được gửi lại. Nếu vẫn vậy, hãy báo quản trị viên.",
        "The server's disk has no room for the photo. What came is kept, the photo stays on the "
        "device and will be sent again. If it stays so, tell the operator.",
    )
    retry_after_s: int = 300


@dataclass(eq=False)
class PhotosFolderUnusable(Unavailable):
    """The folder for photos cannot be written to."""

    slug = "photos-folder-unusable"
    title = Text("Không ghi được vào thư mục ảnh", "The folder for photos cannot be written")
    message = Text(
        "Máy chủ không ghi được vào thư mục ảnh; ảnh vẫn còn trên máy. Quản trị viên cần xem lại "
        "ADDRSVC_PHOTOS_DIR: thư mục phải có và tiến trình phải có quyền ghi.",
        "The server cannot write to the folder for photos; they stay on the device. The operator "
        "has to look at ADDRSVC_PHOTOS_DIR: the folder must exist and be writable by the service.",
    )
    retry_after_s: int = 60
