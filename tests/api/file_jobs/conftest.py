"""Jobs over files, without a worker: what a worker writes down, tests do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from file_jobs_world import ROWS, Send
from registry_fixtures import IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.settings import Settings


@pytest.fixture
def files_dir(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def settings(database_url: str, files_dir: Path) -> Settings:
    return service_settings(
        database_url, files_dir=files_dir, file_max_bytes=30_000_000, file_bytes_each=40_000_000
    )


@pytest.fixture
async def owner(issue_key: IssueKey) -> dict[str, str]:
    key = await issue_key(Scope.ADDRESSES_READ)
    return {"Authorization": f"Bearer {key}", "Accept-Language": "en"}


@pytest.fixture
async def other(issue_key: IssueKey) -> dict[str, str]:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.DOSSIERS_WRITE)
    return {"Authorization": f"Bearer {key}", "Accept-Language": "en"}


@pytest.fixture
def send(client: httpx.AsyncClient, owner: dict[str, str]) -> Send:
    """Give a sender of files: what is asked in, the answer out."""

    async def post(
        content: Any = ROWS,
        *,
        by: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **asked: Any,
    ) -> httpx.Response:
        params = {"kind": "geocode", "name": "ho-so.csv", **asked}
        sent = {**(owner if by is None else by), **(headers or {})}
        return await client.post("/v1/jobs", params=params, content=content, headers=sent)

    return post
