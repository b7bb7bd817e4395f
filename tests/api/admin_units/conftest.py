"""API tests of units run on the bundled units."""

from __future__ import annotations

import pytest
from service_settings import service_settings

from addrsvc.settings import Settings


@pytest.fixture
def settings(units_url: str) -> Settings:
    return service_settings(units_url, anonymous_per_minute=10_000)
