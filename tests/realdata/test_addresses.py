"""Real points and real addresses: imported, coded or proposed or refused with a reason."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.registry import demo_rows
from addrsvc.registry.bulk.exporting import ExportFilter, export_file
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.model import Kind

pytestmark = pytest.mark.realdata
PRINCIPAL = command_line("test")

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


def take_in(
    url: str, path: Path, folder: Path, clock: FixedClock, options: ImportOptions
) -> Receipt:
    """Import a copy, so that refused rows are not written beside the real file."""
    copy = folder / path.name
    if copy != path:
        copy.write_bytes(path.read_bytes())

    async def run() -> Receipt:
        engine = make_engine(service_settings(url))
        try:
            opened = open_file(copy, options)
            assert not [each for each in opened.columns.pairs() if each[1].startswith("expected")]
            return await import_file(opened, engine=engine, principal=PRINCIPAL, clock=clock)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def give_out(url: str, path: Path, clock: FixedClock) -> int:
    async def run() -> int:
        engine = make_engine(service_settings(url))
        try:
            door = {"engine": engine, "principal": PRINCIPAL, "clock": clock}
            return await export_file(path, ExportFilter(), **door)  # type: ignore[arg-type] # a door
        finally:
            await engine.dispose()

    return asyncio.run(run())


def reasons(path: Path) -> Counter[str]:
    if not path.exists():
        return Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return Counter(row["reason_code"] for row in csv.DictReader(file))


def unchanged(url: str, path: Path, folder: Path, clock: FixedClock) -> None:
    """Export, import the export: nothing is new and nothing refused."""
    count = give_out(url, path, clock)
    receipt = take_in(url, path, folder, clock, ImportOptions(kind=Kind.PLACE))
    assert (receipt.rows, receipt.counts.already_there) == (count, count)


def test_points(realdata: Path, url: str, tmp_path: Path, clock: FixedClock) -> None:
    receipt = take_in(url, realdata / "pois.csv", tmp_path, clock, ImportOptions(kind=Kind.PLACE))
    counts = receipt.counts
    assert receipt.rows == 751
    assert counts.assigned + counts.rejected == 751
    assert counts.assigned > 700
    # stops of one name stand in the list twice or thrice, at one point
    may_be = {"outside-commune", "outside-coverage", "duplicate-address"}
    assert set(reasons(tmp_path / "pois.rejected.csv")) <= may_be
    for suffix in ("csv", "xlsx", "gpkg", "geojson"):
        unchanged(url, tmp_path / f"out.{suffix}", tmp_path, clock)


def test_addresses_as_people_wrote_them(
    realdata: Path, url: str, tmp_path: Path, clock: FixedClock
) -> None:
    # its column "kind" says where a row comes from, not what stands there
    source = realdata / "addresses_binhduong.csv"
    options = ImportOptions(kind=Kind.PLACE, mapping={"kind": ""})
    receipt = take_in(url, source, tmp_path, clock, options)
    counts = receipt.counts
    assert receipt.rows == 928
    assert counts.assigned == counts.reserved == 0
    assert counts.proposed > 600
    refused = reasons(tmp_path / "addresses_binhduong.rejected.csv")
    assert set(refused) <= {"commune-unclear", "commune-not-recognised"}
    assert counts.proposed + counts.already_there + counts.rejected == 928
    unchanged(url, tmp_path / "out.csv", tmp_path, clock)
    with source.open(encoding="utf-8", newline="") as file:
        wrong = _wrong(url, list(csv.DictReader(file)))
    assert len(wrong) <= 0.03 * counts.proposed, wrong[:10]


def _wrong(url: str, rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """List proposals placed in another commune than the label says (labels are silver)."""
    labels = {" ".join(row["address"].split()): row["expected_new_commune"] for row in rows}
    with psycopg.connect(url) as conn:
        placed = conn.execute(
            "SELECT v.document->>'text', c.commune_code FROM address_current c"
            " JOIN address_version v USING (address_id)"
        ).fetchall()
    return [
        (text, code, labels[text])
        for text, code in placed
        if labels.get(text, "") not in {"", code}
    ]
