"""What OGC clients are refused; what is invalid answers 400 here, as the standard says."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Language, NotFound, Text
from addrsvc.ogc.model import TYPE_NAMES, Type


@dataclass(eq=False)
class CollectionUnknown(NotFound):
    """There is no collection of this name."""

    slug = "collection-unknown"
    title = Text("Không có bộ dữ liệu này", "No such collection")
    message = Text(
        "Không có bộ dữ liệu “{collection}”. Danh sách ở /ogc/collections.",
        "There is no collection “{collection}”. The list is at /ogc/collections.",
    )
    collection: str


@dataclass(eq=False)
class FeatureUnknown(NotFound):
    """A collection has no feature of this id, or none for this asker."""

    slug = "feature-unknown"
    title = Text("Không có đối tượng này", "No such feature")
    message = Text(
        "Bộ dữ liệu “{collection}” không có đối tượng “{feature}”. Hãy tìm trong "
        "/ogc/collections/{collection}/items.",
        "Collection “{collection}” has no feature “{feature}”. Search in "
        "/ogc/collections/{collection}/items.",
    )
    collection: str
    feature: str


@dataclass(eq=False)
class ParameterUnknown(InvalidInput):
    """The address asked holds a parameter this route does not know."""

    slug = "parameter-unknown"
    title = Text("Tham số không được hỗ trợ", "Parameter not supported")
    message = Text(
        "Không hỗ trợ tham số “{name}” ở đây. Các tham số dùng được: {known}.",
        "The parameter “{name}” is not supported here. Those that are: {known}.",
    )
    name: str
    known: str


@dataclass(eq=False)
class ParameterRepeated(InvalidInput):
    """A parameter is given twice."""

    slug = "parameter-repeated"
    title = Text("Tham số bị lặp", "Parameter given twice")
    message = Text(
        "Tham số “{name}” được ghi nhiều lần. Hãy ghi một lần.",
        "The parameter “{name}” is given more than once. Give it once.",
    )
    name: str


@dataclass(eq=False)
class LimitInvalid(InvalidInput):
    """The size of a page is no whole number from 1 on."""

    slug = "limit-invalid"
    title = Text("Số đối tượng mỗi trang không hợp lệ", "Invalid limit")
    message = Text(
        "“{given}” không phải số đối tượng mỗi trang. Hãy ghi limit là số nguyên từ 1 đến {most}.",
        "“{given}” is no size of a page. Give limit as a whole number from 1 to {most}.",
    )
    given: str
    most: int


@dataclass(eq=False)
class WindowInvalid(InvalidInput):
    """A bbox is not four or six ordered numbers of its reference system."""

    slug = "window-invalid"
    title = Text("Khung tọa độ không hợp lệ", "Invalid bbox")
    message = Text(
        "“{given}” không phải khung tọa độ của hệ {crs}. Hãy ghi bbox gồm 4 số (hoặc 6 số nếu có "
        "độ cao): góc nhỏ trước, góc lớn sau, đúng thứ tự trục của hệ; ví dụ theo CRS84: "
        "106.6,10.9,106.8,11.1.",
        "“{given}” is no bbox in {crs}. Give 4 numbers (6 with heights): the lower corner, then "
        "the upper one, in the axis order of the system; in CRS84 for example: "
        "106.6,10.9,106.8,11.1.",
    )
    given: str
    crs: str


@dataclass(eq=False)
class TimesInvalid(InvalidInput):
    """A datetime is neither a moment nor an interval."""

    slug = "times-invalid"
    title = Text("Thời gian không hợp lệ", "Invalid datetime")
    message = Text(
        "“{given}” không phải thời gian. Hãy ghi một ngày hoặc thời điểm (2025-07-01, "
        "2025-07-01T00:00:00+07:00), hoặc một khoảng có thể để mở hai đầu: 2025-06-01/2025-07-01, "
        "2025-07-01/.., ../2025-06-30.",
        "“{given}” is no datetime. Give a day or a moment (2025-07-01, "
        "2025-07-01T00:00:00+07:00), or an interval whose ends may be open: "
        "2025-06-01/2025-07-01, 2025-07-01/.., ../2025-06-30.",
    )
    given: str


@dataclass(eq=False)
class SystemUnknown(InvalidInput):
    """A reference system is none of those given here."""

    slug = "system-unknown"
    title = Text("Không hỗ trợ hệ tọa độ này", "Reference system not supported")
    message = Text(
        "Không hỗ trợ hệ tọa độ “{given}” ({name}). Các hệ dùng được có trong mục “crs” của "
        "/ogc/collections.",
        "The reference system “{given}” ({name}) is not supported. Those that are stand under "
        "“crs” in /ogc/collections.",
    )
    name: str
    given: str


@dataclass(eq=False)
class ChoiceInvalid(InvalidInput):
    """A parameter is none of the words it may be."""

    slug = "choice-invalid"
    title = Text("Giá trị không được hỗ trợ", "Value not supported")
    message = Text(
        "Tham số “{name}” không nhận giá trị “{given}”. Hãy ghi một trong: {known}.",
        "The parameter “{name}” takes no “{given}”. Give one of: {known}.",
    )
    name: str
    given: str
    known: str


@dataclass(eq=False)
class PageCursorInvalid(InvalidInput):
    """A cursor is none that a page of this collection gave."""

    slug = "page-cursor-invalid"
    title = Text("Liên kết trang sau không hợp lệ", "Invalid cursor")
    message = Text(
        "Tham số “cursor” không phải do trang trước của bộ dữ liệu này cấp. Hãy bắt đầu lại không "
        "có “cursor” và đi theo liên kết “next”.",
        "The “cursor” is none a page of this collection gave. Begin without it and follow the "
        "“next” links.",
    )


@dataclass(eq=False)
class ValueInvalid(InvalidInput):
    """A property filter is given a value its property cannot have."""

    slug = "property-value-invalid"
    title = Text("Giá trị không hợp với thuộc tính", "Value does not fit the property")
    message = Text(
        "Thuộc tính “{name}” là {wanted}; “{given}” không phải. Ngày ghi 2025-07-01; "
        "đúng, sai ghi true, false.",
        "The property “{name}” is {wanted}; “{given}” is none. Days are written 2025-07-01, "
        "true and false as such.",
    )
    name: str
    given: str
    wanted: Type

    def text(self, language: Language) -> str:
        """Say of which type, in words of the language."""
        told = TYPE_NAMES[self.wanted].in_(language)
        return self.message.in_(language).format(name=self.name, given=self.given, wanted=told)


@dataclass(eq=False)
class AskingTooLong(InvalidInput):
    """A question takes longer than any may."""

    slug = "asking-too-long"
    title = Text("Câu hỏi mất quá nhiều thời gian", "The question takes too long")
    message = Text(
        "Bộ dữ liệu “{collection}” không trả lời kịp câu hỏi này. Hãy thu hẹp bằng bbox, bớt điều "
        "kiện trong filter, hoặc bỏ count=exact.",
        "Collection “{collection}” cannot answer this in time. Narrow it by bbox, take conditions "
        "out of the filter, or leave count=exact away.",
    )
    collection: str
