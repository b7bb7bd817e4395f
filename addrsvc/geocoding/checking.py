"""Check many codes as ``GET /v1/addresses/{ref}`` would look each up: same sight, same misses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from addrsvc.auth.errors import RateLimited
from addrsvc.auth.model import Principal
from addrsvc.codes.code import ParsedCode, parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.db.doors import ReadPool
from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.by_code import judge_code, judge_slip, judge_unknown
from addrsvc.geocoding.verdict import Verdict
from addrsvc.registry import reading
from addrsvc.registry.errors import CheckDigitRefused
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Address


class CodeChecks:
    """The codes of one request, in order; behind its last miss nothing is told any more."""

    def __init__(
        self,
        lookup: CodeLookup,
        pool: ReadPool,
        principal: Principal,
        *,
        misses_left: int,
        retry_after_s: int,
    ) -> None:
        self._lookup = lookup
        self._pool = pool
        self._principal = principal
        self._left = misses_left
        self._retry_after_s = retry_after_s
        self.misses = 0

    async def check(self, texts: Sequence[str]) -> list[Verdict | AddrsvcError]:
        """Judge each code; the error is what the single call would answer.

        Codes that name nothing the asker may see, and plates with a wrong check digit, are misses.
        Whoever has none left gets :class:`RateLimited` for all that follow, hit or not: else the
        refusal would tell.

        Raises:
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        read = [_read(text) for text in texts]
        found = await self._find(each.code.text for each in read if isinstance(each, ParsedCode))
        next_ones = await self._find(
            successor.code for each in found.values() for successor in each.successors
        )
        verdicts: list[Verdict | AddrsvcError] = []
        for text, parsed in zip(texts, read, strict=True):
            if self.misses >= self._left:
                verdicts.append(RateLimited(retry_after_s=self._retry_after_s))
            elif isinstance(parsed, CheckDigitWrong):
                self.misses += 1
                verdicts.append(await self._slip(text))
            elif isinstance(parsed, AddrsvcError):
                verdicts.append(parsed)
            elif (address := found.get(parsed.code.text)) is None:
                self.misses += 1
                verdicts.append(judge_unknown(parsed.code.printed))
            else:
                known = [next_ones.get(each.code or "") for each in address.successors]
                successors = [each for each in known if each is not None]
                verdicts.append(judge_code(address, successors, verified=parsed.verified))
        return verdicts

    async def _find(self, codes: Iterable[str | None]) -> dict[str, Address]:
        """Look codes up together, and give those the asker may see."""
        asked = list(dict.fromkeys(code for code in codes if code is not None))
        found = await asyncio.gather(*map(self._lookup.find, asked))
        return {
            code: address
            for code, address in zip(asked, found, strict=True)
            if address is not None and reading.is_seen(address, self._principal)
        }

    async def _slip(self, text: str) -> Verdict:
        """Look for live codes one slip away: a statement each, and no more of them than misses."""
        try:
            async with self._pool.connection() as conn:
                await reading.read_code(conn, text)
        except CheckDigitRefused as refused:
            return judge_slip(refused.suggestions)
        raise AssertionError(text)  # it was wrong a moment ago


def _read(text: str) -> ParsedCode | AddrsvcError:
    try:
        return parse_code(text)
    except AddrsvcError as error:
        return error
