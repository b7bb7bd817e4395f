"""Pure: whether a change asked for with a session's cookie comes from a page of ours.

Two guards, both held wherever the cookie alone says who asks:

- the browser's own word: ``Sec-Fetch-Site`` must say ``same-origin``; where a browser sends none
  (plain http on a name), ``Origin`` must be ours. A request with neither comes from no browser
  of these ten years; it passes with a session's token, and never signs anybody in.
- a token made of the session's secret (synchroniser token, OWASP), in the form field ``csrf`` or
  the header ``X-CSRF-Token``. Only a page of ours can show it, and it ends with the session.

Requests with an ``Authorization`` header need neither: no other site can make a browser send one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlsplit

from addrsvc.auth.accounts_errors import FormUnreadable, RequestForged

FIELD = "csrf"
HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

MAX_FIELDS = 100


def token_of(session_token: str) -> str:
    """Give the token forms of a session carry; from it the session's own cannot be found."""
    digest = hmac.digest(session_token.encode(), b"addrsvc csrf token", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def require_token(session_token: str, sent: str | None) -> None:
    """Pass only what carries the token of this very session.

    Raises:
        RequestForged: it carries none, or another session's.
    """
    if sent is None or not hmac.compare_digest(token_of(session_token).encode(), sent.encode()):
        raise RequestForged


def require_same_origin(
    headers: Mapping[str, str], origins: Collection[str], *, may_be_silent: bool
) -> None:
    """Pass only what a browser says was asked from a page of ours.

    Args:
        headers: of the request, names in lower case.
        origins: ours: scheme, host and port.
        may_be_silent: pass also what says nothing at all.

    Raises:
        RequestForged: it was asked from elsewhere.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        is_ours = site == "same-origin"
    elif origin is not None:
        is_ours = origin.lower() in origins
    else:
        is_ours = may_be_silent
    if not is_ours:
        raise RequestForged


def origin_of(url: str) -> str | None:
    """Give scheme, host and port of an address, as browsers send them.

    >>> origin_of("https://Dia-chi.example.vn:443/x"), origin_of("http://h:8000"), origin_of("")
    ('https://dia-chi.example.vn', 'http://h:8000', None)
    """
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return None
    default = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(default or "\0")
    return f"{parts.scheme}://{host}"


def read_form(
    content_type: str | None, body: bytes, max_fields: int = MAX_FIELDS
) -> dict[str, str]:
    """Give the fields of a form as browsers send it; of fields sent twice the first counts.

    Raises:
        FormUnreadable: it is something else.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormUnreadable
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=max_fields,
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise FormUnreadable from error
    if any("\x00" in part for field in fields for part in field):  # nobody types it
        raise FormUnreadable
    return dict(reversed(fields))
