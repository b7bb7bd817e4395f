"""What the geocoder refuses."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text, TooLarge, Unavailable


@dataclass(eq=False)
class NothingAsked(InvalidInput):
    """There is neither a text nor a component."""

    slug = "nothing-to-geocode"
    title = Text("Chưa có địa chỉ", "No address given")
    message = Text(
        "Hãy gửi địa chỉ trong {field}, hoặc từng phần: house_number, thoroughfare, locality, "
        "commune, district, province.",
        "Send the address in {field}, or its parts: house_number, thoroughfare, locality, "
        "commune, district, province.",
    )
    field: str
    """Name of the field a whole text goes into."""


@dataclass(eq=False)
class AskedTwice(InvalidInput):
    """A whole text and parts exclude each other."""

    slug = "text-and-parts"
    title = Text("Chỉ chọn một cách hỏi", "Ask in one way only")
    message = Text(
        "{given} không đi cùng nhau được: hãy gửi cả địa chỉ trong một ô, hoặc từng phần, hoặc "
        "mã địa chỉ.",
        "{given} exclude each other: send the whole address in one field, or its parts, or a code.",
    )
    given: str


@dataclass(eq=False)
class ContextInvalid(InvalidInput):
    """Beside a whole text, commune and province say where to look, by code."""

    slug = "context-not-a-code"
    title = Text("Phạm vi tìm phải là mã", "The context must be a code")
    message = Text(
        "Khi đã có q, {field} chỉ giới hạn nơi tìm và phải là mã {digits} chữ số; tên đơn vị hãy "
        "ghi trong q.",
        "With q, {field} only limits where to look and must be a code of {digits} digits; names "
        "of units belong into q.",
    )
    field: str
    digits: int


@dataclass(eq=False)
class PointIncomplete(InvalidInput):
    """A longitude without a latitude, or the other way round."""

    slug = "point-incomplete"
    title = Text("Thiếu một tọa độ", "Half a point")
    message = Text(
        "lon và lat phải đi cùng nhau, theo độ WGS 84.",
        "lon and lat go together, in degrees, WGS 84.",
    )


@dataclass(eq=False)
class GeocoderLoading(Unavailable):
    """Names are not in memory yet."""

    slug = "geocoder-loading"
    title = Text("Đang nạp danh mục", "Names are being loaded")
    message = Text(
        "Máy chủ vừa khởi động và đang nạp tên đường, tên phường, xã. Hãy thử lại sau "
        "{retry_after_s} giây.",
        "The server has just started and is loading the names of streets and communes. Try "
        "again in {retry_after_s} seconds.",
    )
    retry_after_s: int = 2


@dataclass(eq=False)
class BatchEmpty(InvalidInput):
    """There is nothing in a batch."""

    slug = "batch-empty"
    title = Text("Danh sách trống", "Nothing in the batch")
    message = Text(
        "Danh sách “items” đang trống. Hãy gửi từ 1 đến {limit} mục trong một lần.",
        "“items” is empty. Send between 1 and {limit} items at a time.",
    )
    limit: int


@dataclass(eq=False)
class BatchTooLong(TooLarge):
    """More items than are answered in one request."""

    slug = "batch-too-long"
    title = Text("Danh sách quá dài", "Too many items at once")
    message = Text(
        "Danh sách có {count} mục, mỗi lần gửi tối đa {limit} mục. Hãy chia thành nhiều lần, hoặc "
        "ghi vào tệp CSV rồi dùng lệnh: addrsvc geocode file.",
        "There are {count} items, and at most {limit} are taken at a time. Send them in parts, or "
        "write them to a CSV file and use: addrsvc geocode file.",
    )
    count: int
    limit: int


@dataclass(eq=False)
class BatchesBusy(Unavailable):
    """So many batches are being answered already."""

    slug = "batches-busy"
    title = Text("Đang có nhiều danh sách chờ xử lý", "Too many batches at once")
    message = Text(
        "Máy chủ đang xử lý {limit} danh sách cùng lúc nên chưa nhận danh sách này. Hãy gửi lại "
        "sau {retry_after_s} giây, và gửi lần lượt từng danh sách.",
        "{limit} batches are being answered already, so this one was not begun. Send it again in "
        "{retry_after_s} seconds, and send one batch after the other.",
    )
    limit: int
    retry_after_s: int


@dataclass(eq=False)
class AskerGone(Unavailable):
    """Whoever sent a batch went away before the answer: nobody reads this."""

    slug = "asker-gone"
    title = Text("Bên gửi đã ngắt kết nối", "The asker went away")
    message = Text(
        "Kết nối đã đóng trước khi có kết quả nên việc xử lý đã dừng. Hãy gửi lại danh sách.",
        "The connection was closed before the answer, so the work was stopped. Send it again.",
    )
