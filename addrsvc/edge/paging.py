"""``Link: rel="next"`` beside the ``next`` of lists (RFC 8288)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

_CURSORS: Final = ("cursor", "after", "before", "behind")
"""Parameters that take the ``next`` of the page before."""


def cursor_of(route: object) -> str | None:
    """Name the parameter that asks a route for its next page; None: it gives no pages."""
    if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
        return None
    names = set(_names(route.dependant))
    return next((each for each in _CURSORS if each in names and "limit" in names), None)


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _names(each)


def link_to_next(cursor: str, query: bytes, body: bytes) -> str | None:
    """Give the link to the page behind this one, relative to it; None: it is the last.

    >>> link_to_next("after", b"limit=2&after=1", b'{"items": [1, 2], "next": 7}')
    '<?limit=2&after=7>; rel="next"'
    >>> link_to_next("after", b"", b'{"items": [], "next": null}') is None
    True
    """
    told: Any = orjson.loads(body)
    following = told.get("next") if isinstance(told, dict) else None
    if not isinstance(following, int | str):
        return None
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != cursor]
    return f'<?{urlencode([*kept, (cursor, following)])}>; rel="next"'
