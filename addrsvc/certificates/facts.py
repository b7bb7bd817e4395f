"""Pure: what a certificate says of an address, and what of it is no longer so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from addrsvc.errors import Text
from addrsvc.registry.label import address_line
from addrsvc.registry.model import PRIVATE_KINDS, Address, Position

FACTS: Final[Mapping[str, Text]] = {
    "status": Text("tình trạng", "status"),
    "label": Text("địa chỉ viết đầy đủ", "the address as written"),
    "components": Text("các thành phần địa chỉ", "components"),
    "commune": Text("phường, xã", "commune"),
    "province": Text("tỉnh, thành phố", "province"),
    "kind": Text("loại đối tượng", "kind"),
    "name": Text("tên", "name"),
    "position": Text("vị trí", "position"),
    "valid_from": Text("ngày có hiệu lực", "valid from"),
}
"""What is compared, in the order it is told."""

_DECIMALS: Final = 5
"""Of degrees: about a metre, which is enough to find a door."""


def facts_of(address: Address) -> dict[str, Any]:
    """Give what everybody may know of an address: texts and whole numbers only.

    Never a holder, and no name of a home.
    """
    document = address.document
    stored = document.to_json()
    position = document.position
    return {
        "code": address.code,
        "label": address_line(document.components, address.commune_name, address.province_name),
        "components": stored.get("components", {}),
        "commune": {"code": address.commune_code, "name": address.commune_name},
        "province": {"code": address.province_code, "name": address.province_name},
        "kind": document.kind.value,
        "name": None if document.kind in PRIVATE_KINDS else document.name,
        "status": address.status.value,
        "valid_from": address.valid_from.isoformat(),
        "position": None if position is None else _position(position),
    }


def changed_since(payload: Mapping[str, Any], address: Address) -> list[str]:
    """Name the facts that are no longer as certified, in the order of :data:`FACTS`."""
    now = facts_of(address)
    return [name for name in FACTS if payload.get(name) != now[name]]


def _position(position: Position) -> dict[str, Any]:
    """Give it in degrees as texts, since a number may be written in more ways than one."""
    return {
        "lon": f"{position.point.lon:.{_DECIMALS}f}",
        "lat": f"{position.point.lat:.{_DECIMALS}f}",
        "accuracy_m": max(1, math.ceil(position.accuracy_m)),
    }
