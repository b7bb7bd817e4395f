"""Import files into the small world of ``registry_fixtures`` and look at what came of it."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.rows import dict_row
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.registry.bulk.exporting import ExportFilter, export_file
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.model import Kind

Query = Callable[..., list[dict[str, Any]]]
Importing = Callable[..., Receipt]
DWELLING = ImportOptions(kind=Kind.DWELLING, source="test")


@pytest.fixture
def query(registry_url: str) -> Query:
    """Give a function that runs one statement and gives its rows."""

    def run(statement: LiteralString, *params: object) -> list[dict[str, Any]]:
        with psycopg.connect(registry_url, row_factory=dict_row) as conn:
            cursor = conn.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def importing(registry_url: str, tmp_path: Path, clock: FixedClock) -> Importing:
    """Give a function that writes content to a file, if any is given, and imports it."""

    def run(
        content: str | bytes | None,
        *,
        name: str = "in.csv",
        options: ImportOptions = DWELLING,
        **settings: Any,
    ) -> Receipt:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return asyncio.run(_import(registry_url, path, options, clock, settings))

    return run


async def _import(
    url: str, path: Path, options: ImportOptions, clock: FixedClock, settings: dict[str, Any]
) -> Receipt:
    engine = make_engine(service_settings(url))
    try:
        return await import_file(
            open_file(path, options),
            engine=engine,
            principal=command_line("test"),
            clock=clock,
            **settings,
        )
    finally:
        await engine.dispose()


@pytest.fixture
def exporting(registry_url: str, tmp_path: Path, clock: FixedClock) -> Callable[..., Path]:
    """Give a function that exports to a file of a name."""

    def run(name: str, wanted: ExportFilter | None = None, **settings: Any) -> Path:
        async def export() -> None:
            engine = make_engine(service_settings(registry_url))
            try:
                await export_file(
                    tmp_path / name,
                    wanted or ExportFilter(),
                    engine=engine,
                    principal=command_line("test"),
                    clock=clock,
                    **settings,
                )
            finally:
                await engine.dispose()

        asyncio.run(export())
        return tmp_path / name

    return run


@pytest.fixture
def rejects(tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    """Give a function that reads the file of refused rows."""

    def read(name: str = "in") -> list[dict[str, str]]:
        path = tmp_path / f"{name}.rejected.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read
