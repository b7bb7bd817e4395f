"""What is refused of a sheet that was filled in, or of one row of it."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text, TooLarge


@dataclass(eq=False)
class SheetNotOurs(InvalidInput):
    """It is not a list that was given out here."""

    slug = "collection-sheet-not-ours"
    title = Text("Không phải bảng rà soát", "Not one of our lists")
    message = Text(
        "Tệp không phải bảng rà soát tải từ hệ thống, hoặc dòng tiêu đề và các cột ẩn đã bị xóa. "
        "Hãy tải lại bảng của nhiệm vụ và chép phần đã ghi vào đó.",
        "The file is not a list of ours, or its headings and hidden columns were deleted. Download "
        "the list of the task again and copy what was filled in into it.",
    )


@dataclass(eq=False)
class SheetTooLong(TooLarge):
    """More rows say something than are taken at once."""

    slug = "collection-sheet-too-long"
    title = Text("Bảng có quá nhiều dòng", "Too many rows")
    message = Text(
        "Mỗi lần nhập tối đa {limit} dòng. Hãy chia bảng thành nhiều tệp, giữ nguyên dòng tiêu đề.",
        "At most {limit} rows are taken at once. Cut the sheet into several, each with its "
        "headings.",
    )
    limit: int


@dataclass(eq=False)
class RowUnclear(InvalidInput):
    """A cell of a row cannot be understood."""

    slug = "collection-row-unclear"
    title = Text("Ô không hiểu được", "A cell cannot be understood")
    message = Text(
        "Ô “{column}” ghi “{value}” không hiểu được. Hãy sửa ô này rồi nhập lại bảng; các dòng đã "
        "nhập không bị nhập lần nữa.",
        "The cell “{column}” says “{value}”, which cannot be understood. Mend it and import the "
        "sheet again; rows that were taken are not taken twice.",
    )
    column: str
    value: str


@dataclass(eq=False)
class RowSaysTwoThings(InvalidInput):
    """It is marked as right and changed all the same."""

    slug = "collection-row-says-two-things"
    title = Text("Dòng ghi hai ý", "The row says two things")
    message = Text(
        "Dòng này chọn “{outcome}” nhưng thông tin đã bị sửa. Hãy chọn “Sửa”, hoặc trả lại thông "
        "tin như lúc in.",
        "The row says “{outcome}”, and was changed all the same. Choose “Sửa”, or put back what "
        "was printed.",
    )
    outcome: str


@dataclass(eq=False)
class RowOfSomebodyElse(Conflict):
    """Somebody else brought this sheet before; what it said of this address is their record."""

    slug = "collection-row-of-somebody-else"
    title = Text("Người khác đã nhập bảng này", "Somebody else brought this sheet")
    message = Text(
        "Dòng này đã có người khác nhập từ chính bảng này; phiếu của họ giữ nguyên. Nếu cần sửa, "
        "hãy nhờ họ nhập lại bảng đã sửa, hoặc tải bảng mới của nhiệm vụ và ghi vào đó.",
        "Somebody else brought this row of this very sheet; their record stays. To mend it, ask "
        "them to bring the mended sheet, or download a new list of the task and fill that in.",
    )
