"""Files of identifiers: every row accounted for, refused ones beside it, twice changes nothing."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.registry.bulk import identifiers
from addrsvc.registry.bulk.identifiers import IdentifierReceipt, import_identifiers
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.identifier_errors import ColumnMissing
from addrsvc.tabular.errors import FileEmpty, FileMissing

Query = Callable[..., list[dict[str, Any]]]

ADDRESSES = """code,issuer,kind,lon,lat,accuracy,visibility
88888-00001,VNPost,works,106.65,10.95,4,
88888-00002,VNPost,works,106.66,10.95,4,
,,works,,,,
"""
FILE = """\
Ref;scheme;value;source;confidence;valid_from;valid_to
88888-00001;location-id;000 123 456 789;Sở Mẫu;0,9;2026-01-01;
8888800001;parcel;25747-12-345;Sở Mẫu;;;
88888-00002;location-id;000123456789;Sở Mẫu;;;
88888-00002;location-id;000123456780;Sở Mẫu;;01/03/2026;01/02/2026
88888-00002;vpostcode;75110XM2F6QR;Sở Mẫu;2;;
88888-00002;vpostcode;75110XM2F6QR;Sở Mẫu;;31/02/2026;
88888-00002;postcode;75000;Sở Mẫu;;;
88888-00009;parcel;25747-12-345;Sở Mẫu;;;
88888-00001;parcel;25747-12-345;Cơ quan khác;;;
88888-00002;parcel;25747-12-345;;;;
88888-00002;parcel;25747-12-345;Sở Mẫu;0.123456;;
88888-00002;parcel
x;parcel;25747-12-345;Sở Mẫu;;;
"""


def run(url: str, path: Path, clock: FixedClock) -> IdentifierReceipt:
    async def go() -> IdentifierReceipt:
        engine = make_engine(service_settings(url))
        try:
            return await import_identifiers(
                path, engine=engine, principal=command_line("test"), clock=clock
            )
        finally:
            await engine.dispose()

    return asyncio.run(go())


def test_every_row_is_accounted_for(
    importing: Callable[..., Any],
    query: Query,
    registry_url: str,
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(identifiers, "_CHUNK", 4)
    assert importing(ADDRESSES, options=ImportOptions(source="test")).counts.rejected <= 1
    path = tmp_path / "identifiers.csv"
    path.write_text(FILE, encoding="utf-8")
    receipt = run(registry_url, path, clock)
    assert (receipt.rows, receipt.added, receipt.already_there) == (13, 3, 0)
    assert receipt.rejected == 10
    assert receipt.rejects is not None
    with receipt.rejects.open(encoding="utf-8-sig", newline="") as file:
        reasons = [row["reason_code"] for row in csv.DictReader(file)]
    assert reasons == [
        "identifier-taken",
        "link-period-invalid",
        "confidence-invalid",
        "day-invalid",
        "scheme-unknown",
        "address-not-found",
        "identifier-differs",
        "field-invalid",
        "row-columns",
        "code-has-letter",
    ]
    links = "SELECT scheme, value, source, confidence FROM address_alias ORDER BY 1, 2, 4"
    before = query(links)
    assert [each["confidence"] for each in before] == pytest.approx([0.9, 0.1235, None])
    told = "SELECT 1 FROM event WHERE type = 'address.identified'"
    assert len(query(told)) == 3
    again = run(registry_url, path, clock)
    assert (again.added, again.already_there, again.rejected) == (0, 3, 10)
    assert query(links) == before
    assert len(query(told)) == 3
    assert len(query("SELECT 1 FROM audit_entry WHERE action = 'identifiers.import'")) == 2


def test_what_is_no_such_file(registry_url: str, tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "x.csv"
    with pytest.raises(FileMissing):
        run(registry_url, path, clock)
    path.write_text("")
    with pytest.raises(FileEmpty):
        run(registry_url, path, clock)
    path.write_text("ref,scheme,value\n")
    with pytest.raises(ColumnMissing):
        run(registry_url, path, clock)


def test_a_proposal_is_named_by_its_reference(
    importing: Callable[..., Any],
    query: Query,
    registry_url: str,
    tmp_path: Path,
    clock: FixedClock,
) -> None:
    importing("kind,commune\nplace,25747\n", options=ImportOptions(source="test"))
    [found] = query("SELECT address_id FROM address")
    path = tmp_path / "identifiers.csv"
    row = f"p{found['address_id']},parcel,25747-12-345,Sở Mẫu"
    path.write_text(f"ref,scheme,value,source\n{row}\n", encoding="utf-8")
    assert run(registry_url, path, clock).added == 1
