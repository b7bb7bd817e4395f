"""A file larger than the memory it may take passes from reader to writer, in every format."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

pytestmark = pytest.mark.usefixtures("untraced")

_PASS = """
import sys
from itertools import islice
from pathlib import Path
import addrsvc.tabular.geo_reading, addrsvc.tabular.parquet_reading, addrsvc.tabular.xlsx_reading
import addrsvc.tabular.gpkg_writing, addrsvc.tabular.parquet_writing, addrsvc.tabular.xlsx_writing
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.sources import open_source
from addrsvc.tabular.writing import resume_writer
def most():  # of this program alone; what getrusage says begins with whoever started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
before = most()
source, rows = open_source(Path(sys.argv[1])), 0
writer = resume_writer(Path(sys.argv[2]), Layout(source.header, ["status"]))
records = source.records()
while batch := list(islice(records, 500)):
    assert all(each.error is None for each in batch)
    writer.write([[*each.cells, "certain"] for each in batch])
    rows += len(batch)
    writer.position()
writer.close()
print(rows, most() - before)
"""
COLUMNS, SIZE = 5, 2_000
ROWS = {"csv": 8_000, "ndjson": 8_000, "geojson": 8_000, "gpkg": 8_000, "xlsx": 7_000}
ROWS["parquet"] = 16_000  # its library keeps more for the next part, however long the file


@pytest.mark.parametrize("suffix", ROWS)
def test_memory_stays_below_the_text_of_the_file(tmp_path: Path, suffix: str) -> None:
    given = tmp_path / f"in.{suffix}"
    writer = open_writer(given, Layout([f"c{at}" for at in range(COLUMNS)]))
    for row in range(ROWS[suffix]):
        text = hashlib.sha256(f"{row}".encode()).hexdigest() * (SIZE // 64)
        writer.write([[f"{at}{text}" for at in range(COLUMNS)]])
    writer.close()
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", _PASS, str(given), str(tmp_path / f"out.{suffix}")],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-500:]
    rows, grown_kib = map(int, done.stdout.split())
    assert rows == ROWS[suffix]
    assert grown_kib * 1024 < rows * COLUMNS * SIZE
