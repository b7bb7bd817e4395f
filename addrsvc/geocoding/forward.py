"""Find the place an address means: a text or components in, places out, best first.

house → same alley → between two numbers → street → locality → commune → province. Each answer
says its level and how far it may be off; an answer outside the communes the text means is a
candidate that says so, and never comes first by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from addrsvc.geocoding.answers import Match, Query
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.candidates import candidates_of
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.planning import Plan, make_plan
from addrsvc.geocoding.probe import Probed, Wanted
from addrsvc.geocoding.ranking import rank
from addrsvc.geocoding.scopes import DescribeUnit, Scope
from addrsvc.geocoding.structured import FindUnit, ReadUnits, read_given
from addrsvc.geocoding.verdict import Verdict, judge
from addrsvc.parsing.model import Parsed

Resolve = Callable[[Parsed, date], tuple[Scope, ...]]
"""Brings the units a text names to the units of a day, best reading first."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything in memory that geocoding needs; answers come from it and one probe."""

    read: Callable[[str], Parsed]
    read_units: ReadUnits
    find_unit: FindUnit
    resolve: Resolve
    describe: DescribeUnit
    areas: Areas
    gazetteer: Gazetteer
    today: date
    """The day of the areas and of the registry's communes."""


class Probe(Protocol):
    """Looks numbers up in the registry: one round trip for any number of them."""

    async def find(self, wanted: Sequence[Wanted]) -> list[Probed]:
        """Give what stands where each number was looked for, in the order asked."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """How a query was read, and every place it may mean, best first."""

    plan: Plan
    matches: tuple[Match, ...]

    @property
    def best(self) -> tuple[Match, ...]:
        """Give as many as were asked for."""
        return self.matches[: self.plan.query.limit]


def plan_query(world: World, query: Query) -> Plan:
    """Read a query and look its names up in memory."""
    if query.given is not None:
        parsed = read_given(query.given, query.at, world.read_units, world.find_unit)
    else:
        parsed = world.read(query.text or "")
    scopes = world.resolve(parsed, world.today)
    return make_plan(query, parsed, scopes, world.gazetteer, world.areas)


def finish(world: World, plan: Plan, probed: Sequence[Probed]) -> Answer:
    """Rank what the registry said; ``probed`` answers ``plan.wanted``, in its order."""
    return Answer(plan, rank(candidates_of(plan, probed, world.areas)))


async def geocode(probe: Probe, world: World, query: Query) -> Answer:
    """Find the places a query may mean.

    Raises:
        psycopg.Error, PoolTimeout: the database does not answer.
    """
    plan = plan_query(world, query)
    probed = await probe.find(plan.wanted) if plan.wanted else []
    return finish(world, plan, probed)


async def geocode_many(probe: Probe, world: World, queries: Sequence[Query]) -> list[Answer]:
    """Answer many queries with one round trip; each as :func:`geocode` would.

    Raises:
        psycopg.Error, PoolTimeout: the database does not answer.
    """
    plans = [plan_query(world, query) for query in queries]
    wanted = [each for plan in plans for each in plan.wanted]
    probed = await probe.find(wanted) if wanted else []
    answers, at = [], 0
    for plan in plans:
        after = at + len(plan.wanted)
        answers.append(finish(world, plan, probed[at:after]))
        at = after
    return answers


def validate(world: World, answer: Answer) -> Verdict:
    """Say what may be done with an address that was geocoded."""
    plan = answer.plan
    scopes_at = plan.scopes
    if plan.query.at != world.today:
        scopes_at = world.resolve(plan.parsed, plan.query.at)
    return judge(plan, answer.matches, scopes_at, world.describe)
