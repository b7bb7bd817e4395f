"""API tests of geocoding: on the bundled units, or on the small world with a few addresses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI

from addrsvc.geocoding import geocodejson
from addrsvc.geocoding.errors import GeocoderLoading

_SCHEMA = Path(geocodejson.__file__).parent / "schema" / "geocodejson.schema.json"


@pytest.fixture
async def ready(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give a client of an application that has read its names."""
    async with asyncio.timeout(90):
        while True:
            try:
                app.state.geocoder.world  # noqa: B018 - raises while it is loading
            except GeocoderLoading:
                await asyncio.sleep(0.05)
            else:
                return client


@pytest.fixture(scope="session")
def is_geocodejson() -> Callable[[Any], None]:
    """Give a check against the standard's JSON Schema."""
    validator = jsonschema_rs.validator_for(json.loads(_SCHEMA.read_text(encoding="utf-8")))

    def check(answer: Any) -> None:
        assert [str(error) for error in validator.iter_errors(answer)] == []

    return check
