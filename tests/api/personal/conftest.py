"""Tests of people's data run on the small world of ``registry_fixtures``."""

from __future__ import annotations

import pytest
from service_settings import service_settings

from addrsvc.settings import Settings


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, holder_readings_per_day=4)
