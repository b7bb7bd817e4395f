"""What must be shown: communes merged, a house of a thousand dossiers split, others at work."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from bulk_acts_world import house
from proposals_world import INTEGRATOR, OTHER, Register, beside, key_of
from webhook_fixtures import Inbox, Post, kill

from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding
from addrsvc.dossiers.proposals.following import keep_proposing
from addrsvc.dossiers.proposals.model import Left
from addrsvc.events.sealing import keep_sealing

pytestmark = pytest.mark.anyio

IN_BLOCK, IN_BOTH, HOUSES = 1_000, 60, 40
BOTH = range(IN_BLOCK, IN_BLOCK + IN_BOTH)
THEIRS = {*range(0, IN_BLOCK, 20), *list(BOTH)[::5]}
"""Dossiers another person links otherwise meanwhile."""

LEASE = timedelta(seconds=0.5)


async def test_nothing_is_missed_nor_overwritten(register: Register, inbox: Inbox) -> None:
    post = Post(register.engine, register.settings, register.clock)
    await post.register(inbox, INTEGRATOR, types=["dossier.proposed"])
    # in the communes that are merged; one of them is split as well
    both, safe, *others = await register.assign(
        *(house(106.61 + n * 0.002, number=f"{n}", street="Đường Lê Lợi") for n in range(HOUSES))
    )
    (block,) = await register.assign(
        house(106.75, number="1", street="Đường Nguyễn Trãi"), clock=register.clock
    )
    linked = dict.fromkeys(range(IN_BLOCK), block) | dict.fromkeys(BOTH, both)
    linked |= dict(enumerate(others, IN_BLOCK + IN_BOTH))
    await register.bring(linked)

    async def link_otherwise() -> None:
        for n in sorted(THEIRS):
            async with transaction(register.engine) as conn:
                place = (key_of(n), 1)
                await deciding.choose_address(conn, OTHER, place, None, safe, register.clock)

    follower = (register.engine, register.settings, register.clock)
    async with beside(
        keep_sealing(register.engine, 0.1),
        *(keep_proposing(*follower, poll_s=0.1, settle=timedelta(seconds=0.2)) for _ in "12"),
    ):
        at_work = asyncio.create_task(link_otherwise())
        act = await register.reorganise()
        of_block = await register.split(
            block, *(house(106.75, number=x, street="Đường Nguyễn Trãi") for x in ("1A", "1B"))
        )
        of_both = await register.split(
            both, *(house(106.61, number=x, street="Đường Lê Lợi") for x in ("0A", "0B"))
        )
        await at_work
        await register.caught_up()
        merged = await register.accept_all(act=act)
        split = [await register.accept_all(act=each.act_id) for each in (of_block, of_both)]
        await register.caught_up()

    found = await register.proposals()
    assert len({(each["link_id"], each["event_number"]) for each in found}) == len(found)
    mine = {n: code for n, code in linked.items() if n not in THEIRS}
    expected = Counter((key_of(n), "moved") for n, code in mine.items() if code != block)
    expected += Counter((key_of(n), "split") for n, code in mine.items() if code in {block, both})
    theirs = {key_of(n) for n in THEIRS}
    assert expected == Counter(
        (each["key"], each["why"]) for each in found if each["key"] not in theirs
    )
    links = await register.links()
    assert {links[each] for each in theirs} == {safe}
    assert {links[key_of(n)] for n in mine} == {block, both, *others}
    assert not merged.left
    assert [each.accepted for each in split] == [0, 0]
    waiting = {each["key"] for each in found if each["state"] == "open"}
    assert waiting == {key_of(n) for n, code in mine.items() if code in {block, both}}
    assert sum((each.left for each in split), Counter()) == {Left.SEVERAL: len(waiting)}

    deliverer = post.deliverer(lease=LEASE)
    await deliverer.begin()
    await asyncio.sleep(0.1)
    await kill(deliverer)
    while len({each.id for each in inbox.got}) < len(found):
        deliverer = post.deliverer(lease=LEASE)
        await deliverer.drain()
        await deliverer.end()
    once = {each.id: each.told()["data"]["data"]["proposal"] for each in inbox.got}
    assert Counter(once.values()) == Counter(each["proposal_id"] for each in found)
