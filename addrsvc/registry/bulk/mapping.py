"""Pure: which column of a file is which field of an address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.parsing.normalise import name_key
from addrsvc.registry.bulk.errors import FieldUnknown, NothingMapped, SheetOfTask
from addrsvc.tabular.errors import ColumnUnknown

GUESSES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "ma dia chi so", "ma dcs", "dia chi so", "address code", "digital address"),
    "issuer": ("issuer", "don vi cap ma", "don vi cap", "noi cap ma"),
    "ref": ("ref", "so de xuat"),
    "ext_id": ("ext id", "id", "ma nguon", "ma doi tuong", "external id", "source id"),
    "status": ("status", "trang thai"),
    "kind": ("kind", "loai", "loai doi tuong", "type", "object type"),
    "name": ("name", "ten", "ten doi tuong", "ten goi", "org name", "ten co quan", "ten don vi"),
    "unit": ("unit", "can", "can ho", "so can", "can so", "phong", "so phong"),
    "floor": ("floor", "tang", "lau"),
    "building": ("building", "toa nha", "toa", "block", "khu nha", "chung cu", "day tro"),
    "house_number": ("house number", "so nha", "housenumber", "so", "nha so", "so nha hem"),
    "thoroughfare": ("thoroughfare", "duong", "ten duong", "street", "duong pho", "pho"),
    "localities": ("localities", "locality", "khu pho ap", "khu pho ap to", "thon ap khu pho"),
    "khu_pho": ("khu pho", "kp", "to dan pho"),
    "ap": ("ap",),
    "thon": ("thon", "lang", "ban"),
    "to": ("to", "to so"),
    "commune": (
        "commune code",
        "ma phuong xa",
        "ma xa",
        "ma phuong",
        "new commune code",
        "phuong xa",
        "xa phuong",
        "phuong",
        "xa",
        "commune",
        "ward",
        "ten phuong xa",
        "xa phuong thi tran",
    ),
    "district": ("district", "quan huyen", "huyen", "quan", "quan huyen cu", "huyen quan"),
    "province": ("province", "tinh", "tinh thanh", "tinh thanh pho", "thanh pho", "city"),
    "lon": ("lon", "longitude", "kinh do", "lng", "long", "x", "toa do x"),
    "lat": ("lat", "latitude", "vi do", "y", "toa do y"),
    "coordinates": ("toa do", "coordinates", "coordinate", "toa do gps", "gps", "latlng", "vi tri"),
    "accuracy_m": (
        "accuracy m",
        "accuracy",
        "do chinh xac",
        "do chinh xac m",
        "sai so",
        "sai so m",
    ),
    "method": ("method", "phuong phap", "cach do"),
    "marks": ("marks", "diem danh dau", "vi tri diem"),
    "visibility": ("visibility", "pham vi cong bo", "muc cong khai"),
    "parent": ("parent", "ma dia chi cha", "thuoc dia chi"),
    "source": ("source", "nguon", "nguon du lieu"),
    "text": ("text", "address", "dia chi", "dia chi day du", "full address", "dia chi goc"),
    "aliases": ("aliases", "ma khac"),
    "valid_from": ("valid from", "tu ngay", "co hieu luc tu", "ngay hieu luc"),
    "holder": ("holder", "chu ho", "ten chu ho", "chu so huu", "nguoi quan ly", "chu nha"),
    "phone": ("phone", "dien thoai", "so dien thoai", "sdt", "dt", "tel"),
}
"""Field → headers it goes by: accents, case and signs ignored; the first that fits wins."""

FIELDS: Final = tuple(GUESSES)

SHEET_OF_TASK: Final = re.compile(r"Phiếu ([0-9a-f-]{36}) ([0-9a-f-]{36}) (\S{19,40})")
"""Heading of a column of lists of field collection: of list, task, and when it was printed."""

LOCALITY_FIELDS: Final = ("khu_pho", "ap", "thon", "to")
"""Fields of one locality whose kind the column says."""

_WHERE = ("code", "ref", "commune", "text", "coordinates")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each field stands in a record."""

    at: Mapping[str, int]
    columns: tuple[str, ...]

    def column(self, field: str) -> str:
        """Give the column a field stands in."""
        return self.columns[self.at[field]]

    def pairs(self) -> list[tuple[str, str]]:
        """Give field and column, in the order of the file."""
        return sorted(
            ((field, self.columns[index]) for field, index in self.at.items()),
            key=lambda pair: self.at[pair[0]],
        )

    def unused(self) -> list[str]:
        """Give the columns that are passed over."""
        used = set(self.at.values())
        return [name for index, name in enumerate(self.columns) if index not in used]


def map_columns(
    columns: Sequence[str], given: Mapping[str, str], *, carries_point: bool = False
) -> ColumnMap:
    """Guess the fields of columns; what is given goes before, an empty column leaves one out.

    Raises:
        SheetOfTask: it is a list of field collection, which has an import of its own.
        FieldUnknown, ColumnUnknown: what is given does not exist.
        NothingMapped: no column says where anything is.
    """
    if any(SHEET_OF_TASK.fullmatch(column.strip()) for column in columns):
        raise SheetOfTask
    at = _given(columns, given)
    keys = [name_key(column) for column in columns]
    if carries_point:
        at = {"lon": len(columns) - 2, "lat": len(columns) - 1, **at}
    for field, headers in GUESSES.items():
        if field in at or field in given:
            continue
        taken = set(at.values())
        index = next(
            (keys.index(h) for h in headers if h in keys and keys.index(h) not in taken), None
        )
        if index is not None:
            at[field] = index
    if not any(field in at for field in _WHERE) and not ("lon" in at and "lat" in at):
        raise NothingMapped(known=", ".join(columns)[:500])
    return ColumnMap(at, tuple(columns))


def _given(columns: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    at: dict[str, int] = {}
    folded = [name_key(column) for column in columns]
    for field, column in given.items():
        if field not in GUESSES:
            raise FieldUnknown(field=field[:40], known=", ".join(FIELDS))
        if not column:
            continue
        if column in columns:
            at[field] = list(columns).index(column)
        elif name_key(column) in folded:
            at[field] = folded.index(name_key(column))
        else:
            raise ColumnUnknown(column=column[:80], known=", ".join(columns)[:500])
    return at


def read_pairs(given: Sequence[str]) -> dict[str, str]:
    """Read ``field=column`` as typed on the command line; the field's case does not matter.

    Raises:
        FieldUnknown: no equals sign, so no field is named.
    """
    pairs: dict[str, str] = {}
    for each in given:
        field, equals, column = each.partition("=")
        if not equals:
            raise FieldUnknown(field=each[:40], known=", ".join(FIELDS))
        pairs[field.strip().lower().replace("-", "_")] = column.strip()
    return pairs
