"""The body of a request as a file on its way."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from addrsvc.db.web import lengthen_deadline
from addrsvc.uploads.errors import FileCutOff
from addrsvc.uploads.receiving import Sent

_KEEPING_S: Final = 60.0
"""So long a file that is there may take to be safe on the disk."""


def sent_by(request: Request, idempotency_key: str | None) -> Sent:
    """Give the body of a request as a file; what is asked of it stands in path and query."""
    asked = f"{request.url.path}?{request.url.query}".encode()
    return Sent(_chunks(request), _declared(request), idempotency_key, asked)


async def _chunks(request: Request) -> AsyncGenerator[bytes]:
    """Give the body as it comes.

    Raises:
        FileCutOff: the sender is gone.
    """
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise FileCutOff from None
    lengthen_deadline(request, _KEEPING_S)


def _declared(request: Request) -> int | None:
    """Give how long the body is said to be; the guard has looked at it."""
    declared = request.headers.get("content-length")
    return None if declared is None else int(declared)
