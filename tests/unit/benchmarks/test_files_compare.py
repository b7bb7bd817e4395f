"""The script that compares a job's file with its result finds every way of getting it wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import files_compare
from benchmarks.files_compare import compare

SENT = "a,b\n1,=x\n2,\"y,\n'z'\"\n2,\"y,\n'z'\"\n3,\n"
GOOD = "a,b,s\n1,'=x,ok\n2,\"y,\n'z'\",ok\n2,\"y,\n'z'\",ok\n3,,no\n"


def _compared(folder: Path, result: str) -> dict[str, int]:
    sent, got = folder / "sent.csv", folder / "got.csv"
    sent.write_text(SENT, encoding="utf-8")
    got.write_text("\ufeff" + result, encoding="utf-8")
    return {name: count for name, count in compare(sent, got).items() if count}


def test_a_whole_result_has_nothing_wrong(tmp_path: Path) -> None:
    assert _compared(tmp_path, GOOD) == {"rows_in": 4, "rows_out": 4}
    command = [sys.executable, files_compare.__file__, tmp_path / "sent.csv", tmp_path / "got.csv"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 -- ours
    (tmp_path / "got.csv").write_text(GOOD.replace("3,,no\n", ""), encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1  # noqa: S603 -- ours


@pytest.mark.parametrize(
    ("result", "wrong"),
    [
        (GOOD.replace("3,,no\n", ""), {"rows_out": 3, "missing": 1}),
        (GOOD + "1,'=x,ok\n", {"rows_out": 5, "too_many": 1}),
        (GOOD.replace("1,'=x,ok", "3,,ok"), {"missing": 1, "too_many": 1, "moved": 1}),
        ("a,b,s\n3,,no\n" + GOOD[6:].replace("3,,no\n", ""), {"moved": 3}),
        (GOOD.replace("1,'=x,ok", "1,'=x,"), {"nothing_said": 1}),
        (GOOD.replace("a,b,s", "a,c,s"), {"header_changed": 1}),
    ],
)
def test_each_way_of_being_wrong_is_counted(
    tmp_path: Path, result: str, wrong: dict[str, int]
) -> None:
    assert _compared(tmp_path, result) == {"rows_in": 4, "rows_out": 4} | wrong
