"""A follower's world: the small registry, acts by a writer, sealing on demand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.events.sealing import seal_all
from addrsvc.settings import Settings

Headers = dict[str, str]
Seal = Callable[[], Awaitable[int]]
Register = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
def seal(app: FastAPI) -> Seal:
    """Give what the sealer does, at once."""
    return lambda: seal_all(app.state.doors.engine)


@pytest.fixture
async def everything(client: httpx.AsyncClient, issue_key: IssueKey) -> Headers:
    """Give the headers of a key that sees and may do all."""
    return {"Authorization": f"Bearer {await issue_key(*Scope)}"}


@pytest.fixture
def register(client: httpx.AsyncClient, everything: Headers) -> Register:
    """Give a maker of addresses: number of the house, other fields of the body."""

    async def act(number: int, **fields: Any) -> dict[str, Any]:
        body = {
            "kind": "dwelling",
            "source": "field",
            "position": {**IN_WEST, "lon": IN_WEST["lon"] + number / 2_000},  # type: ignore[operator]
            "components": {"house_number": str(number), "thoroughfare": "Đường Mẫu"},
            **fields,
        }
        answer = await client.post("/v1/addresses", json=body, headers=everything)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return act
