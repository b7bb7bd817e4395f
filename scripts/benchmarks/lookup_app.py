"""The service's own app with two routes to compare its lookup with."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from addrsvc.auth.model import ANONYMOUS
from addrsvc.codes.code import parse_code
from addrsvc.registry import repository
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.router import answer
from addrsvc.server import app_from_environment


async def nothing() -> dict[str, str]:
    """Do nothing: what the framework and our middleware cost."""
    return {"status": "ok"}


async def plain_pool(ref: str, request: Request) -> Response:
    """Look up as the service does, but with a connection and a statement per request."""
    parsed = parse_code(ref)
    async with request.app.state.doors.pool.connection() as conn:
        (found,) = await repository.by_codes(conn, [parsed.code.text])
    return answer(request, ANONYMOUS, found, AddressRef.of_code(parsed))


def app() -> FastAPI:
    """Make the app to measure."""
    made = app_from_environment()
    made.add_api_route("/bench/nothing", nothing)
    made.add_api_route("/bench/plain/{ref}", plain_pool)
    return made
