"""Lines of JSON as programs write them, and as they come when something broke."""

from __future__ import annotations

from pathlib import Path

import pytest

from addrsvc.tabular import ndjson_reading
from addrsvc.tabular.errors import FileBroken, FileEmpty, TooManyColumns
from addrsvc.tabular.limits import COLUMN_LIMIT, LINE_LIMIT
from addrsvc.tabular.ndjson_reading import NdjsonSource


def source(folder: Path, content: bytes | str) -> NdjsonSource:
    path = folder / "in.ndjson"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return NdjsonSource(path)


def test_columns_are_the_keys_of_all_lines(tmp_path: Path) -> None:
    opened = source(tmp_path, '\ufeff{"b": 1, "a": "x"}\n\n{"a": null, "đ": true}\r\n  \n{}')
    assert opened.header == opened.columns == ["b", "a", "đ"]
    assert opened.estimate() == 3
    assert [(each.line, each.cells) for each in opened.records()] == [
        (1, ["1", "x", ""]),
        (3, ["", "", "true"]),
        (5, ["", "", ""]),
    ]
    assert list(opened.records()) == list(opened.records())


def test_a_key_that_comes_late_is_a_column_all_the_same(tmp_path: Path) -> None:
    lines = ['{"a": 1}'] * 3_000 + ['{"a": 2, "muộn": "x"}']
    *_, last = source(tmp_path, "\n".join(lines)).records()
    assert last.cells == ["2", "x"]


def test_values_as_a_person_would_write_them(tmp_path: Path) -> None:
    line = (
        '{"a": 0.1, "b": 3.0, "c": 123456789012345678901234567890, "d": 1e300,'
        ' "e": {"phường": ["Phú Lợi", null, 1.5]}, "f": "0012", "g": "a\\nb", "h": false}'
    )
    (record,) = source(tmp_path, line).records()
    assert record.cells == [
        "0.1",
        "3",
        "123456789012345678901234567890",
        "1e+300",
        '{"phường":["Phú Lợi",null,1.5]}',
        "0012",
        "a\nb",
        "false",
    ]


def test_a_broken_line_spoils_itself_only(tmp_path: Path) -> None:
    bad = [b"[1]", b'{"a": ', b'{"a": NaN}', b'"x"', b"\xff\xfe", b"[" * 50_000, b'{"a": 1} {}']
    lines = [b'{"a": "tr\xc6\xb0\xe1\xbb\x9bc"}', *bad, b'{"a": "sau"}']
    records = list(source(tmp_path, b"\n".join(lines)).records())
    assert [each.line for each in records] == list(range(1, len(lines) + 1))
    assert [each.error and each.error.slug for each in records] == [
        None,
        *["row-not-object"] * len(bad),
        None,
    ]
    assert records[2].cells == ['{"a": ']  # kept as it is
    assert records[-1].cells == ["sau"]
    error = records[1].error
    assert error is not None
    assert error.text("vi") == ('Dòng này không phải một đối tượng JSON như {"cột": "giá trị"}.')


def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    lines = ['{"a": 1}', '{"a": "' + "x" * (9 * LINE_LIMIT) + '"}', '{"a": 3}']
    records = list(source(tmp_path, "\n".join(lines)).records())
    assert [(each.line, each.error and each.error.slug) for each in records] == [
        (1, None),
        (2, "cell-too-long"),
        (3, None),
    ]
    assert len(records[1].cells[0]) == 200


def test_what_holds_no_object_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        source(tmp_path, "\n \n")
    with pytest.raises(FileBroken) as refused:
        source(tmp_path, "\n\ntên,số\n1,2\n")
    assert refused.value.line == 3


def test_too_many_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'{{"k{n}": 1}}' for n in range(COLUMN_LIMIT)]
    monkeypatch.setattr(ndjson_reading, "_SHAPES", 10)
    assert len(source(tmp_path, "\n".join(lines)).columns) == COLUMN_LIMIT
    with pytest.raises(TooManyColumns):
        source(tmp_path, "\n".join([*lines, '{"more": 1}']))
