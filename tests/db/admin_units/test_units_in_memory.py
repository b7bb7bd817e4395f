"""The copy of a process: read once, and anew when units, shares or localities change."""

from __future__ import annotations

import psycopg
import pytest

from addrsvc.admin_units.units_in_memory import UnitsInMemory

pytestmark = pytest.mark.anyio

CHANGES = (
    "UPDATE admin_unit_link SET share_of_from = 0.3 WHERE from_code = '25741'",
    (
        "INSERT INTO locality (name, name_key, kind, status, commune_code,"
        " commune_valid_from, source) VALUES"
        " ('Khu phố 7', 'khu pho 7', 'khu_pho', 'official', '25741', '2025-06-01', 'test')"
    ),
    "UPDATE admin_unit SET valid_to = '2027-01-01' WHERE code = '25747' AND valid_to IS NULL",
)


async def test_what_changed_is_read_again_and_nothing_else(units_url: str) -> None:
    eager, patient = UnitsInMemory(check_every_s=0), UnitsInMemory(check_every_s=3600)
    async with await psycopg.AsyncConnection.connect(units_url, autocommit=True) as conn:
        first, kept = await eager.current(conn), await patient.current(conn)
        assert await eager.current(conn) is first
        for change in CHANGES:
            await conn.execute(change.encode())
            again = await eager.current(conn)
            assert again is not first, change
            first = again
        assert await patient.current(conn) is kept
