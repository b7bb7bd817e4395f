"""The rules over real points and real texts: what they find is there, and little else.

Of the texts only the half that may be looked at is read; every number was settled by reading
what each rule found.
"""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from benchmarks.halves import is_seen
from service_settings import service_settings

from addrsvc.admin_units import boundary_import
from addrsvc.admin_units.boundary_file import read_boundaries
from addrsvc.admin_units.list_file import read_list
from addrsvc.admin_units.list_import import import_list, list_rules
from addrsvc.admin_units.model import BoundaryKind
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.parsing.model import ComponentType, Parsed
from addrsvc.registry import demo_rows
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.model import Kind
from addrsvc.registry.quality.auditing import audit_addresses

pytestmark = pytest.mark.realdata
CLERK = command_line("test")
Counts = Counter[str]

_PREFIX = """
INSERT INTO code_prefix (prefix, commune_code, issuer, key, is_demo, source, imported_at)
VALUES (%s, %s, 'Test', decode(repeat('07', 32), 'hex'), true, 'test', now())
"""


@pytest.fixture
def url(
    clone_database: Callable[[str], AbstractContextManager[str]], units_template: str
) -> Iterator[str]:
    """Give a database with the bundled units and invented prefixes of the 36 communes."""
    with clone_database(units_template) as made:
        with psycopg.connect(made) as conn:
            for code in demo_rows.COMMUNES:
                conn.execute(_PREFIX, [demo_rows.prefix_of(code), code])
        yield made


async def take_in(url: str, realdata: Path, folder: Path, clock: FixedClock) -> Counts:
    """Import boundaries, street names, points and texts; audit; give findings per rule."""
    engine = make_engine(service_settings(url))
    try:
        async with transaction(engine) as conn:
            units = await boundary_import.units_in_force(conn, today(clock))
            file = realdata / "binhduong_new_communes.geojson"
            raw = read_boundaries(file, layer=None, crs=None)
            found, _ = boundary_import.check_boundaries(
                raw, units, file=file, day=today(clock), code_column="code"
            )
            await boundary_import.store_boundaries(
                conn,
                CLERK,
                found.accepted,
                units,
                kind=BoundaryKind.OFFICIAL,
                source="test",
                at=clock.now(),
            )
            names = read_list(realdata / "streets.csv", {})
            rules = await list_rules(
                conn, "thoroughfare", day=today(clock), source="test", kind=None
            )
            await import_list(conn, CLERK, "thoroughfare", names, rules, at=clock.now())
            reader = (await UnitsInMemory().current(conn)).reader
        points = folder / "pois.csv"
        points.write_bytes((realdata / "pois.csv").read_bytes())
        texts = folder / "texts.csv"
        seen = list(seen_half(realdata / "addresses_binhduong.csv"))
        write_texts(texts, [(each, reader.read(each["address"])) for each in seen])
        for path, options in ((points, ImportOptions(kind=Kind.PLACE)), (texts, ImportOptions())):
            opened = open_file(path, options)
            await import_file(opened, engine=engine, principal=CLERK, clock=clock)
        run = await audit_addresses(engine, CLERK, clock)
    finally:
        await engine.dispose()
    counts: Counts = Counter()
    for (_, _, kind, _), count in run.counts.items():
        counts[kind or "addresses"] += count
    return counts


def seen_half(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if is_seen(row["id"]):
                yield row


def write_texts(path: Path, texts: list[tuple[dict[str, str], Parsed]]) -> None:
    """Write the texts with the parts read out of them, as an office would enter them."""
    parts = ("unit", "building", "house_number", "thoroughfare")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, ["ext_id", "kind", "text", "localities", "commune", *parts], restval=""
        )
        writer.writeheader()
        for row, read in texts:
            localities = read.all(ComponentType.LOCALITY)
            line = {"ext_id": row["id"], "kind": "enterprise", "text": row["address"]}
            line["commune"] = row["expected_new_commune"] or row["address"]
            line["localities"] = "; ".join(f"{each.kind}:{each.value}" for each in localities)
            for part in parts:
                found = read.first(ComponentType(part))
                line[part] = "" if found is None else found.value
            writer.writerow(line)


def test_real_rows_raise_few_alarms_and_true_ones(
    realdata: Path, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    counts = asyncio.run(take_in(url, realdata, tmp_path, clock))
    assert counts["addresses"] > 1050
    # every point lies in the commune its label says: not one may be called outside
    for kind in ("outside-commune", "outside-commune-within-accuracy", "outside-all-communes"):
        assert counts[kind] == 0
    # parts were read from the texts themselves, and hold no person's number
    for kind in ("text-says-otherwise", "text-names-other-commune", "text-damaged"):
        assert counts[kind] == 0, kind
    assert counts["personal-number-in-field"] == counts["personal-name-in-field"] == 0
    # localities of one source stand on whole minutes of arc, a kilometre off
    assert 140 <= counts["position-rounded"] <= 165
    # the register knows nine in ten of the streets people name
    unknown = counts["street-not-in-register"] + counts["street-not-in-commune"]
    assert unknown <= 20
    assert counts["house-number-odd"] <= 2
    assert counts["street-odd"] <= 2
