"""Why a filter is refused."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Language, Text
from addrsvc.ogc.model import TYPE_NAMES, Type


@dataclass(eq=False)
class FilterTooLong(InvalidInput):
    """A filter has more characters than are read."""

    slug = "filter-too-long"
    title = Text("Bộ lọc quá dài", "Filter too long")
    message = Text(
        "Bộ lọc dài {length} ký tự, tối đa {limit}. Hãy rút ngắn hoặc chia thành nhiều câu hỏi.",
        "The filter has {length} characters; at most {limit} are read. Shorten or divide it.",
    )
    length: int
    limit: int


@dataclass(eq=False)
class FilterTooDeep(InvalidInput):
    """Brackets of a filter stand deeper in each other than is read."""

    slug = "filter-too-deep"
    title = Text("Bộ lọc lồng nhau quá sâu", "Filter nested too deeply")
    message = Text(
        "Dấu ngoặc hoặc NOT trong bộ lọc lồng nhau quá {limit} tầng. Hãy viết phẳng hơn.",
        "Brackets or NOTs of the filter stand in each other more than {limit} deep. Flatten it.",
    )
    limit: int


@dataclass(eq=False)
class FilterTooLarge(InvalidInput):
    """A filter has more parts than are read."""

    slug = "filter-too-large"
    title = Text("Bộ lọc có quá nhiều phần", "Filter with too many parts")
    message = Text(
        "Bộ lọc có quá nhiều điều kiện, giá trị hoặc đỉnh ({parts}, tối đa {limit}). Hãy chia "
        "thành nhiều câu hỏi.",
        "The filter has too many conditions, values or vertices ({parts}, at most {limit}). "
        "Divide it.",
    )
    parts: int
    limit: int


@dataclass(eq=False)
class FilterUnreadable(InvalidInput):
    """A filter is no CQL2."""

    slug = "filter-unreadable"
    title = Text("Không đọc được bộ lọc", "Filter cannot be read")
    message = Text(
        "Bộ lọc không đúng cú pháp {language}, gần ký tự thứ {place}. Ví dụ đúng: {example}",
        "The filter is not {language}; look near character {place}. For example: {example}",
    )
    language: str
    place: int
    example: str


@dataclass(eq=False)
class FilterUnsupported(InvalidInput):
    """A filter holds what CQL2 has and we do not give."""

    slug = "filter-unsupported"
    title = Text("Bộ lọc dùng chức năng chưa hỗ trợ", "Filter uses what is not supported")
    message = Text(
        "Chưa hỗ trợ “{what}” trong bộ lọc. Dùng được: so sánh, AND, OR, NOT, IN, BETWEEN, LIKE, "
        "IS NULL, CASEI, ACCENTI, S_INTERSECTS.",
        "“{what}” is not supported in filters. Supported: comparison, AND, OR, NOT, IN, BETWEEN, "
        "LIKE, IS NULL, CASEI, ACCENTI, S_INTERSECTS.",
    )
    what: str


@dataclass(eq=False)
class PropertyUnknown(InvalidInput):
    """A filter names a property there is none of."""

    slug = "filter-property-unknown"
    title = Text("Không có thuộc tính này", "No such property")
    message = Text(
        "Không lọc được theo “{name}”. Các thuộc tính lọc được: {known}.",
        "There is no filtering by “{name}”. Properties that can be: {known}.",
    )
    name: str
    known: str


@dataclass(eq=False)
class FilterTypesDiffer(InvalidInput):
    """A filter compares what cannot be compared."""

    slug = "filter-types-differ"
    title = Text("So sánh hai loại giá trị khác nhau", "Values of different types compared")
    message = Text(
        "Trong bộ lọc, {operator} không nhận {found} ở chỗ cần {wanted}. Chữ ghi trong dấu nháy "
        "đơn, ngày ghi DATE('2025-07-01').",
        "In the filter, {operator} takes no {found} where {wanted} is wanted. Texts stand in "
        "single quotes, days as DATE('2025-07-01').",
    )
    operator: str
    wanted: Type
    found: Type

    def text(self, language: Language) -> str:
        """Say which types, in words of the language."""
        wanted, found = (TYPE_NAMES[each].in_(language) for each in (self.wanted, self.found))
        return self.message.in_(language).format(operator=self.operator, wanted=wanted, found=found)


@dataclass(eq=False)
class FilterValueInvalid(InvalidInput):
    """A value in a filter is none of its type, or out of range."""

    slug = "filter-value-invalid"
    title = Text("Giá trị trong bộ lọc không hợp lệ", "Invalid value in the filter")
    message = Text(
        "Giá trị “{given}” trong bộ lọc không phải {wanted} hợp lệ.",
        "The value “{given}” in the filter is no valid {wanted}.",
    )
    given: str
    wanted: str


@dataclass(eq=False)
class PatternInvalid(InvalidInput):
    """A LIKE pattern cannot be used."""

    slug = "pattern-invalid"
    title = Text("Mẫu LIKE không dùng được", "LIKE pattern cannot be used")
    message = Text(
        "Mẫu LIKE dài tối đa {letters} ký tự, có tối đa {wildcards} dấu %, và không kết thúc bằng "
        "một dấu \\ lẻ.",
        "A LIKE pattern has at most {letters} characters and {wildcards} signs %, and does not "
        "end in a single \\.",
    )
    letters: int
    wildcards: int


@dataclass(eq=False)
class ShapeInvalid(InvalidInput):
    """A geometry in a filter is none, or lies outside its reference system."""

    slug = "filter-shape-invalid"
    title = Text("Hình trong bộ lọc không hợp lệ", "Invalid geometry in the filter")
    message = Text(
        "Hình trong bộ lọc không dùng được: vòng không khép kín hoặc tự cắt, quá ít đỉnh, hoặc tọa "
        "độ ngoài hệ {crs}. Hãy sửa hình rồi gửi lại.",
        "The geometry in the filter cannot be used: a ring is open or crosses itself, has too "
        "few vertices, or lies outside {crs}. Mend it and send it again.",
    )
    crs: str
