"""What every route that writes shares: its transaction, who asks, If-Match, Idempotency-Key."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

import orjson
from fastapi import Depends, Header, Path, Query, Request, Response

from addrsvc.auth.web import Caller
from addrsvc.clock import today
from addrsvc.db.idempotency import Answer, answer_once, fingerprint_of
from addrsvc.db.web import AppClock, WriteConn
from addrsvc.problems import language_of
from addrsvc.registry.effects import Effects
from addrsvc.registry.errors import IfMatchForeign, IfMatchMissing
from addrsvc.registry.model import Address
from addrsvc.registry.quality import service as quality
from addrsvc.registry.quality.schemas import finding_out
from addrsvc.registry.quality.service import Registers
from addrsvc.registry.schemas import address_out

RefPath = Annotated[
    str,
    Path(
        max_length=200,
        description="a code in any written form, or p<id> of a proposal",
        examples=["75123-04827-7"],
    ),
]
IfMatch = Annotated[str | None, Header(description="ETag last read, or *", max_length=100)]
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:\.[0-9a-f]{16})?"')


def etag_of(address: Address) -> str:
    """Give the entity tag of an address: its version."""
    return f'"{address.version}"'


def expected_version(if_match: str | None) -> int | None:
    """Read If-Match: the version, or None for ``*``.

    Raises:
        IfMatchMissing: there is none.
        IfMatchForeign: it is no tag of ours, so it cannot match.
    """
    version = tag_given(if_match, _ETAG)
    return None if version is None else int(version)


def tag_given(if_match: str | None, etag: re.Pattern[str]) -> str | None:
    """Read If-Match: what the first group of our tags' pattern holds, or None for ``*``.

    Raises:
        IfMatchMissing: there is none.
        IfMatchForeign: it is no tag of ours, so it cannot match.
    """
    if if_match is None:
        raise IfMatchMissing
    if if_match.strip() == "*":
        return None
    match = etag.fullmatch(if_match.strip())
    if match is None:
        raise IfMatchForeign(given=if_match[:40])
    return match[1]


def registers_of(request: Request) -> Registers:
    """Give what this process keeps in memory of the registers of units and names."""
    state = request.app.state
    return Registers(state.units_in_memory, state.register_names)


class Writing:
    """One write request: its transaction, who asks, and its idempotency key."""

    def __init__(self, request: Request, conn: WriteConn, caller: Caller, clock: AppClock) -> None:
        self.request, self.conn, self.caller, self.clock = request, conn, caller, clock

    async def once(self, status: int, act: Callable[[], Awaitable[Address]]) -> Response:
        """Do the act on one address, or repeat the answer it had before under the same key.

        The answer says what rules find about the address as it now stands.
        """

        async def work() -> Answer:
            address = await act()
            headers = {"ETag": etag_of(address), "Location": f"/v1/addresses/{address.ref}"}
            language = language_of(self.request)
            body = address_out(address, self.caller, language)
            registers, day = registers_of(self.request), today(self.clock)
            found = await quality.check(self.conn, address, registers, day)
            body["findings"] = [finding_out(each, language) for each in found]
            return Answer(status, headers, orjson.dumps(body))

        return await self.answer(work)

    async def rehearsed(self, act: Callable[[Effects], Awaitable[object]]) -> Response:
        """Do the act, tell what it did, and leave nothing of it: no code drawn, no key used."""
        effects = Effects()
        savepoint = await self.conn.begin_nested()
        try:
            await act(effects)
        finally:
            await savepoint.rollback()
        told = {"dry_run": True, "effects": effects.to_json()}
        return Response(orjson.dumps(told), media_type="application/json")

    async def answer(self, work: Callable[[], Awaitable[Answer]]) -> Response:
        """Do the work, or repeat the answer it had before under the same key."""
        request = self.request
        answer = await answer_once(
            self.conn,
            principal=self.caller.id,
            key=request.headers.get("idempotency-key"),
            fingerprint=fingerprint_of(
                request.method.encode(),
                request.url.path.encode(),
                request.headers.get("if-match", "").encode(),
                await request.body(),
            ),
            at=self.clock.now(),
            work=work,
        )
        return Response(
            answer.body, answer.status, headers=answer.headers, media_type="application/json"
        )


Write = Annotated[Writing, Depends()]
DryRun = Annotated[bool, Query(description="tell what it would do to each address, and do nothing")]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="repeat a request safely; a UUID, say"),
]
