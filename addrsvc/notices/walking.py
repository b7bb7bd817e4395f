"""Pure: the order in which somebody walks who brings letters and plates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from addrsvc.parsing.counted import counted
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import Address, Components, Locality

_NAMES_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Stop:
    """An address, as far as it says where one walks."""

    address_id: int
    code: str
    area: str
    """Present commune."""
    components: Components

    @classmethod
    def of(cls, address: Address) -> Stop:
        """Give it of an address that has a code."""
        components = address.document.components
        return cls(address.address_id, str(address.code), address.area, components)

    @classmethod
    def from_row(
        cls, address_id: int, code: str, area: str, components: Mapping[str, Any] | None
    ) -> Stop:
        """Give it of what is kept."""
        kept = dict(components or {})
        localities = tuple(Locality(*pair) for pair in kept.pop("localities", None) or ())
        return cls(address_id, code, area, Components(**kept, localities=localities))


def in_order(stops: Iterable[Stop], locality: str | None = None) -> list[Stop]:
    """Give stops as one walks: by commune, localities, street, number, part of the building.

    Takes a second for tens of thousands: not for the event loop.

    Args:
        stops: in any order.
        locality: only those in it, by name; None: all.
    """
    key = None if locality is None else _key(locality)
    return sorted((each for each in stops if key is None or key in _localities(each)), key=_order)


def _localities(stop: Stop) -> set[str]:
    return {_key(each.name) for each in stop.components.localities}


def _order(stop: Stop) -> tuple[Any, ...]:
    parts = stop.components
    return (
        stop.area,
        [_known(each.name) for each in reversed(parts.localities)],
        _known(parts.thoroughfare or ""),
        counted(parts.house_number or ""),
        counted(parts.building or ""),
        counted(parts.floor or ""),
        counted(parts.unit or ""),
        stop.code,
    )


@lru_cache(_NAMES_KEPT)
def _key(name: str) -> str:
    return name_key(name)


@lru_cache(_NAMES_KEPT)
def _known(name: str) -> list[tuple[int, int, str]]:
    return counted(name)
