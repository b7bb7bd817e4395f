"""Compare a file sent to a job with its result, row by row: none missing, none twice, none moved.

    python files_compare.py INPUT.csv RESULT.csv

Knows nothing of the service but that a result has the columns of its input first, then others,
and that an apostrophe is put before a cell a spreadsheet would take for a formula.
Both files are read at the same time, so any size will do. Prints counts as JSON; exits with 1
unless every row of the input is in the result once, at its place, with something said of it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path


def main() -> None:
    """Compare the two files named."""
    found = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(found))
    sys.exit(0 if found["rows_in"] and not _wrong(found) else 1)


def compare(sent: Path, result: Path) -> dict[str, int]:
    """Count rows of both files, and what is wrong between them."""
    with (
        sent.open(encoding="utf-8-sig", newline="") as one,
        result.open(encoding="utf-8-sig", newline="") as other,
    ):
        asked, answered = csv.reader(one), csv.reader(other)
        header, their_header = next(asked), next(answered)
        width = len(header)
        counts = Counter({"header_changed": int(their_header[:width] != header)})
        asked_of, answered_of = Counter[bytes](), Counter[bytes]()
        for row, their_row in zip_longest(_rows(asked), _rows(answered)):
            if row is not None:
                counts["rows_in"] += 1
                asked_of[_hash(row)] += 1
            if their_row is not None:
                counts["rows_out"] += 1
                theirs = list(map(_as_sent, their_row[:width]))
                answered_of[_hash(theirs)] += 1
                counts["nothing_said"] += not any(their_row[width:])
                counts["moved"] += row is not None and theirs != row
    counts["missing"] = (asked_of - answered_of).total()
    counts["too_many"] = (answered_of - asked_of).total()
    names = ("rows_in", "rows_out", "missing", "too_many", "moved", "nothing_said")
    return {name: counts[name] for name in (*names, "header_changed")}


def _wrong(found: dict[str, int]) -> int:
    return sum(count for name, count in found.items() if name not in {"rows_in", "rows_out"})


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in reader if row)


def _as_sent(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell


def _hash(row: list[str]) -> bytes:
    return hashlib.blake2b("\0".join(row).encode(), digest_size=16).digest()


if __name__ == "__main__":
    main()
