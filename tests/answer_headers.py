"""What every answer must carry, whatever was asked and by whom; see DESIGN section 13."""

from __future__ import annotations

import re
from typing import Final

import httpx

FORGED: Final = "evil.example"
FORGING: Final = {
    "Host": FORGED,
    "X-Forwarded-Host": FORGED,
    "X-Forwarded-Server": FORGED,
    "X-Original-URL": f"//{FORGED}/",
    "X-Rewrite-URL": f"//{FORGED}/",
    "Forwarded": f"host={FORGED};proto=gopher",
}
"""Sent by who wants links in answers, or in a cache, to lead elsewhere."""


def faults(
    answer: httpx.Response, *, is_signed_in: bool = False, is_for_others: bool = False
) -> list[str]:
    """Tell what is wrong with the headers of an answer; nothing, if nothing is.

    ``is_for_others``: pages of other hosts may frame it, and it knows nobody.
    """
    headers, found = answer.headers, []
    kind = headers.get("content-type", "").partition(";")[0]
    if headers.get("x-content-type-options") != "nosniff":
        found.append("types may be guessed")
    if any(set(value) & set("\r\n\0") for value in headers.values()):
        found.append("more than one line in a header")
    if is_signed_in and "no-store" not in headers.get("cache-control", ""):
        found.append("what somebody signed in sees may be kept")
    if kind in {"text/html", "image/svg+xml"}:
        policy = headers.get("content-security-policy", "")
        if is_for_others:
            policy = re.sub("frame-ancestors [^;]*", "frame-ancestors 'none'", policy)
            found += ["whom it is for is remembered"] if "set-cookie" in headers else []
        found += _policy_faults(policy, kind)
    if kind == "text/html":
        if headers.get("referrer-policy") not in {"same-origin", "no-referrer"}:
            found.append("other hosts learn where people come from")
        if "text/html; charset=utf-8" not in headers["content-type"]:
            found.append("the character set may be guessed")
    return found


def _policy_faults(policy: str, kind: str) -> list[str]:
    """Tell what a content security policy lets through."""
    rules = {name: allowed for name, _, allowed in (e.partition(" ") for e in policy.split("; "))}
    found = []
    if rules.get("default-src") not in {"'self'", "'none'"}:
        found.append("anything may be loaded")
    scripts = rules.get("script-src", rules.get("default-src", ""))
    if any(word in scripts for word in ("unsafe", "*", "http", "data:", "blob:")):
        found.append("scripts of others may run")
    if kind == "text/html" and ("unsafe" in policy or "*" in policy or "http" in policy):
        found.append("what is inline or elsewhere may be used")
    if kind == "text/html" and rules.get("frame-ancestors") not in {"'self'", "'none'"}:
        found.append("others may frame it")
    if kind == "text/html" and rules.get("base-uri") != "'none'":
        found.append("links may be led elsewhere")
    return found
