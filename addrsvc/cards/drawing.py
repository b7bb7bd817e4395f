"""Pure: the card of an address (thẻ địa chỉ số), to keep in a wallet or to pin up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from addrsvc.errors import Language, Text
from addrsvc.paper.drawing import (
    BLUE,
    INK,
    QUIET,
    RED,
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
from addrsvc.paper.plate import SCAN, TITLE, PlateText
from addrsvc.wording import moment_words

ADDRESS: Final = Text("Địa chỉ hiện nay", "Present address")
FORMER: Final = Text("Tên gọi trước đây", "Called before")
OTHERS: Final = Text("Mã khác", "Other codes")
COMMUNE: Final = Text("Phường, xã", "Commune")
PRINTED: Final = Text("In lúc {moment}", "Printed at {moment}")
NOTE: Final = Text(
    "Ba phần của mã: mã vùng khi cấp, số ngẫu nhiên, chữ số kiểm tra. Mã không đổi khi sắp xếp "
    "đơn vị hành chính.",
    "The code: area when it was given, a random number, a check digit. It stays the same when "
    "communes are reorganised.",
)
RETIRED: Final = Text("KHÔNG CÒN DÙNG TỪ {day}", "NOT IN USE SINCE {day}")
RESERVED: Final = Text("MÃ GIỮ TRƯỚC, CHƯA DÙNG", "KEPT FOR LATER, NOT IN USE YET")
SEE: Final = Text("Thay bằng {codes}", "See {codes}")
DEMO: Final = Text("DỮ LIỆU THỬ NGHIỆM", "INVENTED FOR TESTING")


class CardSize(StrEnum):
    """How large a card is."""

    WALLET = "wallet"
    A6 = "a6"


SIZES_MM: Final[dict[CardSize, tuple[float, float]]] = {
    CardSize.WALLET: (85.6, 53.98),
    CardSize.A6: (105.0, 148.0),
}
"""Width and height; the wallet's is ID-1 of ISO/IEC 7810."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What stands on a card."""

    plate: PlateText
    commune: str
    """With its province."""
    printed_at: datetime
    name: str | None = None
    """Of an office, enterprise or facility; never of a person."""
    former: tuple[str, ...] = ()
    """What the address was called, latest first."""
    others: tuple[str, ...] = ()
    """Identifiers of other schemes, with the scheme's name."""
    retired_on: str | None = None
    """Day it went out of use, in words; None: it is in use."""
    successors: tuple[str, ...] = ()
    """Codes that took its place, with check digits."""
    is_reserved: bool = False
    """Its code is kept for it; it is not in use yet."""
    is_demo: bool = False


def draw_card(said: CardText, size: CardSize, language: Language) -> Drawing:
    """Draw a card; the fonts must be known."""
    width, height = SIZES_MM[size]
    items = _wallet(said, language) if size is CardSize.WALLET else _a6(said, language)
    edge = Box(0.15, 0.15, width - 0.3, height - 0.3, stroke="#b0b0b0", line=0.3, radius=3)
    ground = Box(0, 0, width, height, fill=WHITE)
    title = f"{TITLE.in_(language)} {said.plate.code}"
    return Drawing(width, height, [ground, *items, edge], title)


def _head(said: CardText, width: float, height: float, language: Language) -> list[Item]:
    """Give the band with the code, its height given."""
    small = height * 0.2
    room = width - 8
    is_used = said.retired_on is None and not said.is_reserved
    size = fit_line(said.plate.code, room, height * 0.42, is_bold=True)
    return [
        Box(0, 0, width, height, fill=BLUE if is_used else QUIET),
        Words(4, height * 0.33, TITLE.in_(language), small, WHITE, is_bold=True),
        Words(4, height * 0.84, said.plate.code, size, WHITE, is_bold=True),
    ]


def _warnings(said: CardText, language: Language) -> list[str]:
    found = []
    if said.retired_on is not None:
        found.append(RETIRED.in_(language).format(day=said.retired_on))
        if said.successors:
            found.append(SEE.in_(language).format(codes=", ".join(said.successors)))
    if said.is_reserved:
        found.append(RESERVED.in_(language))
    if said.is_demo:
        found.append(DEMO.in_(language))
    return found


def _wallet(said: CardText, language: Language) -> list[Item]:
    width, height = SIZES_MM[CardSize.WALLET]
    band, scan = 17.0, 29.0
    items = _head(said, width, band, language)
    left, top, room = 4.0, band + 2, width - scan - 9
    bottom = height - 5.5
    for warning in _warnings(said, language):
        size, lines = fit(warning, room, 5.2, 2.5, is_bold=True)
        items += lines_of(left, top, size, lines, colour=RED, is_bold=True)
        top += height_of(size, lines)
    rest = (bottom - top) * (0.62 if said.former else 1)
    size, lines = fit(said.plate.label, room, rest, 3.3, is_bold=True)
    items += lines_of(left, top, size, lines, is_bold=True)
    top += height_of(size, lines) + 0.8
    if said.former and bottom - top > 2.5:
        text = f"{FORMER.in_(language)}: {said.former[0]}"
        size, lines = fit(text, room, bottom - top, 2.3)
        items += lines_of(left, top, size, lines, colour=QUIET)
    printed = PRINTED.in_(language).format(moment=moment_words(said.printed_at, language))
    items += [
        Words(left, height - 3, printed, 2.0, QUIET),
        Scan(width - scan - 2, band + 1.5, scan, said.plate.link),
        Words(width - scan / 2 - 2, height - 3, SCAN.in_(language), 2.0, QUIET, anchor="middle"),
    ]
    return items


def _a6(said: CardText, language: Language) -> list[Item]:
    width, height = SIZES_MM[CardSize.A6]
    band, scan, left = 24.0, 44.0, 6.0
    room = width - 2 * left
    items = _head(said, width, band, language)
    top, bottom = band + 4, height - 6
    for warning in _warnings(said, language):
        size, lines = fit(warning, room, 9, 3.6, is_bold=True)
        items += lines_of(left, top, size, lines, colour=RED, is_bold=True)
        top += height_of(size, lines) + 0.5
    parts = [(None, said.name, 12.0, 4.2)] if said.name else []
    facts: list[tuple[Text | None, str, float, float]] = [
        *[(heading, text, room_mm, size) for heading, text, room_mm, size in parts if text],
        (ADDRESS, said.plate.label, 22.0, 4.2),
        (COMMUNE, said.commune, 9.0, 3.4),
    ]
    facts += [(FORMER if at == 0 else None, each, 8.0, 3.0) for at, each in enumerate(said.former)]
    facts += [(OTHERS if at == 0 else None, each, 4.5, 3.0) for at, each in enumerate(said.others)]
    limit = bottom - scan - 3
    for heading, text, most, wanted in facts:
        heading_height = 0.0 if heading is None else 3.6
        if top + heading_height + 3.5 > limit:
            break
        if heading is not None:
            items.append(Words(left, top + 2.6, heading.in_(language), 2.5, QUIET))
            top += heading_height
        is_strong = wanted > 4
        size, lines = fit(text, room, min(most, limit - top), wanted, is_bold=is_strong)
        items += lines_of(left, top, size, lines, colour=INK, is_bold=is_strong)
        top += height_of(size, lines) + 1.2
    beside = left + scan + 4
    size, lines = fit(NOTE.in_(language), width - left - beside, scan - 12, 2.6)
    printed = PRINTED.in_(language).format(moment=moment_words(said.printed_at, language))
    printed_size, printed_lines = fit(printed, width - left - beside, 7, 2.4)
    items += [
        Scan(left - 1, bottom - scan, scan, said.plate.link),
        Words(left + scan / 2 - 1, bottom + 1.5, SCAN.in_(language), 2.4, QUIET, anchor="middle"),
        *lines_of(beside, bottom - scan + 3, size, lines, colour=QUIET),
        *lines_of(
            beside,
            bottom - height_of(printed_size, printed_lines),
            printed_size,
            printed_lines,
            colour=QUIET,
        ),
    ]
    return items
