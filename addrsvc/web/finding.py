"""Find one address for a page, as anybody may see it, under the limits of the public API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import psycopg
from fastapi import Request
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError as DriverError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.web import count_miss, count_visit
from addrsvc.codes.code import ParsedCode, parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.db.web import doors_of
from addrsvc.problems import DatabaseUnreachable
from addrsvc.registry import reading
from addrsvc.registry.errors import AddressNotFound, CheckDigitRefused
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Address
from addrsvc.settings import Settings

_SHARE_OF_DEADLINE = 0.8
"""Give up before the guard does: a page with words and a box instead of a bare document."""

_AWAY = (
    TimeoutError,
    PoolTimeout,
    PoolExhausted,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    DriverError,
)


@asynccontextmanager
async def in_time(request: Request) -> AsyncIterator[None]:
    """Give up on the database before the guard gives up on the page.

    Raises:
        DatabaseUnreachable: no answer in time.
    """
    settings = cast("Settings", request.app.state.settings)
    try:
        async with asyncio.timeout(settings.request_deadline_s * _SHARE_OF_DEADLINE):
            yield
    except _AWAY as away:
        raise DatabaseUnreachable from away


async def read_code(request: Request, text: str) -> ParsedCode:
    """Read a code as typed, counted as one look-up of this client.

    Raises:
        RateLimited: the client asks too often.
        CheckDigitRefused: eleven digits that do not belong together; counted as a miss, since
            what it suggests are live codes.
        InvalidInput: see ``codes.code.parse_code``.
        DatabaseUnreachable: no answer in time.
    """
    await count_visit(request)
    try:
        return parse_code(text)
    except CheckDigitWrong:
        pass
    try:
        async with in_time(request), doors_of(request).pool.connection() as conn:
            return await reading.read_code(conn, text)
    except CheckDigitRefused:
        count_miss(request, ANONYMOUS)
        raise


async def find_address(request: Request, parsed: ParsedCode) -> Address:
    """Give the address that has a code, if anybody may see it; a miss is counted.

    Raises:
        AddressNotFound: there is none, or it is not public; which, is not told.
        DatabaseUnreachable: no answer in time.
    """
    found = await _public_address(request, parsed.code.text)
    if found is None:
        count_miss(request, ANONYMOUS)
        raise AddressNotFound(code=parsed.code.printed)
    return found


async def find_successors(request: Request, address: Address) -> list[tuple[str, Address]]:
    """Give what took an address's place, relation and address; those not public are left out."""
    found = await asyncio.gather(
        *(_public_address(request, each.code) for each in address.successors)
    )
    pairs = zip(address.successors, found, strict=True)
    return [(each.relation, successor) for each, successor in pairs if successor is not None]


async def _public_address(request: Request, code: str) -> Address | None:
    lookup = cast("CodeLookup", request.app.state.code_lookup)
    async with in_time(request):
        found = await lookup.find(code)
    if found is None or not reading.is_seen(found, ANONYMOUS):
        return None
    return found
