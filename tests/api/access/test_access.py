"""Every route, asked by everybody, about every kind of address: what the access table says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from access_table import TABLE, Row, askers
from access_world import World, outcome, routes_of, running

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.app import create_app
from addrsvc.settings import Settings


def test_every_route_stands_in_the_table() -> None:
    """Whoever adds a route says in tests/access_table.py who gets what of it."""
    there = routes_of(create_app(Settings()))
    listed = {each.route for each in TABLE}
    assert there - listed == set(), "routes without a row in tests/access_table.py"
    assert listed - there == set(), "rows of tests/access_table.py without a route"
    names = [each.name for each in TABLE]
    assert len(names) == len(set(names))


def verdict(world: World, row: Row, target: str, answer: httpx.Response, expected: str) -> str:
    """Give the class of an answer that a row expects."""
    seen = outcome(answer)
    if expected == "closed":  # led to the sign-in page, or refused
        is_closed = answer.status_code in {303, 400, 401, 403, 404, 409, 422}
        return "closed" if is_closed else f"{answer.status_code}"
    if expected in {"shown", "hidden", "either"} and seen == "ok":
        if answer.status_code != 200 and expected == "shown":
            return f"{answer.status_code}: {answer.text[:200]}"
        return "shown" if world.is_shown(row, target, answer) else "hidden"
    return seen


LISTS = {"shown", "hidden", "either"}


@pytest.mark.usefixtures("untraced")
def test_everybody_gets_what_the_table_says(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    make_units: Callable[[], UnitsInMemory],
) -> None:
    wrong: list[str] = []
    faults: set[str] = set()
    asked = 0

    async def everything(url: str) -> None:
        nonlocal asked
        async with running(url, make_units()) as world:
            for row in TABLE:
                per_target = "{ref}" in f"{row.route}{row.path}{row.body}" or any(
                    "{" + name + "}" in f"{row.path}{row.body}" for name in ("code", "line", "lon")
                )
                for asker in askers(row):
                    answer = None
                    for target in row.targets:
                        if answer is None or per_target:
                            answer = await world.ask(row, asker, target)
                            asked += 1
                        expected = row.rule(row, asker, target)
                        seen = verdict(world, row, target, answer, expected)
                        if seen != expected and not (expected == "either" and seen in LISTS):
                            wrong.append(
                                f"{row.name} | {asker.name} | {target}: "
                                f"{seen}, where the table says {expected}"
                            )
            faults.update(world.faults)

    with clone_database(registry_template) as url:
        asyncio.run(everything(url))
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong[:100])
    assert not faults, "\n".join(sorted(faults))
    assert asked > 1_500
