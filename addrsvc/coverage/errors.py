"""What may be wrong with questions about coverage, and with numbers of households."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text


@dataclass(eq=False)
class GrowthDaysWrong(InvalidInput):
    """The last day comes before the first, or there are too many between them."""

    slug = "growth-days-wrong"
    title = Text("Khoảng ngày không hợp lệ", "Days not usable")
    message = Text(
        "Ngày đầu phải không sau ngày cuối, và cách nhau không quá {most} ngày.",
        "The first day comes no later than the last, at most {most} days before it.",
    )
    most: int


@dataclass(eq=False)
class ExpectedColumnMissing(InvalidInput):
    """A file of expected households lacks a column."""

    slug = "expected-column-missing"
    title = Text("Thiếu cột", "Column missing")
    message = Text(
        "Tệp {file} cần cột mã phường, xã (commune_code) và cột số hộ (households). Các cột đang "
        "có: {columns}.",
        "The file {file} needs a column of commune codes (commune_code) and one of households "
        "(households). Its columns: {columns}.",
    )
    file: str
    columns: str


@dataclass(eq=False)
class ExpectedTooMany(InvalidInput):
    """A file has more rows than there are communes, by far."""

    slug = "expected-too-many"
    title = Text("Tệp quá nhiều dòng", "Too many rows")
    message = Text(
        "Tệp có hơn {most} dòng. Mỗi phường, xã chỉ cần một dòng.",
        "The file has more than {most} rows. A commune needs one row.",
    )
    most: int


@dataclass(eq=False)
class ExpectedDayWrong(InvalidInput):
    """Nobody counts households of a day to come, and registers of units begin with a day."""

    slug = "expected-day-wrong"
    title = Text("Ngày số liệu không hợp lệ", "Day not usable")
    message = Text(
        "Ngày số liệu phải từ {first} đến {last}.", "The day of the numbers is {first} to {last}."
    )
    first: str
    last: str
