"""Proposals accepted, refused and taken back, one by one; what others decided stays."""

from __future__ import annotations

from typing import Any

import pytest
from bulk_acts_world import EAST, WEST, WHO, house
from proposals_world import CLERK, OTHER, Register, key_of

from addrsvc.auth.model import Principal
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding
from addrsvc.dossiers.proposals import service as proposals
from addrsvc.dossiers.proposals.accepting import accept_all
from addrsvc.dossiers.proposals.errors import (
    AcceptAllOfWhat,
    ProposalDecided,
    ProposalNeedsChoice,
    ProposalNotFound,
    ProposalOvertaken,
    ProposalUndecided,
)
from addrsvc.dossiers.proposals.model import Left, Proposal, State, Why
from addrsvc.dossiers.proposals.service import Wanted
from addrsvc.dossiers.register_errors import DecisionOfOthers
from addrsvc.registry import retiring
from addrsvc.registry.commands import RetireAddress
from addrsvc.registry.reading import AddressRef

pytestmark = pytest.mark.anyio


async def do(register: Register, what: Any, *args: Any, by: Principal = CLERK, **more: Any) -> Any:
    async with transaction(register.engine) as conn:
        return await what(conn, by, *args, register.clock, **more)


async def opened(register: Register, by: Principal = CLERK, **wanted: Any) -> list[Proposal]:
    async with transaction(register.engine) as conn:
        asked = Wanted(state=State.OPEN, **wanted)
        found, following = await proposals.list_proposals(conn, by, asked)
    assert following is None
    return found


async def retire(register: Register, code: str) -> None:
    async with transaction(register.engine) as conn:
        ref = AddressRef.parse(code)
        await retiring.retire_address(conn, WHO, ref, None, RetireAddress("đã phá"), register.clock)


async def state_of(register: Register, n: int) -> dict[str, Any]:
    """Give what is kept of the one address of a dossier."""
    (found,) = await register.ask(
        "SELECT a.state, a.decision, a.decided_by, (SELECT array_agg(DISTINCT r.commune_code)"
        " FROM personal.dossier_reach r WHERE r.dossier_id = d.dossier_id) AS communes"
        " FROM personal.dossier_address a JOIN personal.dossier d USING (dossier_id)"
        " WHERE d.code_key = %(key)s",
        key=key_of(n),
    )
    return found


async def test_one_after_the_other(register: Register) -> None:
    a, b, c, far = await register.assign(
        *(house(106.61 + n * 0.01, number=f"{n}", street="Đường Lê Lợi") for n in range(1, 4)),
        house(106.75, number="9", street="Đường Lê Lợi"),
        clock=register.clock,
    )
    await register.bring({1: a, 2: a, 3: a, 5: a})
    await register.merge(a, far)
    await register.catch_up()
    merged = {each.key: each for each in await opened(register, address=a)}
    assert merged.keys() == {key_of(n) for n in (1, 2, 3, 5)}
    one, two, three, five = merged.values()
    assert [each.code for each in one.candidates] == [far]

    # accepted: linked by a person, and where it lies now; taken back: all as before
    before = await state_of(register, 1)
    done = await do(register, proposals.accept_proposal, one.proposal_id)
    assert (done.state, done.chosen) == (State.ACCEPTED, far)
    now = {"state": "linked", "decision": "chosen", "decided_by": CLERK.id, "communes": [EAST]}
    assert await state_of(register, 1) == now
    with pytest.raises(ProposalDecided):
        await do(register, proposals.refuse_proposal, one.proposal_id, by=OTHER)
    with pytest.raises(DecisionOfOthers):
        await do(register, proposals.undo_proposal, one.proposal_id, by=OTHER)
    again = await do(register, proposals.undo_proposal, one.proposal_id)
    assert again.state is State.OPEN
    assert (await register.links())[key_of(1)] == a
    assert await state_of(register, 1) == before == before | {"communes": [WEST], "decision": None}
    with pytest.raises(ProposalUndecided):
        await do(register, proposals.undo_proposal, one.proposal_id)
    await do(register, proposals.accept_proposal, one.proposal_id, code=b)
    assert (await register.links())[key_of(1)] == b

    # refused: the link stays
    await do(register, proposals.refuse_proposal, two.proposal_id)
    assert (await register.links())[key_of(2)] == a
    await do(register, proposals.undo_proposal, two.proposal_id)

    # decided otherwise meanwhile: that stays, also when what they undid is asked for
    await do(register, deciding.choose_address, (key_of(3), 1), None, c, by=OTHER)
    with pytest.raises(ProposalOvertaken) as overtaken:
        await do(register, proposals.accept_proposal, three.proposal_id)
    assert (overtaken.value.by, overtaken.value.what) == (OTHER.id, "chosen")
    await do(register, deciding.choose_address, (key_of(1), 1), None, c, by=OTHER)
    with pytest.raises(ProposalOvertaken):
        await do(register, proposals.undo_proposal, one.proposal_id)
    assert {(await register.links())[key_of(n)] for n in (1, 3)} == {c}

    # what took its place is merged in its turn: that is told, and linked
    await register.merge(far, b)
    await register.catch_up()
    assert [each.code for each in (await opened(register, address=a))[0].candidates] == [b]
    done = await do(register, accept_all, Wanted(address=a))
    assert (done.accepted, done.overtaken, done.next) == (2, 0, None)
    assert {(await register.links())[key_of(n)] for n in (2, 5)} == {b}
    await do(register, proposals.undo_proposal, five.proposal_id)
    assert (await register.links())[key_of(5)] == a


async def test_with_nothing_in_its_place_the_link_ends_if_a_person_says_so(
    register: Register,
) -> None:
    (d,) = await register.assign(
        house(106.65, number="1", street="Đường Lê Lợi"), clock=register.clock
    )
    await register.bring({4: d})
    await retire(register, d)
    await register.catch_up()
    (gone,) = await opened(register, address=d)
    assert gone.left_for_person is Left.NOTHING
    await do(register, proposals.accept_proposal, gone.proposal_id)
    assert key_of(4) not in await register.links()
    assert (await state_of(register, 4))["state"] == "rejected"
    await do(register, proposals.undo_proposal, gone.proposal_id)
    assert (await register.links())[key_of(4)] == d


async def test_areas_and_what_is_not_seen_hold(register: Register) -> None:
    (a,) = await register.assign(
        house(106.65, number="1", street="Đường Lê Lợi"), clock=register.clock
    )
    (far,) = await register.assign(
        house(106.75, number="2", street="Đường Lê Lợi"), clock=register.clock
    )
    await register.bring({1: a, 2: far})
    await register.merge(a, far)
    await register.catch_up()
    west = Principal("key:west", CLERK.scopes, frozenset({WEST}))
    east = Principal("key:east", CLERK.scopes, frozenset({EAST}))
    (found,) = await opened(register, west, dossier=key_of(1))
    assert found.left_for_person is Left.ELSEWHERE
    done = await do(register, accept_all, Wanted(event=found.event_number), by=west)
    assert (done.accepted, dict(done.left)) == (0, {Left.ELSEWHERE: 1})
    assert await opened(register, east) == []
    with pytest.raises(ProposalNotFound):
        await do(register, proposals.accept_proposal, found.proposal_id, by=east)
    with pytest.raises(AcceptAllOfWhat):
        await do(register, accept_all, Wanted(event=1, act=1))

    split = await register.split(
        far, *(house(106.75, number=x, street="Đường Lê Lợi") for x in ("2A", "2B"))
    )
    await register.catch_up()
    (cut,) = await opened(register, east, why=Why.SPLIT, act=split.act_id, commune=EAST)
    with pytest.raises(ProposalNeedsChoice) as choice:
        await do(register, proposals.accept_proposal, cut.proposal_id, by=east)
    assert choice.value.count == 2
    chosen = cut.candidates[1].code
    done = await do(register, proposals.accept_proposal, cut.proposal_id, by=east, code=chosen)
    assert (await register.links())[key_of(2)] == chosen == done.chosen
