"""Decisions of people about addresses of dossiers, taken back one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from geocoding_fixtures import Assign

from addrsvc.auth.model import Principal, command_line
from addrsvc.auth.permissions import Scope
from addrsvc.clock import FixedClock
from addrsvc.db.doors import Doors
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding, service
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Dossier, Judged, KeptAddress
from addrsvc.dossiers.model import AddressRole, DossierInput, GivenAddress, LinkCandidate, settle
from addrsvc.dossiers.register_errors import (
    ChosenRetired,
    DecisionOfOthers,
    DossierStale,
    NothingToUndo,
)
from addrsvc.registry import service as registry
from addrsvc.registry.commands import RetireAddress
from addrsvc.registry.reading import AddressRef

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
SCOPES = frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
LAN, MINH = Principal("account:lan", SCOPES), Principal("account:minh", SCOPES)
CHIEF = Principal("account:chief", SCOPES | {Scope.ADDRESSES_OVERRIDE})
KEY = "H09-260110-0001"
PLACE = (KEY, 1)


class Sure:
    """A judge that takes every code for certain."""

    async def judge(self, _: Principal, given: list[GivenAddress], day: date) -> list[Judged]:
        assert day == date(2026, 1, 15)
        found = [LinkCandidate(each.code, "x", 1.0, 1.0) for each in given]
        return [Judged("A", settle("A", [each])) for each in found]


@pytest.fixture
async def codes(doors: Doors, assign: Assign) -> tuple[str, str]:
    """Give two addresses; a dossier is linked to the first by itself."""
    first = await assign("12", "Đường Lê Lợi")
    second = await assign("14", "Đường Lê Lợi", shift_deg=0.002)
    given = GivenAddress(AddressRole.OBJECT, code=first)
    sent = DossierInput(parse_dossier_code(KEY), addresses=(given,))
    async with transaction(doors.engine) as conn:
        await service.put_dossier(conn, LAN, Sure(), sent, CLOCK)  # type: ignore[arg-type]
    return first, second


async def act(doors: Doors, what: Any, principal: Principal, *given: Any) -> KeptAddress:
    async with transaction(doors.engine) as conn:
        done: Dossier = await what(conn, principal, PLACE, *given, CLOCK)
    return done.addresses[0]


def shown(address: KeptAddress) -> tuple[str, str | None, str | None, str | None]:
    link, decision = address.link, address.decision
    return (
        address.state.value,
        None if link is None else link.code,
        None if link is None else link.how,
        None if decision is None else f"{decision.what} by {decision.by}",
    )


async def test_decisions_are_taken_back_one_by_one_and_stay_on_record(
    doors: Doors, codes: tuple[str, str], registry_url: str
) -> None:
    first, second = codes
    linked = ("linked", first, "found", None)
    chosen = ("linked", second, "chosen", "chosen by account:lan")
    with pytest.raises(NothingToUndo):
        await act(doors, deciding.undo_decision, LAN, None)
    assert shown(await act(doors, deciding.choose_address, LAN, 1, second)) == chosen
    rejected = await act(doors, deciding.reject_address, LAN, 2)
    assert shown(rejected) == ("rejected", None, None, "rejected by account:lan")
    with pytest.raises(DossierStale):
        await act(doors, deciding.undo_decision, LAN, 2)
    with pytest.raises(DecisionOfOthers):
        await act(doors, deciding.undo_decision, MINH, 3)
    assert shown(await act(doors, deciding.undo_decision, LAN, 3)) == chosen
    assert shown(await act(doors, deciding.undo_decision, CHIEF, 4)) == linked
    with pytest.raises(NothingToUndo):
        await act(doors, deciding.undo_decision, LAN, 5)
    async with transaction(doors.engine) as conn:
        links = [
            (each.how, each.why_ended, each.ended_by)
            for code in codes
            for each in (await service.list_links(conn, LAN, code, history=True))[0]
        ]
    assert links == [
        ("found", None, None),
        ("found", "chosen", "account:lan"),
        ("chosen", "undone", "account:chief"),
        ("chosen", "rejected", "account:lan"),
    ]
    with psycopg.connect(registry_url) as conn:
        told = conn.execute("SELECT type FROM event WHERE type ~ 'undone'").fetchall()
        logged = conn.execute(
            "SELECT principal, detail FROM audit_entry WHERE action = 'dossier.undo' ORDER BY 1"
        ).fetchall()
    assert told == [("dossier.undone",)] * 2
    assert logged == [
        ("account:chief", {"n": 1, "version": 5}),
        ("account:lan", {"n": 1, "version": 4}),
    ]


async def test_an_address_that_went_out_of_use_does_not_come_back(
    doors: Doors, codes: tuple[str, str]
) -> None:
    first, second = codes
    await act(doors, deciding.choose_address, LAN, 1, second)
    retire = RetireAddress("thử", (second,), "merged")
    async with transaction(doors.engine) as conn:
        ref = AddressRef.parse(first)
        await registry.retire_address(conn, command_line("test"), ref, None, retire, CLOCK)
    with pytest.raises(ChosenRetired) as refused:
        await act(doors, deciding.undo_decision, LAN, 2)
    assert refused.value.successors == second
