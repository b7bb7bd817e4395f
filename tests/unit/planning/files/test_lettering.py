from __future__ import annotations

import unicodedata

import planning_files as made
import pytest

from addrsvc.planning.files.errors import TextEncodingUnknown
from addrsvc.planning.files.lettering import Lettered, letter

TEXTS = ["Đất ở tại đô thị", "Đất trồng lúa", "ODT"]


def as_bytes(text: str, encoding: str) -> str:
    return text.encode(encoding).decode("latin-1")


def bytes_lettered(texts: list[str], said: str | None = None, asked: str | None = None) -> Lettered:
    return letter({"TEN": [*texts, None, 5]}, asked=asked, said=said, is_bytes=True)


@pytest.mark.parametrize("said", [None, "UTF-8", "utf8", "65001", "ISO-8859-1", "no such"])
def test_utf8_is_known_whatever_is_said(said: str | None) -> None:
    found = bytes_lettered([as_bytes(each, "utf-8") for each in TEXTS], said)
    assert found.columns == {"TEN": [*TEXTS, None, 5]}
    assert found.encoding == "utf-8"


def test_a_character_cut_in_two_by_the_width_of_a_column_spoils_nothing() -> None:
    texts = [as_bytes(each, "utf-8") for each in TEXTS]
    found = bytes_lettered([*texts, as_bytes("Đất ở tại đô thị", "utf-8")[:-1]])
    assert found.encoding == "utf-8"
    assert found.columns["TEN"][:2] == TEXTS[:2]


@pytest.mark.parametrize("said", [None, "ISO-8859-1", "UTF-8", "1252"])
def test_old_letters_are_known_whatever_is_said(said: str | None) -> None:
    found = bytes_lettered([made.in_bytes(each, "tcvn3") for each in TEXTS], said)
    assert found == ({"TEN": [*TEXTS, None, 5]}, "tcvn3", "guessed")


def _spread(text: str) -> str:
    """Put tones after their letters, as this encoding has them."""
    found = ""
    for each in text:
        marks = unicodedata.normalize("NFD", each)
        tones = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        plain = "".join(mark for mark in marks if mark not in tones)
        found += unicodedata.normalize("NFC", plain) + tones
    return found


@pytest.mark.parametrize("said", ["1258", "Windows-1258", "ANSI 1258"])
def test_windows_vietnamese_is_believed_where_it_can_be(said: str) -> None:
    texts = ["Đường Lê", "phường", "ở đâu"]
    raw = [as_bytes(_spread(each), "cp1258") for each in texts]
    found = letter({"TEN": list(raw)}, asked=None, said=said, is_bytes=True)
    assert found == ({"TEN": texts}, "cp1258", "file")


def test_what_is_asked_for_goes_before_all() -> None:
    texts = [as_bytes(each, "utf-8") for each in TEXTS]
    found = bytes_lettered(texts, "UTF-8", "TCVN-3")
    assert (found.encoding, found.encoding_from) == ("tcvn3", "asked")
    assert found.columns["TEN"][2] == "ODT"
    with pytest.raises(TextEncodingUnknown) as caught:
        bytes_lettered(texts, asked="big5")
    assert "Hãy chọn utf-8, cp1258, tcvn3 hoặc vni" in caught.value.text("vi")


def test_names_of_columns_are_texts_too() -> None:
    columns = {made.in_bytes("Đất ở", "tcvn3"): ["a"], "Đất ở".encode().decode("latin-1"): ["b"]}
    found = letter({next(iter(columns)): ["a"]}, asked=None, said=None, is_bytes=True)
    assert found.columns == {"Đất ở": ["a"]}
    both = letter({"e\u0301": ["a"], "\u00e9": ["b"]}, asked="utf-8", said=None, is_bytes=False)
    assert both.columns == {"\u00e9": ["a"], "\u00e9_": ["b"]}


def test_unicode_of_a_few_western_words_is_left_alone() -> None:
    texts = ["Đất ở", "Café", "Đường số 1", "Résidence"]
    found = letter({"TEN": list(texts)}, asked=None, said=None, is_bytes=False)
    assert found == ({"TEN": texts}, "utf-8", "file")
    only = letter({"TEN": ["Hà Nam", "Cà Mau"]}, asked=None, said=None, is_bytes=False)
    assert only == ({"TEN": ["Hà Nam", "Cà Mau"]}, "utf-8", "file")
