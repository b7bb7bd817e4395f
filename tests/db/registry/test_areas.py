"""Files in and out, audits and registers, by somebody in charge of one commune only."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from registry_fixtures import EAST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.errors import AreaForbidden, EverywhereForbidden
from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import prefixes
from addrsvc.registry.bulk.exporting import ExportFilter, export_file
from addrsvc.registry.bulk.identifiers import import_identifiers
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.duplicates.report import find_groups
from addrsvc.registry.moments import AsOf
from addrsvc.registry.prefix_list import PrefixLine
from addrsvc.registry.quality.auditing import audit_addresses

T = TypeVar("T")
Do = Callable[[Callable[[AsyncEngine], Awaitable[T]]], T]

CLERK = command_line("test")
LOCAL = Principal("key:local", frozenset(Scope), frozenset({WEST}))
ROWS = """code,issuer,kind,lon,lat,accuracy,visibility
88888-00001,VNPost,works,106.65,10.95,4,
88888-00002,VNPost,works,106.66,10.95,4,restricted
88888-00003,VNPost,works,106.75,10.95,4,
88888-00004,VNPost,works,106.76,10.95,4,restricted
88888-00005,VNPost,works,106.67,10.95,4,secret
"""


@pytest.fixture
def do(registry_url: str) -> Do[object]:
    def run(work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
        async def go() -> T:
            engine = make_engine(service_settings(registry_url))
            try:
                return await work(engine)
            finally:
                await engine.dispose()

        return asyncio.run(go())

    return run  # type: ignore[return-value]


def import_rows(do: Do[Receipt], path: Path, who: Principal, clock: FixedClock) -> Receipt:
    path.write_text(ROWS, encoding="utf-8")
    opened = open_file(path, ImportOptions(source="test"))
    return do(lambda engine: import_file(opened, engine=engine, principal=who, clock=clock))


def test_rows_of_other_communes_are_refused_with_the_reason(
    do: Do[Receipt], tmp_path: Path, clock: FixedClock
) -> None:
    receipt = import_rows(do, tmp_path / "in.csv", LOCAL, clock)
    assert (receipt.counts.reserved + receipt.counts.assigned, receipt.counts.rejected) == (3, 2)
    with (tmp_path / "in.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        refused = list(csv.DictReader(file))
    assert {each["code"] for each in refused} == {"88888-00003", "88888-00004"}
    assert all(EAST in " ".join(each.values()) for each in refused)
    again = import_rows(do, tmp_path / "again.csv", CLERK, clock)
    assert (again.counts.already_there, again.counts.rejected) == (3, 0)


def test_exports_hold_what_lies_within(do: Do[int], tmp_path: Path, clock: FixedClock) -> None:
    import_rows(do, tmp_path / "in.csv", CLERK, clock)  # type: ignore[arg-type]

    def exported(wanted: ExportFilter, name: str) -> set[str]:
        path = tmp_path / name
        do(
            lambda engine: export_file(
                path, wanted, engine=engine, principal=LOCAL, clock=clock, force=True
            )
        )
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {each["code"][:11] for each in csv.DictReader(file)}

    one, two, five = "88888-00001", "88888-00002", "88888-00005"
    assert exported(ExportFilter(), "all.csv") == {one, two}
    assert exported(ExportFilter(commune=WEST), "west.csv") == {one, two}
    assert exported(ExportFilter(with_secret=True), "secret.csv") == {one, two, five}
    then = AsOf(None, clock.now())
    assert exported(ExportFilter(at=then), "then.csv") == {one, two}
    assert exported(ExportFilter(at=then, commune=EAST), "east-then.csv") == set()
    with pytest.raises(AreaForbidden):
        exported(ExportFilter(commune=EAST), "east.csv")
    assert not (tmp_path / "east.csv").exists()


def test_identifiers_are_given_within_the_areas(
    do: Do[Receipt], tmp_path: Path, clock: FixedClock
) -> None:
    import_rows(do, tmp_path / "in.csv", CLERK, clock)
    path = tmp_path / "identifiers.csv"
    path.write_text(
        "ref,scheme,value,source\n"
        "88888-00001,location-id,000000000001,Sở Mẫu\n"
        "88888-00003,location-id,000000000003,Sở Mẫu\n"
        "88888-00004,location-id,000000000004,Sở Mẫu\n",
        encoding="utf-8",
    )
    receipt = do(
        lambda engine: import_identifiers(path, engine=engine, principal=LOCAL, clock=clock)  # type: ignore[arg-type, return-value]
    )
    assert (receipt.rows, receipt.added, receipt.rejected) == (3, 1, 2)  # type: ignore[attr-defined]
    with (tmp_path / "identifiers.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = {each["ref"]: each["reason_code"] for each in csv.DictReader(file)}
    # one that is public there is refused by name, one that is not is as if it were not there
    assert reasons == {"88888-00003": "area-forbidden", "88888-00004": "address-not-found"}


def test_audits_lists_and_registers_keep_to_the_areas(
    do: Do[None], tmp_path: Path, clock: FixedClock
) -> None:
    async def work(engine: AsyncEngine) -> None:
        with pytest.raises(EverywhereForbidden):
            await audit_addresses(engine, LOCAL, clock)
        with pytest.raises(AreaForbidden):
            await audit_addresses(engine, LOCAL, clock, commune=EAST)
        await audit_addresses(engine, LOCAL, clock, commune=WEST)
        async with transaction(engine) as conn:
            with pytest.raises(AreaForbidden):
                await find_groups(conn, LOCAL, EAST)
            assert await find_groups(conn, LOCAL, WEST) == []
            here = PrefixLine("75200", WEST, "Bưu điện", "danh sách")
            there = PrefixLine("75201", EAST, "Bưu điện", "danh sách")
            with pytest.raises(AreaForbidden):
                await prefixes.import_prefixes(conn, LOCAL, [here, there], clock)
            report = await prefixes.import_prefixes(conn, LOCAL, [here], clock)
            assert report.added == ("75200",)
            with pytest.raises(AreaForbidden):
                await prefixes.reserve_range(
                    conn,
                    LOCAL,
                    prefix="75124",
                    first=0,
                    last=9,
                    issuer="x",
                    reason="thử",
                    clock=clock,
                )

    do(work)
