"""What can be wrong when asking for units, thoroughfares and localities."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import NotFound, Text


@dataclass(eq=False)
class UnitNotFound(NotFound):
    """No unit had this code on this day."""

    slug = "admin-unit-not-found"
    title = Text("Không có đơn vị hành chính này", "No such administrative unit")
    message = Text(
        "Ngày {day} không có đơn vị hành chính nào mang mã {code}. "
        "Một mã có thể thuộc đơn vị khác vào ngày khác: hãy thử tham số “at”.",
        "On {day} no administrative unit had the code {code}. "
        "A code may name another unit on another day: try the parameter “at”.",
    )
    code: str
    day: str


@dataclass(eq=False)
class UnitsNotKnownBefore(NotFound):
    """The registers begin later than the day asked for."""

    slug = "admin-units-not-known-before"
    title = Text("Chưa có dữ liệu cho thời điểm này", "Not known before")
    message = Text(
        "Dữ liệu đơn vị hành chính bắt đầu từ ngày {known_from}; ngày {day} sớm hơn nên hệ thống "
        "không có câu trả lời.",
        "The register of administrative units begins on {known_from}; {day} is earlier, "
        "so there is no answer.",
    )
    day: str
    known_from: str


@dataclass(eq=False)
class ThoroughfareNotFound(NotFound):
    """No thoroughfare has this number."""

    slug = "thoroughfare-not-found"
    title = Text("Không có tuyến đường này", "No such thoroughfare")
    message = Text(
        "Không có tuyến đường nào mang số {thoroughfare_id}. Hãy tìm theo tên ở /v1/thoroughfares.",
        "No thoroughfare has the number {thoroughfare_id}. Search by name at /v1/thoroughfares.",
    )
    thoroughfare_id: int


@dataclass(eq=False)
class LocalityNotFound(NotFound):
    """No locality has this number."""

    slug = "locality-not-found"
    title = Text("Không có địa danh này", "No such locality")
    message = Text(
        "Không có khu phố, ấp hay địa danh nào mang số {locality_id}. "
        "Hãy tìm theo tên ở /v1/localities.",
        "No locality has the number {locality_id}. Search by name at /v1/localities.",
    )
    locality_id: int


@dataclass(eq=False)
class NoCommuneThere(NotFound):
    """A point lies in no commune that is known."""

    slug = "no-commune-there"
    title = Text("Không thuộc phường, xã nào", "No commune there")
    message = Text(
        "Điểm có kinh độ {lon}, vĩ độ {lat} không nằm trong phường, xã nào mà hệ thống biết "
        "ranh giới: có thể ở ngoài biển, ngoài nước, hoặc kinh độ và vĩ độ bị đổi chỗ.",
        "The point at longitude {lon}, latitude {lat} lies in no commune known here: at sea, "
        "abroad, or with longitude and latitude exchanged.",
    )
    lon: float
    lat: float
