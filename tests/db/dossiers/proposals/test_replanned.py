"""A plan is published: who is counted before is told after, and proposed to; all invented."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random

import pytest
import shapely
from bulk_acts_world import WEST, house
from planning_world import insert_plan
from proposals_world import CLERK, INTEGRATOR, Register, key_of

from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.counting import count_linked
from addrsvc.dossiers.proposals.service import accept_proposal, refuse_proposal, undo_proposal
from addrsvc.events import reading
from addrsvc.planning.changes import service
from addrsvc.planning.changes.comparing import work_out
from addrsvc.planning.changes.model import CommuneCount, Counts, TellingAct
from addrsvc.planning.changes.telling import tell
from addrsvc.registry.model import Visibility

pytestmark = pytest.mark.anyio

DAY = date(2026, 3, 1)


def strip(west: float, east: float) -> shapely.Polygon:
    return shapely.box(west, 10.949, east, 10.951)


def plans(register: Register, middle: float) -> tuple[int, int]:
    """Write a plan of one land use, and one that says something else up to a longitude."""
    url = register.settings.database_url.get_secret_value()
    old = insert_plan(url, [("CLN", strip(106.61, 106.69))], status="superseded")
    zones = [("ODT", strip(106.61, middle)), ("CLN", strip(middle, 106.69))]
    return old, insert_plan(url, zones, replaces=[old])


async def count(register: Register, new: int, old: Sequence[int]) -> Counts | None:
    async with transaction(register.engine) as conn:
        number = await service.leave_comparison(conn, new, old, CLERK, register.clock.now())
    await work_out(
        register.engine,
        register.settings,
        register.clock,
        comparison_id=number,
        count_linked=count_linked,
        cell_pieces=2,
    )
    async with transaction(register.engine) as conn:
        return await service.counts_of(conn, new, old)


async def leave(
    register: Register, plan_id: int, act: TellingAct, before: Sequence[int], after: Sequence[int]
) -> int:
    async with transaction(register.engine) as conn:
        await service.leave_telling(
            conn,
            plan_id,
            act,
            before_ids=before,
            after_ids=after,
            effective_on=DAY,
            at=register.clock.now(),
        )
    found = await register.ask("SELECT max(telling_id) AS id FROM plan_telling")
    return int(found[0]["id"])


async def told(register: Register) -> Counter[tuple[str, str]]:
    found = await register.ask("SELECT subject, data FROM event WHERE type = 'address.replanned'")
    return Counter((each["subject"], each["data"]["act"]) for each in found)


async def open_ones(register: Register) -> dict[str, str]:
    return {e["key"]: e["why"] for e in await register.proposals() if e["state"] == "open"}


async def test_who_is_counted_before_is_told_and_proposed_to_after(register: Register) -> None:
    codes = await register.assign(
        *(house(106.62 + 0.01 * n, number=str(n)) for n in range(4)),
        house(106.6251, number="9", visibility=Visibility.SECRET),
        house(number="10", commune=WEST),
        clock=register.clock,
    )
    await register.bring(dict.fromkeys(range(3), codes[0]) | {3: codes[1], 4: codes[3]})
    old, new = plans(register, 106.635)
    # the two west of the middle, and the secret one; not who nobody knows the place of
    counted = await count(register, new, [old])
    assert counted == Counts(3, 4, 4, (CommuneCount(WEST, 3, 4),))
    number = await leave(register, new, TellingAct.PUBLISH, [old], [new])
    assert await leave(register, new, TellingAct.PUBLISH, [old], [new]) == number, "left once"
    for _ in range(2):  # a job may be run again
        await tell(register.engine, register.settings, register.clock, telling_id=number, batch=1)
    concerned = {codes[0], codes[1], codes[4]}
    assert await told(register) == dict.fromkeys(((each, "publish") for each in concerned), 1)
    await register.catch_up()
    found = await register.proposals()
    assert {(e["key"], e["why"], e["plan_id"], e["version"]) for e in found} == {
        (key_of(n), "replanned", new, None) for n in range(4)
    }
    assert len(found) == counted.proposals
    async with transaction(register.engine) as conn:
        page = await reading.read_page(conn, INTEGRATOR, after=0, limit=1000)
    seen = [each for each in page.items if each.type == "address.replanned"]
    assert {each.subject for each in seen} == {codes[0], codes[1]}, "secret ones are not named"
    one = await register.ask("SELECT data FROM event WHERE subject = %(code)s", code=codes[0])
    assert one[-1]["data"] == {
        "plan": new,
        "act": "publish",
        "before": ["CLN"],
        "after": ["ODT"],
        "effective_on": "2026-03-01",
    }


async def test_those_behind_many_that_lie_elsewhere_are_told_too(register: Register) -> None:
    """Of each few walked past, some, all or none lie where the plans do."""
    elsewhere = [house(number=str(n), commune=WEST) for n in range(10, 22)]
    first, *_, last = codes = await register.assign(
        house(106.62, number="1"),
        *elsewhere,
        *(house(106.62 + n / 1e5, number=str(n)) for n in range(2, 9)),
        house(number="99", commune=WEST),
        house(106.621, number="9"),
        clock=register.clock,
    )
    old, new = plans(register, 106.635)
    number = await leave(register, new, TellingAct.PUBLISH, [old], [new])
    await tell(register.engine, register.settings, register.clock, telling_id=number, batch=1)
    concerned = {first, *codes[13:20], last}
    assert await told(register) == dict.fromkeys(((each, "publish") for each in concerned), 1)
    assert (await register.ask("SELECT told FROM plan_telling"))[0]["told"] == len(concerned)


async def test_what_is_withdrawn_is_told_back_to_who_knew(register: Register) -> None:
    (code,) = await register.assign(house(106.62, number="1"), clock=register.clock)
    await register.bring(dict.fromkeys(range(4), code))
    _, new = plans(register, 106.69)
    number = await leave(register, new, TellingAct.PUBLISH, [], [new])
    await tell(register.engine, register.settings, register.clock, telling_id=number)
    await register.catch_up()
    ids = {each["key"]: each["proposal_id"] for each in await register.proposals()}
    before = await register.links()
    async with transaction(register.engine) as conn:
        await accept_proposal(conn, CLERK, ids[key_of(0)], register.clock)
        await refuse_proposal(conn, CLERK, ids[key_of(1)], register.clock)
        await accept_proposal(conn, CLERK, ids[key_of(2)], register.clock)
    async with transaction(register.engine) as conn:
        await undo_proposal(conn, CLERK, ids[key_of(2)], register.clock)
    assert await register.links() == before, "the link stays, whatever is decided"
    assert (await open_ones(register)).keys() == {key_of(2), key_of(3)}
    number = await leave(register, new, TellingAct.WITHDRAW, [new], [])
    await tell(register.engine, register.settings, register.clock, telling_id=number)
    await register.catch_up()
    # who has not heard of it need not hear that it is over
    assert await open_ones(register) == {key_of(0): "replanned", key_of(1): "replanned"}
    assert await told(register) == {(code, "publish"): 1, (code, "withdraw"): 1}
    done = await register.accept_all(plan=new)
    assert (done.accepted, dict(done.left)) == (2, {})


async def test_two_tellers_killed_anywhere_tell_of_each_address_once(register: Register) -> None:
    commands = [house(106.6 + 0.0015 * n, number=str(n + 1)) for n in range(1, 61)]
    codes = await register.assign(*commands, clock=register.clock)
    await register.bring(dict(enumerate(codes)))
    old, new = plans(register, 106.65)
    counted = await count(register, new, [old])
    assert counted is not None
    number = await leave(register, new, TellingAct.PUBLISH, [old], [new])
    random = Random(7)  # noqa: S311 - moments of being killed

    async def until_killed() -> None:
        try:
            async with asyncio.timeout(random.uniform(0.001, 0.06)):
                await tell(
                    register.engine, register.settings, register.clock, telling_id=number, batch=3
                )
        except TimeoutError:
            pass

    for _ in range(8):
        await asyncio.gather(until_killed(), until_killed())
        await register.look(links=5)
    # who was killed while connecting holds that connection until then, and PostgreSQL, which waits
    # for its password, drops no database meanwhile
    gc.collect()
    await tell(register.engine, register.settings, register.clock, telling_id=number, batch=3)
    await register.catch_up(links=5)
    west = {code for n, code in enumerate(codes, start=1) if 106.61 < 106.6 + 0.0015 * n < 106.65}
    assert await told(register) == dict.fromkeys(((each, "publish") for each in west), 1)
    state = await register.ask("SELECT told, finished_at FROM plan_telling")
    assert state[0]["told"] == len(west) == counted.addresses
    assert state[0]["finished_at"] is not None
    proposed = Counter(each["key"] for each in await register.proposals())
    assert set(proposed.values()) == {1}
    assert len(proposed) == counted.proposals == counted.dossiers
