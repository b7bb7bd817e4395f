"""Dossiers run on the small world of ``registry_fixtures`` with a few addresses in it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from dossiers_world import CODE, OFFICE, Headers, Put
from fastapi import FastAPI
from geocoding_fixtures import Assign
from registry_fixtures import IssueKey
from service_settings import service_settings

from addrsvc.db.doors import Doors
from addrsvc.settings import Settings


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url)


@pytest.fixture
async def codes(app: FastAPI, doors: Doors, assign: Assign) -> dict[str, str]:
    """Give the codes of a few addresses, which the application's geocoder knows."""
    found = {
        "12": await assign("12", "Đường Lê Lợi"),
        "14": await assign("14", "Đường Lê Lợi", shift_deg=0.002),
        "east": await assign("3", "Đường Nguyễn Trãi", east=True),
    }
    async with doors.pool.connection() as conn:
        await app.state.gazetteer.catch_up(conn)
        await app.state.geocoder.refresh(conn)
    return found


@pytest.fixture
async def office(issue_key: IssueKey) -> Headers:
    """Give the headers of a one-stop service without a limit of area."""
    return {"Authorization": f"Bearer {await issue_key(*OFFICE)}", "Accept-Language": "en"}


@pytest.fixture
def put(client: httpx.AsyncClient, office: Headers) -> Put:
    """Give a sender of dossiers: addresses in, the answer out."""

    async def send(
        *addresses: dict[str, Any], code: str = CODE, by: Headers | None = None, **facts: Any
    ) -> httpx.Response:
        body = {"addresses": addresses, **facts}
        return await client.put(f"/v1/dossiers/{code}", json=body, headers=by or office)

    return send
