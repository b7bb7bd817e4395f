"""FastAPI dependencies: who is calling, and how often they may."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from addrsvc.auth.credentials import read_credentials
from addrsvc.auth.limits import ClientLimits
from addrsvc.auth.model import Principal


async def principal_of(request: Request) -> Principal:
    """Give who is calling, from what the request carries.

    Raises:
        KeyRefused: a header was sent and is no good.
    """
    principal = await read_credentials(request)
    if not principal.is_anonymous:
        request.scope["addrsvc.principal"] = principal.id
    return principal


def limits_of(request: Request) -> ClientLimits:
    """Give this worker's counters."""
    return cast("ClientLimits", request.app.state.client_limits)


def host_of(request: Request) -> str:
    """Give the caller's network address, as the server or a trusted proxy saw it."""
    return request.client.host if request.client is not None else ""


async def public_caller(request: Request) -> Principal:
    """Give who is calling a public surface, counted against the limits when anonymous.

    Raises:
        KeyRefused: a header was sent and is no good.
        RateLimited: a client without a key asks too often.
    """
    principal = await principal_of(request)
    if principal.is_anonymous:
        limits_of(request).admit(host_of(request))
    return principal


def count_miss(request: Request, principal: Principal) -> None:
    """Count a lookup that found nothing, or a plate so wrong that its neighbours were tried."""
    if principal.is_anonymous:
        limits_of(request).miss(host_of(request))


Caller = Annotated[Principal, Depends(principal_of)]
PublicCaller = Annotated[Principal, Depends(public_caller)]
