"""What makes one row unusable: each becomes a reason in the file of refused rows.

None of them repeats what may be a person's name or number.
"""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text


@dataclass(eq=False)
class RowBroken(InvalidInput):
    """A quote opens and never closes as it should."""

    slug = "row-broken"
    title = Text("Dấu ngoặc kép không khớp", "Broken quote")
    message = Text(
        "Dấu ngoặc kép mở mà không đóng đúng chỗ. Hãy sửa dấu ngoặc kép ở dòng này.",
        "A quote opens and does not close where it should. Mend the quotes of this line.",
    )


@dataclass(eq=False)
class RowColumns(InvalidInput):
    """The row has more or fewer cells than the header."""

    slug = "row-columns"
    title = Text("Sai số cột", "Wrong number of columns")
    message = Text(
        "Dòng có {found} ô nhưng tiêu đề có {expected} cột.",
        "The row has {found} cells, the header {expected} columns.",
    )
    expected: int
    found: int


@dataclass(eq=False)
class RowNotObject(InvalidInput):
    """A line of NDJSON is no JSON object."""

    slug = "row-not-object"
    title = Text("Dòng không phải đối tượng JSON", "Line is no JSON object")
    message = Text(
        'Dòng này không phải một đối tượng JSON như {{"cột": "giá trị"}}.',
        'The line is no JSON object such as {{"column": "value"}}.',
    )


@dataclass(eq=False)
class RowEncoding(InvalidInput):
    """Bytes that are no text in the encoding of the file."""

    slug = "row-encoding"
    title = Text("Sai bảng mã", "Wrong encoding")
    message = Text(
        "Cột “{column}” có byte không đọc được theo {encoding}. Hãy lưu tệp lại dạng UTF-8, "
        "hoặc chỉ rõ --encoding.",
        "The column “{column}” holds bytes that are no {encoding}. Save the file as UTF-8, or "
        "name its --encoding.",
    )
    column: str
    encoding: str


@dataclass(eq=False)
class CellTooLong(InvalidInput):
    """A cell holds more characters than the field may."""

    slug = "cell-too-long"
    title = Text("Ô quá dài", "Cell too long")
    message = Text(
        "“{field}” dài quá {limit} ký tự.", "“{field}” has more than {limit} characters."
    )
    field: str
    limit: int


@dataclass(eq=False)
class CellFormula(InvalidInput):
    """A spreadsheet cell is computed; formulas are never evaluated here."""

    slug = "cell-formula"
    title = Text("Ô là công thức", "Cell is a formula")
    message = Text(
        "Cột “{column}” là công thức. Hãy dán dưới dạng giá trị rồi nhập lại.",
        "The column “{column}” is a formula. Paste it as a value and import again.",
    )
    column: str


@dataclass(eq=False)
class CellDate(InvalidInput):
    """The spreadsheet program turned a text such as 12/3 into a date."""

    slug = "cell-date"
    title = Text("Ô bị đổi thành ngày tháng", "Cell became a date")
    message = Text(
        "Phần mềm bảng tính đã đổi cột “{column}” thành ngày tháng (ví dụ số nhà 12/3). Hãy định "
        "dạng cột là Văn bản rồi gõ lại.",
        "The spreadsheet program turned the column “{column}” into a date (a house number such "
        "as 12/3). Format the column as text and type it again.",
    )
    column: str


@dataclass(eq=False)
class GeometryRefused(InvalidInput):
    """A feature is no single point."""

    slug = "geometry-refused"
    title = Text("Không phải một điểm", "Not a point")
    message = Text(
        "Đối tượng không phải một điểm. Địa chỉ cần đúng một điểm (ví dụ cổng nhà).",
        "The feature is no point. An address needs exactly one point (such as the gate).",
    )
