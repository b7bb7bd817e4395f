"""What requests without a session pay: nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fastapi import Request

from addrsvc.auth.sessions_web import session_of
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


def asked(**headers: str) -> Request:
    """Give a request to an application that has settings, and no database to ask."""
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    app = SimpleNamespace(state=SimpleNamespace(settings=Settings()))
    return Request({"type": "http", "scheme": "http", "headers": sent, "path": "/", "app": app})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": "lang=vi"},
        {"cookie": "__Host-addrsvc=of-another-scheme"},
        {"cookie": "addrsvc_session"},
        {"cookie": "=;;="},
    ],
    ids=str,
)
async def test_without_a_sessions_cookie_no_database_is_asked(headers: dict[str, str]) -> None:
    assert await session_of(asked(**headers)) is None


async def test_with_one_it_is() -> None:
    with pytest.raises(AttributeError):
        await session_of(asked(cookie="addrsvc_session=x"))
