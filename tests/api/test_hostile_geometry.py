"""Places and shapes no map holds, wherever one is taken: refused with a reason, nothing falls over.

Some of them bring a spatial database down when it mends or casts them, so none may reach it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import shapely
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.admin_units.boundary_errors import BoundaryFileUnreadable
from addrsvc.admin_units.boundary_file import read_boundaries
from addrsvc.admin_units.boundary_import import check_boundaries, units_in_force
from addrsvc.auth.model import Scope
from addrsvc.db.doors import make_engine
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

BAD_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "500", "-500", '"106.65"x', "[106.65]")
BAD_NUMBERS += ("null", "true", "1e308", '"  "', "{}")
BAD_TEXTS = ("nan", "inf", "-inf", "1e999", "500", "-500", "", "106,65", "0x6A", "106.65°")
BAD_BOXES = (
    "nan,nan,nan,nan",
    "inf,-inf,inf,inf",
    "500,500,501,501",
    "106.7,11,106.6,10.9",
    "106.6,10.9,106.7",
    "106.6,10.9,106.7,11,12",
    "1e999,0,0,0",
    ",,,",
    "POLYGON((0 0,1 1,1 0,0 1,0 0))",
    ",".join(["106"] * 10_000),
)


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(
        registry_url, anonymous_per_minute=1_000_000, known_per_minute=1_000_000
    )


@pytest.fixture
def postmaster(registry_url: str) -> Iterator[None]:
    """Fail when the database was started anew meanwhile."""

    def started() -> tuple[Any, ...] | None:
        with psycopg.connect(registry_url) as conn:
            return conn.execute("SELECT pg_postmaster_start_time()").fetchone()

    before = started()
    yield
    assert started() == before


def asked_by(openapi: dict[str, Any], *names: str) -> list[str]:
    """Give the routes of GET that take these parameters."""
    return [
        path
        for path, methods in openapi["paths"].items()
        if set(names) <= {each["name"] for each in methods.get("get", {}).get("parameters", [])}
    ]


@pytest.mark.usefixtures("postmaster")
async def test_questions_about_no_place_are_refused(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    headers = {"Authorization": f"Bearer {await issue_key(*Scope)}"}
    openapi = (await client.get("/openapi.json")).json()
    points, boxes = asked_by(openapi, "lon", "lat"), asked_by(openapi, "bbox")
    assert {"/v1/reverse", "/v1/admin-units/at", "/v1/autocomplete"} <= set(points)
    assert {"/v1/addresses", "/v1/admin-units.geojson"} <= set(boxes)
    wrong = []
    for path in points:
        for bad in BAD_TEXTS:
            for place in ({"lon": bad, "lat": "10.95"}, {"lon": "106.65", "lat": bad}):
                answer = await client.get(path, params={"q": "Lê Lợi", **place}, headers=headers)
                if not _is_refused(answer):
                    wrong.append((path, place, answer.status_code, answer.text[:100]))
    for path in boxes:
        for bad in BAD_BOXES:
            answer = await client.get(path, params={"bbox": bad}, headers=headers)
            if not _is_refused(answer):
                wrong.append((path, bad[:40], answer.status_code, answer.text[:100]))
    assert wrong == []


def _is_refused(answer: httpx.Response) -> bool:
    """Tell whether a problem was said that names a reason."""
    is_problem = answer.headers["content-type"] == "application/problem+json"
    return is_problem and 400 <= answer.status_code < 500 and bool(answer.json()["detail"])


@pytest.mark.usefixtures("postmaster")
async def test_commands_about_no_place_are_refused_and_nothing_is_written(
    client: httpx.AsyncClient, issue_key: IssueKey, registry_url: str
) -> None:
    headers = {"Authorization": f"Bearer {await issue_key(*Scope)}", "If-Match": "*"}
    new = {"kind": "dwelling", "source": "thử", "position": IN_WEST}
    first = (await client.post("/v1/addresses", json=new, headers=headers)).json()["ref"]
    merged = [{"code": first, "version": 1}]
    good = {**new, "position": IN_EAST}
    commands = {
        "POST /v1/addresses": new,
        f"PATCH /v1/addresses/{first}": {"position": IN_WEST},
        f"POST /v1/addresses/{first}:change": {"position": IN_WEST},
        f"POST /v1/addresses/{first}:replace": {"reason": "thử nghiệm", "by": new},
        f"POST /v1/addresses/{first}:split": {"reason": "thử nghiệm", "into": [new, good]},
        "POST /v1/addresses:merge": {"reason": "thử nghiệm", "addresses": merged, "into": new},
    }
    openapi = (await client.get("/openapi.json")).json()
    takers = _takers(openapi, "PositionIn")
    assert takers == {command.replace(first, "{ref}") for command in commands}, (
        "a route that takes a place and is not tried here"
    )

    def rows() -> tuple[Any, ...] | None:
        with psycopg.connect(registry_url) as conn:
            return conn.execute("SELECT count(*), max(version) FROM address_version").fetchone()

    before, wrong = rows(), []
    for command, body in commands.items():
        method, path = command.split(" ")
        text = json.dumps(body)
        for name, was in (("lon", "106.65"), ("lat", "10.95"), ("accuracy_m", "4.5")):
            for bad in BAD_NUMBERS:
                sent = text.replace(f'"{name}": {was}', f'"{name}": {bad}', 1)
                assert sent != text
                answer = await client.request(
                    method,
                    path,
                    content=sent.encode(),
                    headers={**headers, "Content-Type": "application/json"},
                )
                is_radius = name == "accuracy_m" and bad in {"500", "true"}
                if not _is_refused(answer) and not is_radius:
                    wrong.append((command, name, bad, answer.status_code, answer.text[:100]))
    assert wrong == []
    assert before is not None
    assert (after := rows()) is not None
    assert after[0] - before[0] <= 2 * len(commands)  # a radius of 500 m is one, true is 1 m


def _takers(openapi: dict[str, Any], schema: str) -> set[str]:
    """Give the routes whose body holds a schema, however deep."""
    schemas = openapi["components"]["schemas"]

    def holds(part: Any, seen: frozenset[str]) -> bool:
        text = json.dumps(part)
        names = {each.split('"')[0] for each in text.split("#/components/schemas/")[1:]} - seen
        return schema in names or any(holds(schemas[each], seen | names) for each in names)

    return {
        f"{method.upper()} {path}"
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if holds(operation.get("requestBody", {}), frozenset())
    }


def star(corners: int) -> dict[str, Any]:
    """Give a star whose edges all cross: it has as many crossings as the square of its corners."""
    step = corners // 2 - 1 if (corners // 2 - 1) % 2 else corners // 2 - 2
    turns = [2 * math.pi * step * k / corners for k in range(corners)]
    ring = [(106.65 + 0.04 * math.cos(t), 10.95 + 0.04 * math.sin(t)) for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


SHAPES: dict[str, Any] = {
    **{f"star of {corners}": star(corners) for corners in (50, 500, 5_000, 50_000, 100_000)},
    "bow-tie": {
        "type": "Polygon",
        "coordinates": [[[106, 10], [107, 11], [107, 10], [106, 11], [106, 10]]],
    },
    "off the globe": {"type": "Polygon", "coordinates": [[[500, 500], [501, 500], [501, 501]]]},
    "a point": {"type": "Point", "coordinates": [106.65, 10.95]},
    "nothing": None,
    "empty": {"type": "Polygon", "coordinates": []},
    "a hole outside": {
        "type": "Polygon",
        "coordinates": [
            [[106, 10], [107, 10], [107, 11], [106, 10]],
            [[108, 10], [109, 10], [109, 11], [108, 10]],
        ],
    },
    "rings without end": {
        "type": "MultiPolygon",
        "coordinates": [
            [[[106, 10 + n / 1e4], [107, 10 + n / 1e4], [107, 10 + (n + 0.5) / 1e4],
              [106, 10 + n / 1e4]]]
            for n in range(1_500)
        ],
    },
}  # fmt: skip


@pytest.mark.usefixtures("postmaster", "untraced")
async def test_boundaries_that_are_no_areas_are_named_and_none_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    shapes = dict(SHAPES)
    shapes["off the globe"]["coordinates"][0].append([500, 500])
    features = [
        {"type": "Feature", "properties": {"ma": code}, "geometry": shape}
        for shape in shapes.values()
        for code in (WEST,)
    ]
    good = shapely.geometry.mapping(shapely.box(106.7, 10.9, 106.8, 11.0))
    features.append({"type": "Feature", "properties": {"ma": EAST}, "geometry": good})
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    engine = make_engine(settings)
    async with engine.connect() as conn:
        units = await units_in_force(conn, date(2026, 1, 15))
    await engine.dispose()
    raw = read_boundaries(path, layer=None, crs=None)
    report, _ = check_boundaries(raw, units, file=path, day=date(2026, 1, 15), code_column=None)
    assert set(report.accepted) == {EAST}
    refused = {list(shapes)[each.row - 1]: each.error for each in report.refused}
    assert set(refused) == set(shapes)
    assert all(error.text("vi") and error.text("en") for error in refused.values())
    for number in ("NaN", "Infinity", "1e999"):
        path.write_text(
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
            f' "geometry": {{"type": "Point", "coordinates": [{number}, 10]}}}}]}}'
        )
        with pytest.raises(BoundaryFileUnreadable):
            read_boundaries(path, layer=None, crs=None)
