"""The register against its model: invented acts in any order, read at any pair of times.

Every rule does one act through the services, in the one transaction of its run, and the same on
``registry_model``; where the model says that an act cannot be, the register must refuse it. In the
end every address is asked for at every pair of interesting times, and the checks of ``verify`` run.
``ADDRSVC_STATEFUL_EXAMPLES`` asks for more runs than the suite does.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from registry_fixtures import EAST, WEST
from registry_model import ALLOWED, LIVING, Facts, Model, ModelAct, ModelAddress, Said, Step
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import command_line
from addrsvc.clock import VIETNAM
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import rows
from addrsvc.errors import AddrsvcError
from addrsvc.registry import changing, repository, retiring, service, succeeding, undoing
from addrsvc.registry.act_errors import (
    ActOvertaken,
    ActUndone,
    ParentGone,
    PartCycle,
    PartElsewhere,
    PartNotInner,
    PartsInUse,
    PartsNeedOneSuccessor,
    SuccessorWithdrawn,
    TransitionRefused,
    UndoTheAct,
)
from addrsvc.registry.acting import ActDone
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.engine import Progress, Runner, Undoer
from addrsvc.registry.bulk_acts.errors import ActOverwritten
from addrsvc.registry.commands import (
    KEEP,
    AssignAddress,
    ChangeAddress,
    CorrectAddress,
    Keep,
    MergeAddresses,
    NamedVersion,
    PartsFate,
    ReplaceAddress,
    ReserveAddress,
    RetireAddress,
    SplitAddress,
)
from addrsvc.registry.errors import DateRefused
from addrsvc.registry.history import address_as_of
from addrsvc.registry.history_errors import NotKnownThen, NotThereThen
from addrsvc.registry.model import (
    Address,
    Components,
    Document,
    Instrument,
    Kind,
    Marks,
    Method,
    Position,
)
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.timeline import Slice
from addrsvc.registry.verification import Finding, verify
from addrsvc.registry.versions import TICK, slice_of
from addrsvc.types import LonLat

CLERK = command_line("test")
BEGUN = datetime(2025, 9, 1, 3, tzinfo=UTC)
EXAMPLES = int(os.environ.get("ADDRSVC_STATEFUL_EXAMPLES", "30"))
STEPS = 40
MANY = 12
"""So many addresses in use are enough for anything."""

HANGING = (PartsInUse, ParentGone, SuccessorWithdrawn)
"""What refuses to leave others hanging in the air."""

ONE_DAY = timedelta(days=1)

T = TypeVar("T")


class MovingClock:
    """A clock that a rule moves, or leaves where it is."""

    def __init__(self) -> None:
        self.moment = BEGUN

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.astimezone(VIETNAM).date()


class World:
    """A database with the small world, and one loop to ask it on."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.engine = make_engine(service_settings(url))
        self.conn: AsyncConnection = runner.run(self._connect())

    async def _connect(self) -> AsyncConnection:
        return await self.engine.connect()

    def do(self, work: Awaitable[T]) -> T:
        async def wrapped() -> T:
            return await work

        return self.runner.run(wrapped())

    def close(self) -> None:
        self.do(self.conn.close())
        self.do(self.engine.dispose())


@pytest.fixture
def world(registry_url: str) -> Iterator[World]:
    with asyncio.Runner() as runner:
        world = World(registry_url, runner)
        yield world
        world.close()


class Register(RuleBasedStateMachine):
    """Acts on single addresses and on several; a subclass may add rules."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovingClock()
        self.model = Model()
        self.objects = 0
        self.bulk: dict[int, list[int]] = {}
        """Acts in bulk that are not undone, with the addresses they changed."""
        self.conn = self.world.conn
        self.transaction = self.world.do(self._begin())

    async def _begin(self) -> Any:
        return await self.conn.begin()

    def teardown(self) -> None:
        try:
            self._check_every_pair_of_times()
            self._check_it_holds_together()
        finally:
            self.world.do(self.transaction.rollback())

    # ---- what acts are made of

    def attempt(
        self, work: Callable[[], Awaitable[T]], refused: tuple[type[AddrsvcError], ...] = ()
    ) -> T | None:
        """Do an act; where it must be refused, see that it is, and that it leaves nothing."""

        async def within() -> T:
            savepoint = await self.conn.begin_nested()
            try:
                done = await work()
            except BaseException:
                await savepoint.rollback()
                raise
            await savepoint.commit()
            return done

        if not refused:
            return self.world.do(within())
        with pytest.raises(refused):
            self.world.do(within())
        return None

    def new_object(self, *, east: bool) -> tuple[str, Position]:
        """Invent a number and a place that no other address has."""
        self.objects += 1
        lon = (106.705 if east else 106.605) + (self.objects % 90) * 0.001
        lat = 10.905 + (self.objects // 90) * 0.001
        position = Position(LonLat(round(lon, 7), round(lat, 7)), 4.5, Method.GNSS, Marks.ENTRANCE)
        return str(self.objects), position

    def ref(self, address_id: int) -> AddressRef:
        """Give a reference to an address by its identity, which is there before any code."""
        return AddressRef(f"p{address_id}", address_id=address_id)  # type: ignore[arg-type]

    def codes(self, ids: Sequence[int]) -> list[str]:
        """Give the codes of some addresses."""
        return [self.code_of[each] for each in ids]

    def day(self, data: st.DataObject, ids: Sequence[int] = ()) -> date:
        """Draw a day for an act: mostly one that may be, on the edge or between, or one too early.

        Without addresses: of the last two months.
        """
        today = self.clock.today()
        since = [self.model.addresses[each].said.now.since for each in ids]
        earliest = max(since, default=today - timedelta(days=60))
        may_be = [today, earliest, earliest + (today - earliest) / 2]
        return data.draw(st.sampled_from([*may_be, *may_be, earliest - ONE_DAY]), label="day")

    def pick(self, data: st.DataObject, ids: Sequence[int]) -> int:
        return data.draw(st.sampled_from(list(ids)), label="address")

    def some_address(self, data: st.DataObject) -> ModelAddress:
        """Draw an address, more often one that is not out of use."""
        living = self.model.of_status(*LIVING)
        return self.model.addresses[self.pick(data, [*living * 3, *self.model.addresses])]

    def told(self, address: Address, said: Said) -> None:
        """Take what an act said of an address into the model, at the moment it says."""
        assert address.recorded_from >= self.clock.now()
        if address.code is not None:
            self.code_of[address.address_id] = address.code
        self.model.write(address.address_id, address.recorded_from, said)

    def took_place(self, done: ActDone, after: dict[int, Said]) -> None:
        """Take an act over several addresses into the model."""
        assert {each.address_id for each in done.addresses} == after.keys()
        for address in done.addresses:
            said = after[address.address_id]
            self.told(address, Said(said.line, said.links, done.act_id))
        self.model.acts[done.act_id] = ModelAct(tuple(sorted(after)))

    def born(self, address: Address, facts: Facts, since: date, status: str) -> Said:
        """Give what the model says of an address that was just registered."""
        self.model.addresses[address.address_id] = ModelAddress(address.address_id, has_code=False)
        return Said((Step(since, status, facts),))

    # ---- rules: one address

    @initialize(data=st.data(), easts=st.lists(st.booleans(), min_size=2, max_size=4))
    def some_stand_already(self, data: st.DataObject, easts: Sequence[bool]) -> None:
        self.code_of: dict[int, str] = {}
        for east in easts:
            self.assign(data, east=east, positioned=True)
        self.assign_a_flat(data)
        self.clock.moment += timedelta(days=30)

    @rule(hours=st.sampled_from([0, 1, 24, 24 * 40]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.moment += timedelta(hours=hours)

    @precondition(lambda self: len(self.model.of_status(*LIVING)) < MANY)
    @rule(data=st.data(), east=st.booleans(), positioned=st.booleans())
    def assign(self, data: st.DataObject, *, east: bool, positioned: bool) -> None:
        since = self.day(data)
        command, facts = self._house(east=east, positioned=positioned, since=since)
        address = self.attempt(
            lambda: service.assign_address(self.conn, CLERK, command, self.clock)
        )
        assert address is not None
        status = "current" if positioned else "proposed"
        self.told(address, self.born(address, facts, since, status))

    def _house(
        self,
        *,
        east: bool,
        positioned: bool = True,
        since: date | None = None,
        parent: int | None = None,
    ) -> tuple[AssignAddress, Facts]:
        number, position = self.new_object(east=east)
        commune = EAST if east else WEST
        command = AssignAddress(
            kind=Kind.DWELLING if parent is None else Kind.APARTMENT,
            source="test",
            components=Components(house_number=number, thoroughfare="Đường Mẫu"),
            position=position if positioned else None,
            commune_code=commune,
            parent=None if parent is None else self.code_of[parent],
            valid_from=since,
        )
        point = (position.point.lon, position.point.lat) if positioned else None
        return command, Facts(number, commune, point, parent, parent is not None)

    @precondition(lambda self: self._houses() and len(self.model.of_status(*LIVING)) < MANY)
    @rule(data=st.data())
    def assign_a_flat(self, data: st.DataObject) -> None:
        parent = self.pick(data, self._houses())
        east = self.model.addresses[parent].facts.commune == EAST
        since = self.day(data)
        command, facts = self._house(east=east, since=since, parent=parent)
        address = self.attempt(
            lambda: service.assign_address(self.conn, CLERK, command, self.clock)
        )
        assert address is not None
        self.told(address, self.born(address, facts, since, "current"))

    def _houses(self) -> list[int]:
        addresses = self.model.addresses
        return [
            each for each in self.model.of_status("current") if not addresses[each].facts.is_unit
        ]

    @precondition(lambda self: self.model.addresses)
    @rule(data=st.data(), moves=st.booleans(), past=st.booleans())
    def correct(self, data: st.DataObject, *, moves: bool, past: bool) -> None:
        address = self.some_address(data)
        line = address.said.line
        steps = [step for step in line if step.since <= self.clock.today()]
        step = data.draw(st.sampled_from(steps), label="step") if past else line[-1]
        command, facts = self._amendment(CorrectAddress, step.facts, moves=moves, on=step.since)
        if not past:
            command = CorrectAddress(position=command.position, components=command.components)
        gains = step == line[-1] and facts.point is not None
        status = _used(step.status) if gains else step.status
        done = self.attempt(
            lambda: changing.correct_address(
                self.conn, CLERK, self.ref(address.address_id), None, command, self.clock
            ),
            self._refusal(address, "correct"),
        )
        if done is not None:
            said = address.said.corrected(facts, step.since)
            if status != step.status:
                said = Said((*said.line[:-1], said.now._replace(status=status)), said.links)
            self.told(done, said)

    @precondition(lambda self: self.model.addresses)
    @rule(data=st.data(), moves=st.booleans())
    def change(self, data: st.DataObject, *, moves: bool) -> None:
        address = self.some_address(data)
        day = self.day(data, [address.address_id])
        command, facts = self._amendment(ChangeAddress, address.facts, moves=moves, on=day)
        refused = self._refusal(address, "change")
        if day < address.said.now.since:
            refused = (*refused, DateRefused)
        done = self.attempt(
            lambda: changing.change_address(
                self.conn, CLERK, self.ref(address.address_id), None, command, self.clock
            ),
            refused,
        )
        if done is not None:
            status = _used(address.status) if facts.point is not None else address.status
            self.told(done, address.said.changed(day, status, facts))

    def _amendment(
        self, kind: type[Any], facts: Facts, *, moves: bool, on: date
    ) -> tuple[Any, Facts]:
        number, position = self.new_object(east=facts.commune == EAST)
        components = Components(house_number=number, thoroughfare="Đường Mẫu")
        place: Position | Keep = position if moves else KEEP
        point = (position.point.lon, position.point.lat) if moves else facts.point
        return kind(components=components, position=place, on=on), facts._replace(
            number=number, point=point
        )

    def _refusal(self, address: ModelAddress, act: str) -> tuple[type[AddrsvcError], ...]:
        return () if (address.status, act) in ALLOWED else (TransitionRefused,)

    @precondition(lambda self: self.model.of_status("proposed"))
    @rule(data=st.data())
    def reserve(self, data: st.DataObject) -> None:
        waiting = self.model.of_status("proposed")
        any_one = self.pick(data, [*waiting, *self.model.addresses])
        address = self.model.addresses[any_one]
        day = self.day(data, [address.address_id])
        refused = self._refusal(address, "reserve")
        if day < address.said.now.since:
            refused = (*refused, DateRefused)
        done = self.attempt(
            lambda: changing.reserve_address(
                self.conn,
                CLERK,
                self.ref(address.address_id),
                None,
                ReserveAddress(on=day),
                self.clock,
            ),
            refused,
        )
        if done is not None:
            self.told(done, address.said.changed(day, "reserved", address.facts))

    # ---- rules: acts over several addresses

    @precondition(lambda self: self.model.addresses)
    @rule(data=st.data(), fate=st.sampled_from([None, "retire", "move"]))
    def retire(self, data: st.DataObject, *, fate: PartsFate | None) -> None:
        address = self.some_address(data)
        own = address.address_id
        inner = self.model.living_parts([own])
        others = [each for each in self.model.of_status("current") if each not in {own, *inner}]
        successors = data.draw(
            st.sets(st.sampled_from(others), max_size=2) if others else st.just(set())
        )
        settled = self._settled([own], fate)
        day = self.day(data, [own, *settled])
        refused = [*self._refusal(address, "retire"), *self._too_early(day, [own, *settled])]
        if fate == "move" and settled:
            refused += self._cannot_move(settled, successors)
        if fate is None and inner:
            refused.append(PartsInUse)
        command = RetireAddress("test", tuple(self.codes(sorted(successors))), on=day, parts=fate)
        done = self.attempt(
            lambda: retiring.retire_address(
                self.conn, CLERK, self.ref(own), None, command, self.clock
            ),
            tuple(refused),
        )
        if done is None:
            return
        end = "rejected" if address.status == "proposed" else "retired"
        links = frozenset((each, "replaced") for each in successors)
        after = {own: self._out(own, day, end, links)}
        after |= self._parts_after(settled, fate, day, successors)
        if settled:
            self.took_place(self._last_act(after), after)
        else:
            self.told(done, after[own])

    def _settled(self, going: Sequence[int], fate: PartsFate | None) -> list[int]:
        inner = self.model.living_parts(going)
        if fate == "retire":
            return inner
        addresses = self.model.addresses
        moving = [each for each in inner if addresses[each].facts.parent in going]
        return [each for each in moving if each not in going] if fate == "move" else []

    def _too_early(self, day: date, ids: Sequence[int]) -> list[type[AddrsvcError]]:
        addresses = self.model.addresses
        latest = max(addresses[each].said.now.since for each in ids)
        return [DateRefused] if day < latest else []

    def _cannot_move(
        self, settled: Sequence[int], successors: Collection[int]
    ) -> list[type[AddrsvcError]]:
        if len(successors) != 1:
            return [PartsNeedOneSuccessor]
        (successor,) = successors
        facts = self.model.addresses[successor].facts
        communes = {self.model.addresses[each].facts.commune for each in settled}
        refused: list[type[AddrsvcError]] = [PartElsewhere] if communes != {facts.commune} else []
        if successor in settled:
            refused.append(PartCycle)
        return [*refused, PartNotInner] if facts.is_unit else refused

    def _out(
        self, address_id: int, day: date, status: str, links: frozenset[tuple[int, str]]
    ) -> Said:
        address = self.model.addresses[address_id]
        return replace(address.said.changed(day, status, address.facts), links=links)

    def _parts_after(
        self, settled: Sequence[int], fate: PartsFate | None, day: date, standing: Collection[int]
    ) -> dict[int, Said]:
        after = {}
        for each in settled:
            part = self.model.addresses[each]
            if fate == "move":
                (parent,) = standing
                moved = part.facts._replace(parent=parent)
                after[each] = part.said.changed(day, part.status, moved)
            else:
                end = "rejected" if part.status == "proposed" else "retired"
                after[each] = self._out(each, day, end, frozenset())
        return after

    def _last_act(self, ids: Iterable[int]) -> ActDone:
        """Give the last act and some addresses, where an act tells of one only."""
        found = self.ask("SELECT max(act_id) AS act_id FROM registry_act", {})
        addresses = self.world.do(repository.by_ids(self.conn, list(ids)))
        return ActDone(found[0]["act_id"], tuple(addresses))

    def ask(self, statement: LiteralString, params: dict[str, Any]) -> list[dict[str, Any]]:
        return self.world.do(rows(self.conn, statement, params))

    def _named(self, address_id: int) -> NamedVersion:
        statement = "SELECT version FROM address_current WHERE address_id = %(id)s"
        version = self.ask(statement, {"id": address_id})[0]["version"]
        return NamedVersion(self.code_of[address_id], version)

    @precondition(lambda self: self.model.of_status("current"))
    @rule(data=st.data(), east=st.booleans(), new=st.booleans())
    def merge(self, data: st.DataObject, *, east: bool, new: bool) -> None:
        current = self.model.of_status("current")
        going = sorted(data.draw(st.sets(st.sampled_from(current), min_size=1, max_size=3)))
        others = [each for each in current if each not in going]
        settled = self._settled(going, "move")
        day = self.day(data, [*going, *settled])
        refused = self._too_early(day, [*going, *settled])
        if new or not others:
            command, facts = self._house(east=east)
            communes = {self.model.addresses[each].facts.commune for each in settled}
            refused += [PartElsewhere] if communes - {facts.commune} else []
            merged = MergeAddresses(tuple(map(self._named, going)), command, "test", day)
            self._succeed(
                lambda: succeeding.merge_addresses(self.conn, CLERK, merged, self.clock),
                refused,
                going,
                "merged",
                settled,
                "move",
                day,
                [facts],
            )
            return
        into = self.pick(data, others)
        refused += self._too_early(day, [into])
        refused += self._cannot_move(settled, [into]) if settled else []
        merged = MergeAddresses(tuple(map(self._named, going)), self._named(into), "test", day)
        done = self.attempt(
            lambda: succeeding.merge_addresses(self.conn, CLERK, merged, self.clock),
            tuple(refused),
        )
        if done is not None:
            links = frozenset({(into, "merged")})
            after = {each: self._out(each, day, "retired", links) for each in going}
            self.took_place(done, after | self._parts_after(settled, "move", day, [into]))

    @precondition(lambda self: self.model.of_status("current"))
    @rule(
        data=st.data(),
        east=st.booleans(),
        several=st.booleans(),
        fate=st.sampled_from([None, "retire", "move"]),
    )
    def split_or_replace(
        self, data: st.DataObject, *, east: bool, several: bool, fate: PartsFate | None
    ) -> None:
        own = self.pick(data, self.model.of_status("current"))
        fate = "retire" if several and fate == "move" else fate
        settled = self._settled([own], fate)
        day = self.day(data, [own, *settled])
        refused = self._too_early(day, [own, *settled])
        pieces = [self._house(east=east) for _ in range(2 if several else 1)]
        commands, facts = [each for each, _ in pieces], [each for _, each in pieces]
        if fate is None and self.model.living_parts([own]):
            refused.append(PartsInUse)
        communes = {self.model.addresses[each].facts.commune for each in settled}
        if fate == "move" and communes - {facts[0].commune}:
            refused.append(PartElsewhere)
        if several:
            split = SplitAddress(tuple(commands), "test", day, parts="retire" if fate else None)
            self._succeed(
                lambda: succeeding.split_address(
                    self.conn, CLERK, self.ref(own), None, split, self.clock
                ),
                refused,
                [own],
                "split",
                settled,
                fate,
                day,
                facts,
            )
        else:
            by = ReplaceAddress(commands[0], "test", day, parts=fate)
            self._succeed(
                lambda: succeeding.replace_address(
                    self.conn, CLERK, self.ref(own), None, by, self.clock
                ),
                refused,
                [own],
                "replaced",
                settled,
                fate,
                day,
                facts,
            )

    def _succeed(
        self,
        work: Callable[[], Awaitable[ActDone]],
        refused: Sequence[type[AddrsvcError]],
        going: Sequence[int],
        relation: str,
        settled: Sequence[int],
        fate: PartsFate | None,
        day: date,
        facts: Sequence[Facts],
    ) -> None:
        """Do an act that ends in new addresses, and tell the model."""
        done = self.attempt(work, tuple(refused))
        if done is None:
            return
        known = self.model.addresses.keys()
        fresh = [each for each in done.addresses if each.address_id not in known]
        by_number = {each.document.components.house_number: each for each in fresh}
        made = {
            by_number[one.number].address_id: self.born(by_number[one.number], one, day, "current")
            for one in facts
        }
        links = frozenset((each, relation) for each in made)
        after = {each: self._out(each, day, "retired", links) for each in going}
        after |= self._parts_after(settled, fate, day, list(made))
        self.took_place(done, after | made)

    # ---- rules: taking back

    @precondition(lambda self: self.model.addresses)
    @rule(data=st.data())
    def undo_version(self, data: st.DataObject) -> None:
        address = self.some_address(data)
        after = {address.address_id: address.before(len(address.told) - 1)}
        refused: tuple[type[AddrsvcError], ...] = ()
        if address.said.act_id is not None:
            refused = (UndoTheAct,)
        elif self.model.is_left_hanging(after):
            refused = HANGING
        done = self.attempt(
            lambda: undoing.undo_version(
                self.conn, CLERK, self.ref(address.address_id), None, "test", self.clock
            ),
            refused,
        )
        if done is not None:
            self.told(done, after[address.address_id])

    @precondition(lambda self: self.model.acts)
    @rule(data=st.data())
    def undo_act(self, data: st.DataObject) -> None:
        acts = sorted(self.model.acts)
        act_id = data.draw(st.just(acts[-1]) | st.sampled_from(acts), label="act")
        act = self.model.acts[act_id]
        touched = [self.model.addresses[each] for each in act.ids]
        places = {each.address_id: each.place_of(act_id) for each in touched}
        after = {each.address_id: each.before(places[each.address_id]) for each in touched}
        refused: tuple[type[AddrsvcError], ...] = ()
        if act.undone_by is not None:
            refused = (ActUndone,)
        elif any(each.said.line != each.told[places[each.address_id]][1].line for each in touched):
            refused = (ActOvertaken,)
        elif self.model.is_left_hanging(after):
            refused = HANGING
        done = self.attempt(
            lambda: undoing.undo_act(self.conn, CLERK, act_id, "test", self.clock), refused
        )
        if done is not None:
            self.took_place(done, after)
            act.undone_by = done.act_id

    # ---- rules: acts in bulk

    @precondition(lambda self: self.model.of_status(*LIVING))
    @rule(data=st.data(), east=st.booleans())
    def renumber_in_bulk(self, data: st.DataObject, *, east: bool) -> None:
        commune = EAST if east else WEST
        day = self.day(data)
        done = self.attempt(lambda: self._renumber(commune, day))
        assert done is not None
        along = [
            self.model.addresses[each]
            for each in self.model.of_status(*LIVING)
            if self.model.addresses[each].facts.commune == commune
        ]
        meant = [each for each in along if each.said.now.since <= day]
        assert (done.tally.concerned, done.tally.changed) == (len(along), len(meant))
        after = {}
        for each in meant:
            facts = each.facts._replace(number=f"9/{each.facts.number}")
            after[each.address_id] = each.said.changed(day, each.status, facts)
        self._took_place_in_bulk(done.act_id, after)
        self.bulk[done.act_id] = sorted(after)

    async def _renumber(self, commune: str, day: date) -> Progress:
        spec = await planning.renumbering(self.conn, day, [commune], "Đường Mẫu", prefix="9")
        law = Instrument("1/QĐ", BEGUN.date(), "Cơ quan mẫu")
        act = await planning.plan_act(self.conn, CLERK, spec, self.clock, day=day, instrument=law)
        runner = Runner(self.world.engine, CLERK, self.clock, act.act_id)
        while not (done := await runner.chunk_in(self.conn, 3)).done:
            pass
        return done

    @precondition(lambda self: self.bulk)
    @rule(data=st.data())
    def undo_in_bulk(self, data: st.DataObject) -> None:
        act_id = data.draw(st.sampled_from(sorted(self.bulk)), label="bulk act")
        touched = [self.model.addresses[each] for each in self.bulk[act_id]]
        since = any(each.said.act_id != act_id for each in touched)
        done = self.attempt(lambda: self._undo(act_id), (ActOverwritten,) if since else ())
        if done is not None:
            del self.bulk[act_id]
            after = {each.address_id: each.before(each.place_of(act_id)) for each in touched}
            self._took_place_in_bulk(done.act_id, after)

    async def _undo(self, act_id: int) -> Progress:
        undoer = Undoer(self.world.engine, CLERK, self.clock, act_id)
        undo_id = await undoer.begin_in(self.conn, "test")
        while not (done := await undoer.chunk_in(self.conn, undo_id, 3)).done:
            pass
        return done

    def _took_place_in_bulk(self, act_id: int, after: dict[int, Said]) -> None:
        for address in self.world.do(repository.by_ids(self.conn, list(after))):
            self.told(address, replace(after[address.address_id], act_id=act_id))

    # ---- reading

    @precondition(lambda self: self.model.addresses)
    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        address = self.some_address(data)
        known_at = data.draw(st.sampled_from(self._moments()), label="known at")
        valid_at = data.draw(st.sampled_from(self._days()), label="valid at")
        said = address.known(known_at)
        step = None if said is None else said.on(valid_at)
        ref = self.ref(address.address_id)
        asked = address_as_of(self.conn, CLERK, ref, valid_at, known_at)
        if said is None or step is None:
            with pytest.raises(NotKnownThen if said is None else NotThereThen):
                self.world.do(asked)
            return
        then = self.world.do(asked)
        assert (then.status.value, self._facts(then.document)) == (step.status, step.facts)
        links = {(self.code_of[each], relation) for each, relation in said.links}
        assert {(each.code, each.relation) for each in then.successors} == (
            links if step.status == "retired" else set()
        )

    def _moments(self) -> list[datetime]:
        told = self.model.moments()
        return [*told, *(each - TICK for each in told), self.clock.now() + ONE_DAY]

    def _days(self) -> list[date]:
        told = self.model.days()
        return [*told, *(each - ONE_DAY for each in told), self.clock.today()]

    def _facts(self, document: Document) -> Facts:
        point = document.position
        ids = {code: address_id for address_id, code in self.code_of.items()}
        return Facts(
            number=document.components.house_number or "",
            commune=document.commune.code,
            point=None
            if point is None or point.method is not Method.GNSS
            else (point.point.lon, point.point.lat),
            parent=None if document.parent is None else ids[document.parent],
            is_unit=document.kind is Kind.APARTMENT,
        )

    def _check_every_pair_of_times(self) -> None:
        """Ask what ``address_as_of`` asks, of all rows at once."""
        found = self.ask("SELECT * FROM address_version ORDER BY address_id, version", {})
        rows_of: dict[int, list[tuple[datetime, datetime, Slice, Facts]]] = {}
        for each in found:
            told = slice_of(each)
            until = each["recorded_to"] or datetime.max.replace(tzinfo=UTC)
            rows_of.setdefault(each["address_id"], []).append(
                (each["recorded_from"], until, told, self._facts(told.document))
            )
        assert rows_of.keys() == self.model.addresses.keys()
        for address_id, address in self.model.addresses.items():
            for known_at in self._moments():
                said = address.known(known_at)
                there = [each for each in rows_of[address_id] if each[0] <= known_at < each[1]]
                for valid_at in self._days():
                    step = None if said is None else said.on(valid_at)
                    expected = [] if step is None else [(step.status, step.facts)]
                    assert [
                        (told.status.value, facts)
                        for _, _, told, facts in there
                        if told.holds(valid_at)
                    ] == expected

    def _check_it_holds_together(self) -> None:
        async def findings() -> list[Finding]:
            return [each async for _, found in verify(self.conn) for each in found]

        assert self.world.do(findings()) == []


def _used(status: str) -> str:
    """Give the status of an address that got its position."""
    return "current" if status in {"proposed", "reserved"} else status


@pytest.mark.usefixtures("untraced")
@pytest.mark.timeout(600)  # mostly to shrink what fails
def test_the_register_agrees_with_its_model(world: World) -> None:
    class OfThisWorld(Register):
        pass

    OfThisWorld.world = world
    run_state_machine_as_test(
        OfThisWorld,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
