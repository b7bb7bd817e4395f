"""Routes that will end: said in each of their answers, in the document, and of who still asks.

A route is marked where it is declared, by nothing but what the framework knows::

    @router.get(
        "/old",
        deprecated=True,
        openapi_extra={
            "x-deprecated": "2027-01-01", "x-sunset": "2027-09-01", "x-instead": "/v1/new"
        },
    )

Source: RFC 9745 (Deprecation), RFC 8594 (Sunset), RFC 5829 (successor-version).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Final

from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST: Final = timedelta(days=180)
"""So long a route that is said to end still answers; a whole version twice as long."""

POLICY: Final = "/docs#versions"

ASKED: Final = Counter(
    "addrsvc_deprecated_requests", "Requests for routes that will end", ["route", "principal"]
)


@dataclass(frozen=True, slots=True)
class Ending:
    """When a route was said to end, when it ends, and what there is instead."""

    deprecated: date
    sunset: date
    instead: str | None

    def headers(self) -> dict[str, str]:
        """Give the headers of its answers, but for links.

        >>> Ending(date(2027, 1, 1), date(2027, 9, 1), None).headers()
        {'Deprecation': '@1798761600', 'Sunset': 'Wed, 01 Sep 2027 00:00:00 GMT'}
        """
        return {
            "Deprecation": f"@{int(_midnight(self.deprecated).timestamp())}",
            "Sunset": format_datetime(_midnight(self.sunset), usegmt=True),
        }

    def links(self) -> str:
        """Give where the policy is, and what there is instead."""
        told = [f'<{POLICY}>; rel="deprecation"', f'<{POLICY}>; rel="sunset"']
        if self.instead is not None:
            told.append(f'<{self.instead}>; rel="successor-version"')
        return ", ".join(told)


def ending_of(route: object) -> Ending | None:
    """Give when a route ends; None: nobody knows of any end."""
    if not getattr(route, "deprecated", None):
        return None
    said = getattr(route, "openapi_extra", None) or {}
    deprecated, ended = (date.fromisoformat(said[each]) for each in ("x-deprecated", "x-sunset"))
    return Ending(deprecated, ended, said.get("x-instead"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class Sunset:
    """Tell those who still ask for routes that will end, and count them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                ending = ending_of(scope.get("route"))
                if ending is not None:
                    headers = MutableHeaders(scope=message)
                    headers.update(ending.headers())
                    headers.append("Link", ending.links())
                    ASKED.labels(scope["route"].path, _asker(scope)).inc()
            await send(message)

        await self.app(scope, receive, send_told)


def _asker(scope: Scope) -> str:
    """Name a key or device, whose owner can be told; of people only that it was one."""
    principal = str(scope.get("addrsvc.principal", "anonymous"))
    kind = principal.partition(":")[0]
    return principal if kind in {"key", "device"} else kind
