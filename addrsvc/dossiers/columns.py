"""Pure: which column of a spreadsheet of dossiers is which field of a dossier.

Headers are compared without accents, case, signs and spaces: ``Mã hồ sơ``, ``ma_ho_so`` and
``MaHoSo`` are one. Columns with names and numbers of persons are recognised too: they are read
only to take those out of addresses, see ``rows``.

>>> columns = map_columns(["STT", "Mã hồ sơ", "Chủ hồ sơ", "Địa chỉ thường trú"])
>>> columns.pairs()
[('code', 'Mã hồ sơ'), ('residence_permanent', 'Địa chỉ thường trú')]
>>> columns.unused(), columns.persons
(['STT', 'Chủ hồ sơ'], (2,))
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.dossiers import boxes
from addrsvc.dossiers.errors import CodeColumnMissing, ColumnFieldUnknown
from addrsvc.dossiers.model import ROLE_NAMES, AddressRole
from addrsvc.errors import Text
from addrsvc.tabular.columns import guess_columns, header_key
from addrsvc.tabular.errors import ColumnUnknown

_OF_ROLES: Final[dict[AddressRole, tuple[str, ...]]] = {
    AddressRole.RESIDENCE_PERMANENT: ("hộ khẩu", "địa chỉ hộ khẩu", "HKTT"),
    AddressRole.RESIDENCE_TEMPORARY: (),
    AddressRole.RESIDENCE_CURRENT: (
        "địa chỉ chủ hồ sơ",
        "địa chỉ người nộp",
        "địa chỉ người nộp hồ sơ",
        "địa chỉ cư trú",
    ),
    AddressRole.OBJECT: (
        "địa chỉ đất",
        "địa chỉ công trình",
        "địa chỉ nhà đất",
        "địa điểm",
        "địa điểm công trình",
        "vị trí đất",
    ),
    AddressRole.BUSINESS: ("địa chỉ cơ sở", "địa chỉ doanh nghiệp", "trụ sở", "trụ sở chính"),
    AddressRole.DELIVERY: ("địa chỉ nhận", "địa chỉ trả kết quả", "địa chỉ giao kết quả"),
}

_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("code", "mã hồ sơ", "số hồ sơ", "mã số hồ sơ", "mã HS", "số HS", "dossier code"),
    "procedure": (
        "procedure",
        "mã TTHC",
        "mã thủ tục",
        "mã thủ tục hành chính",
        "thủ tục",
        "TTHC",
        "thủ tục hành chính",
        "procedure code",
    ),
    "field": ("field", "mã lĩnh vực", "lĩnh vực", "field code"),
    "office": (
        "office",
        "mã đơn vị",
        "đơn vị xử lý",
        "cơ quan xử lý",
        "đơn vị giải quyết",
        "cơ quan giải quyết",
        "cơ quan thực hiện",
        "đơn vị tiếp nhận",
        "cơ quan tiếp nhận",
        "nơi tiếp nhận",
        "đơn vị",
        "cơ quan",
    ),
    "received_at": (
        "received at",
        "ngày tiếp nhận",
        "ngày nhận",
        "ngày nhận hồ sơ",
        "thời gian tiếp nhận",
        "ngày giờ tiếp nhận",
        "ngày nộp",
        "ngày nộp hồ sơ",
        "received",
    ),
    "due_at": (
        "due at",
        "ngày hẹn trả",
        "ngày hẹn trả kết quả",
        "hẹn trả",
        "ngày hẹn",
        "hạn xử lý",
        "hạn giải quyết",
        "hạn trả",
        "thời hạn giải quyết",
        "due",
    ),
    "finished_at": (
        "finished at",
        "ngày kết thúc xử lý",
        "ngày kết thúc",
        "ngày xử lý xong",
        "ngày hoàn thành",
        "ngày trả kết quả",
        "ngày trả",
        "ngày có kết quả",
        "finished",
    ),
    "status": ("status", "trạng thái", "trạng thái hồ sơ", "tình trạng", "tình trạng hồ sơ"),
    "channel": (
        "channel",
        "hình thức nộp",
        "hình thức tiếp nhận",
        "hình thức",
        "kênh nộp",
        "kênh tiếp nhận",
        "kênh thực hiện",
    ),
    **{role.value: (role.value, *ROLE_NAMES[role], *words) for role, words in _OF_ROLES.items()},
    "address": ("address", "địa chỉ", "địa chỉ đầy đủ", "địa chỉ gốc", "text", "full address"),
    "role": ("role", "vai trò", "vai trò địa chỉ", "loại địa chỉ"),
    "address_code": (
        "address code",
        "mã địa chỉ số",
        "mã địa chỉ",
        "địa chỉ số",
        "mã ĐCS",
        "digital address",
    ),
    "parcel": ("parcel", "thửa đất", "mã thửa đất", "mã thửa"),
    "lon": ("lon", "lng", "longitude", "kinh độ"),
    "lat": ("lat", "latitude", "vĩ độ"),
}

FIELD_NAMES: Final[dict[str, Text]] = {
    "code": Text("Mã hồ sơ", "Dossier code"),
    "procedure": Text("Mã thủ tục", "Procedure code"),
    "field": Text("Mã lĩnh vực", "Field code"),
    "office": Text("Cơ quan tiếp nhận", "Office"),
    "received_at": Text("Ngày tiếp nhận", "Received"),
    "due_at": Text("Ngày hẹn trả", "Due"),
    "finished_at": Text("Ngày trả kết quả", "Finished"),
    "status": Text("Trạng thái", "Status"),
    "channel": Text("Hình thức nộp", "Channel"),
    **{role.value: name for role, name in ROLE_NAMES.items()},
    "address": Text("Địa chỉ", "Address"),
    "role": Text("Vai trò địa chỉ", "Role of the address"),
    "address_code": Text("Mã địa chỉ số", "Digital address code"),
    "parcel": Text("Thửa đất", "Parcel"),
    "lon": Text("Kinh độ", "Longitude"),
    "lat": Text("Vĩ độ", "Latitude"),
}
"""Fields in the words people are shown."""

FIELDS: Final = tuple(_HEADERS)
"""What a column may be, in the order they are guessed."""


GUESSES: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(
        dict.fromkeys(
            [
                *map(header_key, headers),
                *(
                    key
                    for key, role in boxes.ROLES.items()
                    # alone it is no role's; the row or whoever imports says which
                    if role.value == field and key != "diachi"
                ),
            ]
        )
    )
    for field, headers in _HEADERS.items()
}
"""Field → headers as compared; the first that fits wins."""

_PERSONS: Final = re.compile(
    r"(?:ho(?:va)?ten|hovaten|chuhoso|tenchuhoso|nguoinop|tennguoi|nguoi|congdan|tencongdan|chuho|chusd"
    r"|(?:so)?(?:cccd|cmnd|cancuoc|dinhdanh|giayto|hochieu)|madoituong|madinhdanhcanhan"
    r"|(?:so)?(?:dienthoai|didong|sdt|dtdd)|email|tel|phone|fullname|applicant)"
)
"""How headers of columns about persons begin, as compared."""


@dataclass(frozen=True, slots=True)
class DossierColumns:
    """Where each field stands in a row."""

    at: Mapping[str, int]
    columns: tuple[str, ...]
    persons: tuple[int, ...]
    """Columns about persons, by index; never taken over."""

    def pairs(self) -> list[tuple[str, str]]:
        """Give field and column, in the order of the file."""
        ordered = sorted(self.at.items(), key=lambda each: each[1])
        return [(field, self.columns[index]) for field, index in ordered]

    def unused(self) -> list[str]:
        """Give the columns that are passed over, those about persons among them."""
        used = set(self.at.values())
        return [name for index, name in enumerate(self.columns) if index not in used]


def map_columns(columns: Sequence[str], given: Mapping[str, str] | None = None) -> DossierColumns:
    """Guess the fields of columns; what is given goes before, an empty column leaves one out.

    Args:
        columns: headers, in order.
        given: field → column, as somebody chose.

    Raises:
        ColumnFieldUnknown: what is given is no field.
        ColumnUnknown: what is given is no column.
        CodeColumnMissing: no column has the code of the dossier.
    """
    chosen = given or {}
    keys = [header_key(column) for column in columns]
    at = guess_columns(columns, GUESSES, _given(columns, keys, chosen), but=chosen)
    if "code" not in at:
        raise CodeColumnMissing(known=", ".join(columns)[:500])
    return columns_at(columns, at)


def columns_at(columns: Sequence[str], at: Mapping[str, int]) -> DossierColumns:
    """Give what columns are where their fields are settled: of the others, those about persons."""
    keys, used = [header_key(column) for column in columns], set(at.values())
    persons = tuple(
        index for index, key in enumerate(keys) if index not in used and _PERSONS.match(key)
    )
    return DossierColumns(at, tuple(columns), persons)


def _given(
    columns: Sequence[str], keys: Sequence[str], chosen: Mapping[str, str]
) -> dict[str, int]:
    at: dict[str, int] = {}
    for field, column in chosen.items():
        if field not in GUESSES:
            raise ColumnFieldUnknown(field=field[:40], known=", ".join(FIELDS))
        if not column:
            continue
        if column in columns:
            at[field] = list(columns).index(column)
        elif header_key(column) in keys:
            at[field] = keys.index(header_key(column))
        else:
            raise ColumnUnknown(column=column[:80], known=", ".join(columns)[:500])
    return at
