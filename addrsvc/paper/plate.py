"""Pure: the plate of an address (biển địa chỉ số).

White on dark blue within a white line, as the law has house plates (Decision 05/2006/QĐ-BXD,
article 16); the code to scan is black on white, since not every reader takes it the other way
round. No instrument says how large a plate of a digital address is: the sizes are those of house
plates on a street, of plates of flats, and of a label on a door or a letter box.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language, Text
from addrsvc.paper.drawing import (
    BLUE,
    WHITE,
    Box,
    Drawing,
    Item,
    Scan,
    Words,
    fit,
    fit_line,
    height_of,
    lines_of,
)

TITLE: Final = Text("MÃ ĐỊA CHỈ SỐ", "DIGITAL ADDRESS")
SCAN: Final = Text("Quét để tra cứu", "Scan to look up")


class PlateSize(StrEnum):
    """How large a plate is."""

    LARGE = "large"
    STANDARD = "standard"
    SMALL = "small"


SIZES_MM: Final[dict[PlateSize, tuple[float, float]]] = {
    PlateSize.LARGE: (200.0, 150.0),
    PlateSize.STANDARD: (150.0, 100.0),
    PlateSize.SMALL: (90.0, 60.0),
}
"""Width and height."""


@dataclass(frozen=True, slots=True)
class PlateText:
    """What stands on a plate."""

    code: str
    """With its check digit, such as ``75123-04827-7``."""
    label: str
    """The address in present form."""
    link: str
    """What the code to scan says."""

    @classmethod
    def of(cls, code: DigitalCode, label: str, origin: str) -> PlateText:
        """Put it together; ``origin`` is scheme and host of the link."""
        return cls(code.plate, label, f"{origin}/a/{code.plate}")


def draw_plate(said: PlateText, size: PlateSize, language: Language) -> Drawing:
    """Draw a plate; the fonts must be known."""
    width, height = SIZES_MM[size]
    unit = height / 100
    edge, gap = 3 * unit, 8 * unit
    scan = 45 * unit
    title_size, code_size = 6 * unit, 17 * unit
    inner = width - 2 * gap
    code_size = fit_line(said.code, inner, code_size, is_bold=True)
    code_top = gap + title_size * 1.5
    below = code_top + code_size * 1.25
    text_width = inner - scan - 5 * unit
    scan_top = height - gap - scan
    label_height = height - gap - below - 7 * unit
    label_size, lines = fit(said.label, text_width, label_height, 7.5 * unit, is_bold=True)
    label_top = below + max(0.0, (label_height - height_of(label_size, lines)) / 2)
    items: list[Item] = [
        Box(0, 0, width, height, fill=BLUE),
        Box(
            edge, edge, width - 2 * edge, height - 2 * edge,
            stroke=WHITE, line=unit, radius=2.5 * unit,
        ),
        Words(gap, gap + title_size, TITLE.in_(language), title_size, WHITE, is_bold=True),
        Words(gap, code_top + code_size, said.code, code_size, WHITE, is_bold=True),
        *lines_of(gap, label_top, label_size, lines, colour=WHITE, is_bold=True),
        Words(gap, height - gap - unit, SCAN.in_(language), 4 * unit, WHITE),
        Scan(width - gap - scan, scan_top, scan, said.link),
    ]  # fmt: skip
    return Drawing(width, height, items, f"{TITLE.in_(language)} {said.code}")
