"""Acts on addresses: what they leave on record, what they refuse, and how they are taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, LiteralString

import pytest
from registry_fixtures import EAST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.errors import ScopeMissing
from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.registry import acts, changing, retiring, service, succeeding, undoing
from addrsvc.registry.act_errors import (
    ActNotFound,
    ActOvertaken,
    NamedTwice,
    ParentGone,
    PartCycle,
    PartElsewhere,
    PartsInUse,
    PartsNeedOneSuccessor,
    PartTooVisible,
    SuccessorUnplaced,
    SuccessorWithdrawn,
    TransitionRefused,
    UndoInChunks,
    UndoTheAct,
)
from addrsvc.registry.acting import reread
from addrsvc.registry.commands import (
    AssignAddress,
    ChangeAddress,
    CorrectAddress,
    MergeAddresses,
    NamedVersion,
    ReplaceAddress,
    ReserveAddress,
    RetireAddress,
    SplitAddress,
)
from addrsvc.registry.duplicates.errors import DuplicateAddress
from addrsvc.registry.errors import (
    AddressNotFound,
    DateRefused,
    ParentNotFound,
    SuccessorNotFound,
    VersionStale,
)
from addrsvc.registry.model import (
    Address,
    Alias,
    Components,
    Instrument,
    Kind,
    Marks,
    Method,
    Part,
    Position,
    Visibility,
)
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

CLERK = command_line("test")
WRITER = Principal("key:w", frozenset({Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE}))
CLOCK = FixedClock(datetime(2026, 1, 15, 3, tzinfo=UTC))
TODAY, NEW_YEAR, AUTUMN = date(2026, 1, 15), date(2026, 1, 1), date(2025, 9, 1)
DECISION = Instrument("12/QĐ-UBND", date(2025, 12, 20), "UBND Phường Tây")


@pytest.fixture(scope="module")
def shared_database_url(
    clone_database: Callable[[str], AbstractContextManager[str]], registry_template: str
) -> Iterator[str]:
    with clone_database(registry_template) as url:
        yield url


class Clerk:
    """Who assigns houses ten to a row, each with a number of its own."""

    def __init__(self, conn: AsyncConnection) -> None:
        self.conn, self.houses = conn, 0

    def house(self, *, east: bool = False, **given: Any) -> AssignAddress:
        self.houses += 1
        lon = (106.71 if east else 106.61) + self.houses * 0.001
        position = Position(LonLat(lon, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE)
        command = AssignAddress(
            kind=Kind.DWELLING,
            source="test",
            position=position,
            components=Components(house_number=str(self.houses), thoroughfare="Đường Mẫu"),
            valid_from=AUTUMN,
        )
        return replace(command, **given)

    async def assign(self, **given: Any) -> Address:
        return await service.assign_address(self.conn, CLERK, self.house(**given), CLOCK)

    async def flat(self, parent: Address, number: str) -> Address:
        components = Components(unit=number, house_number="1", thoroughfare="Đường Mẫu")
        return await self.assign(kind=Kind.APARTMENT, parent=parent.code, components=components)

    async def ask(self, statement: LiteralString, **params: Any) -> list[dict[str, Any]]:
        return await rows(self.conn, statement, params)

    async def now(self, address: Address) -> Address:
        return await reread(self.conn, address.address_id)


@pytest.fixture
def clerk(conn: AsyncConnection) -> Clerk:
    return Clerk(conn)


def named(address: Address) -> NamedVersion:
    return NamedVersion(address.code or "", address.version)


def ref(address: Address) -> AddressRef:
    return AddressRef.parse(address.ref)


async def refused(conn: AsyncConnection, kind: type[AddrsvcError], work: Awaitable[object]) -> Any:
    """See an act refused, and go on in the transaction."""
    savepoint = await conn.begin_nested()
    with pytest.raises(kind) as error:
        await work
    await savepoint.rollback()
    return error.value


async def test_a_merge_is_one_act_with_its_law_its_parts_and_one_audit_row(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    one, other, into = [await clerk.assign() for _ in range(3)]
    flat = await clerk.flat(one, "12A")
    merge = MergeAddresses((named(one), named(other)), named(into), "gộp thửa", NEW_YEAR, DECISION)
    done = await succeeding.merge_addresses(conn, CLERK, merge, CLOCK)
    told = {each.address_id: each for each in done.addresses}
    assert told.keys() == {one.address_id, other.address_id, flat.address_id}
    for each in (one, other):
        (successor,) = told[each.address_id].successors
        assert (successor.code, successor.relation) == (into.code, "merged")
        assert told[each.address_id].valid_from == NEW_YEAR
    assert told[flat.address_id].document.parent == into.code
    act, touched, following = await acts.get_act(conn, CLERK, done.act_id, limit=2)
    assert (act.kind, act.status, act.effective_on) == ("merge", "done", NEW_YEAR)
    assert act.instrument == DECISION.to_json()
    assert (len(touched), following) == (2, touched[1].address_id)
    _, rest, end = await acts.get_act(conn, CLERK, done.act_id, after=following or 0)
    assert ([each.ref for each in rest], end) == ([flat.code], None)
    audit = await clerk.ask(
        "SELECT action, detail FROM audit_entry WHERE subject = %(subject)s",
        subject=f"act:{done.act_id}",
    )
    assert audit == [{"action": "act.merge", "detail": {"addresses": 3}}]
    moments = await clerk.ask(
        "SELECT DISTINCT v.recorded_from, e.recorded_at, r.recorded_at AS act FROM event e"
        " JOIN address a ON a.code = e.subject JOIN address_version v USING (address_id)"
        " JOIN registry_act r USING (act_id) WHERE (e.data->>'act')::bigint = r.act_id"
    )
    assert [len(set(each.values())) for each in moments] == [1]


async def test_an_act_is_undone_and_the_undo_undone(conn: AsyncConnection, clerk: Clerk) -> None:
    old, house = await clerk.assign(), clerk.house(valid_from=None)
    flat = await clerk.flat(old, "1")
    by = ReplaceAddress(house, "xây lại", NEW_YEAR, parts="move")
    done = await succeeding.replace_address(conn, CLERK, ref(old), 1, by, CLOCK)
    new = done.addresses[-1]
    assert (await clerk.now(flat)).document.parent == new.code
    await refused(conn, ScopeMissing, undoing.undo_act(conn, WRITER, done.act_id, "x", CLOCK))
    error = await refused(
        conn, UndoTheAct, undoing.undo_version(conn, CLERK, ref(old), None, "x", CLOCK)
    )
    assert error.act_id == done.act_id
    undone = await undoing.undo_act(conn, CLERK, done.act_id, "nhầm", CLOCK)
    states = [(await clerk.now(each)).status.value for each in (old, flat, new)]
    assert states == ["current", "current", "rejected"]
    assert (await clerk.now(flat)).document.parent == old.code
    assert (await clerk.now(new)).code == new.code
    links = await clerk.ask("SELECT withdrawn_at IS NULL AS holds FROM address_successor")
    assert links == [{"holds": False}]
    again = await undoing.undo_act(conn, CLERK, undone.act_id, "đúng rồi", CLOCK)
    (successor,) = (await clerk.now(old)).successors
    assert (successor.code, successor.relation) == (new.code, "replaced")
    statuses = [
        (await acts.find_act(conn, each)).status
        for each in (done.act_id, undone.act_id, again.act_id)
    ]
    assert statuses == ["done", "undone", "done"]


async def test_an_act_overtaken_by_a_change_is_not_undone_unless_that_is(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    old = await clerk.assign()
    into = (clerk.house(valid_from=None), clerk.house(valid_from=None))
    split = SplitAddress(into, "tách thửa", NEW_YEAR)
    done = await succeeding.split_address(conn, CLERK, ref(old), None, split, CLOCK)
    piece = done.addresses[-1]
    correct = CorrectAddress(name="Mẫu")
    await changing.correct_address(conn, CLERK, ref(piece), None, correct, CLOCK)
    error = await refused(
        conn, ActOvertaken, undoing.undo_act(conn, CLERK, done.act_id, "x", CLOCK)
    )
    assert (error.count, error.codes) == (1, [piece.code])
    assert piece.code in error.text("vi")
    await undoing.undo_version(conn, CLERK, ref(piece), None, "x", CLOCK)
    await undoing.undo_act(conn, CLERK, done.act_id, "x", CLOCK)
    assert (await clerk.now(old)).status.value == "current"


async def test_pieces_are_in_use_at_once_and_from_that_day(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    old = await clerk.assign()
    unplaced = clerk.house(position=None, commune_code=WEST, valid_from=None)
    for kind, piece in (
        (SuccessorUnplaced, unplaced),
        (DateRefused, clerk.house(valid_from=AUTUMN)),
        (ParentNotFound, clerk.house(valid_from=None, parent=old.code, kind=Kind.APARTMENT)),
    ):
        split = SplitAddress((clerk.house(valid_from=None), piece), "tách", NEW_YEAR)
        if kind is ParentNotFound:
            split = replace(split, into=(piece, replace(piece, parent="75123-99999")))
        work = succeeding.split_address(conn, CLERK, ref(old), None, split, CLOCK)
        await refused(conn, kind, work)


async def test_merges_that_cannot_be(conn: AsyncConnection, clerk: Clerk) -> None:
    one, into, gone = [await clerk.assign() for _ in range(3)]
    retire = RetireAddress("x")
    gone = await retiring.retire_address(conn, CLERK, ref(gone), None, retire, CLOCK)
    merge = MergeAddresses((named(one),), named(into), "gộp", NEW_YEAR)
    for kind, change in (
        (NamedTwice, {"into": named(one)}),
        (TransitionRefused, {"addresses": (named(gone),), "on": TODAY}),
        (SuccessorNotFound, {"into": named(gone)}),
        (VersionStale, {"into": NamedVersion(into.ref, 7)}),
        (AddressNotFound, {"into": NamedVersion("75123-99999", 1)}),
        (DateRefused, {"on": date(2025, 8, 1)}),
        (DateRefused, {"on": date(2026, 8, 1)}),
    ):
        work = succeeding.merge_addresses(conn, CLERK, replace(merge, **change), CLOCK)
        await refused(conn, kind, work)


async def test_a_building_goes_with_its_parts_or_they_move(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    building, other, elsewhere = [await clerk.assign(east=east) for east in (False, False, True)]
    flats = [await clerk.flat(building, str(number)) for number in range(1, 4)]
    household = await clerk.assign(parent=flats[0].code, valid_from=TODAY)

    def retire(*successors: Address, **given: Any) -> Awaitable[Address]:
        codes = tuple(each.code or "" for each in successors)
        command = RetireAddress("phá dỡ", codes, on=TODAY, **given)
        return retiring.retire_address(conn, CLERK, ref(building), None, command, CLOCK)

    error = await refused(conn, PartsInUse, retire())
    assert (error.count, len(error.codes)) == (3, 3)
    assert flats[0].code in error.text("vi")
    await refused(conn, PartsNeedOneSuccessor, retire(parts="move"))
    await refused(conn, PartElsewhere, retire(elsewhere, parts="move"))
    await refused(conn, SuccessorNotFound, retire(flats[0], parts="retire"))
    savepoint = await conn.begin_nested()
    await retire(other, parts="move")
    assert {(await clerk.now(each)).document.parent for each in flats} == {other.code}
    assert (await clerk.now(household)).document.parent == flats[0].code
    await savepoint.rollback()
    await retire(other, parts="retire")
    assert {(await clerk.now(each)).status.value for each in [*flats, household]} == {"retired"}
    assert (await clerk.now(flats[0])).successors == ()
    (act,) = await clerk.ask("SELECT act_id, kind FROM registry_act")
    assert act["kind"] == "retire"
    await undoing.undo_act(conn, CLERK, act["act_id"], "chưa phá", CLOCK)
    assert {(await clerk.now(each)).status.value for each in [*flats, household]} == {"current"}


async def test_nothing_is_left_hanging_by_an_undo(conn: AsyncConnection, clerk: Clerk) -> None:
    building, other = await clerk.assign(), await clerk.assign()
    flat = await clerk.flat(building, "1")

    def undo(address: Address) -> Awaitable[Address]:
        return undoing.undo_version(conn, CLERK, ref(address), None, "nhầm", CLOCK)

    def retire(address: Address, *successors: str) -> Awaitable[Address]:
        command = RetireAddress("x", successors)
        return retiring.retire_address(conn, CLERK, ref(address), None, command, CLOCK)

    await refused(conn, PartsInUse, undo(building))
    await retire(flat)
    await retire(building, other.code or "")
    error = await refused(conn, ParentGone, undo(flat))
    assert (error.code, error.parent) == (flat.code, building.code)
    error = await refused(conn, SuccessorWithdrawn, undo(other))
    assert (error.code, error.predecessor) == (other.code, building.code)


async def test_an_address_does_not_come_back_where_another_stands_by_now(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    house = clerk.house()
    old = await service.assign_address(conn, CLERK, house, CLOCK)
    retire = RetireAddress("x")
    await retiring.retire_address(conn, CLERK, ref(old), None, retire, CLOCK)
    later = FixedClock(datetime(2026, 1, 15, 4, tzinfo=UTC))
    await service.assign_address(conn, CLERK, house, later)
    work = undoing.undo_version(conn, CLERK, ref(old), None, "x", CLOCK)
    await refused(conn, DuplicateAddress, work)


async def test_what_looked_like_it_before_does_not_stop_an_undo(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    house = clerk.house()
    into = await service.assign_address(conn, CLERK, house, CLOCK)
    double = replace(house, distinct_because="hai hộ")
    old = await service.assign_address(conn, CLERK, double, CLOCK)
    await execute(conn, "DELETE FROM address_distinct", {})
    merge = MergeAddresses((named(old),), named(into), "trùng", NEW_YEAR)
    done = await succeeding.merge_addresses(conn, CLERK, merge, CLOCK)
    await undoing.undo_act(conn, CLERK, done.act_id, "không trùng", CLOCK)
    assert (await clerk.now(old)).status.value == "current"


async def test_an_undone_correction_takes_its_identifiers_back(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    address = await clerk.assign()
    alias = Alias("old-number", "12 Cũ")

    async def counted() -> list[dict[str, Any]]:
        return await clerk.ask(
            "SELECT value FROM address_alias WHERE withdrawn_at IS NULL AND address_id = %(id)s",
            id=address.address_id,
        )

    correct = CorrectAddress(aliases=(alias,))
    await changing.correct_address(conn, CLERK, ref(address), 1, correct, CLOCK)
    there = await counted()
    assert len(there) == 1
    await undoing.undo_version(conn, CLERK, ref(address), 2, "x", CLOCK)
    assert await counted() == []
    await undoing.undo_version(conn, CLERK, ref(address), 3, "x", CLOCK)
    assert await counted() == there


async def test_who_wrote_it_may_undo_it_and_others_need_a_scope(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    address = await clerk.assign()
    work = undoing.undo_version(conn, WRITER, ref(address), None, "x", CLOCK)
    await refused(conn, ScopeMissing, work)
    change = ChangeAddress(name="Mẫu")
    await changing.change_address(conn, WRITER, ref(address), None, change, CLOCK)
    await undoing.undo_version(conn, WRITER, ref(address), None, "x", CLOCK)
    assert (await clerk.now(address)).document.name is None


async def test_a_reserved_code_waits_for_its_house(conn: AsyncConnection, clerk: Clerk) -> None:
    proposal = await clerk.assign(position=None, commune_code=WEST)
    reserve = ReserveAddress(on=NEW_YEAR)
    reserved = await changing.reserve_address(conn, CLERK, ref(proposal), 1, reserve, CLOCK)
    assert (reserved.status.value, reserved.valid_from) == ("reserved", NEW_YEAR)
    again = changing.reserve_address(conn, CLERK, ref(proposal), None, reserve, CLOCK)
    error = await refused(conn, TransitionRefused, again)
    assert list(error.allowed) == ["correct", "change", "position", "retire"]
    assert "Giữ chỗ" in error.text("vi")
    built = ChangeAddress(position=clerk.house().position, on=TODAY)
    current = await changing.change_address(conn, CLERK, ref(reserved), None, built, CLOCK)
    assert (current.status.value, current.code) == ("current", reserved.code)
    undone = await undoing.undo_version(conn, CLERK, ref(current), None, "chưa xây", CLOCK)
    assert (undone.status.value, undone.code) == ("reserved", reserved.code)


async def test_a_code_drawn_stays_when_the_position_is_undone(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    proposal = await clerk.assign(position=None, commune_code=WEST)
    placed = CorrectAddress(position=clerk.house().position)
    current = await changing.correct_address(conn, CLERK, ref(proposal), 1, placed, CLOCK)
    undone = await undoing.undo_version(conn, CLERK, ref(current), None, "x", CLOCK)
    assert (undone.status.value, undone.code) == ("reserved", current.code)


async def test_a_change_is_still_found_by_its_old_number(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    address = await clerk.assign()
    renumbered = Components(house_number="99", thoroughfare="Đường Khác")
    change = ChangeAddress(components=renumbered, on=NEW_YEAR)
    await changing.change_address(conn, CLERK, ref(address), 1, change, CLOCK)
    former = await clerk.ask("SELECT base_key, number_key, until FROM address_former")
    assert former == [{"base_key": "mau", "number_key": "00001", "until": NEW_YEAR}]
    unchanged = await changing.change_address(conn, CLERK, ref(address), None, change, CLOCK)
    assert unchanged.version == 3
    past = CorrectAddress(components=Components(house_number="1B", thoroughfare="Đường Mẫu"))
    past = CorrectAddress(components=past.components, on=AUTUMN)
    await changing.correct_address(conn, CLERK, ref(address), None, past, CLOCK)
    assert (await clerk.ask("SELECT number_key FROM address_former")) == [{"number_key": "00001b"}]
    early = CorrectAddress(name="x", on=date(2025, 8, 31))
    work = changing.correct_address(conn, CLERK, ref(address), None, early, CLOCK)
    await refused(conn, DateRefused, work)


async def test_a_parent_is_corrected_set_and_taken_away(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    building, flat = await clerk.assign(), await clerk.assign(kind=Kind.APARTMENT)

    async def correct(address: Address, **given: Any) -> Address:
        command = CorrectAddress(**given)
        return await changing.correct_address(conn, CLERK, ref(address), None, command, CLOCK)

    placed = await correct(flat, parent=building.code, part=Part.UNIT)
    assert (placed.document.parent, placed.document.part) == (building.code, Part.UNIT)
    await refused(conn, PartCycle, correct(building, parent=flat.code))
    await refused(conn, ParentNotFound, correct(flat, parent="75123-99999"))
    east = await clerk.assign(east=True)
    await refused(conn, PartElsewhere, correct(flat, parent=east.code))
    await refused(conn, PartTooVisible, correct(building, visibility=Visibility.SECRET))
    assert (await correct(flat, parent=None)).document.parent is None
    await correct(building, visibility=Visibility.SECRET)
    await refused(conn, PartTooVisible, correct(flat, parent=building.code))
    assert east.commune_code == EAST


async def test_acts_that_are_not_undone_here(conn: AsyncConnection, clerk: Clerk) -> None:
    def undo(act_id: int, who: Principal = CLERK) -> Awaitable[object]:
        return undoing.undo_act(conn, who, act_id, "x", CLOCK)

    await refused(conn, ActNotFound, undo(999_999))
    (bulk,) = await clerk.ask(
        "INSERT INTO registry_act (kind, status, principal, recorded_at)"
        " VALUES ('reorganise', 'done', 'cli:test', now()) RETURNING act_id"
    )
    await refused(conn, UndoInChunks, undo(bulk["act_id"]))
    secret = await clerk.assign(visibility=Visibility.SECRET)
    by = ReplaceAddress(clerk.house(valid_from=None), "x")
    done = await succeeding.replace_address(conn, CLERK, ref(secret), None, by, CLOCK)
    keeper = Principal("key:o", WRITER.scopes | {Scope.ADDRESSES_OVERRIDE})
    await refused(conn, ActNotFound, undo(done.act_id, keeper))
    _, shown, _ = await acts.get_act(conn, WRITER, done.act_id)
    assert [each.ref for each in shown] == [done.addresses[-1].code]


async def test_a_clock_that_goes_back_does_not_turn_the_record(
    conn: AsyncConnection, clerk: Clerk
) -> None:
    address = await clerk.assign()
    early = FixedClock(datetime(2026, 1, 14, tzinfo=UTC))
    correct = CorrectAddress(name="Mẫu")
    corrected = await changing.correct_address(conn, CLERK, ref(address), 1, correct, early)
    assert corrected.recorded_from > address.recorded_from
    empty = await clerk.ask("SELECT 1 FROM address_version WHERE recorded_to <= recorded_from")
    assert empty == []


async def test_crossing_acts_take_turns(registry_url: str) -> None:
    engine = make_engine(service_settings(registry_url))

    async def retire(address: Address, successor: Address) -> str:
        command = RetireAddress("x", (successor.code or "",))
        async with transaction(engine) as conn:
            try:
                await retiring.retire_address(conn, CLERK, ref(address), None, command, CLOCK)
            except SuccessorNotFound:
                return "refused"
        return "retired"

    for _ in range(5):
        async with transaction(engine) as conn:
            clerk = Clerk(conn)
            await execute(conn, "UPDATE address_current SET status = 'retired'", {})
            one, other = await clerk.assign(), await clerk.assign()
        ends = await asyncio.gather(retire(one, other), retire(other, one))
        assert sorted(ends) == ["refused", "retired"]
    await engine.dispose()
