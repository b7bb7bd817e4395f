"""GDAL and OWSLib read the collections as they are, over a socket, with nothing said to them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from benchmarks.http_rounds import running_service
from owslib.ogcapi.features import Features

from addrsvc.ogc.parameters import MOST

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
def service(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        with psycopg.connect(url) as conn:
            conn.execute(_LOCALITIES, [POINTS])
        with running_service(url, anonymous_per_minute="100000") as base_url:
            yield base_url


def run(*words: str) -> str:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed (Debian package gdal-bin)")
    done = subprocess.run(  # noqa: S603 -- an argument list of our own
        words, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def read(service: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    """Let GDAL copy the collection of localities; give what it wrote."""
    file = folder / "copied.geojson"
    run(
        "ogr2ogr",
        *("-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=9", *options),
        *(str(file), f"OAPIF:{service}/ogc", "localities"),
    )
    features: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["features"]
    return features


def test_gdal_lists_every_collection(service: str) -> None:
    told = run("ogrinfo", "-al", "-so", f"OAPIF:{service}/ogc")
    for layer in ("communes", "provinces", "localities", "thoroughfares", "plans", "zones"):
        assert f"Layer name: {layer}" in told
    assert f"Feature Count: {POINTS}" in told
    assert "Geometry: Multi Polygon" in told
    assert "valid_from: Date" in told
    assert "Layer name: addresses" not in told


def test_gdal_reads_a_whole_collection_page_by_page(service: str, tmp_path: Path) -> None:
    features = read(service, tmp_path)
    assert len({each["properties"]["name"] for each in features}) == len(features) == POINTS
    lon, lat = features[0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((106.60004, 10.90004), abs=1e-7)


def test_gdal_sends_window_and_filter_along(service: str, tmp_path: Path) -> None:
    window = ("-spat", "106.6", "10.9", "106.60041", "10.90041")
    assert len(read(service, tmp_path, *window)) == 10
    (tmp_path / "copied.geojson").unlink()
    assert len(read(service, tmp_path, *window, "-where", "kind = 'ap'")) == 5


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
