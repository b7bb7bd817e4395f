"""Files of drafts for tests: sent without HTTP, checked in this process, zones invented."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.planning.files import checking, kept
from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.model import RawZones, ReadOptions, Report
from addrsvc.planning.uploading import Asked, take_file
from addrsvc.settings import Settings
from addrsvc.uploads.receiving import Sent

SOUND = [
    ("ODT", shapely.box(106.65, 10.95, 106.66, 10.96)),
    ("CLN", shapely.box(106.66, 10.95, 106.67, 10.96)),
]
BOW = ("ODT", shapely.Polygon([(106.61, 10.91), (106.62, 10.92), (106.62, 10.91), (106.61, 10.92)]))
"""It crosses itself."""


def geojson_of(zones: Sequence[tuple[str, shapely.Geometry]]) -> bytes:
    """Write zones as a file."""
    features = [
        {
            "type": "Feature",
            "properties": {"MaLoaiDat": code, "ten": f"{code} {n}"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for n, (code, shape) in enumerate(zones, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


async def check_here(path: Path, options: ReadOptions, terms: Terms, folder: Path) -> Report:
    """Check a file as the child process does, in this one and without repairs."""
    features = _features(path)
    names = list(features[0]["properties"]) if features else []
    raw = RawZones(
        columns={name: [each["properties"][name] for each in features] for name in names},
        shapes=np.array(
            [shapely.from_geojson(json.dumps(each["geometry"])) for each in features], dtype=object
        ),
        crs=options.crs or "EPSG:4326",
        crs_from="file",
        encoding="utf-8",
        encoding_from="file",
        layer="input",
        layers=["input"],
    )
    checked = checking.check(raw, terms)
    kept.write(folder, checked)
    kept.keep_repairs(folder, [])
    return checked.report


def _features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["features"]
    return found


async def send(
    engine: AsyncEngine,
    principal: Principal,
    plan_id: int,
    content: bytes,
    settings: Settings,
    clock: Clock,
    **more: Any,
) -> UUID:
    """Send a file for a draft."""

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    asked = Asked(plan_id, more.pop("name", "thu.geojson"), more.pop("options", ReadOptions()))
    sent = Sent(pieces(), len(content), more.pop("key", None), b"")
    file_id, _ = await take_file(engine, principal, asked, sent, settings, clock)
    return file_id
