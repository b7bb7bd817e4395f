"""What questions about plans refuse."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text, TooLarge


@dataclass(eq=False)
class PlotTooLarge(TooLarge):
    """A plot is larger than is laid over plans at once."""

    slug = "plot-too-large"
    title = Text("Thửa đất quá lớn", "Plot too large")
    message = Text(
        "Khu đất rộng {area_km2} km², tối đa {limit_km2} km² mỗi lần hỏi. Hãy chia nhỏ khu đất; "
        "nếu không định hỏi rộng như vậy, hãy kiểm tra lại tọa độ các góc.",
        "The plot has {area_km2} km²; at most {limit_km2} km² may be asked about at once. Divide "
        "it; if it should not be that large, check the coordinates of its corners.",
    )
    area_km2: float
    limit_km2: float


@dataclass(eq=False)
class TooManyZonesMet(TooLarge):
    """A plot meets more zones than are laid over it at once."""

    slug = "too-many-zones-met"
    title = Text("Khu đất gặp quá nhiều vùng quy hoạch", "Too many zones in the plot")
    message = Text(
        "Khu đất chạm hơn {limit} vùng quy hoạch nên không tính một lần được. Hãy chia nhỏ khu "
        "đất rồi hỏi từng phần.",
        "The plot meets more than {limit} zones of plans. Divide it and ask about its parts.",
    )
    limit: int


@dataclass(eq=False)
class PlotTooComplex(TooLarge):
    """A plot has too many vertices for as many zones as it meets."""

    slug = "plot-too-complex"
    title = Text("Hình khu đất quá phức tạp", "Shape of the plot too complex")
    message = Text(
        "Khu đất có {vertices} đỉnh và chạm {zones} vùng quy hoạch nên không tính một lần được. "
        "Hãy đơn giản hóa đường biên hoặc chia nhỏ khu đất.",
        "The plot has {vertices} vertices and meets {zones} zones of plans: too much at once. "
        "Simplify its outline or divide it.",
    )
    vertices: int
    zones: int


@dataclass(eq=False)
class ZonesStacked(TooLarge):
    """In a plot, too many zones lie over each other."""

    slug = "zones-stacked"
    title = Text("Quá nhiều vùng chồng lên nhau", "Too many zones over each other")
    message = Text(
        "Trong khu đất này có hơn {limit} chỗ các vùng quy hoạch chạm hoặc chồng lên nhau nên "
        "không tính một lần được. Hãy chia nhỏ khu đất rồi hỏi từng phần.",
        "In this plot zones of plans touch or overlap each other more than {limit} times. Divide "
        "it and ask about its parts.",
    )
    limit: int


@dataclass(eq=False)
class AddressWithoutPlace(Conflict):
    """Nobody has said yet where an address is."""

    slug = "address-without-place"
    title = Text("Địa chỉ chưa có vị trí", "Address without a position")
    message = Text(
        "Địa chỉ {ref} chưa có tọa độ nên chưa tra quy hoạch được. Hãy tra bằng tọa độ "
        "(/v1/planning/at) hoặc các góc thửa đất (/v1/planning/overlay), hoặc đề nghị phường, xã "
        "ghi vị trí cho địa chỉ.",
        "The address {ref} has no position, so plans cannot be asked about it. Ask by coordinates "
        "(/v1/planning/at) or by the corners of the plot (/v1/planning/overlay), or have its "
        "commune record where it is.",
    )
    ref: str


@dataclass(eq=False)
class AddressPlaceRough(Conflict):
    """Where an address is, is known too roughly for plans."""

    slug = "address-place-rough"
    title = Text("Vị trí địa chỉ quá sơ bộ", "Position of the address too rough")
    message = Text(
        "Vị trí của địa chỉ {ref} chỉ ước chừng, có thể lệch tới {accuracy_m} m (tối đa "
        "{limit_m} m mới tra được). Hãy tra bằng tọa độ hoặc các góc thửa đất, hoặc đề nghị "
        "phường, xã đo lại vị trí.",
        "The position of the address {ref} is an estimate that may be off by {accuracy_m} m; "
        "{limit_m} m is the most plans are asked about with. Ask by coordinates or by the corners "
        "of the plot, or have its commune take the position anew.",
    )
    ref: str
    accuracy_m: float
    limit_m: float


@dataclass(eq=False)
class GroundUnclear(InvalidInput):
    """Not exactly one way of naming ground was used."""

    slug = "planning-ground-unclear"
    title = Text("Chưa rõ hỏi về khu đất nào", "Which ground is asked about is unclear")
    message = Text(
        "Cần đúng một trong: {choices}. Nhận được: {given}.",
        "Exactly one of {choices} is needed. Given: {given}.",
    )
    choices: str
    given: str


@dataclass(eq=False)
class GroundUnread(InvalidInput):
    """A shape is no GeoJSON geometry."""

    slug = "planning-geometry-unread"
    title = Text("Không đọc được hình", "Geometry not understood")
    message = Text(
        '“{member}” không phải hình GeoJSON: cần {{"type": "Polygon", "coordinates": '
        "[[[kinh độ, vĩ độ], …]]}}, mỗi vòng ít nhất bốn điểm và điểm cuối trùng điểm đầu.",
        '“{member}” is no GeoJSON geometry: {{"type": "Polygon", "coordinates": '
        "[[[longitude, latitude], …]]}} is needed, each ring of four points or more, the last "
        "equal to the first.",
    )
    member: str


@dataclass(eq=False)
class ParcelOfNoAddress(InvalidInput):
    """No address is known to have this parcel; shapes of parcels are not kept."""

    slug = "parcel-of-no-address"
    title = Text("Chưa có địa chỉ nào gắn với thửa đất này", "No address has this parcel")
    message = Text(
        "Chưa có địa chỉ nào bạn xem được gắn với thửa {parcel}. Hệ thống không lưu ranh thửa đất: "
        "hãy gửi các góc thửa ghi trên giấy chứng nhận (“corners” và “crs”).",
        "No address you may see is linked to the parcel {parcel}. Shapes of parcels are not kept "
        "here: send the corners printed in the certificate (“corners” and “crs”).",
    )
    parcel: str


@dataclass(eq=False)
class MetresUnlikely(InvalidInput):
    """X and Y are no plane coordinates of Việt Nam."""

    slug = "metres-unlikely"
    title = Text("X, Y không phải tọa độ VN-2000", "X and Y are no VN-2000 metres")
    message = Text(
        "X = {x}, Y = {y} không phải tọa độ VN-2000 ở Việt Nam: một số phải từ 880.000 đến "
        "2.650.000 (hướng bắc), số kia từ 200.000 đến 880.000 (hướng đông). Nếu là kinh độ, vĩ độ "
        "thì hãy gửi bằng lon và lat.",
        "X = {x}, Y = {y} are no VN-2000 coordinates in Việt Nam: one must lie between 880,000 "
        "and 2,650,000 (northing), the other between 200,000 and 880,000 (easting). Degrees go "
        "into lon and lat.",
    )
    x: float
    y: float
