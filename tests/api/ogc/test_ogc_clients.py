"""GDAL and OWSLib read the collections as they are, over a socket, with nothing said to them."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from benchmarks.http_rounds import running_service
from benchmarks.loaded import reading_key
from owslib.ogcapi.features import Features

from addrsvc.ogc.parameters import MOST

_ASKED = re.compile(r"Fetch\((\S+?)\)")
POINTS = 2 * MOST + 7
"""More than two pages."""

_LOCALITIES = """
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      source)
SELECT 'Khu phố Bịa ' || n, 'bia ' || n, CASE WHEN n %% 2 = 0 THEN 'ap' ELSE 'khu_pho' END,
       'official', '25747', '2025-07-01',
       ST_SetSRID(ST_MakePoint(106.6 + n * 0.00004, 10.9 + n * 0.00004), 4326), 'test'
FROM generate_series(1, %s) AS n
"""


@pytest.fixture(scope="module")
def database(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        with psycopg.connect(url) as conn:
            conn.execute(_LOCALITIES, [POINTS])
        yield url


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[str]:
    with running_service(database, anonymous_per_minute="100000") as base_url:
        yield base_url


def run(*words: str) -> str:
    return told(*words)[0]


def told(*words: str) -> tuple[str, list[str]]:
    """Give what a command of GDAL says, and which addresses it asked."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed (Debian package gdal-bin)")
    words = (words[0], "--debug", "on", *words[1:])
    done = subprocess.run(  # noqa: S603 -- an argument list of our own
        words, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout, [unquote(each) for each in _ASKED.findall(done.stderr)]


def read(service: str, folder: Path, *options: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Let GDAL copy the collection of localities; give what it wrote, and the pages it asked."""
    file = folder / "copied.geojson"
    file.unlink(missing_ok=True)
    _, asked = told(
        "ogr2ogr",
        *("-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=9", *options),
        *(str(file), f"OAPIF:{service}/ogc", "localities"),
    )
    features: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["features"]
    return features, [each for each in asked if "/localities/items" in each]


def test_gdal_lists_every_collection(service: str) -> None:
    told = run("ogrinfo", "-al", "-so", f"OAPIF:{service}/ogc")
    for layer in ("communes", "provinces", "localities", "thoroughfares", "plans", "zones"):
        assert f"Layer name: {layer}" in told
    assert f"Feature Count: {POINTS}" in told
    assert "Geometry: Multi Polygon" in told
    assert "valid_from: Date" in told
    assert "Layer name: addresses" not in told


def test_gdal_reads_a_whole_collection_page_by_page(service: str, tmp_path: Path) -> None:
    # before GDAL 3.8 pages are of ten, whatever a document says, unless one is told so
    features, asked = read(service, tmp_path, "-oo", f"PAGE_SIZE={MOST}")
    assert len({each["properties"]["name"] for each in features}) == len(features) == POINTS
    lon, lat = features[0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((106.60004, 10.90004), abs=1e-7)
    # each by the link of the one before; the first also tells of the fields
    pages = list(dict.fromkeys(asked))
    assert len(pages) == 3, asked
    assert ["cursor=" in each for each in pages] == [False, True, True]


def test_gdal_sends_window_and_filter_along(service: str, tmp_path: Path) -> None:
    window = ("-spat", "106.6", "10.9", "106.60041", "10.90041")
    features, asked = read(service, tmp_path, *window)
    assert len(features) == 10
    sent = asked[-1].partition("bbox=")[2].split(",")
    assert [float(each) for each in sent] == pytest.approx([106.6, 10.9, 106.60041, 10.90041])
    features, asked = read(service, tmp_path, *window, "-where", "kind = 'ap'")
    assert len(features) == 5
    assert "kind=ap" in asked[-1], asked


def test_gdal_reads_addresses_by_a_key_as_password(service: str, database: str) -> None:
    key = asyncio.run(reading_key(database))
    layers = run("ogrinfo", "-oo", f"USERPWD=gdal:{key}", f"OAPIF:{service}/ogc")
    assert "addresses" in layers


def test_gdal_reads_tiles_by_their_address(service: str, tmp_path: Path) -> None:
    """Only the tiles of the ground asked about are fetched; names and places are those stored."""
    layers = [{"id": "localities", "fields": {"name": "String"}}]
    metadata = {"minzoom": "3", "maxzoom": "16", "bounds": "106.6,10.9,106.7,11"}
    file = tmp_path / "metadata.json"
    file.write_text(json.dumps({**metadata, "json": json.dumps({"vector_layers": layers})}))
    east, north = 11866662.17, 1220772.95  # web Mercator, of the first point
    ground = [str(each) for each in (east - 9, north - 9, east + 9, north + 9)]
    source = f"MVT:{service}/v1/tiles/basemap/16"
    said, asked = told(
        *("ogrinfo", "-al", "-spat", *ground, "-oo", f"METADATA_FILE={file}", source, "localities")
    )
    tiles = {each.rpartition("/basemap/")[2] for each in asked}
    assert "16/52173/30771.pbf" in tiles
    assert len(tiles) <= 4, tiles
    feature = said.partition("name (String) = Khu phố Bịa 1\n")[2]
    x, y = feature.partition("POINT (")[2].partition(")")[0].split()
    assert (float(x), float(y)) == pytest.approx((east, north), abs=1)


def test_owslib_reads_what_there_is(service: str) -> None:
    client = Features(f"{service}/ogc/")
    assert "communes" in client.feature_collections()
    conforms = client.conformance()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    assert client.api()["openapi"].startswith("3.0")
    assert "name" in client.collection_queryables("communes")["properties"]
    page = client.collection_items("localities", limit=5, filter="name LIKE '%7'")
    assert [each["properties"]["name"][-1] for each in page["features"]] == ["7"] * 5
    identity = page["features"][0]["id"]
    assert client.collection_item("localities", str(identity))["id"] == identity
    boxed = client.collection_items("communes", bbox=[106.75, 10.92, 106.76, 10.93])
    assert boxed["numberReturned"] == 1
