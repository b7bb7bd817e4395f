"""A second address for one place is refused, in turn and at once, and let in with a reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from registry_fixtures import EAST, IN_WEST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.errors import ScopeMissing
from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import moved
from addrsvc.registry import changing, reading, service
from addrsvc.registry.act_errors import TransitionRefused
from addrsvc.registry.commands import AssignAddress, CorrectAddress
from addrsvc.registry.duplicates.acting import (
    DistinctFrom,
    DuplicateOf,
    retire_duplicate,
    tell_apart,
)
from addrsvc.registry.duplicates.errors import DuplicateAddress, KeptNotFound, SameAddress
from addrsvc.registry.duplicates.report import find_groups
from addrsvc.registry.duplicates.resolving import kept_instead
from addrsvc.registry.model import (
    Address,
    Alias,
    Components,
    Kind,
    Marks,
    Method,
    Position,
    Status,
    Visibility,
)
from addrsvc.registry.reading import AddressRef
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

CLERK = command_line("test")
WRITER = Principal("key:w", frozenset({Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE}))
CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
HERE = LonLat(float(str(IN_WEST["lon"])), float(str(IN_WEST["lat"])))


@pytest.fixture
async def own_engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


@pytest.fixture
async def world(own_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a transaction in a small world of this test's own."""
    async with own_engine.connect() as conn, conn.begin():
        yield conn


def door(number: str | None = "12", metres: float = 0.0, **fields: Any) -> AssignAddress:
    parts = {"house_number": number, "thoroughfare": "Đường Mẫu", **fields.pop("parts", {})}
    place = moved(HERE, 90, metres)
    return AssignAddress(
        kind=fields.pop("kind", Kind.DWELLING),
        source="field",
        components=Components(**parts),
        position=Position(place, 4.5, Method.GNSS, Marks.ENTRANCE),
        **fields,
    )


async def assigned(
    conn: AsyncConnection, command: AssignAddress, principal: Principal = CLERK
) -> Address:
    return await service.assign_address(conn, principal, command, CLOCK)


def ref(address: Address) -> AddressRef:
    return AddressRef.parse(address.ref)


async def test_the_answer_names_the_candidates_surest_and_nearest_first(
    world: AsyncConnection,
) -> None:
    first = await assigned(world, door())
    with pytest.raises(DuplicateAddress) as refused:
        await assigned(world, door(metres=300.0))
    (told,) = refused.value.candidates
    assert (told["ref"], told["why"], told["distance_m"]) == (first.code, "same-components", 300.0)
    assert told["label"] == "12 Đường Mẫu, Phường Tây, Thành phố Mẫu"
    assert str(told["printed"]) in str(refused.value)
    near = {"thoroughfare": None}
    with pytest.raises(DuplicateAddress) as refused:
        await assigned(world, door("12", 19.0, parts=near))
    assert refused.value.candidates[0]["why"] == "same-number-near"
    await assigned(world, door("12", 21.0, parts=near))
    with pytest.raises(DuplicateAddress) as refused:
        await assigned(world, door("12", 10.0))
    assert [each["why"] for each in refused.value.candidates] == [
        "same-components",
        "same-number-near",
    ]


async def test_row_houses_rooms_and_the_shop_in_a_house_are_no_duplicates(
    world: AsyncConnection,
) -> None:
    house = await assigned(world, door())
    await assigned(world, door("14", 4.0))
    for number in ("1", "2"):
        room = door(kind=Kind.BOARDING_ROOM, parts={"unit": number}, parent=house.code)
        await assigned(world, room)
        with pytest.raises(DuplicateAddress):
            await assigned(world, room)
    await assigned(world, door(kind=Kind.ENTERPRISE, name="Quán", parent=house.code))


async def test_proposals_at_a_communes_centre_are_compared_by_components_only(
    world: AsyncConnection,
) -> None:
    proposal = AssignAddress(Kind.DWELLING, "list", commune_code=WEST)
    await assigned(world, proposal)
    await assigned(world, proposal)
    centre = (await assigned(world, proposal)).document.position
    assert centre is not None
    measured = Position(centre.point, 5, Method.GNSS, Marks.ENTRANCE)
    await assigned(world, AssignAddress(Kind.DWELLING, "field", position=measured))
    named = AssignAddress(
        Kind.DWELLING, "list", Components(house_number="7", thoroughfare="Mẫu"), commune_code=WEST
    )
    await assigned(world, named)
    with pytest.raises(DuplicateAddress) as refused:
        await assigned(world, named)
    assert refused.value.candidates[0]["distance_m"] is None


async def test_what_the_asker_may_not_see_is_told_without_its_code(
    world: AsyncConnection,
) -> None:
    await assigned(world, door(visibility=Visibility.SECRET))
    with pytest.raises(DuplicateAddress) as refused:
        await assigned(world, door(metres=2.0), WRITER)
    (told,) = refused.value.candidates
    assert (told["ref"], told["printed"], told["label"]) == (None, None, None)
    assert (told["why"], told["distance_m"]) == ("same-components", 2.0)


async def test_a_reason_lets_it_in_and_is_recorded(world: AsyncConnection) -> None:
    first = await assigned(world, door())
    reason = "hai nhà chung số, đã xác minh"
    with pytest.raises(ScopeMissing):
        await assigned(world, door(distinct_because=reason), WRITER)
    second = await assigned(world, door(metres=1.0, distinct_because=reason))
    found = await rows(world, "SELECT low_id, high_id, reason FROM address_distinct", {})
    assert found == [{"low_id": first.address_id, "high_id": second.address_id, "reason": reason}]
    told = await rows(
        world, "SELECT subject, data FROM event WHERE type = 'address.told-apart'", {}
    )
    assert told == [{"subject": second.ref, "data": {"from": [first.ref]}}]
    # passed from now on, whatever is corrected of either
    moved_a_little = CorrectAddress(position=door(metres=2.0).position)  # type: ignore[arg-type]
    await changing.correct_address(world, WRITER, ref(second), None, moved_a_little, CLOCK)
    assert await find_groups(world, CLERK) == []


async def test_a_correction_is_refused_only_for_what_it_makes_alike(
    world: AsyncConnection,
) -> None:
    await assigned(world, door())
    other = await assigned(world, door("14", 8.0))
    to_12 = CorrectAddress(components=door().components)
    with pytest.raises(DuplicateAddress):
        await changing.correct_address(world, CLERK, ref(other), None, to_12, CLOCK)
    near = CorrectAddress(position=door(metres=1.0).position)  # type: ignore[arg-type]
    await changing.correct_address(world, CLERK, ref(other), None, near, CLOCK)
    because = CorrectAddress(components=door().components, distinct_because="hai nhà")
    await changing.correct_address(world, CLERK, ref(other), None, because, CLOCK)


async def test_a_retired_address_is_in_nobodys_way(world: AsyncConnection) -> None:
    kept, gone = await assigned(world, door("1")), await assigned(world, door("12"))
    done = await retire_duplicate(
        world, CLERK, ref(gone), None, DuplicateOf(kept.ref, "nhập hai lần"), CLOCK
    )
    assert [each.status for each in done.addresses] == [Status.RETIRED]
    await assigned(world, door("12"))


async def test_a_duplicates_code_identifiers_and_parts_go_to_the_one_kept(
    world: AsyncConnection,
) -> None:
    vpostcode = Alias("vpostcode", "75123ABCDE12")
    kept = await assigned(world, door("1"))
    middle = await assigned(world, door("12", aliases=(vpostcode,)))
    room = door(kind=Kind.BOARDING_ROOM, parts={"unit": "1"}, parent=middle.code)
    part = await assigned(world, room)
    last = await assigned(world, door("13", 50.0))
    for one, keep in ((last, middle), (middle, kept)):
        command = DuplicateOf(keep.ref, "trùng")
        done = await retire_duplicate(world, CLERK, ref(one), 1, command, CLOCK)
    moved_part = next(each for each in done.addresses if each.address_id == part.address_id)
    assert moved_part.document.parent == kept.code
    aliases = await rows(
        world,
        "SELECT value FROM address_alias WHERE address_id = %(id)s",
        {"id": kept.address_id},
    )
    assert [each["value"] for each in aliases] == ["75123ABCDE12"]

    async def find(code: str) -> Address | None:
        return await reading.get_address(world, CLERK, AddressRef.parse(code))

    retired = await find(last.ref)
    assert retired is not None
    found = await kept_instead(find, retired)
    assert found is not None
    assert found.code == kept.code
    assert await kept_instead(find, found) is None
    with pytest.raises(KeptNotFound):  # so that no circle can come about
        await retire_duplicate(world, CLERK, ref(kept), None, DuplicateOf(last.ref, "x"), CLOCK)
    with pytest.raises(KeptNotFound):
        await retire_duplicate(world, CLERK, ref(kept), None, DuplicateOf(kept.ref, "x"), CLOCK)
    with pytest.raises(KeptNotFound):
        await retire_duplicate(world, CLERK, ref(kept), None, DuplicateOf(part.ref, "x"), CLOCK)
    with pytest.raises(TransitionRefused):
        await retire_duplicate(world, CLERK, ref(last), None, DuplicateOf(kept.ref, "x"), CLOCK)


async def test_groups_are_found_over_the_registry_and_told_apart(world: AsyncConnection) -> None:
    first = await assigned(world, door("12"))
    second = await assigned(world, door("14", 4.0))
    third = await assigned(world, door("16", 8.0))
    alone = await assigned(world, door("18", 12.0, visibility=Visibility.SECRET))
    for each in (second, third, alone):  # as if each had come with a code of its own
        document = each.document.to_json()
        document["components"]["house_number"] = "12"
        await world.exec_driver_sql(
            "UPDATE address_version SET document = %s WHERE address_id = %s",
            (json.dumps(document), each.address_id),
        )
        await world.exec_driver_sql(
            "UPDATE address_current SET number_key = %s WHERE address_id = %s",
            ("00012", each.address_id),
        )
    (group,) = await find_groups(world, CLERK, WEST)
    assert [each.address.ref for each in group.members] == [
        each.ref for each in (first, second, third, alone)
    ]
    assert {each.likeness.why.value for each in group.members} == {"same-components"}
    assert await find_groups(world, CLERK, EAST) == []
    (seen,) = await find_groups(world, WRITER)
    assert len(seen.members) == 3
    await tell_apart(world, CLERK, ref(third), DistinctFrom(first.ref, "hai nhà"), CLOCK)
    await tell_apart(world, CLERK, ref(third), DistinctFrom(second.ref, "hai nhà"), CLOCK)
    (left,) = await find_groups(world, WRITER)
    assert [each.address.ref for each in left.members] == [first.ref, second.ref]
    with pytest.raises(SameAddress):
        await tell_apart(world, CLERK, ref(third), DistinctFrom(third.ref, "x"), CLOCK)
    with pytest.raises(ScopeMissing):
        await tell_apart(world, WRITER, ref(third), DistinctFrom(first.ref, "x"), CLOCK)


async def test_of_many_at_one_door_at_once_one_wins(own_engine: AsyncEngine) -> None:
    """Jittered over edges of cells; by number and street, and by number alone."""

    async def try_one(command: AssignAddress) -> str | None:
        try:
            async with transaction(own_engine) as conn:
                return (await assigned(conn, command)).code
        except DuplicateAddress:
            return None

    for number, street in ((str(each), each % 2 == 0) for each in range(1, 7)):
        parts = {} if street else {"thoroughfare": None}
        at = int(number) * 103.0
        wanted = [door(number, at + jitter, parts=parts) for jitter in (0, 1.1, 3.9, 5, 6.3, 8)]
        made = await asyncio.gather(*map(try_one, wanted))
        assert len([each for each in made if each is not None]) == 1, (number, made)
