"""The file of refused rows: original columns and the reason, to be mended and fed back."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import orjson

from addrsvc.registry.bulk.model import Rejection
from addrsvc.registry.bulk.runs import Reason
from addrsvc.tabular.formula import neutralise
from addrsvc.tabular.sources import Source

REASON_COLUMNS: Final = ("dòng gốc", "lý do", "reason", "reason_code")


def rejects_path(path: Path) -> Path:
    """Give where the refused rows of a file go: beside it."""
    return path.with_name(f"{path.stem}.rejected.csv")


async def write_rejects(path: Path, source: Source, reasons: AsyncIterator[Reason]) -> None:
    """Write the refused rows in order of line; the file appears whole or not at all.

    The input is read once more, so that nobody's data rest in the database for this.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*map(neutralise, source.header), *REASON_COLUMNS])
            records = source.records()
            width = len(source.columns)
            async for reason in reasons:
                record = next(each for each in records if each.line == reason.line)
                cells = map(neutralise, record.fitted(width))
                writer.writerow([*cells, reason.line, reason.vi, reason.en, reason.slug])
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class Spool:
    """Keeps the reasons of a dry run in a temporary file, so that memory stays bounded."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the run

    def add(self, rejections: list[Rejection]) -> None:
        """Keep some more, in order of line."""
        for each in map(Reason.of, rejections):
            self._file.write(orjson.dumps([each.line, each.slug, each.vi, each.en]) + b"\n")

    async def reasons(self) -> AsyncIterator[Reason]:
        """Give them back in order."""
        self._file.seek(0)
        for line in self._file:
            yield Reason(*orjson.loads(line))

    def close(self) -> None:
        """Forget them."""
        self._file.close()
