from __future__ import annotations

from pathlib import Path

import pytest

from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.encoding import named, sniff
from addrsvc.tabular.errors import EncodingUnknown, FileEmpty, HeaderRefused
from addrsvc.tabular.limits import COLUMN_LIMIT, LINE_LIMIT


def source(tmp_path: Path, content: bytes | str, encoding: str | None = None) -> CsvSource:
    path = tmp_path / "in.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvSource(path, encoding)


def read(tmp_path: Path, content: bytes | str) -> list[tuple[int, list[str], str | None]]:
    return [
        (r.line, r.cells, r.error.slug if r.error else None)
        for r in source(tmp_path, content).records()
    ]


def test_lines_are_numbered_as_an_editor_shows_them(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\r\n1,2\r\n\r\n3,4") == [(2, ["1", "2"], None), (4, ["3", "4"], None)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path: Path, sign: str) -> None:
    assert read(tmp_path, f"a{sign}b\n1{sign}2\n") == [(2, ["1", "2"], None)]


def test_quoted_record_over_two_lines(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n"1\n x",2\n3,4\n')
    assert rows == [(2, ["1\n x", "2"], None), (4, ["3", "4"], None)]


def test_broken_quote_costs_its_line_only(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n"1,2\n3,4\n5,"6"\n"7"x,8\n9,10\n')
    assert [(line, slug) for line, _, slug in rows] == [
        (2, "row-broken"),
        (3, None),
        (4, None),
        (5, "row-broken"),
        (6, None),
    ]
    assert rows[2][1] == ["5", "6"]


def test_broken_quote_at_the_end_of_a_long_file(tmp_path: Path) -> None:
    body = "".join(f"{n},x\n" for n in range(60_000))
    rows = read(tmp_path, f'a,b\n"0,x\n{body}')
    assert len(rows) == 60_001
    assert [line for line, _, slug in rows if slug] == [2]


def test_cut_off_line_is_refused_not_padded(tmp_path: Path) -> None:
    rows = read(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert [slug for _, _, slug in rows] == [None, "row-columns", "row-columns", None]


def test_line_without_end_is_capped(tmp_path: Path) -> None:
    rows = read(tmp_path, "a,b\n1,2\n" + "x" * (LINE_LIMIT * 7) + "\n3,4\n")
    assert [(line, slug) for line, _, slug in rows] == [(2, None), (3, "cell-too-long"), (4, None)]
    assert len(rows[1][1][0]) == 200


def test_records_may_be_read_twice(tmp_path: Path) -> None:
    opened = source(tmp_path, "a,b\n1,2\n")
    assert list(opened.records()) == list(opened.records())


def test_empty_and_header_only(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        source(tmp_path, "\n\n  \n")
    assert read(tmp_path, "a,b\n") == []


def test_header_with_open_quote_or_too_many_columns(tmp_path: Path) -> None:
    with pytest.raises(HeaderRefused):
        source(tmp_path, '"a,b\n1,2\n')
    with pytest.raises(HeaderRefused):
        source(tmp_path, ",".join(f"c{n}" for n in range(COLUMN_LIMIT + 1)) + "\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    text = "tên,phường\nnhà,Phường Phú Lợi\n" * 20
    opened = source(tmp_path, text.encode(encoding))
    assert opened.columns == ["tên", "phường"]
    assert next(iter(opened.records())).cells == ["nhà", "Phường Phú Lợi"]


def test_old_vietnamese_windows_encoding(tmp_path: Path) -> None:
    # ư and ơ have bytes of their own, tones follow their vowel
    opened = source(tmp_path, "a,b\nPhu\u031b\u0300ng,\u0111".encode("cp1258", "ignore"))
    assert opened.encoding == "cp1258"


def test_few_damaged_bytes_stay_utf8() -> None:
    assert sniff("đường Lê Lợi\n".encode() * 10 + b"\xff\xfe") == "utf-8-sig"


def test_utf8_cut_at_the_end_of_the_sample_is_no_damage() -> None:
    assert sniff(("đ" * 131_073).encode()[:262_144]) == "utf-8-sig"


def test_encoding_asked_for() -> None:
    assert named("UTF-8") == "utf-8-sig"
    with pytest.raises(EncodingUnknown):
        named("klingon")


def test_nul_bytes_reach_the_cell_to_be_refused_there(tmp_path: Path) -> None:
    rows = read(tmp_path, b"a,b\n1,x\0y\n" + b"2,plain and long enough\n" * 40)
    assert rows[0] == (2, ["1", "x\0y"], None)
