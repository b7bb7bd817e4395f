"""Print what plans say: collect what a page shows beside the answer itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import shapely
from starlette.concurrency import run_in_threadpool

from addrsvc.codes.code import DigitalCode
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows
from addrsvc.errors import Language
from addrsvc.geo.corners import Corners
from addrsvc.planning.asking import AddressPlanned
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.model import Planned
from addrsvc.planning.printing import MAX_MAPS, MAX_ZONES, Sheet, frame_of, make_pdf
from addrsvc.planning.printing_map import Around
from addrsvc.registry.label import address_line

QUERIES: Final = Queries("addrsvc.planning", "queries_printing.sql")


async def read_sheet(
    conn: Connection,
    asked: Planned | AddressPlanned,
    language: Language,
    *,
    printed_at: datetime,
    host: str,
    corners: Corners | None = None,
) -> Sheet:
    """Collect what stands on a page about an answer; who may have that was decided for it.

    Args:
        conn: to read zones around.
        asked: the answer, names in ``language``.
        language: of the page.
        printed_at: the moment.
        host: scheme and host of the link, without an ending slash.
        corners: as they were read, where the plot was given so.
    """
    planned = asked.planned if isinstance(asked, AddressPlanned) else asked
    address, code = None, None
    q = f"{planned.lat:.6f}, {planned.lon:.6f}"
    if isinstance(asked, AddressPlanned):
        document = asked.address
        address = address_line(
            document.document.components, document.commune_name, document.province_name
        )
        if document.code is not None:
            code = DigitalCode.of(document.code).printed
            q = code
    plans = {each.plan.plan_id: each.plan for each in planned.plans[:MAX_MAPS]}
    frame = frame_of(planned)
    west, south, east, north = frame.bounds
    params = {
        "plan_ids": list(plans),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "line_deg": frame.line_deg,
        "limit": MAX_ZONES + 1,
    }
    around: dict[int, list[Around]] = defaultdict(list)
    found = await rows(conn, QUERIES["zones_around"], params) if plans else []
    shapes = shapely.from_wkb([each["shape"] for each in found])
    for each, shape in zip(found, shapes, strict=True):
        listed = plans[each["plan_id"]].described.code_list
        use = use_of(listed, each["code"], each["label"])
        zone = Around(each["code"], use.name.in_(language), use.colour, shape)
        around[each["plan_id"]].append(zone)
    return Sheet(
        planned=planned,
        language=language,
        printed_at=printed_at,
        link=link_of(host, q, planned.as_of),
        around={plan_id: zones[:MAX_ZONES] for plan_id, zones in around.items()},
        is_cut=any(len(zones) > MAX_ZONES for zones in around.values()),
        address=address,
        code=code,
        corners=corners,
    )


async def print_sheet(sheet: Sheet, npm_dir: Path | None) -> bytes:
    """Set the pages, off the event loop.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    return await run_in_threadpool(make_pdf, sheet, npm_dir)


def link_of(host: str, q: str, day: date) -> str:
    """Give the link that asks the same on the pages of the service.

    >>> link_of("https://example.test", "10.98, 106.65", date(2026, 1, 5))
    'https://example.test/planning?q=10.98%2C+106.65&day=2026-01-05'
    """
    return f"{host}/planning?{urlencode({'q': q, 'day': day.isoformat()})}"
