"""The bundled units in a database: loaded once per worker, cloned per test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from addrsvc.admin_units import bundled, names_in_memory, units_in_memory
from addrsvc.admin_units.split_localities import SplitLocalities, read_split_localities
from addrsvc.admin_units.units_in_memory import LoadedUnits, UnitsInMemory
from addrsvc.db.rows import Connection, rows

MakeUnits = Callable[[], UnitsInMemory]

_READ = (
    *(units_in_memory.QUERIES[name] for name in ("units_to_convert", "links_to_convert")),
    units_in_memory.QUERIES["known_localities"],
    *(names_in_memory.QUERIES[name] for name in ("all_names", "all_links")),
)
"""All that is read into memory of units."""


class _ReadOnce:
    """Reads what is equal in the databases of many tests for the first of them only."""

    def __init__(self) -> None:
        self._known: dict[str, LoadedUnits] = {}
        self._codes = SplitLocalities(read_split_localities()).open_codes()

    async def read(self, conn: Connection) -> LoadedUnits:
        content = str([await self._digest(conn, query) for query in _READ])
        if content not in self._known:
            self._known[content] = await units_in_memory.read_units(conn)
        return self._known[content]

    async def _digest(self, conn: Connection, query: str) -> object:
        sums = f"SELECT count(*), sum(hash_record_extended(row, 0)) FROM ({query}) AS row"
        return await rows(conn, sums, {"codes": self._codes})


@pytest.fixture(scope="session")
def units_template(
    clone_database: Callable[[str], AbstractContextManager[str]], template_db: str
) -> Iterator[str]:
    """Give the URL of a database that holds the bundle. Only to clone."""
    with clone_database(template_db) as url:
        assert not bundled.load(url).already_loaded
        yield url


@pytest.fixture
def units_url(
    clone_database: Callable[[str], AbstractContextManager[str]], units_template: str
) -> Iterator[str]:
    """Give a database of this test's own that holds the bundle."""
    with clone_database(units_template) as url:
        yield url


@pytest.fixture(scope="session")
def make_units() -> MakeUnits:
    """Give a maker of units in memory, one for each application: equal ones are read once."""
    read = _ReadOnce().read
    return lambda: UnitsInMemory(read=read)
