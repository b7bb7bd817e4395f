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
