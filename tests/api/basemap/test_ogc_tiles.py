"""OGC API Tiles, read by GDAL; zones say whose they are, and drafts are nowhere."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import basemap_world as world
import httpx
import pytest
import shapely
from basemap_world import COMMUNE, HIDDEN, LOCALITY, NEAR, SHOWN, STREET
from planning_world import insert_plan
from registry_fixtures import WEST
from service_settings import service_settings
from starlette.concurrency import run_in_threadpool

from addrsvc.app import create_app
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.planning.maps.preparing import prepare_tiles

pytestmark = pytest.mark.anyio

ZONES = [("ODT", shapely.box(106.645, 10.945, 106.655, 10.955))]
Z, X, Y = NEAR


@pytest.fixture(scope="module")
def filled(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        world.fill(url)
        yield url


@pytest.fixture(scope="module")
async def client(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    plans = [
        insert_plan(filled, ZONES, name="Quy hoạch bịa", communes=[WEST]),
        insert_plan(filled, ZONES, name="Dự thảo kín", communes=[WEST], status="draft"),
    ]
    engine = make_engine(service_settings(filled))
    async with transaction(engine) as conn:
        for each in plans:
            await prepare_tiles(conn, each)
    await engine.dispose()
    app = create_app(service_settings(filled))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://testserver")) as client,
    ):
        yield client


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


async def test_tilesets_lead_to_tiles(client: httpx.AsyncClient) -> None:
    landing = (await client.get("/ogc")).json()
    classes = (await client.get("/ogc/conformance")).json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in classes
    lists = [each["href"] for each in landing["links"] if each["rel"].endswith("tilesets-vector")]
    communes = (await client.get("/ogc/collections/communes")).json()
    lists += [each["href"] for each in communes["links"] if each["rel"].endswith("tilesets-vector")]
    assert len(lists) == 2
    for href in lists:
        listed = (await client.get(href)).json()["tilesets"][0]
        told = (await client.get(listed["links"][0]["href"])).json()
        assert told["tileMatrixSetURI"].endswith("WebMercatorQuad")
        limits = {each["tileMatrix"]: each for each in told["tileMatrixSetLimits"]}
        assert limits["8"]["minTileCol"] <= world.FAR[1] <= limits["8"]["maxTileCol"]
        assert limits["8"]["minTileRow"] <= world.FAR[2] <= limits["8"]["maxTileRow"]
        template = next(each["href"] for each in told["links"] if each["rel"] == "item")
        tile = template.format(tileMatrix=8, tileRow=world.FAR[2], tileCol=world.FAR[1])
        assert COMMUNE.encode() in (await client.get(tile)).content


async def test_gdal_reads_a_tile(client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await client.get(f"/ogc/tiles/WebMercatorQuad/{Z}/{Y}/{X}")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    file = tmp_path / f"{Y}.mvt"
    file.write_bytes(answer.content)
    ogrinfo = shutil.which("ogrinfo")
    assert ogrinfo, "gdal-bin is not installed: run scripts/test, which installs it"
    command = [ogrinfo, "-al", "-oo", f"X={X}", "-oo", f"Y={Y}", "-oo", f"Z={Z}", str(file)]
    read = await run_in_threadpool(_output, command)
    for name in (SHOWN, STREET, LOCALITY, COMMUNE):
        assert f"= {name}\n" in read
    for number in HIDDEN:
        assert number not in read
    # the point of the number, in metres of web Mercator
    houses = read.partition("Layer name: house_numbers")[2]
    east, north = houses.partition("POINT (")[2].partition(")")[0].split()
    assert (float(east), float(north)) == pytest.approx((11872223.7, 1226437.2), abs=1)


async def test_collections_hold_their_own_only(client: httpx.AsyncClient) -> None:
    tile = "/ogc/collections/{}/tiles/WebMercatorQuad/{}/{}/{}"
    streets = (await client.get(tile.format("thoroughfares", Z, Y, X))).content
    assert STREET.encode() in streets
    assert SHOWN.encode() not in streets
    zones = (await client.get(tile.format("zones", 14, Y // 4, X // 4))).content
    assert "Quy hoạch bịa".encode() in zones
    assert b"decision_number" in zones
    assert "Dự thảo kín".encode() not in zones
    told = (await client.get("/ogc/collections/zones/tiles/WebMercatorQuad")).json()
    assert "tham khảo" in told["description"]
    for wrong in ("addresses", "nothing", "plans"):
        answer = await client.get(f"/ogc/collections/{wrong}/tiles")
        assert answer.status_code in {401, 404}
    assert (await client.get(tile.format("zones", 3, 0, 0))).status_code == 404
    assert (await client.get(tile.format("communes", 8, 256, 0))).status_code == 404
