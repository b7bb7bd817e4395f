"""Dossiers linked to addresses of the small world at both times, and those who follow. Invented."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bulk_acts_world import JUNE, OLD_ONE, OLD_TWO, WEST, WHO
from sqlalchemy.ext.asyncio import AsyncEngine
from webhook_fixtures import MovableClock

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import bulk
from addrsvc.dossiers.bulk import Brought
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.kept import Judged
from addrsvc.dossiers.model import (
    AddressRole,
    DossierInput,
    GivenAddress,
    LinkCandidate,
    settle,
)
from addrsvc.dossiers.proposals.accepting import AcceptedAll, accept_all
from addrsvc.dossiers.proposals.following import follow
from addrsvc.dossiers.proposals.model import Left
from addrsvc.dossiers.proposals.service import Wanted
from addrsvc.events.sealing import seal_all
from addrsvc.registry import service, succeeding
from addrsvc.registry.acting import ActDone
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.engine import Runner, run_act
from addrsvc.registry.bulk_acts.mapping import MappingRow
from addrsvc.registry.commands import (
    AssignAddress,
    MergeAddresses,
    NamedVersion,
    SplitAddress,
)
from addrsvc.registry.model import Instrument
from addrsvc.registry.reading import AddressRef, get_address
from addrsvc.settings import Settings

OFFICE = Principal(
    "key:office", frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
)
"""A one-stop service without a limit of area."""
CLERK = Principal("account:clerk", OFFICE.scopes)
OTHER = Principal("account:other", OFFICE.scopes)

INTEGRATOR = Principal(
    "cli:integrator",
    frozenset({Scope.WEBHOOKS_WRITE, Scope.EVENTS_READ, Scope.DOSSIERS_READ}),
)

DAY = date(2025, 7, 1)
WHOLE = (MappingRow(OLD_ONE, WEST, "whole"), MappingRow(OLD_TWO, WEST, "whole"))
"""Two communes become one."""


class Sure:
    """A judge that takes every code for certain, and every text for nothing."""

    async def judge(
        self,
        principal: Principal,  # noqa: ARG002 - as the real one takes it
        given: Sequence[GivenAddress],
        day: date,  # noqa: ARG002
    ) -> list[Judged]:
        return [
            Judged("C", settle("C"), communes=(WEST,))
            if each.code is None
            else Judged("A", settle("A", [LinkCandidate(each.code, "x", 1.0, 1.0)]))
            for each in given
        ]


def key_of(n: int) -> str:
    return f"H09-260110-{n:05d}"


@dataclass
class Register:
    """One database with dossiers in it."""

    engine: AsyncEngine
    settings: Settings
    clock: MovableClock

    async def assign(self, *commands: AssignAddress, clock: Clock = JUNE) -> list[str]:
        """Register addresses; give their codes."""
        async with transaction(self.engine) as conn:
            made = [await service.assign_address(conn, WHO, each, clock) for each in commands]
        return [each.code or "" for each in made]

    async def bring(self, links: Mapping[int, str]) -> None:
        """Bring dossiers in, by number, each with one address by its code."""
        given = [
            DossierInput(
                parse_dossier_code(key_of(n)),
                addresses=(GivenAddress(AddressRole.OBJECT, code=code),),
            )
            for n, code in links.items()
        ]
        done = await bulk.put_many(self.engine, OFFICE, Sure(), given, self.clock)  # type: ignore[arg-type]
        assert all(isinstance(each, Brought) for each in done), done

    async def reorganise(self, mapping: Sequence[MappingRow] = WHOLE) -> int:
        """Merge communes; give the number of the act."""
        async with transaction(self.engine) as conn:
            asked = await planning.reorganisation_by_mapping(conn, mapping, DAY)
            instrument = Instrument("1/NQ-TEST", date(2025, 6, 16), "Cơ quan mẫu")
            act = await planning.plan_act(
                conn, WHO, asked, self.clock, day=DAY, instrument=instrument
            )
        await run_act(Runner(self.engine, WHO, self.clock, act.act_id))
        return act.act_id

    async def split(self, code: str, *into: AssignAddress) -> ActDone:
        async with transaction(self.engine) as conn:
            return await succeeding.split_address(
                conn, WHO, AddressRef.parse(code), None, SplitAddress(into, "tách"), self.clock
            )

    async def merge(self, gone: str, into: str) -> ActDone:
        async with transaction(self.engine) as conn:
            going = await get_address(conn, WHO, AddressRef.parse(gone))
            kept = await get_address(conn, WHO, AddressRef.parse(into))
            command = MergeAddresses(
                (NamedVersion(gone, going.version),), NamedVersion(into, kept.version), "nhập"
            )
            return await succeeding.merge_addresses(conn, WHO, command, self.clock)

    async def look(self, *, links: int = 2_000) -> None:
        """Number what happened and follow it as far as that goes."""
        await seal_all(self.engine)
        while await follow(self.engine, self.clock, links=links, settle=timedelta(0)):
            pass

    async def catch_up(self, *, links: int = 2_000) -> None:
        """Follow to the end: who was killed may hold what it had for a moment."""
        await self.look(links=links)
        while await self.is_behind():
            await asyncio.sleep(0.02)
            await self.look(links=links)

    async def is_behind(self) -> bool:
        """Tell whether events are numbered that were not followed to the end."""
        found = await self.ask(
            "SELECT number > settled_number AS is_behind FROM log_head, personal.dossier_follower"
            " WHERE log = 'events'"
        )
        return bool(found[0]["is_behind"])

    async def accept_all(self, principal: Principal = CLERK, **named: Any) -> AcceptedAll:
        """Accept all of something, chunk by chunk, as a person does."""
        accepted, overtaken, left = 0, 0, Counter[Left]()
        after: int | None = 0
        while after is not None:
            async with transaction(self.engine) as conn:
                chunk = await accept_all(
                    conn, principal, Wanted(**named), self.clock, after=after, limit=300
                )
            accepted, overtaken = accepted + chunk.accepted, overtaken + chunk.overtaken
            left, after = left + chunk.left, chunk.next
        return AcceptedAll(accepted, overtaken, left)

    async def caught_up(self) -> None:
        """Wait until those who work beside have numbered and followed everything."""
        waiting = "SELECT count(*) AS count FROM event WHERE number IS NULL"
        is_done = False
        while not is_done:
            await asyncio.sleep(0.05)
            is_done = not (await self.ask(waiting))[0]["count"] and not await self.is_behind()

    async def ask(self, statement: str, **values: object) -> list[dict[str, Any]]:
        async with transaction(self.engine) as conn:
            await open_rows(conn, "dossiers", None)
            return await rows(conn, statement, values)

    async def proposals(self) -> list[dict[str, Any]]:
        """Give all proposals with the keys of their dossiers, the oldest first."""
        return await self.ask(
            "SELECT p.*, d.code_key AS key FROM personal.dossier_proposal p"
            " JOIN personal.dossier d USING (dossier_id) ORDER BY proposal_id"
        )

    async def links(self) -> dict[str, str]:
        """Give the code each dossier is linked to, by key."""
        found = await self.ask(
            "SELECT d.code_key, i.code FROM personal.dossier_link l"
            " JOIN personal.dossier d USING (dossier_id) JOIN address i USING (address_id)"
            " WHERE l.valid_to IS NULL"
        )
        return {each["code_key"]: each["code"] for each in found}


@contextlib.asynccontextmanager
async def beside(*work: Any) -> AsyncIterator[None]:
    """Run work without an end meanwhile."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
