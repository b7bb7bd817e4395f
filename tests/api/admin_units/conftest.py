"""API tests of units run on the bundled units."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from admin_units_fixtures import MakeUnits
from one_app import client_of
from service_settings import service_settings

from addrsvc.settings import Settings

_PLENTY = {"anonymous_per_minute": 10_000}


@pytest.fixture
def settings(units_url: str) -> Settings:
    return service_settings(units_url, **_PLENTY)


@pytest.fixture(scope="module")
async def reader(
    clone_database: Callable[[str], AbstractContextManager[str]],
    units_template: str,
    make_units: MakeUnits,
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client for tests that only read; all of a module share its application."""
    with clone_database(units_template) as url:
        async with client_of(url, make_units(), **_PLENTY) as client:
            yield client
