"""Ask the server: snapshot and pages of events, with what will pass told from what will not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx
import orjson

from addrsvc.replica.errors import AccessRefused, NotThisServer, ServerAway

PAGE: Final = 1_000
"""Events asked for at once, each with its address: some 600 KB."""

_TIMEOUT = httpx.Timeout(60, connect=10)
"""A page that waits comes within 30 seconds; so does each piece of a snapshot."""


class FeedBeginsLater(Exception):
    """Events behind the copy are in the archive."""


class BeyondLast(Exception):
    """The server has no event of the number asked for yet."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, the addresses they are about as they stand now, and where to go on."""

    items: Sequence[Mapping[str, Any]]
    next: int
    last: int
    addresses: Mapping[str, Mapping[str, Any]]
    sight: str
    """Marks what the key sees."""

    def subjects(self) -> set[str]:
        """Give the addresses (codes, ``p<id>``) something happened to."""
        return {each["subject"] for each in self.items if each["type"].startswith("address.")}


class Server:
    """One server under one key; a context manager."""

    def __init__(self, url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "vi"},
            timeout=_TIMEOUT,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self._client.close()

    def events(self, after: int, *, wait_s: int = 0, limit: int = PAGE) -> Page:
        """Read a page of events.

        Raises:
            ServerAway: try again.
            FeedBeginsLater, BeyondLast: see there.
            AccessRefused, NotThisServer: trying again does not help.
        """
        asked: dict[str, int | str] = {
            "after": after,
            "limit": limit,
            "wait": wait_s,
            "include": "addresses",
        }
        try:
            answer = self._client.get("/v1/events", params=asked)
        except httpx.RequestError as error:
            raise self._away(error) from error
        self._require_good(answer)
        try:
            body = orjson.loads(answer.content)
            items, addresses = body["items"], body["addresses"]
            return Page(items, body["next"], body["last"], addresses, body["sight"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NotThisServer(url=self.url, what="/v1/events") from error

    @contextmanager
    def snapshot(self) -> Iterator[Iterator[bytes]]:
        """Give the lines of a snapshot, line ends included; who lacks the last has only a part.

        Raises:
            ServerAway, AccessRefused, NotThisServer: as for ``events``.
        """
        try:
            with self._client.stream("GET", "/v1/snapshot") as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                self._require_good(answer)
                yield _lines(answer)
        except httpx.RequestError as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> ServerAway:
        return ServerAway(url=self.url, reason=str(error) or type(error).__name__)

    def _require_good(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.OK:
            return
        try:
            problem = orjson.loads(answer.content)
            slug = str(problem["type"]).rpartition("/")[2]
            detail = str(problem["detail"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            slug, detail = "", answer.reason_phrase
        if slug == "feed-begins-later":
            raise FeedBeginsLater
        if slug == "after-beyond-last":
            raise BeyondLast
        status = answer.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ServerAway(url=self.url, reason=detail, retry_after_s=_retry_after(answer))
        if slug:
            raise AccessRefused(answered=status, said=detail)
        raise NotThisServer(url=self.url, what=f"{status} {detail}")


def _retry_after(answer: httpx.Response) -> float | None:
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdigit() and len(given) < 5 else None


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    rest = b""
    for piece in answer.iter_bytes():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest
