"""Identifiers over the database: listing, translating, resolving many, adding, withdrawing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from benchmarks.subjects.lookup import FILL
from registry_fixtures import IN_WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS, command_line
from addrsvc.clock import FixedClock
from addrsvc.codes.plus_code import encode
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.identifier_errors import (
    IdentifierNotFound,
    IdentifierTaken,
    LinkPeriodInvalid,
    SchemeClosed,
)
from addrsvc.registry.identifiers import (
    QUERIES,
    find_by_identifier,
    identifiers_of,
    resolve,
)
from addrsvc.registry.identifying import NewLink, add_identifier, withdraw_identifier
from addrsvc.registry.links import LinkScheme
from addrsvc.registry.model import Address, Kind, Marks, Method, Position, Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

CLERK = command_line("test")
CLOCK = FixedClock(datetime(2026, 1, 15, 5, tzinfo=UTC))
LOCATION = "000123456789"
JUNE = date(2026, 6, 1)


@pytest.fixture
async def small_conn(registry_url: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection to a small world of this test's own."""
    engine = make_engine(service_settings(registry_url))
    async with engine.connect() as conn, conn.begin():
        yield conn
    await engine.dispose()


async def register(conn: AsyncConnection, shift_deg: float = 0, **more: Any) -> Address:
    point = LonLat(float(str(IN_WEST["lon"])) + shift_deg, float(str(IN_WEST["lat"])))
    position = Position(point, 4.5, Method.GNSS, Marks.ENTRANCE)
    command = AssignAddress(kind=Kind.STATE_OFFICE, source="field", position=position, **more)
    return await service.assign_address(conn, CLERK, command, CLOCK)


def ref_of(address: Address) -> AddressRef:
    return AddressRef.parse(address.ref)


async def add(conn: AsyncConnection, address: Address, scheme: str, value: str, **more: Any) -> str:
    new = NewLink(scheme, value, "Sở Mẫu", **more)
    _, _, outcome = await add_identifier(conn, CLERK, ref_of(address), new, CLOCK)
    return outcome


async def test_lists_what_the_asker_may_see(small_conn: AsyncConnection) -> None:
    conn, address = small_conn, await register(small_conn)
    assert await add(conn, address, "location-id", LOCATION, confidence=0.9, valid_to=JUNE)
    assert await add(conn, address, "parcel", "25747-12-345") == "added"
    position = address.document.position
    assert position is not None
    _, full = await identifiers_of(conn, CLERK, ref_of(address))
    assert {(each.scheme.value, each.value, each.source) for each in full} == {
        ("code", address.code, "Test"),
        ("location-id", LOCATION, "Sở Mẫu"),
        ("parcel", "25747-12-345", "Sở Mẫu"),
        ("plus-code", encode(position.point), "computed"),
    }
    _, public = await identifiers_of(conn, ANONYMOUS, ref_of(address))
    assert {each.scheme.value for each in public} == {"code", "location-id", "plus-code"}
    _, then = await identifiers_of(conn, ANONYMOUS, ref_of(address), JUNE)
    assert {each.scheme.value for each in then} == {"code", "plus-code"}


async def test_codes_of_duplicates_are_its_own(small_conn: AsyncConnection) -> None:
    conn = small_conn
    kept, other = await register(conn), await register(conn, 0.01)
    await rows(
        conn,
        "INSERT INTO address_successor (address_id, successor_id, relation, recorded_at)"
        " VALUES (%(a)s, %(b)s, 'duplicate', now()) RETURNING 1",
        {"a": other.address_id, "b": kept.address_id},
    )
    _, links = await identifiers_of(conn, ANONYMOUS, ref_of(kept))
    codes = {each.value: each.source for each in links if each.scheme is LinkScheme.CODE}
    assert codes == {kept.code: "Test", other.code: "duplicate"}


async def test_finds_and_translates(small_conn: AsyncConnection) -> None:
    conn, address = small_conn, await register(small_conn)
    await add(conn, address, "location-id", LOCATION, valid_to=JUNE)
    await add(conn, address, "parcel", "25747-12-345")
    [found] = await find_by_identifier(
        conn, ANONYMOUS, LinkScheme.LOCATION_ID, "000 123 456 789", to=LinkScheme.CODE
    )
    assert found.address.code == address.code
    assert (found.link.confidence, found.link.valid_to) == (None, JUNE)
    assert [each.value for each in found.others] == [address.code]
    late = {"valid_at": JUNE}
    assert await find_by_identifier(conn, ANONYMOUS, LinkScheme.LOCATION_ID, LOCATION, **late) == []
    code = address.code or ""
    [by_code] = await find_by_identifier(conn, CLERK, LinkScheme.CODE, code, to=LinkScheme.PARCEL)
    assert [each.value for each in by_code.others] == ["25747-12-345"]
    for scheme, to in ((LinkScheme.PARCEL, None), (LinkScheme.CODE, LinkScheme.PARCEL)):
        with pytest.raises(NotSignedIn):
            await find_by_identifier(conn, ANONYMOUS, scheme, "25747-12-345", to=to)


async def test_a_plus_code_finds_what_stands_in_its_cell(small_conn: AsyncConnection) -> None:
    conn, address = small_conn, await register(small_conn)
    await register(conn, 0.01)
    position = address.document.position
    assert position is not None
    plus_code = encode(position.point)
    [found] = await find_by_identifier(conn, ANONYMOUS, LinkScheme.PLUS_CODE, plus_code)
    assert (found.address.code, found.link.source) == (address.code, "computed")
    await add(conn, address, "plus-code", plus_code)
    [found] = await find_by_identifier(conn, ANONYMOUS, LinkScheme.PLUS_CODE, plus_code)
    assert found.link.source == "Sở Mẫu", "what is said goes before what is worked out"


async def test_resolves_row_for_row(small_conn: AsyncConnection) -> None:
    conn, address = small_conn, await register(small_conn)
    secret = await register(conn, 0.01, visibility=Visibility.SECRET)
    await add(conn, address, "location-id", LOCATION)
    asked = [
        ("location-id", LOCATION),
        ("location-id", "999999999999"),
        ("postcode", "75000"),
        ("parcel", "?"),
        ("code", secret.code or ""),
        ("code", address.code or ""),
        ("location-id", LOCATION),
    ]
    found = await resolve(conn, CLERK, asked, to=LinkScheme.LOCATION_ID)
    assert [(len(each.matches), each.reason and each.reason.slug) for each in found] == [
        (1, None),
        (0, "identifier-not-found"),
        (0, "scheme-unknown"),
        (0, "parcel-invalid"),
        (1, None),
        (1, None),
        (1, None),
    ]
    assert [each.value for each in found[5].matches[0].others] == [LOCATION]
    assert await resolve(conn, CLERK, []) == []
    with pytest.raises(NotSignedIn):
        await resolve(conn, ANONYMOUS, asked)


async def test_added_corrected_and_withdrawn_leaves_traces(small_conn: AsyncConnection) -> None:
    conn, address = small_conn, await register(small_conn)
    ref = ref_of(address)
    assert await add(conn, address, "location-id", LOCATION, confidence=0.123456) == "added"
    assert await add(conn, address, "location-id", LOCATION, confidence=0.12346) == "already-there"
    assert await add(conn, address, "location-id", LOCATION, valid_to=JUNE) == "corrected"
    scheme = LinkScheme.LOCATION_ID
    await withdraw_identifier(conn, CLERK, ref, scheme, LOCATION, "nhầm nhà", CLOCK)
    assert await find_by_identifier(conn, CLERK, scheme, LOCATION) == []
    with pytest.raises(IdentifierNotFound):
        await withdraw_identifier(conn, CLERK, ref, scheme, LOCATION, "nhầm nhà", CLOCK)
    assert await add(conn, address, "location-id", LOCATION) == "added"
    what = "SELECT type, data->>'scheme' AS scheme, data::text AS data FROM event ORDER BY 1"
    told = [each for each in await rows(conn, what, {}) if "identif" in each["type"]]
    assert [each["type"] for each in told] == [
        *["address.identified"] * 3,
        "address.identifier-withdrawn",
    ]
    assert not [each for each in told if LOCATION in each["data"]], "the feed holds no identifier"
    kept = "SELECT detail->>'value' AS value FROM audit_entry WHERE action LIKE 'address.identif%%'"
    assert [each["value"] for each in await rows(conn, kept, {})] == [LOCATION] * 4


async def test_refusals(small_conn: AsyncConnection) -> None:
    conn = small_conn
    one, other = await register(conn), await register(conn, 0.01)
    await add(conn, one, "location-id", LOCATION)
    with pytest.raises(IdentifierTaken) as taken:
        await add(conn, other, "location-id", LOCATION)
    assert taken.value.other == one.code
    await add(conn, one, "location-id", LOCATION, valid_to=JUNE)
    assert await add(conn, other, "location-id", LOCATION, valid_from=JUNE) == "added"
    with pytest.raises(SchemeClosed):
        await add(conn, one, "code", other.code or "")
    code = LinkScheme.CODE
    with pytest.raises(SchemeClosed):
        await withdraw_identifier(conn, CLERK, ref_of(one), code, one.ref, "x", CLOCK)
    with pytest.raises(LinkPeriodInvalid):
        await add(conn, one, "parcel", "25747-1-1", valid_from=JUNE, valid_to=JUNE)


@pytest.fixture(scope="module")
def full_url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give a register of 20,000 synthetic addresses with an identifier each, analysed."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.format(rows=20_000).encode())
            conn.execute(
                "INSERT INTO address_alias (address_id, scheme, value, source, recorded_at)"
                " SELECT address_id, 'location-id', lpad(address_id::text, 12, '0'), 'test', now()"
                " FROM address"
            )
            conn.execute("VACUUM ANALYZE")
        yield url


@pytest.mark.parametrize(
    ("name", "params", "index"),
    [
        (
            "links_by_value",
            {"schemes": ["location-id"], "values": ["000000000007"], "valid_at": None},
            "address_alias_pkey",
        ),
        ("links_of", {"ids": [7, 8]}, "address_alias_address_idx"),
        (
            "addresses_in_cells",
            {
                "west": [106.6],
                "south": [10.9],
                "east": [106.60001],
                "north": [10.90001],
                "visibilities": ["public"],
                "areas": None,
                "limit": 20,
            },
            "address_current_position_idx",
        ),
    ],
)
def test_reads_take_their_index(
    full_url: str, name: str, params: dict[str, Any], index: str
) -> None:
    with psycopg.connect(full_url) as conn:
        plan = conn.execute(f"EXPLAIN (FORMAT JSON) {QUERIES[name]}".encode(), params).fetchall()
    assert index in json.dumps(plan[0][0])
