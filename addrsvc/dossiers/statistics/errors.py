"""What statistics of dossiers refuse."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text, TooLarge


@dataclass(eq=False)
class StatisticsByUnknown(InvalidInput):
    """Counts are not told apart by that."""

    slug = "statistics-by-unknown"
    title = Text("Không thống kê theo mục này được", "No such dimension")
    message = Text(
        "Không có thống kê theo “{given}”. Hãy chọn trong: {known}; cách nhau bằng dấu phẩy.",
        "There are no counts by “{given}”. Choose among: {known}, with commas between them.",
    )
    given: str
    known: str


@dataclass(eq=False)
class StatisticsByTwice(InvalidInput):
    """A dimension is named twice, or day and month together."""

    slug = "statistics-by-twice"
    title = Text("Mục thống kê bị lặp", "Dimension named twice")
    message = Text(
        "Trong “{given}” có mục bị lặp. Mỗi mục chỉ ghi một lần, và chỉ chọn ngày hoặc tháng.",
        "“{given}” names something twice. Name each once, and either day or month.",
    )
    given: str


@dataclass(eq=False)
class StatisticsTooWide(TooLarge):
    """More rows would come of it than are given at once."""

    slug = "statistics-too-wide"
    title = Text("Bảng thống kê quá lớn", "Too many rows")
    message = Text(
        "Kết quả có hơn {limit} dòng. Hãy thu hẹp khoảng ngày, chọn một phường, xã hoặc một thủ "
        "tục, hay bớt mục thống kê.",
        "More than {limit} rows would come of it. Take fewer days, one commune or one procedure, "
        "or fewer dimensions.",
    )
    limit: int
