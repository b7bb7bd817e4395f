"""Followers: two at once, killed anywhere, links that come late, and changes taken back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from bulk_acts_world import WHO, house
from proposals_world import CLERK, Register, beside, key_of

from addrsvc.db.roles import open_rows
from addrsvc.db.rows import execute
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.following import follow, keep_proposing
from addrsvc.dossiers.proposals.service import accept_proposal
from addrsvc.events.sealing import seal_all
from addrsvc.registry import undoing
from addrsvc.registry.changing import change_address
from addrsvc.registry.commands import AssignAddress, ChangeAddress
from addrsvc.registry.model import Components
from addrsvc.registry.reading import AddressRef

pytestmark = pytest.mark.anyio


def le_loi(number: str, lon: float = 106.65) -> AssignAddress:
    return house(lon, number=number, street="Đường Lê Lợi")


async def renumber(register: Register, code: str, number: str) -> None:
    command = ChangeAddress(
        reason="số mới", components=Components(house_number=number, thoroughfare="Đường Lê Lợi")
    )
    async with transaction(register.engine) as conn:
        ref = AddressRef.parse(code)
        await change_address(conn, WHO, ref, None, command, register.clock)


async def test_two_followers_killed_anywhere_propose_everything_once(register: Register) -> None:
    block, other = await register.assign(le_loi("1"), le_loi("2", 106.66), clock=register.clock)
    await register.bring(dict.fromkeys(range(60), block) | dict.fromkeys(range(60, 90), other))
    for number in ("3", "5"):
        await renumber(register, block, number)
    await renumber(register, other, "4")
    await seal_all(register.engine)
    random = Random(6)  # noqa: S311 - moments of being killed

    async def follow_until_killed() -> None:
        try:
            async with asyncio.timeout(random.uniform(0.001, 0.08)):
                while await follow(register.engine, register.clock, links=7, settle=timedelta(0)):
                    pass
        except TimeoutError:
            pass

    for _ in range(12):
        await asyncio.gather(follow_until_killed(), follow_until_killed())
    await register.catch_up(links=7)
    found = await register.proposals()
    assert Counter((each["key"], each["why"]) for each in found) == {
        (key_of(n), "renumbered"): 2 if n < 60 else 1 for n in range(90)
    }
    told = await register.ask("SELECT data FROM event WHERE type = 'dossier.proposed'")
    assert Counter(each["data"]["proposal"] for each in told) == Counter(
        each["proposal_id"] for each in found
    )
    assert told[0]["data"].keys() == {"proposal", "n", "why", "communes"}, "no address is named"


async def test_a_link_written_meanwhile_is_found_later(register: Register) -> None:
    (code,) = await register.assign(le_loi("1"), clock=register.clock)
    await register.bring(dict.fromkeys(range(3), code))
    engine, clock = register.engine, register.clock
    now = timedelta(0)
    async with engine.connect() as late:
        await open_rows(late, "dossiers", None)
        # judged while the old number stood, committed after the follower looked
        await execute(
            late,
            "UPDATE personal.dossier_link SET valid_to = %(at)s, ended_by = 'x',"
            " why_ended = 'chosen' WHERE n = 1 AND dossier_id ="
            " (SELECT dossier_id FROM personal.dossier WHERE code_key = %(key)s)",
            {"at": clock.now(), "key": key_of(0)},
        )
        await execute(
            late,
            "INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from,"
            " linked_by) SELECT dossier_id, 1, address_id, 'chosen', %(at)s, 'x'"
            " FROM personal.dossier, address WHERE code_key = %(key)s AND address.code = %(code)s",
            {"at": clock.now(), "key": key_of(0), "code": code},
        )
        await renumber(register, code, "3")
        await register.look()
        assert {each["key"] for each in await register.proposals()} == {key_of(1), key_of(2)}
        assert not await follow(engine, clock, settle=now), "it waits for who is at work"
        await late.commit()
    # who links now knows the new number
    await register.bring({3: code})
    await asyncio.sleep(0.01)
    await register.catch_up()
    found = await register.proposals()
    assert {each["key"] for each in found} == {key_of(n) for n in range(3)}
    assert len(found) == 3


async def test_what_is_taken_back_is_proposed_back(register: Register) -> None:
    (code,) = await register.assign(le_loi("1"), clock=register.clock)
    await register.bring(dict.fromkeys(range(3), code))
    await renumber(register, code, "3")
    split = await register.split(code, le_loi("3A"), le_loi("3B"))
    one = split.addresses[1].code or ""
    await register.catch_up()
    proposals = {each["key"]: each for each in await register.proposals() if each["why"] == "split"}
    async with transaction(register.engine) as conn:
        taken = proposals[key_of(0)]["proposal_id"]
        await accept_proposal(conn, CLERK, taken, register.clock, code=one)
    async with transaction(register.engine) as conn:
        undone = await undoing.undo_act(conn, WHO, split.act_id, "nhầm", register.clock)
    await register.catch_up()
    found = await register.proposals()
    opened = [
        (each["key"], each["why"], each["candidates"]) for each in found if each["state"] == "open"
    ]
    back = [each for each in opened if each[1] == "restored"]
    assert back == [(key_of(0), "restored", [code])], "once, though two events tell of it"
    stay = sorted(each[:2] for each in opened if each[1] != "restored")
    assert stay == [(key_of(1), "renumbered"), (key_of(2), "renumbered")]
    both: list[tuple[dict[str, Any], int]] = [({"act": undone.act_id}, 1), ({"address": code}, 2)]
    for of, count in both:
        done = await register.accept_all(**of)
        assert (done.accepted, done.overtaken, dict(done.left)) == (count, 0, {})
    assert set((await register.links()).values()) == {code}
    # a number taken back before anybody knew of it is nothing to know; to who knew, it is
    await renumber(register, code, "7")
    await register.catch_up()
    async with transaction(register.engine) as conn:
        last = (await register.proposals())[-1]
        known = last["key"]
        await accept_proposal(conn, CLERK, last["proposal_id"], register.clock)
    async with transaction(register.engine) as conn:
        ref = AddressRef.parse(code)
        await undoing.undo_version(conn, WHO, ref, None, "nhầm", register.clock)
    await register.catch_up()
    left = [each for each in await register.proposals() if each["state"] == "open"]
    assert [(each["key"], each["why"]) for each in left] == [(known, "renumbered")]


async def test_it_follows_by_itself_and_rests(register: Register) -> None:
    (code,) = await register.assign(le_loi("1"), clock=register.clock)
    await register.bring({0: code})
    await register.catch_up()
    await renumber(register, code, "3")
    await seal_all(register.engine)
    work = keep_proposing(register.engine, register.settings, register.clock, poll_s=0.02)
    async with beside(work), asyncio.timeout(60):
        while not await register.proposals():
            await asyncio.sleep(0.02)
    await register.catch_up()
    before = await register.ask("SELECT xmin::text FROM personal.dossier_follower")
    assert not await follow(register.engine, register.clock)
    assert await register.ask("SELECT xmin::text FROM personal.dossier_follower") == before
