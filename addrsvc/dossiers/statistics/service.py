"""Statistics of dossiers, for who may see dossiers, within their areas.

Small numbers are not hidden: everybody who may ask may see each of the dossiers counted. What has
no place yet, or several to choose from, is counted for those without a limit of area only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import orjson

from addrsvc.auth.model import Principal, Scope
from addrsvc.commune_maps.model import Shape
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.dossiers.statistics.counting import QUERIES
from addrsvc.dossiers.statistics.errors import StatisticsTooWide
from addrsvc.dossiers.statistics.model import OF_DOSSIERS, Counts, Dimension, Statistics, Wanted

ROW_LIMIT: Final = 20_000
"""Most rows given at once."""

_TOLERANCE_DEG: Final = 0.0005
"""Of boundaries on a map of all communes: 50 m, less than a pixel of it."""

_PARTS: Final = ("addresses", "by_itself", "corrected", "by_person", "waiting", "unlinked")


async def get_statistics(
    conn: Connection, principal: Principal, wanted: Wanted, today: date
) -> Statistics:
    """Count addresses of dossiers, and dossiers where they can be, by what is asked for.

    Raises:
        NotSignedIn, ScopeMissing: it may not see dossiers.
        AreaForbidden: the commune asked for lies outside its areas.
        StatisticsTooWide: more than ``ROW_LIMIT`` rows.
    """
    asked = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.DOSSIERS_READ, asked)
    state = await row(conn, QUERIES["state"], {})
    if state is None:
        raise LookupError("dossier_count_state")
    areas = None if principal.areas is None else sorted(principal.areas)
    whole = replace(wanted, by=())
    found = await _count(conn, whole, areas, today)
    nothing = Counts(dossiers=0 if whole.tells_dossiers else None)
    total = found[0][1] if found else nothing
    told = await _count(conn, wanted, areas, today) if wanted.by else []
    names: dict[str, str] = {}
    if Dimension.COMMUNE in wanted.by:
        codes = sorted({str(key[Dimension.COMMUNE] or "") for key, _ in told})
        named = await rows(conn, QUERIES["names"], {"codes": codes, "today": today})
        names = {each["code"]: each["full_name"] for each in named}
    return Statistics(wanted, state["counted_at"], state["event_number"], total, told, names)


async def list_shapes(conn: Connection, codes: Sequence[str], today: date) -> list[Shape]:
    """Give where communes are, in order of their codes; unknown codes are left out."""
    params = {"codes": list(codes), "today": today, "tolerance_deg": _TOLERANCE_DEG}
    return [
        Shape(
            each["code"],
            each["full_name"],
            None if each["boundary"] is None else orjson.loads(each["boundary"]),
            each["boundary_kind"] == "indicative",
            None if each["lon"] is None else (each["lon"], each["lat"]),
        )
        for each in await rows(conn, QUERIES["shapes"], params)
    ]


Counted = tuple[dict[Dimension, str | date | None], Counts]


async def _count(
    conn: Connection, wanted: Wanted, areas: list[str] | None, today: date
) -> list[Counted]:
    """Give the rows, those of dossiers without any address among them."""
    params = {
        **{f"by_{each}": each in wanted.by for each in Dimension},
        "from": wanted.first_day,
        "to": wanted.last_day,
        "areas": areas,
        "commune": wanted.commune,
        "procedure": wanted.procedure,
        "role": wanted.role,
        "state": wanted.state,
        "category": wanted.category,
        "limit": ROW_LIMIT + 1,
    }
    found = await rows(conn, QUERIES["addresses"], params)
    if len(found) > ROW_LIMIT:
        raise StatisticsTooWide(limit=ROW_LIMIT)
    by = [each for each in Dimension if each in wanted.by]
    counted = {tuple(each[name] for name in by): _counts_of(each, today) for each in found}
    if wanted.tells_dossiers:
        params = {name: value for name, value in params.items() if name in _OF_DOSSIERS}
        for each in await rows(conn, QUERIES["dossiers"], params):
            key = tuple(each[name] for name in by)
            counted[key] = replace(counted.get(key, Counts()), dossiers=each["dossiers"] or 0)
        if len(counted) > ROW_LIMIT:
            raise StatisticsTooWide(limit=ROW_LIMIT)
    ordered = sorted(counted.items(), key=lambda item: [(v is not None, v or "") for v in item[0]])
    return [(dict(zip(by, key, strict=True)), counts) for key, counts in ordered]


_OF_DOSSIERS: Final = {f"by_{each}" for each in OF_DOSSIERS} | {
    "from",
    "to",
    "areas",
    "commune",
    "procedure",
}


def _counts_of(found: Row, today: date) -> Counts:
    since: date | None = found["waiting_since"]
    days = None if since is None else max((today - since).days, 0)
    return Counts(**{name: found[name] for name in _PARTS}, waiting_days=days)
