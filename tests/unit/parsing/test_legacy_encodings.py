from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing import legacy_encodings
from addrsvc.parsing.legacy_encodings import decode_text, guess_encoding, likelihoods

TEXTS = [
    "Đất ở tại đô thị",
    "Đất trồng cây lâu năm",
    "Đất chuyên trồng lúa nước",
    "Đất xây dựng cơ sở giáo dục và đào tạo",
    "Đất nghĩa trang, nghĩa địa, nhà tang lễ, nhà hỏa táng",
    "Đất thương mại, dịch vụ",
    "Phường Phú Cường, thị xã Thủ Dầu Một",
    "xã Thanh Tuyền, huyện Dầu Tiếng; thửa 602 tờ bản đồ 39",
    "Hành lang bảo vệ - cây xanh cảnh quan",
    "Nguyễn Thị Ỷ Lan, Lý Tự Trọng, Huỳnh Thúc Kháng",
    "quỹ đất, khuỷu sông, Đường Phạm Ngũ Lão, ngõ hẻm, kẽ hở, ẵm bẫy, sẵn sàng, thuở trước",
]
_LETTERS = sorted(
    {*"aăâbcdđeêghiklmnoôơpqrstuưvxy"}
    | {
        unicodedata.normalize("NFC", vowel + tone)
        for vowel in "aăâeêioôơuưy"
        for tone in "\u0300\u0301\u0303\u0309\u0323"
    }
)
_CAPITALS = [letter.upper() for letter in _LETTERS]


def _in_tcvn3(text: str) -> bytes:
    """Write as the keyboards of the time did: a capital with a tone as its small letter."""
    byte_of = {letter: ord(shown) for shown, letter in legacy_encodings._TCVN3.items()}
    small = {each: each.lower() for each in _CAPITALS if legacy_encodings._has_tone(each)}
    return bytes(byte_of.get(small.get(c, c), ord(c) & 0xFF) for c in text)


def _in_vni(text: str) -> bytes:
    shown_of = {letter: shown for shown, letter in reversed(legacy_encodings._VNI.items())}
    return "".join(shown_of.get(char, char) for char in text).encode("latin-1")


def _in_cp1258(text: str) -> bytes:
    def written(char: str) -> bytes:
        try:
            return char.encode("cp1258")
        except UnicodeEncodeError:
            spread = unicodedata.normalize("NFD", char)
            tone = next(each for each in spread if each in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", spread.replace(tone, ""))
            return (base + tone).encode("cp1258")

    return b"".join(map(written, text))


WRITERS = {"utf-8": str.encode, "cp1258": _in_cp1258, "tcvn3": _in_tcvn3, "vni": _in_vni}


@pytest.mark.parametrize(
    ("encoding", "shown", "meant"),
    [  # as such texts look where they are taken for Windows-1252
        ("tcvn3", "§Êt ë t¹i n«ng th«n", "Đất ở tại nông thôn"),
        ("tcvn3", "§Êt trång c©y l©u n¨m", "Đất trồng cây lâu năm"),
        ("tcvn3", "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("tcvn3", "Tr­êng §¹i häc", "Trường Đại học"),
        ("tcvn3", "§é c lËp - Tù do - H¹nh phóc", "Độ c lập - Tự do - Hạnh phúc"),
        ("vni", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("vni", "Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("vni", "THAØNH PHOÁ HOÀ CHÍ MINH", "THÀNH PHỐ HỒ CHÍ MINH"),
        ("vni", "Ñöôøng Höõu Caûnh, quaän Bình Thaïnh", "Đường Hữu Cảnh, quận Bình Thạnh"),
        ("vni", "ñaát troàng luùa, nghæ, kyõ, lyù, tyû, kî", "đất trồng lúa, nghỉ, kỹ, lý, tỷ, kỵ"),
        ("vni", "laúm laëng baèng baét baün", "lẳm lặng bằng bắt bẵn"),
    ],
)  # fmt: skip
def test_texts_of_the_time_are_read(encoding: str, shown: str, meant: str) -> None:
    assert decode_text(shown, encoding) == meant
    assert decode_text(shown.encode("latin-1"), encoding) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("THµNH PHè Hå CHÝ MINH", "THÀNH PHỐ HỒ CHÍ MINH"),
        ("QUY HO¹CH Sö DôNG §ÊT", "QUY HOẠCH SỬ DỤNG ĐẤT"),
        ("PH¦êNG PHó Mü", "PHƯỜNG PHÚ MỸ"),
        ("X· Mü Hµ", "Xã Mỹ Hà"),  # no capital but the first: nothing says capitals
        ("KDC Mü Hµ", "KDC Mỹ Hà"),
        ("§« thÞ", "Đô thị"),
        ("B¶n ®å QUY HO¹CH x· §«ng", "Bản đồ QUY HOẠCH xã Đông"),
        ("§Êt CLN", "Đất CLN"),
    ],
)
def test_fonts_of_capitals_come_out_in_capitals(typed: str, meant: str) -> None:
    assert decode_text(typed, "tcvn3") == meant


def test_bytes_read_as_latin_1_and_as_windows_1252_say_the_same() -> None:
    raw = _in_tcvn3(
        "Khu “đô thị” mới – phía đông".translate({0x201C: "«", 0x201D: "»", 0x2013: "-"})
    )
    quoted = raw.replace(b" ", b" \x93", 1) + b"\x94 \x81"
    assert decode_text(quoted, "tcvn3") == decode_text(quoted.decode("latin-1"), "tcvn3")
    assert "“" in decode_text(quoted, "tcvn3")
    assert decode_text("Đất ở", "tcvn3") == "Đất ở"  # was Unicode already


def test_other_encodings_are_pythons_and_come_out_composed() -> None:
    assert decode_text(_in_cp1258("Đất ở tại đô thị"), "cp1258") == "Đất ở tại đô thị"
    assert decode_text(unicodedata.normalize("NFD", "Đất ở").encode(), "utf-8") == "Đất ở"
    assert decode_text(b"\xff", "utf-8") == "\N{REPLACEMENT CHARACTER}"
    assert decode_text(unicodedata.normalize("NFD", "ở"), "utf-8") == "ở"
    assert decode_text("Đất".encode("utf-16-le"), "utf-16-le") == "Đất"
    with pytest.raises(LookupError):
        decode_text(b"x", "no such encoding")


@given(st.text(st.sampled_from([*_LETTERS, " ", ",", "-", "1"])))
def test_small_letters_survive_every_encoding(text: str) -> None:
    for encoding, write in WRITERS.items():
        if encoding != "vni":
            assert decode_text(write(text), encoding) == text


_WORDS = [word for text in TEXTS for word in text.split()]


@given(st.lists(st.sampled_from(_WORDS)))
def test_words_survive_every_encoding(words: list[str]) -> None:
    for encoding, write in WRITERS.items():
        text = " ".join(word for word in words if encoding != "tcvn3" or word != "Ỷ")  # lost there
        assert decode_text(write(text), encoding) == text
        if encoding != "tcvn3":
            assert decode_text(write(text.upper()), encoding) == text.upper()


@given(st.sampled_from([*_LETTERS, *_CAPITALS]))
def test_every_letter_of_both_cases_has_a_place_in_vni(letter: str) -> None:
    assert decode_text(_in_vni(letter), "vni") == letter


@pytest.mark.parametrize("encoding", sorted(WRITERS))
@pytest.mark.parametrize("text", TEXTS)
def test_one_text_tells_its_encoding(encoding: str, text: str) -> None:
    assert guess_encoding([WRITERS[encoding](text)]) == encoding


@pytest.mark.parametrize("encoding", sorted(WRITERS))
def test_many_texts_tell_their_encoding_among_codes_and_damaged_ones(encoding: str) -> None:
    samples = [b"ODT", b"", b"\xff\x00\xfe" if encoding != "utf-8" else b"CLN"]
    samples += [WRITERS[encoding](text.upper()) for text in TEXTS]
    assert guess_encoding(samples) == encoding


def test_the_score_is_told() -> None:
    assert guess_encoding([]) == guess_encoding([b"ODT", b"12"]) == "utf-8"
    assert likelihoods([b"ODT"])["utf-8"] == 1
    scores = likelihoods([_in_tcvn3(text) for text in TEXTS])
    assert scores["tcvn3"] > 0.95
    assert max(scores["vni"], scores["cp1258"]) < 0
    assert scores["utf-8"] == -2


@given(st.binary(), st.sampled_from(legacy_encodings.ENCODINGS))
def test_no_bytes_make_it_fail(raw: bytes, encoding: str) -> None:
    text = decode_text(raw, encoding)
    assert unicodedata.is_normalized("NFC", text)
    assert guess_encoding([raw]) in legacy_encodings.ENCODINGS


def test_doctests() -> None:
    assert doctest.testmod(legacy_encodings).failed == 0
