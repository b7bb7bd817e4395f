"""What one process geocodes with: one copy of the units, out of the collector's view."""

from __future__ import annotations

import gc

import pytest
from geocoding_fixtures import CLOCK

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.db.doors import Doors
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.loading import load
from addrsvc.geocoding.world import Geocoder, load_geocoder
from addrsvc.parsing.lexicon import UnitLexicon

pytestmark = pytest.mark.anyio


async def test_what_was_read_first_is_set_aside_once(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    follower = Follower(doors.pool)
    geocoder = Geocoder(doors, CLOCK, follower, UnitsInMemory())
    geocoder.set_aside()
    with pytest.raises(GeocoderLoading):
        assert geocoder.world
    async with doors.pool.connection() as conn:
        await geocoder.refresh(conn)
        geocoder.set_aside()
        assert frozen == []  # the names are not there yet
        follower.gazetteer = await load(conn)
    for _ in range(2):
        geocoder.set_aside()
    assert frozen == [True]
    assert geocoder.world is geocoder.world


async def test_the_units_are_there_once(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[UnitLexicon] = []
    begin = UnitLexicon.__init__

    def counted(lexicon: UnitLexicon, *arguments: object, **more: object) -> None:
        made.append(lexicon)
        begin(lexicon, *arguments, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(UnitLexicon, "__init__", counted)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    geocoder = await load_geocoder(doors, CLOCK)
    async with doors.pool.connection() as conn:
        before = geocoder.world
        await geocoder.refresh(conn)
    assert geocoder.world is before
    assert len(made) == 1
