"""Pure: the one-line form of an address, in the order Vietnamese addresses are written."""

from __future__ import annotations

from addrsvc.registry.model import Components


def address_line(components: Components, commune_name: str, province_name: str) -> str:
    """Write unit, number and street, localities, commune and province, commas between.

    >>> address_line(Components(house_number="12/3", thoroughfare="Đường Lê Lợi"),
    ...              "Phường Phú Lợi", "Thành phố Hồ Chí Minh")
    '12/3 Đường Lê Lợi, Phường Phú Lợi, Thành phố Hồ Chí Minh'
    """
    door = " ".join(
        part for part in (components.house_number, components.thoroughfare) if part is not None
    )
    parts = [
        components.unit,
        components.floor,
        components.building,
        door,
        *(locality.name for locality in components.localities),
        commune_name,
        province_name,
    ]
    return ", ".join(part for part in parts if part)
