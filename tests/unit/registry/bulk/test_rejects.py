"""What is handed back to be mended is as safe to open as what came in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from addrsvc.registry.bulk.rejects import write_rejects


class _Hostile:
    """A source whose column names are formulas too."""

    header = columns = ["=1+1", "@x", "lon"]  # noqa: RUF012 -- as sources have it

    def records(self) -> object:
        return iter(())


@pytest.mark.anyio
async def test_names_of_columns_are_disarmed_in_what_is_handed_back(tmp_path: Path) -> None:
    async def none() -> object:
        for each in list[object]():
            yield each

    await write_rejects(tmp_path / "out.csv", _Hostile(), none())  # type: ignore[arg-type]
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert header[:3] == ["'=1+1", "'@x", "lon"]
