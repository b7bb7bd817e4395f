"""What waits is given out once: between clerks, within areas, with what the same text led to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from geocoding_fixtures import Assign
from registry_fixtures import EAST, WEST

from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.db.doors import Doors
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding, service, waiting
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.model import AddressRole, DossierInput, GivenAddress, LinkState
from addrsvc.dossiers.waiting import Wanted
from addrsvc.geocoding.world import load_geocoder
from addrsvc.registry.lookup import CodeLookup

pytestmark = pytest.mark.anyio

SCOPES = frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
LAN, MINH = Principal("account:lan", SCOPES), Principal("account:minh", SCOPES)
WESTERN = Principal("account:west", SCOPES, frozenset({WEST}))
EASTERN = Principal("account:east", SCOPES, frozenset({EAST}))
SAME = "12 Lê Lợi, P. Đông, TP Mẫu"
TEXTS = (
    SAME,
    "14 Lê Lợi, P. Đông, TP Mẫu",
    f"  {SAME.replace(' ', '  ').upper()}",
    "ở đâu đó",
    SAME,
)


ANY = Wanted()


class SetClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Desk:
    """What two clerks do in turn."""

    def __init__(self, doors: Doors, judge: Judge, clock: SetClock) -> None:
        self.doors, self.judge, self.clock = doors, judge, clock

    async def take(
        self, who: Principal, wanted: Wanted = ANY, *, limit: int = 2, first: bool = False
    ) -> list[str]:
        async with transaction(self.doors.engine) as conn:
            found = await waiting.claim_next(
                conn, who, wanted, self.clock, limit=limit, is_first=first
            )
            looks = await waiting.look_at(conn, who, self.judge, found, self.clock)
        self.looks = looks
        return [each.dossier.code[-1] for each in looks]

    async def count(self, who: Principal, wanted: Wanted = ANY) -> tuple[int, int]:
        async with transaction(self.doors.engine) as conn:
            counts = await waiting.count(conn, who, wanted, self.clock)
        return counts.left, counts.decided


@pytest.fixture
async def desk(doors: Doors, assign: Assign) -> Desk:
    """Give dossiers 0 … 4 of ``TEXTS``, brought in by LAN; each waits."""
    clock = SetClock()
    for number, shift in (("12", 0.0), ("14", 0.002)):
        await assign(number, "Đường Lê Lợi", shift_deg=shift)
    judge = Judge(await load_geocoder(doors, clock), CodeLookup(doors.pool), doors.pool)
    for number, text in enumerate(TEXTS):
        role = AddressRole.BUSINESS if number == 1 else AddressRole.OBJECT
        given = GivenAddress(role, text=text)
        code = parse_dossier_code(f"H09-260110-000{number}")
        sent = DossierInput(code, procedure="1.011442", addresses=(given,))
        async with transaction(doors.engine) as conn:
            put = await service.put_dossier(conn, LAN, judge, sent, clock)
        assert put.dossier.addresses[0].state is LinkState.WAITING
    return Desk(doors, judge, clock)


async def test_two_clerks_never_get_the_same_until_a_claim_lapses(desk: Desk) -> None:
    # alike ones together, whatever came in between; spaces and capitals are the text's own
    assert await desk.take(LAN, limit=9) == ["3", "2", "0", "4", "1"]
    assert await desk.take(LAN, first=True) == ["3", "2"]
    assert await desk.take(MINH, limit=9) == ["0", "4", "1"]
    assert await desk.take(LAN, limit=9) == []
    desk.clock.moment += timedelta(minutes=2)
    assert await desk.take(LAN, limit=9) == []  # who comes for more keeps what it has
    desk.clock.moment += timedelta(minutes=2)
    assert await desk.take(LAN, limit=9) == ["0", "4", "1"]
    desk.clock.moment += timedelta(minutes=4)
    at_once = await asyncio.gather(*(desk.take(who, limit=3) for who in (LAN, MINH)))
    given = [*at_once[0], *at_once[1]]
    assert given
    assert len(given) == len(set(given))


async def test_the_queue_is_narrowed_and_ends_at_areas(desk: Desk) -> None:
    assert await desk.take(LAN, Wanted(role=AddressRole.BUSINESS), first=True) == ["1"]
    reason = desk.looks[0].address.judged.reasons[0].id
    async with transaction(desk.doors.engine) as conn:
        reasons = await waiting.list_reasons(conn, LAN, LinkState.WAITING)
    assert reason in {each.id for each in reasons}
    assert await desk.take(LAN, Wanted(reason=reason), limit=9, first=True) == ["2", "0", "4", "1"]
    assert await desk.take(LAN, Wanted(procedure="2.000001"), first=True) == []
    assert await desk.take(LAN, Wanted(state=LinkState.CORRECTED), first=True) == []
    assert "3" not in await desk.take(WESTERN, limit=9)
    assert await desk.count(WESTERN) == (4, 0)
    assert await desk.count(EASTERN) == (4, 0)
    assert await desk.count(LAN, Wanted(commune=WEST)) == (4, 0)


async def test_what_the_same_text_led_to_is_a_hint(desk: Desk) -> None:
    assert "0" in await desk.take(LAN, limit=9, first=True)
    (look,) = [each for each in desk.looks if each.dossier.code[-1] == "0"]
    assert look.same_text == ()
    spans = {each.type.value: each.span for each in look.components if each.span is not None}
    start, end = spans["commune"]
    assert SAME[start:end] == "P. Đông"
    code = next(each.code for each in look.address.judged.settlement.candidates if each.code)
    async with transaction(desk.doors.engine) as conn:
        place = (look.dossier.code, 1)
        await deciding.choose_address(conn, LAN, place, 1, code, desk.clock)
    assert await desk.count(LAN) == (4, 1)
    assert await desk.take(MINH, limit=9, first=True) == []
    await desk.take(LAN, limit=9, first=True)
    hints = {
        each.dossier.code[-1]: [(one.state.value, one.count) for one in each.same_text]
        for each in desk.looks
    }
    assert hints == {"3": [], "2": [("linked", 1)], "4": [("linked", 1)], "1": []}
    async with transaction(desk.doors.engine) as conn:
        await deciding.undo_decision(conn, LAN, place, 2, desk.clock)
    assert await desk.count(LAN) == (5, 0)
