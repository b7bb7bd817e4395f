"""The demo's synthetic plans: made once, all of them marked, with something to compare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import shapely
import sqlalchemy as sa
from registry_fixtures import EAST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import ANONYMOUS
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import area_m2
from addrsvc.planning import demo
from addrsvc.planning.changes.computing import Pieces, overlay, summed
from addrsvc.planning.changes.model import ComparisonState
from addrsvc.planning.changes.service import find_comparison
from addrsvc.planning.model import PlanStatus, Wanted
from addrsvc.planning.service import list_plans

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 1, 5, 3, tzinfo=UTC))


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


async def test_two_plans_are_made_once_and_say_that_they_are_invented(engine: AsyncEngine) -> None:
    for _ in range(2):
        await demo.fill(engine, CLOCK, [WEST, EAST, "99999"])
    async with transaction(engine) as conn:
        (new, old), _ = await list_plans(conn, ANONYMOUS, Wanted())
        assert (new.status, old.status) == (PlanStatus.PUBLISHED, PlanStatus.SUPERSEDED)
        assert new.replaces == (old.plan_id,)
        assert new.described.is_synthetic
        assert old.described.is_synthetic
        assert set(new.communes) == {WEST, EAST}
        assert min(new.zones, old.zones) > 60
        comparison = await find_comparison(conn, new.plan_id, [old.plan_id])
        assert comparison.state is ComparisonState.WAITING
        told = (await conn.execute(sa.text("SELECT plan_id FROM plan_telling"))).all()
    assert [each.plan_id for each in told] == [new.plan_id], "the old one has long been in force"


async def test_where_no_ground_is_known_nothing_is_made(engine: AsyncEngine) -> None:
    await demo.fill(engine, CLOCK, ["99999"])
    async with transaction(engine) as conn:
        assert (await list_plans(conn, ANONYMOUS, Wanted()))[0] == []


def test_the_same_ground_gives_the_same_plans_without_overlaps() -> None:
    ground = shapely.box(106.65, 10.95, 106.70, 11.00).buffer(0.002)
    before, after = demo.draw([ground])
    assert (before, after) == demo.draw([ground])
    for zones in (before, after):
        assert all(shape.is_valid for _, shape in zones)
        whole = sum(shape.area for _, shape in zones)
        assert shapely.union_all([shape for _, shape in zones]).area == pytest.approx(whole)
        assert 0.85 * ground.area < whole < ground.area * (1 + 1e-9)
    found = summed(overlay(Pieces.of(after), Pieces.of(before)))
    changed = sum(area for pair, (area, _) in found.items() if pair[0] != pair[1])
    assert 0.05 * area_m2(ground) < changed < 0.6 * area_m2(ground)
    assert ("ODT", "DGT") in found or ("CLN", "DGT") in found, "a road is built"
