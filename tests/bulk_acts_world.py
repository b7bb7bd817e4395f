"""Three communes of June 2025 on the ground of two of the small world, and addresses in them.

Cũ Một (106.60-106.65 E) went wholly into Tây, Cũ Hai (106.65-106.75 E) half into Tây and half into
Đông, Cũ Ba (106.75-106.80 E, code 25750 as Đông has it since) wholly into Đông.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.rows import dict_row
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.engine import Progress, Runner, Undoer, run_act, undo_act
from addrsvc.registry.bulk_acts.mapping import MappingRow
from addrsvc.registry.bulk_acts.planning import Spec
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import (
    Address,
    Components,
    Instrument,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.types import LonLat

JUNE = FixedClock(datetime(2025, 6, 10, 3, tzinfo=UTC))
JULY = FixedClock(datetime(2025, 7, 5, 3, tzinfo=UTC))
AUGUST = FixedClock(datetime(2025, 8, 5, 3, tzinfo=UTC))
DAY = date(2025, 7, 1)
WHO = command_line("test")
INSTRUMENT = Instrument("1/NQ-TEST", date(2025, 6, 16), "Cơ quan mẫu")
OLD_ONE, OLD_TWO, WEST, EAST = "25701", "25702", "25747", "25750"
MAPPING = (
    MappingRow(OLD_ONE, WEST, "whole"),
    MappingRow(OLD_TWO, WEST, "part", 0.5),
    MappingRow(OLD_TWO, EAST, "part", 0.5),
    MappingRow(EAST, EAST, "unchanged"),
)
_UNITS = """
INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name, name_key,
                        parent_code, boundary, boundary_kind, boundary_source, source)
SELECT code, '2025-06-01', '2025-07-01', 'commune', 'phuong', name, 'Phường ' || name, lower(name),
       '718', ST_Multi(ST_MakeEnvelope(west, 10.9, east, 11.0, 4326)), 'approximate', 'test', 'test'
FROM (VALUES ('25701', 'Cũ Một', 106.60, 106.65), ('25702', 'Cũ Hai', 106.65, 106.75),
             ('25750', 'Cũ Ba', 106.75, 106.80)) AS unit (code, name, west, east);
INSERT INTO admin_unit (code, valid_from, valid_to, level, kind, name, full_name, name_key,
                        parent_code, source)
VALUES ('718', '2025-06-01', '2025-07-01', 'district', 'thanh_pho', 'Cũ', 'Thành phố Cũ', 'cu',
        '74', 'test'),
       ('74', '2025-06-01', '2025-07-01', 'province', 'tinh', 'Cũ', 'Tỉnh Cũ', 'cu', NULL, 'test');
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT code, valid_from, false, (ST_Dump(boundary)).geom FROM admin_unit
WHERE level = 'commune' AND valid_from = '2025-06-01';
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
VALUES ('75701', '25701', 'Test', decode(repeat('04', 32), 'hex'), true, 'test', now()),
       ('75702', '25702', 'Test', decode(repeat('05', 32), 'hex'), true, 'test', now());
"""


@dataclass
class World:
    """One database with its write door, driven from tests that are not async."""

    url: str

    def do(self, act: Callable[[AsyncConnection], Any]) -> Any:
        """Run one act in one transaction."""

        async def run(engine: AsyncEngine) -> Any:
            async with transaction(engine) as conn:
                return await act(conn)

        return self.with_engine(run)

    def with_engine(self, work: Callable[[AsyncEngine], Any]) -> Any:
        """Run something that opens its own transactions."""

        async def run() -> Any:
            engine = make_engine(service_settings(self.url))
            try:
                return await work(engine)
            finally:
                await engine.dispose()

        return asyncio.run(run())

    def query(self, statement: LiteralString, *params: object) -> list[dict[str, Any]]:
        """Run one statement and give its rows."""
        with psycopg.connect(self.url, row_factory=dict_row) as conn:
            cursor = conn.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def add(self, *commands: AssignAddress, clock: FixedClock = JUNE) -> list[Address]:
        """Register addresses in one transaction; in July as of its first day."""
        day = DAY if clock is JULY else None

        async def run(conn: AsyncConnection) -> list[Address]:
            return [
                await service.assign_address(conn, WHO, replace(each, valid_from=day), clock)
                for each in commands
            ]

        return list(self.do(run))

    def plan(self, spec: Spec | Callable[[AsyncConnection], Any], day: date = DAY) -> int:
        """Plan an act; give its number."""

        async def run(conn: AsyncConnection) -> int:
            asked = await spec(conn) if callable(spec) else spec
            act = await planning.plan_act(conn, WHO, asked, JULY, day=day, instrument=INSTRUMENT)
            return act.act_id

        return int(self.do(run))

    def plan_reorganisation(self, mapping: Sequence[MappingRow] = MAPPING) -> int:
        """Plan the reorganisation of the world."""
        return self.plan(lambda conn: planning.reorganisation_by_mapping(conn, mapping, DAY))

    def run(self, act_id: int, *, size: int = 2, clock: FixedClock = JULY) -> Progress:
        """Run an act to its end in small chunks."""
        made: Progress = self.with_engine(
            lambda engine: run_act(Runner(engine, WHO, clock, act_id), size=size)
        )
        return made

    def undo(self, act_id: int, *, size: int = 2, leave_changed: bool = False) -> Progress:
        """Undo an act to its end in small chunks."""
        made: Progress = self.with_engine(
            lambda engine: undo_act(
                Undoer(engine, WHO, AUGUST, act_id), "nhầm", size=size, leave_changed=leave_changed
            )
        )
        return made

    def communes(self) -> dict[str, str]:
        """Give the present commune of every address, by code or reference."""
        found = self.query(
            "SELECT coalesce(code, 'p' || address_id) AS ref, commune_code"
            " FROM address_current JOIN address USING (address_id)"
        )
        return {each["ref"]: each["commune_code"] for each in found}

    def state(self) -> list[dict[str, Any]]:
        """Give all the register says now: timelines, projection, former keys, identifiers."""
        return self.query(
            """
            SELECT a.address_id, a.code,
                   (SELECT json_agg(json_build_array(status, valid_from, valid_to, document)
                                    ORDER BY valid_from)
                    FROM address_version v
                    WHERE v.address_id = a.address_id AND recorded_to IS NULL) AS timeline,
                   to_jsonb(c) - 'version' AS projection,
                   (SELECT json_agg(f ORDER BY f::text) FROM address_former f
                    WHERE f.address_id = a.address_id) AS former,
                   (SELECT json_agg(json_build_array(scheme, value) ORDER BY scheme, value)
                    FROM address_alias l
                    WHERE l.address_id = a.address_id AND withdrawn_at IS NULL) AS aliases
            FROM address a JOIN address_current c USING (address_id) ORDER BY a.address_id
            """
        )


@pytest.fixture(scope="session")
def acts_template(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    """Give the URL of a database holding both times. Only to clone."""
    with clone_database(registry_template) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(_UNITS)
        yield url


@pytest.fixture
def world(
    clone_database: Callable[[str], AbstractContextManager[str]], acts_template: str
) -> Iterator[World]:
    """Give a database of this test's own that holds both times."""
    with clone_database(acts_template) as url:
        yield World(url)


def house(
    lon: float | None = None,
    *,
    number: str | None = None,
    street: str | None = None,
    khu_pho: str | None = None,
    commune: str | None = None,
    unit: str | None = None,
    parent: str | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> AssignAddress:
    """Give the command for a house at 10.95 N; ``lon`` None: nobody has been there."""
    position = None
    if lon is not None:
        position = Position(LonLat(lon, 10.95), 4.0, Method.GNSS, Marks.ENTRANCE)
    localities = () if khu_pho is None else (Locality("khu_pho", khu_pho),)
    return AssignAddress(
        Kind.DWELLING,
        "test",
        Components(unit=unit, house_number=number, thoroughfare=street, localities=localities),
        position,
        commune,
        parent=parent,
        visibility=visibility,
    )
