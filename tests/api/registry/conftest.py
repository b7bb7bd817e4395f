"""Registry API tests run on the small world of ``registry_fixtures``."""

from __future__ import annotations

import pytest

from addrsvc.settings import Settings


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return Settings.model_validate({"database_url": registry_url})
