"""The bundled units in a database: loaded once per worker, cloned per test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from addrsvc.admin_units import bundled


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
