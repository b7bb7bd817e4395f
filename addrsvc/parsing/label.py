"""Write an address back the way it is printed: lines for the post, one line for a list. Pure.

The old form has the commune and district of before July 2025, the new form the commune of today;
both forms stand one under the other where a text must be found by either.

>>> parts = ["Căn hộ 25-06", "Block A2", "123/45/6A", "Đường Lê Lợi"]
>>> types = ["unit", "building", "house_number", "thoroughfare"]
>>> written = [(ComponentType(type_), part) for type_, part in zip(types, parts, strict=True)]
>>> new = Around("Phường Phú Lợi", None, "Thành phố Hồ Chí Minh")
>>> label(written, new)
'Căn hộ 25-06, Block A2, 123/45/6A Đường Lê Lợi, Phường Phú Lợi, Thành phố Hồ Chí Minh'
>>> old = Around("Phường Phú Lợi", "Thành phố Thủ Dầu Một", "Tỉnh Bình Dương")
>>> for line in postal_lines(written[2:], new, old=old, form="both"):
...     print(line)
123/45/6A Đường Lê Lợi
Phường Phú Lợi, Thành phố Hồ Chí Minh
(Phường Phú Lợi, Thành phố Thủ Dầu Một, Tỉnh Bình Dương cũ)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from addrsvc.parsing.model import Component, ComponentType

Form = Literal["old", "new", "both"]
Part = tuple[ComponentType, str]
"""A component's type and printed value."""


@dataclass(frozen=True, slots=True)
class Around:
    """The units an address lies in, by their full names."""

    commune: str | None
    district: str | None
    """None: the form since July 2025, which has none."""
    province: str | None
    postcode: str | None = None

    def line(self) -> str:
        """Give them on one line, innermost first; the postcode stands last."""
        names = ", ".join(name for name in (self.commune, self.district, self.province) if name)
        return " ".join(part for part in (names, self.postcode) if part)


def parts_of(components: Iterable[Component]) -> list[Part]:
    """Give the printed values of components."""
    return [(each.type, each.value) for each in components]


def street_line(parts: Sequence[Part]) -> str:
    """Write everything below the commune on one line; empty: there is nothing.

    A house number stands before its street with a space between; ``Hẻm 95``, ``Lô B2`` with a
    comma, since they are no house.
    """
    inner = [value for type_, value in parts if type_ in _INNER]
    number = _first(parts, ComponentType.HOUSE_NUMBER)
    street = _first(parts, ComponentType.THOROUGHFARE)
    between = ", " if " " in number else " "
    door = between.join(part for part in (number, street) if part)
    places = [value for type_, value in parts if type_ is ComponentType.LOCALITY]
    return ", ".join(part for part in (*inner, door, *places) if part)


def label(parts: Sequence[Part], around: Around) -> str:
    """Write an address on one line, commas between; parts that are missing leave no trace."""
    return ", ".join(part for part in (street_line(parts), around.line()) if part)


def postal_lines(
    parts: Sequence[Part], new: Around, *, old: Around | None = None, form: Form = "new"
) -> tuple[str, ...]:
    """Write an address as lines: below the commune, then the units of the form asked for.

    ``old``: the units of before July 2025; without it the old form falls back to the new one.
    """
    former = None if old is None or old == new else old
    units = [new.line()]
    if former is not None and form == "old":
        units = [former.line()]
    elif former is not None and form == "both":
        units.append(f"({former.line()} cũ)")
    return tuple(line for line in (street_line(parts), *units) if line)


_INNER = frozenset({ComponentType.UNIT, ComponentType.FLOOR, ComponentType.BUILDING})


def _first(parts: Sequence[Part], wanted: ComponentType) -> str:
    return next((value for type_, value in parts if type_ is wanted), "")
