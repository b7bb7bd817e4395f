"""Sheets of plates and letters read back. All names are invented."""

from __future__ import annotations

import doctest
import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest
from paper_reading import pages_mm, scans_of_pdf, words_of_pdf

from addrsvc.codes.code import DigitalCode
from addrsvc.notices import printing, walking
from addrsvc.notices.printing import Letter, letters_pdf, plates_pdf, sheet_of
from addrsvc.paper import fonts
from addrsvc.paper.fonts import held
from addrsvc.paper.plate import SIZES_MM, PlateSize, PlateText

ORIGIN = "https://example.test"


def plate(number: int) -> PlateText:
    code = DigitalCode.of(f"75123{number:05}")
    return PlateText.of(code, f"{number}/2 Đường Ở (bịa), Phường Tây, Thành phố Mẫu", ORIGIN)


@pytest.mark.parametrize("size", PlateSize)
def test_every_plate_is_on_a_sheet_once_and_in_order(size: PlateSize) -> None:
    columns, rows, is_lying = sheet_of(size)
    count = columns * rows + 1
    plates = [plate(number) for number in range(count)]
    pdf = plates_pdf(plates, size, None)
    assert len(pages_mm(pdf)) == 2
    wide, high = pages_mm(pdf)[0]
    assert (wide > high) == is_lying
    assert sorted((wide, high)) == pytest.approx([210, 297], abs=0.1)
    assert columns * SIZES_MM[size][0] < wide
    assert rows * SIZES_MM[size][1] < high
    scanned = [text for page in scans_of_pdf(pdf) for text in page]
    assert scanned == [each.link for each in plates]
    said = " ".join(words_of_pdf(pdf))
    for each in plates:
        assert said.count(each.code) == 1
        assert said.count(each.label) == 1


def test_a_letter_is_a_page_each_and_names_nobody() -> None:
    hostile = PlateText("75123-04827-7", "Ở </para><b>${7*7}</b> \x00\u202e" + "x" * 400, ORIGIN)
    letters = [Letter(plate(n), "Phường Tây", date(2026, 1, 5)) for n in range(2)]
    letters.append(Letter(hostile, "Xã <b>Bịa</b>", date(2026, 12, 31), is_demo=True))
    pdf = letters_pdf(letters, None)
    first, second, third = words_of_pdf(pdf)
    for said, each in ((first, letters[0]), (second, letters[1])):
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "THÔNG BÁO MÃ ĐỊA CHỈ SỐ", each.plate.code,
            "Ngày 05 tháng 01 năm 2026", "PHƯỜNG TÂY", each.plate.link,
            f"Kính gửi: hộ gia đình, cơ quan, tổ chức tại {each.plate.label}",
        ):  # fmt: skip
            assert words in said
        assert "THỬ NGHIỆM" not in said
    assert "</para><b>${7*7}</b>" in third
    assert "XÃ <B>BỊA</B>" in third
    assert "DỮ LIỆU THỬ NGHIỆM" in third
    assert scans_of_pdf(pdf)[:2] == [[each.plate.link] for each in letters[:2]]


def test_who_prints_a_card_waits_for_a_page_not_for_all() -> None:
    begun, printed = threading.Event(), threading.Event()

    def letters() -> Iterator[Letter]:
        yield Letter(plate(0), "Phường Tây", date(2026, 1, 5))
        begun.set()
        while not fonts._LINE.locked():  # somebody stands in line
            time.sleep(0.001)
        assert not printed.is_set()
        yield Letter(plate(1), "Phường Tây", date(2026, 1, 5))
        assert printed.is_set()
        yield Letter(plate(2), "Phường Tây", date(2026, 1, 5))

    def print_card() -> None:
        begun.wait()
        with held(None):
            printed.set()

    beside = threading.Thread(target=print_card)
    beside.start()
    assert len(pages_mm(letters_pdf(letters(), None))) == 3
    beside.join()


def test_nothing_to_print_is_one_empty_page() -> None:
    assert len(pages_mm(letters_pdf([], None))) == 1


def test_doctests() -> None:
    for module in (printing, walking):
        assert doctest.testmod(module).failed == 0
