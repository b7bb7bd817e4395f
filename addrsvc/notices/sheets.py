"""Print a part of a batch, or all of it: what stands on plates and letters is read here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from addrsvc.codes.code import DigitalCode
from addrsvc.notices.printing import Letter, letters_pdf, plates_pdf
from addrsvc.paper.plate import PlateSize, PlateText
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address


def print_plates(
    addresses: Sequence[Address], origin: str, size: PlateSize, npm_dir: Path | None
) -> bytes:
    """Set the plates of addresses; seconds of one core for hundreds.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    return plates_pdf([_plate(each, origin) for each in addresses], size, npm_dir)


def print_letters(
    addresses: Sequence[Address], origin: str, day: date, npm_dir: Path | None, *, is_demo: bool
) -> bytes:
    """Set the letters to addresses, one a page; they name no person.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    letters = (Letter(_plate(each, origin), each.commune_name, day, is_demo) for each in addresses)
    return letters_pdf(letters, npm_dir)


def _plate(address: Address, origin: str) -> PlateText:
    code = DigitalCode.of(str(address.code))
    components = address.document.components
    label = address_line(components, address.commune_name, address.province_name)
    return PlateText.of(code, label, origin)
