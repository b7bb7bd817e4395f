"""What makes a whole import impossible. What makes one row unusable is in ``row_errors.py``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text, Unavailable


@dataclass(eq=False)
class FieldUnknown(InvalidInput):
    """``--map`` names a field that addresses do not have."""

    slug = "field-unknown"
    title = Text("Không có trường này", "Unknown field")
    message = Text(
        "Không có trường “{field}”. Các trường: {known}.",
        "There is no field “{field}”. The fields are: {known}.",
    )
    field: str
    known: str


@dataclass(eq=False)
class NothingMapped(InvalidInput):
    """No column says where anything is."""

    slug = "nothing-mapped"
    title = Text("Không nhận ra cột nào về vị trí", "No column says where")
    message = Text(
        "Không cột nào cho biết vị trí (tọa độ, phường/xã, địa chỉ hoặc mã). Hãy chỉ rõ, ví dụ: "
        "--map lon=X --map lat=Y. Các cột: {known}.",
        "No column says where things are (coordinates, commune, address or code). Name them, for "
        "example: --map lon=X --map lat=Y. The columns are: {known}.",
    )
    known: str


@dataclass(eq=False)
class SheetOfTask(InvalidInput):
    """A list of field collection, filled in: it knows what was printed, which this import does not.

    Taken here it would write over what others changed since, leave out what was chosen of each
    address, and register new houses a second time.
    """

    slug = "sheet-of-task"
    title = Text("Đây là bảng rà soát của một nhiệm vụ", "This is the list of a task")
    message = Text(
        "Tệp là bảng rà soát của một nhiệm vụ thu thập; nhập như tệp địa chỉ sẽ ghi đè chỗ người "
        "khác đã sửa và bỏ qua cột “Kết quả”. Hãy gửi tệp ở trang /collection, mục “Nhận phiếu từ "
        "tệp”, hoặc dùng lệnh: addrsvc collection import TỆP.",
        "The file is the list of a collection task; imported as addresses it would write over what "
        "others changed and leave out the column “Kết quả”. Send it at /collection under “Records "
        "from a file”, or run: addrsvc collection import FILE.",
    )


@dataclass(eq=False)
class ImportRunning(Conflict):
    """The same file is being imported by another process."""

    slug = "import-running"
    title = Text("Tệp đang được nhập", "Import already running")
    message = Text(
        "Một tiến trình khác đang nhập chính tệp này. Hãy đợi nó xong.",
        "Another process is importing this very file. Wait for it to end.",
    )


@dataclass(eq=False)
class ImportInterrupted(Unavailable):
    """The database went away in the middle of an import."""

    slug = "import-interrupted"
    title = Text("Việc nhập bị gián đoạn", "Import interrupted")
    message = Text(
        "Mất kết nối cơ sở dữ liệu sau {records} dòng. Không có gì mất: hãy chạy lại đúng lệnh "
        "này để nhập tiếp.",
        "The database went away after {records} records. Nothing is lost: run the same command "
        "again to go on.",
    )
    records: int
