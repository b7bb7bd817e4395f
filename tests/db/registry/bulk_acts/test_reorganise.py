"""Communes are reorganised: who goes where, what stays open, and all of it undone."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from bulk_acts_world import (
    AUGUST,
    DAY,
    EAST,
    JULY,
    JUNE,
    MAPPING,
    OLD_ONE,
    OLD_TWO,
    WEST,
    WHO,
    World,
    house,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import ANONYMOUS
from addrsvc.registry import service
from addrsvc.registry.bulk_acts import acts, planning
from addrsvc.registry.bulk_acts.engine import Runner, Undoer, run_act
from addrsvc.registry.bulk_acts.errors import (
    ActNotFound,
    ActOverwritten,
    ActStatusRefused,
    ActTooEarly,
    InstrumentMissing,
    MappingRefused,
    NothingConcerned,
    ReasonMissing,
)
from addrsvc.registry.bulk_acts.mapping import MappingRow
from addrsvc.registry.bulk_acts.preview import Preview, preview_act
from addrsvc.registry.commands import CorrectAddress, RetireAddress
from addrsvc.registry.model import Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.verification import verify

SIX = (
    house(106.62, number="1", street="Lê Lợi"),
    house(106.68, number="1", street="Lê Lợi"),
    house(106.72, number="3", street="Lê Lợi"),
    house(106.78, khu_pho="Khu phố 1"),
    house(commune=OLD_TWO, number="5", street="Lê Lợi"),
    house(commune=OLD_ONE, number="7", street="Lê Lợi"),
)
GOES = [WEST, WEST, EAST, EAST, OLD_TWO, WEST]
"""Where the six are after the act; the fifth has no position in a commune that was divided."""


def preview(world: World, act_id: int, limit: int | None = None) -> Preview:
    made: Preview = world.do(lambda conn: preview_act(conn, WHO, act_id, limit=limit))
    return made


async def findings(conn: AsyncConnection) -> list[str]:
    return [each.what async for _, found in verify(conn) for each in found]


def test_each_goes_to_its_successor_and_undoing_restores_everything(world: World) -> None:
    refs = [each.ref for each in world.add(*SIX)]
    before = world.state()
    act_id = world.plan_reorganisation()
    assert world.state() == before
    progress = world.run(act_id)
    assert (progress.tally.concerned, progress.tally.changed) == (6, 5)
    assert progress.tally.undecided == {"no-evidence": 1}
    communes = world.communes()
    assert [communes[ref] for ref in refs] == GOES
    codes = {each["code"] for each in before}
    assert {each["code"] for each in world.state()} == codes, "codes never change"
    (row,) = world.query("SELECT * FROM registry_act_undecided")
    assert (row["reason"], sorted(row["candidates"])) == ("no-evidence", [WEST, EAST])
    in_june = world.query(
        "SELECT document->'commune'->>1 AS day FROM address_version WHERE recorded_to IS NULL"
        " AND valid_from <= '2025-06-20' AND (valid_to IS NULL OR valid_to > '2025-06-20')"
    )
    assert [each["day"] for each in in_june] == ["2025-06-01"] * 6
    assert world.do(findings) == []
    undone = world.undo(act_id)
    assert undone.tally.changed == 5
    assert world.state() == before
    assert world.do(findings) == []
    kinds = world.query("SELECT type, count(*) AS n FROM event GROUP BY type ORDER BY type")
    assert {each["type"]: each["n"] for each in kinds}.items() >= {
        "act.done": 1,
        "act.undone": 1,
        "address.changed": 5,
        "address.restored": 5,
    }.items()
    stands = world.query("SELECT kind, status FROM registry_act ORDER BY act_id")
    assert [(each["kind"], each["status"]) for each in stands] == [
        ("reorganise", "undone"),
        ("undo", "done"),
    ]


def test_a_preview_says_what_the_run_will_do(world: World) -> None:
    refs = [each.ref for each in world.add(*SIX)]
    secret = house(106.63, number="9", street="Lê Lợi", visibility=Visibility.SECRET)
    world.add(secret)
    act_id = world.plan_reorganisation()
    made = preview(world, act_id)
    assert (made.to_look_at, made.examined, made.tally.changed) == (7, 7, 6)
    assert made.moves == {
        (OLD_ONE, WEST): 3,
        (OLD_TWO, WEST): 1,
        (OLD_TWO, EAST): 1,
        (EAST, EAST): 1,
    }
    assert (made.collisions, made.first_collisions) == (1, [[refs[0], refs[1]]])
    assert {each.outcome for each in made.samples} == {"changed", "no-evidence"}
    assert made.without_prefix == []
    assert len(made.points) == 5
    assert world.run(act_id).tally == made.tally
    assert preview(world, world.plan_reorganisation(), limit=1).examined == 1


def test_a_part_that_leaves_its_building_is_told(world: World) -> None:
    (building,) = world.add(house(106.699, number="10", street="Lê Lợi"))
    parted, _ = world.add(
        house(106.701, number="10", street="Lê Lợi", unit="P1", parent=building.code),
        house(106.699, number="10", street="Lê Lợi", unit="P2", parent=building.code),
    )
    made = preview(world, world.plan_reorganisation())
    assert (made.parted_count, made.parted) == (1, [parted.ref])


def test_only_one_transaction_is_lost_when_a_runner_dies_and_another_goes_on(world: World) -> None:
    world.add(*SIX)
    act_id = world.plan_reorganisation()

    async def one_chunk(engine: object) -> None:
        await Runner(engine, WHO, JULY, act_id).chunk(2)  # type: ignore[arg-type]

    world.with_engine(one_chunk)
    (act,) = world.query("SELECT status, counts FROM registry_act")
    assert (act["status"], act["counts"]["changed"]) == ("running", 2)
    assert world.run(act_id).tally.changed == 5
    assert world.run(act_id).done, "again is no error and changes nothing"
    assert len(world.query("SELECT 1 FROM address_version WHERE act = 'reorganise'")) == 10


def test_two_runners_take_turns(world: World) -> None:
    refs = [each.ref for each in world.add(*SIX)]
    act_id = world.plan_reorganisation()

    async def both(engine: object) -> None:
        runners = [Runner(engine, WHO, JULY, act_id) for _ in range(2)]  # type: ignore[arg-type]
        await asyncio.gather(*(run_act(each, size=1) for each in runners))

    world.with_engine(both)
    assert [world.communes()[ref] for ref in refs] == GOES
    assert len(world.query("SELECT 1 FROM event WHERE type = 'address.changed'")) == 5


def test_what_was_written_since_is_not_undone_unless_it_may_be_left(world: World) -> None:
    first, *_ = world.add(*SIX)
    act_id = world.plan_reorganisation()
    world.run(act_id)
    correction = CorrectAddress(name="Nhà mẫu", reason="thiếu tên")
    world.do(
        lambda conn: service.correct_address(
            conn, WHO, AddressRef.parse(first.ref), None, correction, JULY
        )
    )
    with pytest.raises(ActOverwritten) as refused:
        world.undo(act_id)
    assert (refused.value.count, refused.value.first) == (1, first.ref)
    done = world.undo(act_id, leave_changed=True)
    assert (done.tally.changed, done.tally.undecided) == (4, {"changed-since": 1})
    assert world.communes()[first.ref] == WEST
    assert world.do(findings) == []


def test_what_changed_after_the_day_is_left_to_a_person(world: World) -> None:
    gone, late, *_ = world.add(*SIX)
    retire = RetireAddress("phá dỡ", on=date(2025, 6, 20))
    world.do(
        lambda conn: service.retire_address(
            conn, WHO, AddressRef.parse(gone.ref), None, retire, JULY
        )
    )
    world.query(
        "UPDATE address_version SET valid_from = '2025-07-03' WHERE address_id = %s",
        late.address_id,
    )
    progress = world.run(world.plan_reorganisation())
    assert progress.tally.concerned == 5, "what is out of use stays where it was"
    assert progress.tally.undecided == {"changed-later": 1, "no-evidence": 1}
    assert [world.communes()[each.ref] for each in (gone, late)] == [OLD_ONE, OLD_TWO]


def test_what_cannot_be_is_refused(world: World) -> None:
    world.add(*SIX)
    act_id = world.plan_reorganisation()
    with pytest.raises(ActTooEarly):
        world.run(act_id, clock=JUNE)
    with pytest.raises(ActStatusRefused):
        world.undo(act_id)
    (other,) = world.query(
        "INSERT INTO registry_act (kind, status, principal, recorded_at)"
        " VALUES ('merge', 'done', 'test', now()) RETURNING act_id"
    )
    for number in (999, other["act_id"]):
        with pytest.raises(ActNotFound):
            world.run(number)
        with pytest.raises(ActNotFound):
            world.undo(number)
    with pytest.raises(NotSignedIn):
        Undoer(None, ANONYMOUS, JULY, act_id)  # type: ignore[arg-type]
    world.do(lambda conn: planning.cancel_act(conn, WHO, act_id, JULY))
    with pytest.raises(ActStatusRefused):
        world.run(act_id)
    with pytest.raises(ActStatusRefused):
        world.do(lambda conn: planning.cancel_act(conn, WHO, act_id, JULY))
    done = world.plan_reorganisation()
    world.run(done)
    with pytest.raises(ReasonMissing):
        world.with_engine(lambda engine: Undoer(engine, WHO, AUGUST, done).begin(None))
    listed = world.do(lambda conn: acts.list_acts(conn, WHO))
    assert [each.act_id for each in listed] == [done, act_id]
    with pytest.raises(InstrumentMissing):
        world.do(
            lambda conn: planning.plan_act(
                conn, WHO, planning.Reorganisation(()), JULY, day=DAY, instrument=None
            )
        )


@pytest.mark.parametrize(
    "mapping",
    [
        [],
        [MappingRow("99999", WEST, "whole")],
        [MappingRow(WEST, WEST, "whole")],
        [MappingRow(OLD_ONE, OLD_TWO, "whole")],
        [MappingRow(OLD_ONE, WEST, "half")],
        [MappingRow(OLD_ONE, WEST, "whole"), MappingRow(OLD_ONE, WEST, "whole")],
        [MappingRow(OLD_ONE, WEST, "whole"), MappingRow(OLD_ONE, EAST, "part")],
        [MappingRow(OLD_TWO, WEST, "part", 0.2), MappingRow(OLD_TWO, EAST, "part", 0.2)],
        [MappingRow(OLD_TWO, WEST, "part", 1.5)],
        [MappingRow("718", WEST, "whole")],
    ],
)
def test_a_mapping_that_cannot_be_is_refused(world: World, mapping: list[MappingRow]) -> None:
    with pytest.raises(MappingRefused):
        world.plan_reorganisation(mapping)


def test_the_registered_links_serve_as_mapping(world: World) -> None:
    refs = [each.ref for each in world.add(*SIX)]
    with pytest.raises(NothingConcerned):
        world.plan(lambda conn: planning.reorganisation_by_links(conn, DAY))
    for row in MAPPING:
        world.query(
            "INSERT INTO admin_unit_link VALUES (%s, '2025-06-01', %s, '2025-07-01', %s, NULL,"
            " NULL, NULL, '2025-07-01', 'test')",
            row.from_code,
            row.to_code,
            row.kind,
        )
    spec = world.do(lambda conn: planning.reorganisation_by_links(conn, DAY, old_province="74"))
    assert len(spec.parts) == 4
    world.run(world.plan(spec))
    assert [world.communes()[ref] for ref in refs] == GOES
