"""What the pages of field collection share: who leads collectors, in which communes."""

from __future__ import annotations

from datetime import date
from typing import cast

from fastapi import Request
from starlette.responses import Response

from addrsvc.admin_units import service as units
from addrsvc.admin_units.model import UnitFilter
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock, today
from addrsvc.collection import tasks
from addrsvc.collection.quality import EARLIEST, LATEST
from addrsvc.db.rows import Connection
from addrsvc.errors import AddrsvcError
from addrsvc.types import Level
from addrsvc.web.rendering import pages_of

READ = ["GET", "HEAD"]
PRIVATE = {"Cache-Control": "private, no-store"}
_MOST_COMMUNES = 5_000


async def leader_of(request: Request) -> Principal | None:
    """Give who asks, if they lead collectors; None: nobody is signed in.

    Raises:
        ScopeMissing: the pages are for others.
        RateLimited: asked for too often.
    """
    principal = await principal_of(request)
    if principal.is_anonymous:
        return None
    principal.require(Scope.COLLECTION_REVIEW)
    return principal


async def communes_of(request: Request, conn: Connection, principal: Principal) -> dict[str, str]:
    """Give names of communes somebody may make tasks in by their codes, by name."""
    codes = set(await tasks.list_communes(conn, principal))
    wanted = UnitFilter(today(clock_of(request)), Level.COMMUNE)
    found, _ = await units.list_units(conn, wanted, limit=_MOST_COMMUNES)
    named = sorted((each.full_name, each.code) for each in found if each.code in codes)
    return {code: name for name, code in named}


def clock_of(request: Request) -> Clock:
    """Give the clock of the application."""
    return cast("Clock", request.app.state.clock)


def day_of(text: str | None) -> date | None:
    """Read a day there may be figures of; None: it is none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def refuse(request: Request, error: AddrsvcError) -> Response:
    """Give the page that says why not."""
    return pages_of(request).refuse(request, error, typed="", template="refused.html")
