"""Pure: a list on A4 to be filled in by hand, for the day a phone is missing.

Street by street the addresses there are, in walking order, with boxes to tick and room to write;
below them empty rows for houses that are not in the register. No person is named on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer, Table

from addrsvc.clock import VIETNAM
from addrsvc.codes.code import DigitalCode
from addrsvc.collection.listing_model import Line, Listing, locality_words
from addrsvc.paper.fonts import BOLD
from addrsvc.paper.pages import BODY_MM, Foot, set_pages
from addrsvc.paper.qr import QrDrawing
from addrsvc.paper.styles import HEAD, SMALL, TEXT, TITLE, ruled, words
from addrsvc.registry.model import KIND_NAMES

_BOX: Final = "☐"
_ROW_MM: Final = 10.0
"""Room for handwriting."""
_NEW_ROWS: Final = 6
"""For houses that are not in the register, of each street."""
_QR_MM: Final = 26.0
_CELL: Final = ParagraphStyle("cell", parent=TEXT, fontSize=8, leading=9.5)
_TICK: Final = ParagraphStyle("tick", parent=TEXT, fontSize=13, leading=14, alignment=1)

_COLUMNS: Final = (
    ("STT", 9.0),
    ("Mã địa chỉ số", 26.0),
    ("Số nhà, căn", 25.0),
    ("Loại, tên", 27.0),
    ("Còn đúng", 11.0),
    ("Không còn", 12.0),
    ("Vắng nhà", 11.0),
    ("Sửa số nhà thành", 22.0),
    ("Số phòng", 12.0),
    ("Ghi chú", 19.0),
)
_NEW_COLUMNS: Final = (
    ("Mới", 9.0),
    ("Số nhà", 28.0),
    ("Căn, tầng, tòa nhà", 30.0),
    ("Khu phố, ấp, thôn, tổ", 28.0),
    ("Loại", 24.0),
    ("Số phòng", 14.0),
    ("Ghi chú", 41.0),
)
_HOW: Final = (
    "Đánh dấu vào một ô ở mỗi dòng. Thông tin sai thì gạch, ghi lại vào ô “Sửa số nhà thành” hoặc "
    "“Ghi chú”. Nhà chưa có trong danh sách ghi vào phần “Nhà chưa có mã”; mã được cấp khi nhập "
    "vào hệ thống. Không ghi họ tên, số điện thoại của người dân vào phiếu này."
)
_FOOT: Final = "Danh sách rà soát địa chỉ số · nhập lại bằng bảng tính kèm theo của cùng nhiệm vụ"
_DEMO: Final = "DỮ LIỆU THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ"


def listing_pdf(listing: Listing, link: str, npm_dir: Path | None, *, is_demo: bool) -> bytes:
    """Set a list. Takes seconds of one core for hundreds of addresses: not for the event loop.

    Args:
        listing: its lines in walking order.
        link: of the code to scan: the task in the field app.
        npm_dir: folder with the fonts' package; None: beside the package.
        is_demo: a warning stands on each page.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    return set_pages(
        _story(listing, link),
        title=f"Danh sách rà soát: {listing.title}",
        foot=Foot(_FOOT, _DEMO if is_demo else None),
        language="vi",
        npm_dir=npm_dir,
    )


def _story(listing: Listing, link: str) -> Iterator[Flowable]:
    yield _head(listing, link)
    yield Spacer(1, 3 * mm)
    yield words(_HOW, SMALL)
    number = 0
    groups = listing.by_street() or [("", [])]
    for at, (street, lines) in enumerate(groups):
        if at:
            yield PageBreak()
        yield words(street or "Chưa rõ đường", HEAD)
        yield Spacer(1, 1.5 * mm)
        if lines:
            yield _known(lines, number)
            number += len(lines)
        yield CondPageBreak((_NEW_ROWS / 2 * _ROW_MM + 20) * mm)
        yield words(f"Nhà chưa có mã · {street}" if street else "Nhà chưa có mã", HEAD)
        yield Spacer(1, 1.5 * mm)
        yield _unknown()


def _head(listing: Listing, link: str) -> Flowable:
    day = listing.printed_at.astimezone(VIETNAM)
    said: list[Flowable] = [
        words("DANH SÁCH RÀ SOÁT ĐỊA CHỈ", TITLE),
        words(f"{listing.title} · {listing.commune}, {listing.province}"),
        words(f"{len(listing.lines)} địa chỉ · in lúc {day:%H:%M ngày %d/%m/%Y}"),
        Spacer(1, 3 * mm),
        words("Người ghi: ……………………………………………………   Ngày: ……/……/…………"),
    ]
    table = Table(
        [[said, QrDrawing(link, _QR_MM * mm)]],
        colWidths=[(BODY_MM - _QR_MM) * mm, _QR_MM * mm],
        hAlign="LEFT",
    )
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return table


def _known(lines: Sequence[Line], number: int) -> Flowable:
    rows = [_row(each, at) for at, each in enumerate(lines, number + 1)]
    return _table(_COLUMNS, rows)


def _row(line: Line, number: int) -> list[Any]:
    is_proposal = line.ref.startswith("p")
    code = "chưa có mã" if is_proposal else DigitalCode.of(line.ref).plate
    where = locality_words(line.localities)
    kind = KIND_NAMES[line.kind].vi
    return [
        str(number),
        words(code, _CELL),
        words(f"{line.number} ({where})" if where and line.thoroughfare else line.number, _CELL),
        words(f"{kind}: {line.name}" if line.name else kind, _CELL),
        *(words(_BOX, _TICK) for _ in range(3)),
        "",
        "",
        "",
    ]


def _unknown() -> Flowable:
    empty = [""] * (len(_NEW_COLUMNS) - 1)
    return _table(_NEW_COLUMNS, [["+", *empty] for _ in range(_NEW_ROWS)])


def _table(columns: Sequence[tuple[str, float]], rows: Sequence[list[Any]]) -> Flowable:
    heads: list[Any] = [words(name, SMALL) for name, _ in columns]
    more = [
        ("FONT", (0, 0), (-1, 0), BOLD, 7),
        ("TOPPADDING", (0, 1), (-1, -1), _ROW_MM / 2 * mm - 5),
        ("BOTTOMPADDING", (0, 1), (-1, -1), _ROW_MM / 2 * mm - 8),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    return ruled([heads, *rows], [width for _, width in columns], more)
