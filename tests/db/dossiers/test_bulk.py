"""Many dossiers at once come to what each alone would; persons in rows stay out of the database."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from dossiers_world import three_addresses
from registry_fixtures import WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import service
from addrsvc.dossiers.bulk import Brought, put_chunk, put_many
from addrsvc.dossiers.bulk_rows import NationalRows, RowBrought, SpreadsheetRows, put_rows
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.columns import map_columns
from addrsvc.dossiers.errors import DossierCodeEmpty
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Judged
from addrsvc.dossiers.model import (
    ADDRESS_LIMIT,
    AddressRole,
    DossierInput,
    GivenAddress,
    LinkCandidate,
    settle,
)
from addrsvc.errors import AddrsvcError
from addrsvc.file_jobs.kinds import dossiers as work
from addrsvc.file_jobs.kinds.work import Room, Terms
from addrsvc.tabular.model import Record

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
LATER = FixedClock(datetime(2026, 1, 15, 4, 0, tzinfo=UTC))
SCOPES = frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE})
OFFICE = Principal("key:office", SCOPES)
LINKED, OTHER = "7512300001", "7512400002"


class Sure(Judge):
    """Takes every code for certain, and every text for nothing."""

    def __init__(self) -> None:
        """Need nothing."""

    async def judge(
        self,
        principal: Principal,  # noqa: ARG002 - as the real one takes it
        given: Sequence[GivenAddress],
        day: date,  # noqa: ARG002
    ) -> list[Judged]:
        await asyncio.sleep(0)
        return [_one(each) for each in given]


def _one(given: GivenAddress) -> Judged:
    if given.code is None:
        return Judged("C", settle("C"), communes=(WEST,))
    return Judged("A", settle("A", [LinkCandidate(given.code, "x", 1.0, 1.0)]))


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    three_addresses(registry_url)
    found = make_engine(service_settings(registry_url, pool_size=6))
    yield found
    await found.dispose()


_KEPT = (
    """SELECT substr(code_key, 2), received_on, received_at, status, office, version, created_by,
              changed_by
       FROM personal.dossier WHERE code_key LIKE %(of)s ORDER BY 1""",
    """SELECT substr(code_key, 2), n, role, given, state, category, verdict, decision,
              removed_at IS NULL
       FROM personal.dossier JOIN personal.dossier_address USING (dossier_id)
       WHERE code_key LIKE %(of)s ORDER BY 1, 2""",
    """SELECT substr(code_key, 2), n, address_id, how, linked_by, valid_to IS NULL, why_ended
       FROM personal.dossier JOIN personal.dossier_link USING (dossier_id)
       WHERE code_key LIKE %(of)s ORDER BY 1, 2, link_id""",
    """SELECT substr(code_key, 2), address_id, commune_code
       FROM personal.dossier JOIN personal.dossier_reach USING (dossier_id)
       WHERE code_key LIKE %(of)s ORDER BY 1, 2, 3""",
    """SELECT type, substr(subject, 2), data FROM event
       WHERE subject LIKE %(of)s ORDER BY subject, event_id""",
    """SELECT action, substr(subject, 2), principal, detail FROM audit_entry
       WHERE subject LIKE %(of)s ORDER BY subject, audit_id""",
)


def tables(url: str, of: str = "") -> list[Any]:
    """Give all that is kept of dossiers whose keys begin so, but for identities."""
    with psycopg.connect(url) as conn:
        params = {"of": f"{of}%"}
        return [conn.execute(query.encode(), params).fetchall() for query in _KEPT]


def dossier(code: str, *addresses: GivenAddress, **facts: Any) -> DossierInput:
    return DossierInput(parse_dossier_code(code), addresses=addresses, **facts)


def text(written: str, role: AddressRole = AddressRole.OBJECT) -> GivenAddress:
    return GivenAddress(role, text=written)


ADDRESSES = [
    text("12 Lê Lợi"),
    text("ở đâu đó", AddressRole.DELIVERY),
    GivenAddress(AddressRole.OBJECT, code=LINKED),
    GivenAddress(AddressRole.BUSINESS, code=OTHER, note="cổng sau"),
]


@pytest.mark.parametrize("seed", range(2))
async def test_many_come_to_what_each_alone_would(
    engine: AsyncEngine, registry_url: str, seed: int
) -> None:
    """The same sent one by one (H…) and at once (K…), also when some stand twice."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret
    for _ in range(5):
        alone = [
            dossier(
                f"H09-260110-000{chance.randint(1, 4)}",
                *chance.choices(ADDRESSES, k=chance.randint(0, 3)),
                status=chance.choice([None, "2", "10"]),
            )
            for _ in range(6)
        ]
        put = []
        for each in alone:
            async with transaction(engine) as conn:
                put.append(await service.put_dossier(conn, OFFICE, Sure(), each, CLOCK))
        many = [
            replace(each, code=parse_dossier_code(f"K{each.code.written[1:]}")) for each in alone
        ]
        done = await put_many(engine, OFFICE, Sure(), many, CLOCK)
        for one, each in zip(put, done, strict=True):
            assert isinstance(each, Brought)
            assert one.is_new == (each.became == "received")
            assert one.dossier.version == each.dossier.version
            assert one.dossier.addresses == each.dossier.addresses
    kept = tables(registry_url, of="H09")
    assert all(kept)
    assert tables(registry_url, of="K09") == kept


async def test_what_is_wrong_with_one_fails_no_other_and_again_changes_nothing(
    engine: AsyncEngine, registry_url: str
) -> None:
    parcel = GivenAddress(AddressRole.OBJECT, parcel="25747-12-345")
    many = [text(f"{n} Lê Lợi") for n in range(ADDRESS_LIMIT + 1)]
    given = [
        dossier("H09-260110-0001", text("a")),
        DossierCodeEmpty(),
        dossier("H09-260116-0001", text("a")),
        dossier("H09-260110-0002", parcel),
        dossier("H09-260110-0003", *many),
        dossier("H09-260110-0004", GivenAddress(AddressRole.OBJECT, code=LINKED)),
    ]

    def told(done: Sequence[Brought | AddrsvcError]) -> list[str]:
        return [each.slug if isinstance(each, AddrsvcError) else each.became for each in done]

    refused = [
        "dossier-code-empty",
        "dossier-received-later",
        "scope-missing",
        "dossier-too-many-addresses",
    ]
    rehearsed = await put_many(engine, OFFICE, Sure(), given, CLOCK, is_rehearsal=True)
    assert told(rehearsed) == ["received", *refused, "received"]
    assert tables(registry_url) == [[], [], [], [], [], []]
    assert told(await put_many(engine, OFFICE, Sure(), given, CLOCK)) == told(rehearsed)
    before = tables(registry_url)
    again = await put_many(engine, OFFICE, Sure(), given, LATER)
    assert told(again) == ["unchanged", *refused, "unchanged"]
    assert tables(registry_url) == before
    # what lies elsewhere and was brought in by others stays theirs
    limited = Principal("key:limited", SCOPES, frozenset({"25942"}))
    assert told(await put_many(engine, limited, Sure(), [given[5]], LATER)) == ["dossier-elsewhere"]
    assert tables(registry_url) == before


async def test_callers_that_overlap_neither_wait_in_a_ring_nor_bring_in_twice(
    engine: AsyncEngine, registry_url: str
) -> None:
    given = [dossier(f"H09-260110-{n:04}", text("a")) for n in range(40)]
    orders = [given, given[::-1], given[20:] + given[:20], given[::2]]
    for clock in (CLOCK, LATER):  # new ones, then those that are there
        sent = [
            [replace(each, status=f"{who}{clock is LATER:d}") for each in some]
            for who, some in enumerate(orders)
        ]
        puts = [put_many(engine, OFFICE, Sure(), some, clock) for some in sent]
        done = await asyncio.wait_for(asyncio.gather(*puts), 90)
        new = [each.dossier.key for some in done for each in some if _is_new(each)]
        assert len(new) == len(set(new)) == (40 if clock is CLOCK else 0)
    with psycopg.connect(registry_url) as conn:
        (count,) = conn.execute("SELECT count(*) FROM personal.dossier_address").fetchone() or (0,)
    assert count == 40


def _is_new(each: Brought | AddrsvcError) -> bool:
    assert isinstance(each, Brought)
    return each.became == "received"


async def test_a_chunk_that_crossed_an_act_on_its_addresses_begins_again(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, times = [dossier("H09-260110-0001", text("a"))], iter((True, True, False))

    async def crossing(*parts: Any, **options: Any) -> Any:
        done = await put_chunk(*parts, **options)
        if next(times, True):
            raise psycopg.errors.DeadlockDetected
        return done

    monkeypatch.setattr("addrsvc.dossiers.bulk.put_chunk", crossing)
    (done,) = await put_many(engine, OFFICE, Sure(), given, CLOCK)
    assert _is_new(done)
    with pytest.raises(psycopg.errors.DeadlockDetected):
        await put_many(engine, OFFICE, Sure(), given, CLOCK)


HEADER = ["Mã hồ sơ", "Chủ hồ sơ", "Số CCCD", "Trạng thái", "Vai trò", "Địa chỉ", "Mã địa chỉ"]
CANARIES = ("Nguyễn Canary Mẫu", "079090000001", "0900000001")
"""Invented; found nowhere in the database."""
_WHO = list(CANARIES[:2])
ROWS = [
    ["H09-260110-0001", *_WHO, "2", "business", "", LINKED],
    ["H09-260110-0002", *_WHO, "", "", f"{CANARIES[0]} {CANARIES[2]}, 9 Lê Lợi", ""],
    ["", *_WHO, "", "", "1 Lê Lợi", ""],
    [CANARIES[1], *_WHO, "", "", "1 Lê Lợi", ""],
    ["H09-260110-0001", *_WHO, "10", "delivery", "7 Lê Lợi", ""],
    ["h09-260110-0001", *_WHO, "", "delivery", "8 Lê Lợi", ""],
]


async def bring(
    engine: AsyncEngine, some: Sequence[Sequence[str]], clock: FixedClock = CLOCK, **options: Any
) -> list[RowBrought]:
    reader = options.pop("reader", None) or SpreadsheetRows(map_columns(HEADER))
    since = options.pop("since", CLOCK.now())
    return await put_rows(engine, OFFICE, Sure(), reader, some, clock, since=since, **options)


async def test_rows_of_one_code_are_addresses_of_one_dossier_also_in_parts_done_twice(
    engine: AsyncEngine, registry_url: str
) -> None:
    expected = ["received", "received", "refused", "refused", "received", "received"]
    whole = await bring(engine, ROWS)
    assert [each.status for each in whole] == expected
    assert whole[0].cells("vi")[:4] == ["received", "H09-260110-0001", "Đã liên kết", "75123-00001"]
    assert whole[0].code() == LINKED
    assert "Đã bỏ tên" in whole[1].cells("vi")[-2]
    assert whole[2].cells("en")[-1].startswith("Give the dossier code")
    others = [[cells[0].upper().replace("H09", "K09"), *cells[1:]] for cells in ROWS]
    parts = [await bring(engine, others[at : at + 2]) for at in (4, 0, 2, 0, 4)]
    assert [each.status for each in (*parts[3], *parts[2], *parts[4])] == expected
    at_once, apart = (tables(registry_url, of=of) for of in ("H09", "K09"))
    assert set(_given(apart)) == set(_given(at_once))
    assert [row[3] for row in at_once[0]] == ["2", None]
    assert [row[3] for row in apart[0]] == ["10", None]  # the part that was done first says it
    # the same file another day, or a part of it that contradicts no other: nothing happens
    for some in (ROWS, ROWS[:2]):
        done = await bring(engine, some, LATER, since=LATER.now())
        assert {each.status for each in done} <= {"unchanged", "refused"}
    assert tables(registry_url, of="H09") == at_once
    _nowhere(registry_url)


def _given(kept: list[Any]) -> list[tuple[Any, ...]]:
    """Give the addresses dossiers carry, whatever their numbers."""
    return [(key, role, str(given)) for key, _, role, given, *_, is_there in kept[1] if is_there]


async def test_a_later_file_takes_the_place_of_what_was_said_in_a_role(
    engine: AsyncEngine,
) -> None:
    await bring(engine, ROWS)
    hours = timedelta(hours=1)
    row = ["H09-260110-0001", "", "", "", "delivery", "99 Lê Lợi", ""]
    (done,) = await bring(engine, [row], LATER, since=CLOCK.now() + hours)
    assert isinstance(done.became, Brought)
    said = [(each.given.role.value, each.given.text) for each in done.became.dossier.addresses]
    assert said == [("business", None), ("delivery", "99 Lê Lợi")]
    assert (done.status, done.became.dossier.facts["status"]) == ("changed", "2")


async def test_records_of_the_portal_leave_their_persons_behind(
    engine: AsyncEngine, registry_url: str
) -> None:
    names = ["MaHoSo", "ChuHoSo", "MaDoiTuong", "TrangThaiHoSo", "form"]
    form = (
        f'{{"ChuHoSo_diaChi":"{CANARIES[0]}, 5 Lê Lợi","ChuHoSo_hoTen":"{CANARIES[0]}",'
        f'"CongDan_soDienThoai":"{CANARIES[2]}"}}'
    )
    row = ["H09-260110-0009", *_WHO, "4", form]
    (done,) = await bring(engine, [row], reader=NationalRows(names))
    assert isinstance(done.became, Brought)
    (address,) = done.became.dossier.addresses
    assert (address.given.text, done.became.dossier.facts["status"]) == ("5 Lê Lợi", "4")
    _nowhere(registry_url)


async def test_the_kind_of_job_reads_chosen_columns_and_tells_each_row(engine: AsyncEngine) -> None:
    header = ["STT", "Mã HS", "Mã hồ sơ nội bộ", "Chủ hồ sơ", "Tình trạng"]
    assert work.guess(header, []) == {"code": "Mã HS", "status": "Tình trạng"}
    assert (work.lacks({"status"}), work.lacks({"code"})) == (["code"], [])
    places = {"code": 2, "status": 4}
    terms = _terms(header, places)
    reader = work.reader_of(terms)
    assert isinstance(reader, SpreadsheetRows)
    assert reader.columns.persons == (3,)
    assert isinstance(work.reader_of(_terms(["MaHoSo", "MaTTHC"], {"code": 0})), NationalRows)
    chosen = _terms(["MaHoSo", "MaTTHC"], {"code": 0}, columns={"code": "MaHoSo"})
    assert isinstance(work.reader_of(chosen), SpreadsheetRows)
    room = cast("Room", SimpleNamespace(**dict.fromkeys(("geocoder", "codes")), engine=engine,
        principal=OFFICE, clock=LATER, doors=SimpleNamespace(pool=None)))  # fmt: skip
    records = [Record(2, ["1", "", "HS/17", CANARIES[0], "Đã xử lý xong"]), Record(3, [""] * 5)]
    done = await work.work(room, terms, records)
    assert [each.status for each in done] == ["received", "refused"]
    assert all(len(each.cells) == len(work.WORK.added) for each in done)
    assert done[1].cells[-1].startswith("Hãy ghi mã hồ sơ")
    assert [each.status for each in await work.work(room, terms, records)] == [
        "received",
        "refused",
    ]


def _terms(header: list[str], at: dict[str, int], **options: Any) -> Terms:
    day, since = CLOCK.now().date(), CLOCK.now()
    return Terms(UUID(int=1), header, at, day, since, "vi", None, options)


def _nowhere(url: str) -> None:
    """Look through every column of every table for the persons."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_schema IN ('public', 'personal') AND table_type = 'BASE TABLE'"
        ).fetchall()
        assert len(found) > 40
        for (table,) in found:
            query = f"SELECT count(*) FROM {table} AS t WHERE t::text ~* %s"
            hits = conn.execute(query.encode(), ["|".join(("canary mẫu", *CANARIES))]).fetchone()
            assert hits == (0,), table
