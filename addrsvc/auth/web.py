"""FastAPI dependencies: who is calling, and how often they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from addrsvc.auth.credentials import read_credentials
from addrsvc.auth.errors import DeviceRevoked, KeyRefused
from addrsvc.auth.limits import ClientLimits, RouteClass, Spending, class_of, client_of
from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.auth.oidc_errors import TokenRefused
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.revoked import let_in
from addrsvc.clock import Clock

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def principal_of(request: Request) -> Principal:
    """Give who is calling, from what the request carries, counted against its limits.

    Raises:
        KeyRefused, TokenRefused: a header was sent and is no good.
        DeviceRevoked: it is a revoked device, and the route takes nothing from one.
        RateLimited: it asks too often, or its address sent too many that were no good.
    """
    scope = request.scope
    already = cast("Principal | None", scope.get("addrsvc.caller"))
    if already is not None:
        return already
    limits, host, now_s = limits_of(request), host_of(request), now_s_of(request)
    if limits.is_guessing(host, now_s):
        limits.require_vouched(request.headers.get("authorization"), host, now_s)
    try:
        principal = await read_credentials(request)
    except (KeyRefused, TokenRefused):
        await limits.guess(host, now_s)
        raise
    except DeviceRevoked as error:
        principal = let_in(request, error)
    if not principal.is_anonymous:
        scope["addrsvc.principal"] = principal.id
        limits.vouch(request.headers.get("authorization"))
    await _count(request, principal, now_s)
    scope["addrsvc.caller"] = principal
    return principal


async def count_request(request: Request) -> None:
    """Count a request of whatever route: for those that ask for no caller themselves.

    Raises:
        KeyRefused, RateLimited: as for ``principal_of``.
        CountsAway: it wants to sign in, and the counts of all workers are away.
    """
    route_class = class_of_request(request)
    if route_class is RouteClass.SIGN_IN:
        await _count(request, ANONYMOUS, now_s_of(request))
    elif route_class is not RouteClass.FREE:
        await principal_of(request)


async def count_visit(request: Request) -> None:
    """Count a request for a page that is the same for everybody, by its address.

    Raises:
        RateLimited: asked for too often from there.
    """
    await _count(request, ANONYMOUS, now_s_of(request))


async def _count(request: Request, principal: Principal, now_s: float) -> None:
    route_class = class_of_request(request)
    if route_class is RouteClass.FREE or "addrsvc.spending" in request.scope:
        return
    known = not principal.is_anonymous
    client = principal.id if known else client_of(host_of(request))
    spending = request.scope["addrsvc.spending"] = Spending(client, known, route_class)
    await limits_of(request).admit(spending, now_s)


def class_of_request(request: Request) -> RouteClass:
    """Give the class of the route a request matched; the strictest reading where it has none."""
    template = getattr(request.scope.get("route"), "path", "")
    return class_of(request.method, template) or RouteClass.LIST


def limits_of(request: Request) -> ClientLimits:
    """Give this worker's counters."""
    return cast("ClientLimits", request.app.state.client_limits)


def host_of(request: Request) -> str:
    """Give the caller's network address, as the server or a trusted proxy saw it."""
    return request.client.host if request.client is not None else ""


def now_s_of(request: Request) -> float:
    """Give the present moment as seconds since the epoch."""
    return cast("Clock", request.app.state.clock).now().timestamp()


def passwords_of(request: Request) -> Passwords:
    """Give this worker's hashing of passwords."""
    return cast("Passwords", request.app.state.passwords)


def shown_once(body: Mapping[str, Any], status: int = 200) -> Response:
    """Give an answer with a secret in it, the only time it is seen."""
    return Response(orjson.dumps(body), status, NO_STORE, media_type="application/json")


async def public_caller(request: Request) -> Principal:
    """Give who is calling a public surface.

    Raises:
        KeyRefused, RateLimited: as for ``principal_of``.
    """
    return await principal_of(request)


def count_miss(request: Request, _: Principal, amount: int = 1) -> None:
    """Note a lookup that found nothing, or a plate so wrong that its neighbours were tried.

    Counted before the answer goes out, together with those a 404 tells of.
    """
    spending = cast("Spending | None", request.scope.get("addrsvc.spending"))
    if spending is not None:
        spending.misses += amount


async def misses_left(request: Request) -> tuple[int, int]:
    """Give how many questions of a counted request may find nothing, and when more may: seconds.

    For requests of many questions: those behind the last miss are not answered.
    """
    spending = cast("Spending", request.scope["addrsvc.spending"])
    left = await limits_of(request).misses_left(spending, now_s_of(request))
    return left, spending.resets_s


Caller = Annotated[Principal, Depends(principal_of)]
PublicCaller = Annotated[Principal, Depends(public_caller)]
