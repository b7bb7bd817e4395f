"""Cards and plates read back: words, codes to scan, sizes. Names are invented."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from paper_reading import (
    pages_mm,
    scans_of_pdf,
    scans_of_svg,
    words_of_pdf,
    words_of_svg,
)

from addrsvc.cards.drawing import SIZES_MM as CARDS_MM
from addrsvc.cards.drawing import CardSize, CardText
from addrsvc.cards.service import print_card, print_plate
from addrsvc.paper.drawing import fit, height_of, make_svg, width_of
from addrsvc.paper.errors import PrintFontsMissing
from addrsvc.paper.fonts import held
from addrsvc.paper.plate import SIZES_MM as PLATES_MM
from addrsvc.paper.plate import PlateSize, PlateText, draw_plate

CODE, LINK = "75123-04827-7", "https://example.test/a/75123-04827-7"
LABEL = "12/3 Đường Nguyễn Hữu Ở (bịa), Khu phố 3, Phường Tây, Thành phố Mẫu"
HOSTILE = "Ở <b>mới</b> ${7*7} </text> &amp; {0} %s \x00\u202e<script>1</script>"
PLATE = PlateText(CODE, LABEL, LINK)
CARD = CardText(
    PLATE,
    "Phường Tây, Thành phố Mẫu",
    datetime(2026, 1, 5, 2, 0, tzinfo=UTC),
    former=("12/3 Đường Cũ, Xã Cũ", "Số 5 ấp Cũ"),
    others=("Vpostcode: 75000-ABC", "Mã plus: 7P28XJQ2+2V"),
)


@pytest.mark.parametrize("size", PlateSize)
def test_a_plate_says_code_and_address_and_scans_to_its_page(size: PlateSize) -> None:
    svg, pdf = (print_plate(PLATE, size, each, "vi", None) for each in ("svg", "pdf"))
    for said in (words_of_svg(svg), words_of_pdf(pdf)[0]):
        assert "MÃ ĐỊA CHỈ SỐ" in said
        assert CODE in said
        assert LABEL in said
    assert scans_of_svg(svg) == [LINK]
    assert scans_of_pdf(pdf) == [[LINK]]
    assert pages_mm(pdf)[0] == pytest.approx(PLATES_MM[size], abs=0.01)
    assert f'width="{PLATES_MM[size][0]:g}mm"'.encode() in svg


@pytest.mark.parametrize("size", CardSize)
def test_a_card_says_present_and_former_names(size: CardSize) -> None:
    svg, pdf = (print_card(CARD, size, each, "vi", None) for each in ("svg", "pdf"))
    for said in (words_of_svg(svg), words_of_pdf(pdf)[0]):
        assert all(each in said for each in (CODE, "MÃ ĐỊA CHỈ SỐ", LABEL, CARD.former[0]))
        assert "In lúc 09:00, 05/01/2026" in said
        if size is CardSize.A6:
            assert all(each in said for each in (*CARD.former, *CARD.others, CARD.commune))
    assert scans_of_svg(svg) == [LINK]
    assert scans_of_pdf(pdf) == [[LINK]]
    assert pages_mm(pdf)[0] == pytest.approx(CARDS_MM[size], abs=0.01)
    english = words_of_svg(print_card(CARD, size, "svg", "en", None))
    assert "DIGITAL ADDRESS" in english
    assert LABEL in english


@pytest.mark.parametrize("size", CardSize)
def test_a_card_of_a_retired_address_says_so_and_which_code_took_its_place(size: CardSize) -> None:
    gone = replace(CARD, retired_on="01/07/2025", successors=("75123-11111-1",), is_demo=True)
    said = words_of_svg(print_card(gone, size, "svg", "vi", None))
    assert "KHÔNG CÒN DÙNG TỪ 01/07/2025" in said
    assert "Thay bằng 75123-11111-1" in said
    assert "DỮ LIỆU THỬ NGHIỆM" in said


@pytest.mark.parametrize("size", CardSize)
def test_a_card_of_a_code_kept_for_later_says_so(size: CardSize) -> None:
    kept = replace(CARD, is_reserved=True)
    assert "MÃ GIỮ TRƯỚC, CHƯA DÙNG" in words_of_svg(print_card(kept, size, "svg", "vi", None))


def test_accents_are_printed_on_their_letters() -> None:
    apart = unicodedata.normalize("NFD", LABEL)
    assert apart != LABEL
    formats: tuple[Literal["svg", "pdf"], ...] = ("svg", "pdf")
    for wanted in formats:
        plate = replace(PLATE, label=apart)
        assert print_plate(plate, PlateSize.SMALL, wanted, "vi", None) == print_plate(
            PLATE, PlateSize.SMALL, wanted, "vi", None
        )
    piled = replace(PLATE, label="Ở" + "\u0301\u0300" * 60)
    said = words_of_svg(print_plate(piled, PlateSize.SMALL, "svg", "vi", None))
    assert said.count("\u0301") + said.count("\u0300") <= 2


def test_texts_of_anybody_stay_texts() -> None:
    plate = replace(PLATE, label=HOSTILE)
    shown = "Ở <b>mới</b> ${7*7} </text> &amp; {0} %s <script>1</script>"
    card = replace(CARD, plate=plate, name=HOSTILE, former=(HOSTILE,), others=(HOSTILE,))
    for svg in (
        print_plate(plate, PlateSize.STANDARD, "svg", "vi", None),
        print_card(card, CardSize.A6, "svg", "vi", None),
    ):
        assert shown in words_of_svg(svg)
        assert b"<script" not in svg
        assert b"\x00" not in svg
    assert shown in words_of_pdf(print_plate(plate, PlateSize.STANDARD, "pdf", "vi", None))[0]


@pytest.mark.parametrize("label", ["X" * 300, "Đường " * 60, "1/" * 150, "Ở", ""])
def test_long_labels_stay_on_the_plate(label: str) -> None:
    with held(None):
        for size in PlateSize:
            drawing = draw_plate(replace(PLATE, label=label), size, "vi")
            assert scans_of_svg(make_svg(drawing, "vi")) == [LINK]
        for width, height in ((30.0, 10.0), (8.0, 3.0)):
            size_mm, lines = fit(label, width, height, 4.0, is_bold=True)
            assert 1.9 < size_mm <= 4.0
            assert all(width_of(each, size_mm, is_bold=True) <= width * 1.1 for each in lines)
            assert height_of(size_mm, lines) <= max(height, size_mm * 1.31)


def test_a_word_is_broken_only_where_smaller_letters_do_not_help() -> None:
    with held(None):
        size_mm, lines = fit("1806/127/2/6/15/48/2A Đường Ở", 40.0, 20.0, 4.0)
        assert lines[0].startswith("1806/127/2/6/15/48/2A")
        assert size_mm < 4.0
        assert fit("1806/127/2/6/15/48/2A", 10.0, 20.0, 4.0)[1][0] != "1806/127/2/6/15/48/2A"


def test_without_fonts_the_next_one_is_not_kept_waiting(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(PrintFontsMissing):
            print_plate(PLATE, PlateSize.SMALL, "svg", "vi", tmp_path)
    assert print_plate(PLATE, PlateSize.SMALL, "svg", "vi", None)
