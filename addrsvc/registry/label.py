"""Pure: the one-line form of an address, in the order Vietnamese addresses are written."""

from __future__ import annotations

from addrsvc.parsing.label import Around, Part, label
from addrsvc.parsing.model import ComponentType
from addrsvc.registry.model import Components

_FIELDS = (
    ComponentType.UNIT,
    ComponentType.FLOOR,
    ComponentType.BUILDING,
    ComponentType.HOUSE_NUMBER,
    ComponentType.THOROUGHFARE,
)


def address_line(components: Components, commune_name: str, province_name: str) -> str:
    """Write unit, number and street, localities, commune and province, commas between.

    >>> address_line(Components(house_number="12/3", thoroughfare="Đường Lê Lợi"),
    ...              "Phường Phú Lợi", "Thành phố Hồ Chí Minh")
    '12/3 Đường Lê Lợi, Phường Phú Lợi, Thành phố Hồ Chí Minh'
    """
    parts: list[Part] = [(field, getattr(components, field) or "") for field in _FIELDS]
    parts += [(ComponentType.LOCALITY, each.name) for each in components.localities]
    return label(parts, Around(commune_name, None, province_name))
