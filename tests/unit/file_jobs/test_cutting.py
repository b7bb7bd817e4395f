"""A file cut into parts: every row once, in order, with the reason of those that are unusable."""

from __future__ import annotations

from pathlib import Path

import pytest

from addrsvc.file_jobs import cutting
from addrsvc.file_jobs.cutting import CuttingStopped, cut, read_part
from addrsvc.file_jobs.running_errors import ResultTooManyRows
from addrsvc.tabular.sources import Source, open_source


def opened(folder: Path, content: bytes, encoding: str | None = None) -> Source:
    path = folder / "rows.csv"
    path.write_bytes(content)
    return open_source(path, encoding=encoding)


def cut_all(source: Source, folder: Path, *, ending: str = "csv") -> list[list[cutting.RowIn]]:
    done = cut(
        source,
        folder,
        {1},
        ending=ending,
        language="en",
        is_stopped=lambda: False,
        part_rows=2,
    )
    parts = [read_part(folder / f"{part:07}.in") for part in range(done.parts)]
    assert sum(map(len, parts)) == done.rows
    return parts


def test_rows_stay_rows_whatever_is_wrong_with_them(tmp_path: Path) -> None:
    content = b"a,b\n1,x\n2\n3,\xff\n\xff,y\n5,'=z\n"
    parts = cut_all(opened(tmp_path, content, "utf-8"), tmp_path / "parts")
    rows = [row for part in parts for row in part]
    assert [len(part) for part in parts] == [2, 2, 1]
    cells = [["1", "x"], ["2", ""], ["3", "?"], ["?", "y"], ["5", "=z"]]
    assert [row.cells for row in rows] == cells
    assert [row.line for row in rows] == [2, 3, 4, 5, 6]
    reasons = [row.reason for row in rows]
    assert reasons[0] is None
    assert reasons[3:] == [None, None]
    assert reasons[1] == "Line 3: The row has 1 cells, the header 2 columns."
    assert reasons[2] is not None
    assert "“b”" in reasons[2]


def test_losses_of_wide_encodings_are_seen(tmp_path: Path) -> None:
    content = "a,b\n1,x\n2,y\n".encode("utf-16")
    broken = content[:-6] + b"\x00\xd8" + content[-4:]
    rows = cut_all(opened(tmp_path, broken), tmp_path / "parts")[0]
    assert [row.reason is None for row in rows] == [True, False]


def test_a_part_of_long_rows_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "_PART_CHARACTERS", 10)
    parts = cut_all(opened(tmp_path, b"a,b\n1,aaaaaaaaaaaa\n2,b\n3,c\n"), tmp_path / "parts")
    assert [len(part) for part in parts] == [1, 2]


def test_it_stops_when_nobody_waits_or_the_result_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = opened(tmp_path, b"a,b\n1,x\n2,y\n3,z\n")
    options = {"ending": "xlsx", "language": "vi", "part_rows": 2}
    with pytest.raises(CuttingStopped):
        cut(source, tmp_path / "one", {1}, is_stopped=lambda: True, **options)  # type: ignore[arg-type]
    monkeypatch.setitem(cutting.ROW_LIMITS, ".xlsx", 2)
    with pytest.raises(ResultTooManyRows, match="2 rows"):
        cut_all(source, tmp_path / "two", ending="xlsx")
