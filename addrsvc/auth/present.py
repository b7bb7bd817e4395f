"""What somebody who is not here may do now: for work that goes on in their name."""

from __future__ import annotations

from datetime import datetime

from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, row

QUERIES = Queries("addrsvc.auth", "queries_present.sql")


async def as_of_now(conn: Connection, principal: Principal, now: datetime) -> Principal | None:
    """Give what is left of a principal kept earlier; None: its key, account or grant has ended.

    It may do what it might then and still may. Of whom nothing is kept here (the command line,
    people of identity providers who were granted nothing by name) nothing newer is known: they
    stay as they were.
    """
    kind, _, name = principal.id.partition(":")
    if kind in {"key", "device"}:
        found = await row(conn, QUERIES["key_now"], {"key_id": name, "now": now})
    elif kind == "account":
        found = await row(conn, QUERIES["account_now"], {"login": name})
    elif kind == "oidc":
        issuer, _, subject = name.partition(":")
        params = {"issuer": issuer, "subject": subject, "now": now}
        found = await row(conn, QUERIES["grant_now"], params)
        if found is None:
            return principal
    else:
        return principal
    if found is None or found.get("has_ended"):
        return None
    scopes = scopes_of(map(Role, found.get("roles", ())), map(Scope, found["scopes"]))
    areas = None if found["areas"] is None else frozenset(found["areas"])
    return Principal(principal.id, principal.scopes & scopes, _both(principal.areas, areas))


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
