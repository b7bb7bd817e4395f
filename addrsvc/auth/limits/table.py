"""Pure: what each client may ask in a minute and a day, and which class each route is of.

The one table of both. A client without credentials is an IPv4 address or an IPv6 /64; one with
them is its key, device or account, wherever it asks from. Minutes and days are the clock's, days
those of Vietnam.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Final


class RouteClass(StrEnum):
    """What sort of asking a route is; each has allowances of its own."""

    LOOKUP = "lookup"
    """One address by its code or another identifier, and its page."""

    SEARCH = "search"
    """Text or a point to places, validation, completion, units, plans at a place."""

    TILE = "tile"
    """Pieces of maps of public data, a screenful at a time."""

    LIST = "list"
    """Lists, exports, reports; for those with credentials."""

    WRITE = "write"

    COLLECT = "collect"
    """Records, photos and private parts of a day in the field, sent at once in the evening."""

    REPORT = "report"
    """Something for a person to read: a ticket of a citizen."""

    BATCH = "batch"
    """Many questions in one request."""

    SIGN_IN = "sign-in"
    """Passwords, tokens, and every credential that turned out to be no good."""

    FEED = "feed"
    """Events and snapshots."""

    FREE = "free"
    """Costs next to nothing and tells nothing: never counted."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many in a minute and, where there is a bound, in a day."""

    per_minute: int
    per_day: int | None = None

    def times(self, factor: float) -> Allowance:
        """Give as many times as much, one at least."""
        day = None if self.per_day is None else max(1, int(self.per_day * factor))
        return Allowance(max(1, int(self.per_minute * factor)), day)


ANONYMOUS: Final[Mapping[RouteClass, Allowance]] = {
    RouteClass.LOOKUP: Allowance(120),
    RouteClass.SEARCH: Allowance(120),
    RouteClass.TILE: Allowance(1_200),
    RouteClass.LIST: Allowance(60),
    RouteClass.WRITE: Allowance(30),
    RouteClass.COLLECT: Allowance(30),
    RouteClass.REPORT: Allowance(10, 200),
    RouteClass.BATCH: Allowance(30),
    RouteClass.SIGN_IN: Allowance(10),
    RouteClass.FEED: Allowance(30),
}
"""Per address; a whole office or mobile network may stand behind one, so no bound on the day but
for what a person has to read."""

KNOWN: Final[Mapping[RouteClass, Allowance]] = {
    RouteClass.LOOKUP: Allowance(600, 50_000),
    RouteClass.SEARCH: Allowance(600, 50_000),
    RouteClass.TILE: Allowance(3_000, 200_000),
    RouteClass.LIST: Allowance(120, 5_000),
    RouteClass.WRITE: Allowance(600, 50_000),
    RouteClass.COLLECT: Allowance(1_200, 50_000),
    RouteClass.REPORT: Allowance(30, 1_000),
    RouteClass.BATCH: Allowance(60, 2_000),
    RouteClass.SIGN_IN: Allowance(30, 1_000),
    RouteClass.FEED: Allowance(120, 20_000),
}
"""Per key, device or person."""

ANONYMOUS_MISSES: Final = Allowance(20, 1_000)
"""Codes of a ward have 100,000 possible ends: at this rate they take a hundred days."""

KNOWN_MISSES: Final = Allowance(60, 2_000)

ALARMED_MISSES_PER_MINUTE: Final = 2
"""What an address may miss while all of them together miss too much."""

ALARM_S: Final = 600
"""How long after the last minute of too many misses that holds."""

TELLING: Final = frozenset({RouteClass.LOOKUP, RouteClass.SEARCH, RouteClass.BATCH})
"""Classes whose answers tell whether a code is in use: who misses too often gets none of them."""

_ROUTES: Final = (
    ("GET /healthz", RouteClass.FREE),
    ("GET /readyz", RouteClass.FREE),
    ("GET /metrics", RouteClass.FREE),
    ("GET /openapi.json", RouteClass.FREE),
    ("GET /problems/*", RouteClass.FREE),
    ("GET /static/*", RouteClass.FREE),
    ("GET /docs*", RouteClass.FREE),
    ("GET /widget.js", RouteClass.FREE),
    ("GET /widget", RouteClass.LOOKUP),
    ("GET /field", RouteClass.FREE),
    ("GET /field/sw.js", RouteClass.FREE),
    ("GET /field/manifest.webmanifest", RouteClass.FREE),
    ("GET /field/enrol", RouteClass.LIST),
    ("GET /field/ca.crt", RouteClass.LOOKUP),
    ("GET /findings*", RouteClass.FREE),
    ("* /v1/operations*", RouteClass.LIST),
    ("GET /", RouteClass.LOOKUP),
    ("POST /here", RouteClass.SEARCH),
    ("GET /a/*", RouteClass.LOOKUP),
    ("GET /quality", RouteClass.SEARCH),
    ("GET /v1/addresses", RouteClass.LIST),
    ("GET /v1/addresses/{ref}/holder", RouteClass.LIST),
    # each is set in letters and squares for a while
    ("GET /v1/addresses/{ref}/card", RouteClass.SEARCH),
    ("GET /v1/addresses/{ref}/plate", RouteClass.SEARCH),
    ("GET /v1/addresses/{ref}*", RouteClass.LOOKUP),
    ("GET /v1/notices*", RouteClass.LIST),
    ("GET /v1/coverage*", RouteClass.LIST),
    ("GET /coverage", RouteClass.LIST),
    ("GET /v1/collection/tasks*", RouteClass.LIST),
    ("GET /v1/collection/submissions", RouteClass.LIST),
    ("GET /v1/collection/submissions/{record}", RouteClass.LIST),
    ("GET /v1/collection/parts", RouteClass.LIST),
    ("GET /v1/collection/blocks", RouteClass.LIST),
    ("GET /v1/collection/quality", RouteClass.LIST),
    ("GET /v1/collection/observations*", RouteClass.LIST),
    ("GET /collection*", RouteClass.LIST),
    ("POST /collection*", RouteClass.WRITE),
    ("GET /notices*", RouteClass.LIST),
    ("GET /v1/certificates/{serial}/print", RouteClass.SEARCH),
    ("GET /v1/certificates*", RouteClass.LOOKUP),
    ("GET /certificate*", RouteClass.LOOKUP),
    ("POST /certificate", RouteClass.SEARCH),
    # each tells whether a code is in use
    ("POST /certificate/issue", RouteClass.SEARCH),
    ("POST /v1/certificates", RouteClass.SEARCH),
    ("POST /v1/tickets", RouteClass.REPORT),
    ("POST /report", RouteClass.REPORT),
    ("GET /report*", RouteClass.LOOKUP),
    ("GET /v1/tickets", RouteClass.LIST),
    ("GET /v1/tickets/{ref}/contact", RouteClass.LIST),
    # each guess at a number counts as a miss
    ("GET /v1/tickets/{ref}", RouteClass.LOOKUP),
    # each is set on pages, or in cells, for a while
    ("GET /v1/collection/paper.*", RouteClass.SEARCH),
    ("POST /v1/collection/sheets:import", RouteClass.BATCH),
    # a page of the desk shows some dozens; a device asks how much is here before it sends each
    ("GET /v1/collection/submissions/{record}/photos/*", RouteClass.TILE),
    ("GET /v1/collection/device", RouteClass.COLLECT),
    ("GET /v1/collection/receipts", RouteClass.COLLECT),
    ("PUT /v1/collection/submissions/*", RouteClass.COLLECT),
    ("PATCH /v1/collection/submissions/*", RouteClass.COLLECT),
    ("GET /v1/collection/*", RouteClass.LIST),
    ("GET /v1/codes/*", RouteClass.LOOKUP),
    ("GET /v1/identifiers/*", RouteClass.LOOKUP),
    ("POST /v1/identifiers:resolve", RouteClass.BATCH),
    ("POST /v1/geocode/batch", RouteClass.BATCH),
    ("GET /v1/geocode", RouteClass.SEARCH),
    ("GET /v1/reverse", RouteClass.SEARCH),
    ("GET /v1/autocomplete", RouteClass.SEARCH),
    ("GET /v1/convert", RouteClass.SEARCH),
    ("GET /v1/findings", RouteClass.SEARCH),
    ("GET /v1/quality*", RouteClass.SEARCH),
    ("POST /v1/validate", RouteClass.SEARCH),
    ("GET /v1/admin-units*", RouteClass.SEARCH),
    ("GET /v1/thoroughfares*", RouteClass.SEARCH),
    ("GET /v1/localities*", RouteClass.SEARCH),
    ("GET /v1/plans/{plan_id}/tiles/*", RouteClass.TILE),
    ("GET /v1/plans/{plan_id}/changes/tiles/*", RouteClass.TILE),
    ("GET /v1/tiles*", RouteClass.TILE),
    ("GET /v1/plans*", RouteClass.SEARCH),
    ("POST /v1/plans/{plan_id}/files", RouteClass.BATCH),
    ("GET /v1/planning*", RouteClass.SEARCH),
    ("POST /v1/planning/overlay", RouteClass.SEARCH),
    ("POST /v1/planning/print", RouteClass.SEARCH),
    ("GET /plans*", RouteClass.SEARCH),
    # a whole collection is some hundred pages
    ("GET /ogc/tiles*", RouteClass.TILE),
    ("GET /ogc/collections/{collection}/tiles*", RouteClass.TILE),
    ("GET /ogc*", RouteClass.SEARCH),
    ("POST /plans*", RouteClass.WRITE),
    ("GET /planning*", RouteClass.SEARCH),
    ("POST /planning*", RouteClass.SEARCH),
    ("GET /v1/duplicates", RouteClass.LIST),
    ("GET /v1/acts*", RouteClass.LIST),
    ("GET /v1/webhooks*", RouteClass.LIST),
    ("GET /v1/persons*", RouteClass.LIST),
    ("GET /v1/dossiers*", RouteClass.LIST),
    # a slot each for as long as a job runs
    ("GET /v1/jobs/{job_id}/progress", RouteClass.FEED),
    ("GET /v1/jobs*", RouteClass.LIST),
    ("POST /v1/jobs", RouteClass.BATCH),
    ("POST /v1/dossiers:batch", RouteClass.BATCH),
    ("GET /jobs*", RouteClass.LIST),
    ("GET /desk*", RouteClass.LIST),
    ("GET /statistics*", RouteClass.LIST),
    ("POST /jobs*", RouteClass.WRITE),
    ("POST /notices*", RouteClass.WRITE),
    ("POST /desk*", RouteClass.WRITE),
    ("GET /webhooks*", RouteClass.LIST),
    ("POST /webhooks/*", RouteClass.WRITE),
    # a request of ours to somebody else's machine each
    ("POST /v1/webhooks/{receiver_id}/test", RouteClass.BATCH),
    ("GET /v1/events*", RouteClass.FEED),
    ("GET /v1/snapshot*", RouteClass.FEED),
    ("GET /v1/access/*", RouteClass.LIST),
    ("GET /v1/audit", RouteClass.LIST),
    ("GET /account*", RouteClass.LIST),
    ("GET /sign-in", RouteClass.LIST),
    ("POST /sign-in", RouteClass.SIGN_IN),
    ("POST /account/password", RouteClass.SIGN_IN),
    ("POST /oauth/token", RouteClass.SIGN_IN),
    ("POST /sign-out", RouteClass.WRITE),
    ("POST /account/*", RouteClass.WRITE),
    ("POST /v1/*", RouteClass.WRITE),
    ("PUT /v1/*", RouteClass.WRITE),
    ("PATCH /v1/*", RouteClass.WRITE),
    ("DELETE /v1/*", RouteClass.WRITE),
)
"""Method and path template to class; the first that fits holds. HEAD counts as GET."""


@cache
def class_of(method: str, template: str) -> RouteClass | None:
    """Give the class of a route; None: it is in no class, which a test forbids.

    >>> class_of("GET", "/v1/addresses/{ref}"), class_of("PATCH", "/v1/addresses/{ref}")
    (<RouteClass.LOOKUP: 'lookup'>, <RouteClass.WRITE: 'write'>)
    """
    asked = f"{'GET' if method == 'HEAD' else method} {template}"
    return next((found for pattern, found in _ROUTES if fnmatchcase(asked, pattern)), None)


def scaled(
    table: Mapping[RouteClass, Allowance], lookups_per_minute: int
) -> dict[RouteClass, Allowance]:
    """Give a table with another rate of lookups, all else in proportion."""
    factor = lookups_per_minute / table[RouteClass.LOOKUP].per_minute
    return {each: allowance.times(factor) for each, allowance in table.items()}
