"""The benches of load in short: a scraper gets what is published, an overload is shed."""

from __future__ import annotations

import asyncio

import pytest
from benchmarks.http_rounds import running_service
from benchmarks.open_loop import Told
from benchmarks.subjects import overload, scraper

from addrsvc.auth.limits import RouteClass, table

pytestmark = pytest.mark.usefixtures("untraced")


def test_percentiles_are_of_what_was_accepted() -> None:
    told = Told()
    for ms in range(1, 101):
        told.note(200, ms / 1000)
    for _ in range(100):
        told.note(503, 9.0)
    assert told.share(200) == told.share(503) == 0.5
    assert 49 <= told.ms(50) <= 52
    assert told.ms(99) <= 101


def test_a_scraper_gets_no_more_than_is_published_and_people_are_served(
    database_url: str,
) -> None:
    codes = overload.fill(database_url, 500)
    with running_service(database_url, workers=2) as base:
        figures = asyncio.run(scraper.measure(base, codes, 2, "each worker"))
    values = {figure.name: figure.value for figure in figures}
    assert values["each worker, 1 addresses: asked"] > 100
    # the trial may lie across two minutes
    hits = values["each worker, 1 addresses: answered 200"]
    assert hits <= 2 * table.ANONYMOUS[RouteClass.LOOKUP].per_minute
    misses = values["each worker, 1 addresses: answered 404"]
    assert 0 < misses <= 2 * table.ANONYMOUS_MISSES.per_minute
    assert values["each worker, 50 addresses: answered 404"] <= 2 * 400
    for addresses in (1, 50):
        assert values[f"each worker, {addresses} addresses: people refused"] == 0
    assert values["each worker: guesses that were good"] == 0
    assert values["each worker: guesses of keys tried"] <= 20


def test_what_cannot_be_answered_is_shed_and_lookups_go_on(
    database_url: str,
) -> None:
    codes = overload.fill(database_url, 500)
    few = {"anonymous_per_minute": "1000000000", "requests_in_progress": "32"}
    with running_service(database_url, workers=2, **few) as base:
        found = asyncio.run(overload.measure(base, codes, 2, 3))
    assert found.searches.statuses[503] > 0
    assert found.searches.statuses[200] > 0
    assert found.searches.statuses[0] == 0
    assert found.lookups.share(200) > 0.9
    assert found.recovery_s < 30
