"""Rows of a file that look like addresses in use, or like rows before them."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from registry_fixtures import IN_WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.bulk import doubles
from addrsvc.registry.bulk import importing as importing_module
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.types import LonLat

LON, LAT = float(str(IN_WEST["lon"])), float(str(IN_WEST["lat"]))
HEADER = "so_nha,duong,lon,lat,ma,don_vi_cap\n"
CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
ISSUED = ImportOptions(
    kind=Kind.DWELLING, source="test", mapping={"code": "ma", "issuer": "don_vi_cap"}
)


def line(number: str, metres: float = 0.0, code: str = "") -> str:
    issuer = "VNPost" if code else ""
    return f"{number},Đường Mẫu,{LON + metres / 109_300:.7f},{LAT},{code},{issuer}\n"


def assign(url: str, number: str) -> str:
    """Register one house beside an import, as somebody else would."""

    async def run() -> str:
        engine = make_engine(service_settings(url))
        command = AssignAddress(
            Kind.DWELLING,
            "field",
            Components(house_number=number, thoroughfare="Đường Mẫu"),
            Position(LonLat(LON, LAT), 5, Method.GNSS, Marks.ENTRANCE),
        )
        try:
            async with transaction(engine) as conn:
                made = await service.assign_address(conn, command_line("x"), command, CLOCK)
        finally:
            await engine.dispose()
        return made.code or ""

    return asyncio.run(run())


def rejected(path: Path) -> list[dict[str, str]]:
    with path.with_name("in.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_like_the_registry_or_like_rows_before_are_refused_with_their_candidates(
    importing: Any, registry_url: str, tmp_path: Path
) -> None:
    code = assign(registry_url, "1")
    content = HEADER + line("1", 300) + line("2", 50) + line("2", 400) + line("4", 54)
    receipt = importing(content, options=ISSUED)
    assert (receipt.counts.assigned, receipt.counts.rejected) == (2, 2)
    first, second = rejected(tmp_path / "in.csv")
    assert (first["dòng gốc"], first["reason_code"]) == ("2", "duplicate-address")
    assert f"{code[:5]}-{code[5:]} (300 m)" in first["reason"]
    assert second["dòng gốc"] == "4"
    again = importing(None, options=ISSUED)
    assert (again.counts.already_there, again.counts.rejected) == (2, 2)


def test_a_dry_run_says_the_same(importing: Any, registry_url: str) -> None:
    assign(registry_url, "1")
    receipt = importing(HEADER + line("1") + line("2", 50), options=ISSUED, dry_run=True)
    assert (receipt.counts.assigned, receipt.counts.rejected) == (1, 1)


def test_codes_issued_elsewhere_are_registered_and_counted(
    importing: Any, registry_url: str, query: Any
) -> None:
    assign(registry_url, "1")
    content = HEADER + line("1", 9, "9999900001") + line("1", 5, "9999900002") + line("3", 80)
    receipt = importing(content, options=ISSUED)
    assert (receipt.counts.assigned, receipt.counts.rejected) == (3, 0)
    assert receipt.counts.duplicates == 2
    assert query("SELECT duplicates FROM import_run") == [{"duplicates": 2}]


def test_a_reason_lets_rows_in_and_records_every_pair(
    importing: Any, registry_url: str, query: Any
) -> None:
    assign(registry_url, "1")
    because = ImportOptions(kind=Kind.DWELLING, source="test", distinct_because="đã xác minh")
    content = HEADER + line("1", 300) + line("1", 600) + line("2", 50)
    receipt = importing(content, options=because)
    assert (receipt.counts.assigned, receipt.counts.rejected) == (3, 0)
    assert query("SELECT count(*) AS pairs, min(reason) AS reason FROM address_distinct") == [
        {"pairs": 3, "reason": "đã xác minh"}
    ]


def test_parts_of_a_building_in_the_same_file_are_no_duplicates(importing: Any) -> None:
    header = "loai,can_ho,so_nha,duong,lon,lat,ma,don_vi_cap,thuoc\n"
    building = f"dwelling,,1,Đường Mẫu,{LON},{LAT},9999900001,VNPost,\n"
    rooms = "".join(
        f"boarding_room,Phòng {n},1,Đường Mẫu,{LON},{LAT},,,9999900001\n" for n in (1, 2, 2)
    )
    mapping = {"unit": "can_ho", "parent": "thuoc", "code": "ma", "issuer": "don_vi_cap"}
    options = ImportOptions(source="test", mapping={**mapping, "kind": "loai"})
    receipt = importing(header + building + rooms, options=options)
    counts = receipt.counts
    assert (counts.assigned, counts.already_there, counts.rejected) == (3, 1, 0)


def test_who_registers_meanwhile_makes_the_chunk_begin_again(
    importing: Any, registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look of a chunk and its commit, one of its doors is registered by another."""
    close_gate, met = doubles.Lookout.close_gate, []

    async def late(self: doubles.Lookout, conn: AsyncConnection, unasked: Any) -> None:
        if not met:
            met.append(1)
            # of another commune's prefix, so that it need not wait for the chunk
            await asyncio.to_thread(_register_proposal, registry_url)
        await close_gate(self, conn, unasked)

    monkeypatch.setattr(doubles.Lookout, "close_gate", late)
    receipt = importing(HEADER + line("1") + line("2", 50), options=ISSUED)
    assert met
    assert (receipt.counts.assigned, receipt.counts.rejected) == (1, 1)


def _register_proposal(url: str) -> None:
    async def run() -> None:
        engine = make_engine(service_settings(url))
        components = Components(house_number="1", thoroughfare="Đường Mẫu")
        command = AssignAddress(Kind.DWELLING, "list", components, commune_code="25747")
        async with transaction(engine) as conn:
            await service.assign_address(conn, command_line("x"), command, CLOCK)
        await engine.dispose()

    asyncio.run(run())


def test_only_some_may_give_a_reason(registry_url: str, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(HEADER + line("1"), encoding="utf-8")
    options = ImportOptions(kind=Kind.DWELLING, source="test", distinct_because="x")
    writer = Principal("key:w", frozenset({Scope.ADDRESSES_WRITE}))

    async def run() -> None:
        engine = make_engine(service_settings(registry_url))
        opened = importing_module.open_file(path, options)
        try:
            await importing_module.import_file(opened, engine=engine, principal=writer, clock=CLOCK)
        finally:
            await engine.dispose()

    with pytest.raises(Exception, match="addresses:override"):
        asyncio.run(run())
