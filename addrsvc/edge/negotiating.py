"""Pure: what the conditions of a request and the codings it takes mean (RFC 9110, 12 and 13)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')
_COMPRESSED_WELL: Final = re.compile(
    r"text/(?!event-stream)|application/(?:[a-z0-9.+-]+\+)?(?:json|xml)\b|application/x-ndjson\b"
    r"|application/schema\+json\b|application/openmetrics-text\b|image/svg\+xml\b"
)
_VERSION: Final = re.compile(r'"([0-9]{1,9})"')


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Tell whether an answer may be sent gzipped.

    >>> [takes_gzip(each) for each in ("gzip, br", "x, *", "gzip;q=0.0, *", "br", "", "GZIP;q=.5")]
    [True, True, False, False, False, True]
    """
    wanted: dict[str, float] = {}
    for part in accept_encoding[:500].split(","):
        name, _, parameter = part.strip().lower().partition(";")
        quality = parameter.strip().removeprefix("q=").strip() if parameter else "1"
        try:
            wanted[name.strip()] = float(quality)
        except ValueError:
            wanted[name.strip()] = 0.0
    return wanted.get("gzip", wanted.get("*", 0.0)) > 0


def compresses_well(media_type: str) -> bool:
    """Tell whether a media type is text that somebody does not wait for piece by piece.

    >>> [compresses_well(each) for each in ("application/geo+json", "text/csv; charset=utf-8")]
    [True, True]
    >>> [compresses_well(each) for each in ("text/event-stream", "application/pdf", "image/png")]
    [False, False, False]
    """
    return _COMPRESSED_WELL.match(media_type) is not None


def names_tag(if_none_match: str, tag: str) -> bool:
    """Tell whether a list of entity tags holds one, compared weakly.

    >>> [names_tag(each, '"5"') for each in ('"5"', 'W/"4", W/"5"', "*", '"55"', '"4"', "5")]
    [True, True, True, False, False, False]
    """
    if if_none_match.strip() == "*":
        return True
    return tag.removeprefix("W/") in _TAG.findall(if_none_match)


def tag_of(given: str | None, digest: str) -> str:
    """Give the tag of an answer from what its route says and a digest of what it holds.

    A version says not in which language and with whose rights it was told, nor does a change of
    how things are told change it: with the digest no cache takes one telling for another.

    >>> tag_of('"5"', "0a1b"), tag_of('"x-gzip"', "0a1b"), tag_of(None, "0a1b")
    ('"5.0a1b"', '"x-gzip"', 'W/"0a1b"')
    """
    if given is None:
        return f'W/"{digest}"'
    version = _VERSION.fullmatch(given)
    return given if version is None else f'"{version[1]}.{digest}"'
