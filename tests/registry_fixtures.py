"""A small world for tests of the registry: one province, three communes, prefixes, keys.

Two communes have square boundaries side by side (106.6–106.7 and 106.7–106.8 E, 10.9–11.0 N);
the third has an indicative cell north of them. Names and codes are invented but for the form.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import httpx
import psycopg
import pytest

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

WEST, EAST, NORTH, NO_PREFIX = "25747", "25750", "25942", "25945"
"""Commune codes of the small world; the last has no code prefix."""

IN_WEST = {"lon": 106.65, "lat": 10.95, "accuracy_m": 4.5, "method": "gnss", "marks": "entrance"}
IN_EAST = {"lon": 106.75, "lat": 10.95, "accuracy_m": 4.5, "method": "gnss", "marks": "entrance"}
IN_NORTH = {"lon": 106.65, "lat": 11.05, "accuracy_m": 4.5, "method": "gnss", "marks": "entrance"}

_UNITS = """
INSERT INTO admin_unit (code, valid_from, level, kind, name, full_name, name_key, parent_code,
                        centre, area_km2, boundary, boundary_kind, boundary_source, source)
SELECT code, '2025-07-01', level, kind, name, full_name, lower(name), parent,
       ST_Centroid(shape), area, ST_Multi(shape), quality, 'test' , 'test'
FROM (VALUES
    ('79', 'province', 'thanh_pho_truc_thuoc_trung_uong', 'Mẫu', 'Thành phố Mẫu', NULL, 400,
     ST_MakeEnvelope(106.5, 10.8, 106.9, 11.2, 4326), 'official'),
    ('25747', 'commune', 'phuong', 'Tây', 'Phường Tây', '79', 120.7,
     ST_MakeEnvelope(106.6, 10.9, 106.7, 11.0, 4326), 'official'),
    ('25750', 'commune', 'phuong', 'Đông', 'Phường Đông', '79', 120.7,
     ST_MakeEnvelope(106.7, 10.9, 106.8, 11.0, 4326), 'official'),
    ('25942', 'commune', 'xa', 'Bắc', 'Xã Bắc', '79', 120.7,
     ST_MakeEnvelope(106.6, 11.0, 106.7, 11.1, 4326), 'indicative'),
    ('25945', 'commune', 'xa', 'Nam', 'Xã Nam', '79', 120.7,
     ST_MakeEnvelope(106.6, 10.8, 106.7, 10.9, 4326), 'official')
) AS unit (code, level, kind, name, full_name, parent, area, shape, quality);
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT code, valid_from, boundary_kind = 'indicative', (ST_Dump(boundary)).geom
FROM admin_unit WHERE level = 'commune';
"""
_PREFIXES = """
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
VALUES ('75123', '25747', 'Test', decode(repeat('01', 32), 'hex'), true, 'test', now()),
       ('75124', '25750', 'Test', decode(repeat('02', 32), 'hex'), true, 'test', now()),
       ('75125', '25942', 'Test', decode(repeat('03', 32), 'hex'), true, 'test', now())
"""


@pytest.fixture(scope="session")
def registry_template(
    clone_database: Callable[[str], AbstractContextManager[str]], template_db: str
) -> Iterator[str]:
    """Give the URL of a database holding the small world. Only to clone."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(_UNITS)
            conn.execute(_PREFIXES)
        yield url


@pytest.fixture
def registry_url(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    """Give a database of this test's own that holds the small world."""
    with clone_database(registry_template) as url:
        yield url


IssueKey = Callable[..., Awaitable[str]]


@pytest.fixture
def issue_key(settings: Settings) -> IssueKey:
    """Give a maker of API keys in this test's database: scopes and areas in, key text out."""

    async def issue(*scopes: Scope, areas: Collection[str] | None = None) -> str:
        engine = make_engine(settings)
        try:
            async with transaction(engine) as conn:
                return await create_key(
                    conn,
                    command_line("test"),
                    name="test",
                    scopes=scopes,
                    areas=areas,
                    expires_at=None,
                    at=datetime(2026, 1, 1, tzinfo=UTC),
                )
        finally:
            await engine.dispose()

    return issue


@pytest.fixture
async def writer(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    """Give the headers of a key that may read lists and write."""
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    return {"Authorization": f"Bearer {key}"}
