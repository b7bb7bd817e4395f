"""Pure: which boxes of an electronic form hold an address, and what it is to the dossier.

>>> box_of("ChuHoSo_diaChiChuHoSo").role, box_of("CongDan_maPhuongXa").context
(<AddressRole.RESIDENCE_CURRENT: 'residence_current'>, 'commune')
>>> box_of("CongDan_noiCapCmnd") is None
True

Source: box names of Lào Cai iGate as public form fillers use them (``diaChi``, ``noiOHienTai``,
``diaChiThuongTru``, ``maPhuongXa``, ``maTinhThanh``); the others are the words of the paper forms
put together in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from addrsvc.dossiers.model import AddressRole

Owner = Literal["ChuHoSo", "CongDan"]
"""Whose box: the one the dossier belongs to, or the one who hands it in."""

Context = Literal["commune", "district", "province"]

_BOX: Final = re.compile(r"(ChuHoSo|CongDan)_([A-Za-z_]{1,60})", re.IGNORECASE)
_ENDING: Final = re.compile(r"(?:chuhoso|chs|congdan|nguoinop)$")

ROLES: Final[dict[str, AddressRole]] = {
    "diachi": AddressRole.RESIDENCE_CURRENT,
    "diachihientai": AddressRole.RESIDENCE_CURRENT,
    "diachihiennay": AddressRole.RESIDENCE_CURRENT,
    "noiohientai": AddressRole.RESIDENCE_CURRENT,
    "noiohiennay": AddressRole.RESIDENCE_CURRENT,
    "choohientai": AddressRole.RESIDENCE_CURRENT,
    "choohiennay": AddressRole.RESIDENCE_CURRENT,
    "noicutru": AddressRole.RESIDENCE_CURRENT,
    "diachithuongtru": AddressRole.RESIDENCE_PERMANENT,
    "noithuongtru": AddressRole.RESIDENCE_PERMANENT,
    "thuongtru": AddressRole.RESIDENCE_PERMANENT,
    "hokhauthuongtru": AddressRole.RESIDENCE_PERMANENT,
    "diachitamtru": AddressRole.RESIDENCE_TEMPORARY,
    "noitamtru": AddressRole.RESIDENCE_TEMPORARY,
    "tamtru": AddressRole.RESIDENCE_TEMPORARY,
    "diachikinhdoanh": AddressRole.BUSINESS,
    "diadiemkinhdoanh": AddressRole.BUSINESS,
    "diachitruso": AddressRole.BUSINESS,
    "diachitrusochinh": AddressRole.BUSINESS,
    "diachithuadat": AddressRole.OBJECT,
    "vitrithuadat": AddressRole.OBJECT,
    "diachinhadat": AddressRole.OBJECT,
    "diachicongtrinh": AddressRole.OBJECT,
    "diadiemxaydung": AddressRole.OBJECT,
    "diachinhanketqua": AddressRole.DELIVERY,
    "noinhanketqua": AddressRole.DELIVERY,
}
"""What follows the prefix, in small letters → role."""

CONTEXT: Final[dict[str, Context]] = {
    "maphuongxa": "commune",
    "tenphuongxa": "commune",
    "phuongxa": "commune",
    "maquanhuyen": "district",
    "tenquanhuyen": "district",
    "quanhuyen": "district",
    "matinhthanh": "province",
    "tentinhthanh": "province",
    "tinhthanh": "province",
}
"""Chosen from lists beside ``diaChi``, which holds only what is inside the commune."""

_WITH_CONTEXT: Final = "diachi"


@dataclass(frozen=True, slots=True)
class Box:
    """One box that has to do with an address: of a role, or the context of another."""

    owner: Owner
    role: AddressRole | None = None
    context: Context | None = None
    takes_context: bool = False
    """Holds only what is inside the commune."""


def box_of(name: str) -> Box | None:
    """Give what a box holds; None: no address."""
    found = _BOX.fullmatch(name)
    if found is None:
        return None
    owner: Owner = "ChuHoSo" if found[1].lower() == "chuhoso" else "CongDan"
    key = found[2].lower().replace("_", "")
    key = _ENDING.sub("", key) or key
    if key in CONTEXT:
        return Box(owner, context=CONTEXT[key])
    if key in ROLES:
        return Box(owner, ROLES[key], takes_context=key == _WITH_CONTEXT)
    return None
