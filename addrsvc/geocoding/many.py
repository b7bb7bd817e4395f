"""Answer many questions at once, each as the single call would: what is wrong with one stays its.

Questions go to the database by the hundred, a statement for each thing to be known of them; all
other work is done in turns, so that look-ups go between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, Final, Literal, get_args

from addrsvc.admin_units import converting, service
from addrsvc.admin_units.conversion_schemas import conversion_out
from addrsvc.admin_units.model import LocatedCommune
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.db.doors import Doors, Reader, ask_lookups
from addrsvc.errors import AddrsvcError, Kind, Language
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.checking import CodeChecks
from addrsvc.geocoding.forward import Answer, World
from addrsvc.geocoding.geocodejson import feature
from addrsvc.geocoding.planning import Plan
from addrsvc.geocoding.probe import Probed
from addrsvc.geocoding.ranking import Category, NextAction
from addrsvc.geocoding.reverse import Whereabouts, whereabouts_out
from addrsvc.geocoding.reverse_many import Place, reverse_many
from addrsvc.geocoding.schemas import verdict_out
from addrsvc.geocoding.turns import Turns
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder

CHUNK: Final = 100
"""Questions of one round trip: more would hold the event loop while their rows are read."""

_POINTS: Final = 25
"""The same of points, each of which costs the database more: single ones wait behind."""

Status = Literal["certain", "review", "not_found", "refused"]
"""What became of an item: may be taken as it is, needs a person, names nothing, was not asked
well."""

STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A digital address code as somebody wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """A commune to convert, and the legal day to convert it to."""

    asked: converting.Asked
    day: date


Asked = Query | Place | CodeAsked | Conversion


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    status: Status
    answer: dict[str, Any] | None = None
    """As the single call gives it; None: it would answer a problem."""
    category: Category | None = None
    next_action: NextAction | None = None
    problem: AddrsvcError | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a batch is to be answered."""

    language: Language
    today: date
    limit: int
    """Most addresses near a point."""
    radius_m: float
    verdicts: bool
    """Whole verdicts on texts, not the places alone."""
    go_on: Callable[[], Awaitable[None]]
    """Called between two round trips; raises where nobody waits for the answer any more."""


class Answering:
    """What one batch is answered with."""

    def __init__(
        self,
        wanted: Wanted,
        turns: Turns,
        geocoder: Geocoder,
        units: UnitsInMemory,
        doors: Doors,
        codes: CodeChecks,
    ) -> None:
        self._wanted = wanted
        self._turns = turns
        self._geocoder = geocoder
        self._units = units
        self._doors = doors
        self._codes = codes

    async def answer(self, asked: Sequence[Asked | AddrsvcError]) -> list[Outcome]:
        """Answer every question, in order.

        Raises:
            GeocoderLoading: names are not in memory yet.
            psycopg.Error, PoolTimeout: the database does not answer.
            AskerGone: as ``Wanted.go_on`` says.
        """
        outcomes: list[Outcome] = []
        for at in range(0, len(asked), CHUNK):
            await self._wanted.go_on()
            outcomes += await self._chunk(asked[at : at + CHUNK])
        return outcomes

    async def _chunk(self, asked: Sequence[Asked | AddrsvcError]) -> list[Outcome]:
        found = {n: refused(each) for n, each in enumerate(asked) if isinstance(each, AddrsvcError)}
        queries = {n: each for n, each in enumerate(asked) if isinstance(each, Query)}
        codes = {n: each.text for n, each in enumerate(asked) if isinstance(each, CodeAsked)}
        places = {n: each for n, each in enumerate(asked) if isinstance(each, Place)}
        conversions = {n: each for n, each in enumerate(asked) if isinstance(each, Conversion)}
        if queries:
            found |= zip(queries, await self._geocoded([*queries.values()]), strict=True)
        if codes:
            found |= zip(codes, await self._checked([*codes.values()]), strict=True)
        if places:
            found |= zip(places, await self._located([*places.values()]), strict=True)
        if conversions:
            found |= zip(conversions, await self._converted([*conversions.values()]), strict=True)
        return [found[n] for n in range(len(asked))]

    async def _geocoded(self, queries: Sequence[Query]) -> list[Outcome]:
        world = self._geocoder.world
        plans = await self._turns.each(partial(forward.plan_query, world), queries)
        wanted = [each for plan in plans for each in plan.wanted]
        probed = iter(await self._geocoder.probes.find(wanted))
        pairs = [(plan, list(islice(probed, len(plan.wanted)))) for plan in plans]

        def finished(pair: tuple[Plan, list[Probed]]) -> Outcome:
            return self._place(world, forward.finish(world, *pair))

        return await self._turns.each(finished, pairs)

    def _place(self, world: World, answer: Answer) -> Outcome:
        verdict = forward.validate(world, answer)
        if self._wanted.verdicts:
            return self._judged(world, verdict)
        features = [feature(each) for each in answer.best]
        return judged(verdict, {"features": features})

    def _judged(self, world: World, verdict: Verdict) -> Outcome:
        return judged(verdict, verdict_out(verdict, world.describe, self._wanted.language))

    async def _checked(self, texts: Sequence[str]) -> list[Outcome]:
        world = self._geocoder.world

        def told(verdict: Verdict | AddrsvcError) -> Outcome:
            if isinstance(verdict, AddrsvcError):
                return refused(verdict)
            return self._judged(world, verdict)

        return await self._turns.each(told, await self._codes.check(texts))

    async def _located(self, places: Sequence[Place]) -> list[Outcome]:
        wanted = self._wanted

        async def ask(some: Sequence[Place], conn: Reader) -> list[Whereabouts]:
            return await reverse_many(
                conn,
                self._units,
                some,
                today=wanted.today,
                limit=wanted.limit,
                radius_m=wanted.radius_m,
            )

        found: list[Whereabouts] = []
        for at in range(0, len(places), _POINTS):
            async with self._doors.points:
                asking = partial(ask, places[at : at + _POINTS])
                found += await ask_lookups(self._doors.lookups, asking)

        def told(pair: tuple[Whereabouts, Place]) -> Outcome:
            around, place = pair
            answer = whereabouts_out(around, place.point, place.day, wanted.language)
            del answer["geocoding"], answer["type"]
            return Outcome(status_of_place(around), answer)

        return await self._turns.each(told, zip(found, places, strict=True))

    async def _converted(self, conversions: Sequence[Conversion]) -> list[Outcome]:
        points = [(each.asked.point, each.day) for each in conversions]
        placed = [(point, day) for point, day in points if point is not None]
        async with self._doors.pool.connection() as conn:
            loaded = await self._units.current(conn)
            around = iter(await service.communes_at(conn, placed))
        located = [None if point is None else next(around) for point, _ in points]

        def told(pair: tuple[Conversion, LocatedCommune | None]) -> Outcome:
            asked, day = pair[0].asked, pair[0].day
            try:
                found = converting.convert_located(loaded, asked, day, pair[1])
            except AddrsvcError as error:
                return refused(error)
            answer = conversion_out(found.conversion, day, self._wanted.language, found.status)
            return Outcome("certain" if answer["settled"] else "review", answer)

        return await self._turns.each(told, zip(conversions, located, strict=True))


def refused(problem: AddrsvcError) -> Outcome:
    """Give the outcome of a question the single call would answer a problem."""
    status: Status = "not_found" if problem.kind is Kind.NOT_FOUND else "refused"
    return Outcome(status, problem=problem)


def judged(verdict: Verdict, answer: dict[str, Any]) -> Outcome:
    """Give the outcome of a question about an address."""
    status: Status = "review" if verdict.category == "C" else "certain"
    if not verdict.matches:
        status = "not_found"
    return Outcome(status, answer, verdict.category, verdict.next_action)


def status_of_place(found: Whereabouts) -> Status:
    """Say whether the commune around a point is sure."""
    if found.commune is not None:
        return "certain" if found.commune.certainty == "boundary" else "review"
    return "review" if found.former is not None and found.former.present else "not_found"
