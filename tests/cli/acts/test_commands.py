"""The commands of bulk acts, from a mapping file to the list of what a person must decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bulk_acts_world import MAPPING, OLD_TWO, World, acts_template, house, world
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import acts
from addrsvc.db.roles import WRITER
from addrsvc.errors import InvalidInput
from addrsvc.registry.bulk_acts.errors import ActStatusRefused, ReasonMissing

__all__ = ["acts_template", "world"]

BY = ("--on", "2025-07-01", "--instrument", "1/NQ", "--issued", "2025-06-16", "--issuer", "Mẫu")


class Command:
    """Runs commands of the group in this process."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._set = monkeypatch.setenv
        self._set("ADDRSVC_DATABASE_URL", as_role(world.url, WRITER))

    def __call__(self, *arguments: str, language: str = "C.UTF-8") -> str:
        """Run one to its end and give what it said."""
        self._set("LC_ALL", language)
        done = CliRunner().invoke(acts.app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def addrsvc(world: World, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command line on the database of this test."""
    return Command(world, monkeypatch)


def test_from_a_mapping_file_to_the_undoing(world: World, addrsvc: Command, tmp_path: Path) -> None:
    world.add(house(106.62, number="1", street="=Lê Lợi"), house(commune=OLD_TWO, number="=5"))
    before = world.state()
    path = tmp_path / "mapping.csv"
    lines = [f"{r.from_code},{r.to_code},{r.kind},{r.share or ''}" for r in MAPPING]
    path.write_text("\n".join(["from_code,to_code,kind,share", *lines]), encoding="utf-8")
    assert addrsvc("plan", "reorganise", "--mapping", str(path), *BY).startswith("1\t2025-07-01")
    page, points = tmp_path / "map.html", tmp_path / "map.geojson"
    said = addrsvc("preview", "1", "--map", str(page), language="vi_VN.UTF-8")
    assert "25701 → 25747" in said
    assert "cần người quyết định" in said
    assert "Phường Tây" in page.read_text(encoding="utf-8")
    addrsvc("preview", "1", "--map", str(points))
    assert len(json.loads(points.read_bytes())["features"]) == 1
    assert "Act 1 is done." in addrsvc("run", "1")
    table = tmp_path / "undecided.csv"
    addrsvc("undecided", "1", "--out", str(table))
    assert "no-evidence" in (text := table.read_text(encoding="utf-8-sig"))
    assert ",'=5," in text, "no cell is read as a formula"
    with pytest.raises(ReasonMissing):
        addrsvc("undo", "1")
    addrsvc("undo", "1", "--reason", "nhầm")
    assert world.state() == before
    assert "1/NQ, 2025-06-16, Mẫu" in addrsvc("show", "1")
    with pytest.raises(ActStatusRefused):
        addrsvc("run", "1")


def test_the_other_kinds_are_planned_listed_and_cancelled(addrsvc: Command, tmp_path: Path) -> None:
    area, numbers, codes = (tmp_path / name for name in ("area.json", "numbers.csv", "codes.txt"))
    ring = [[106.6, 10.9], [106.7, 10.9], [106.7, 11.0], [106.6, 10.9]]
    shape = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    area.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
    numbers.write_text("old,new\n1,3\n")
    codes.write_text("75123-00001\n")
    west = ("--commune", "25747")
    for arguments in (
        ("name-street", "--to", "A", *west, "--area", str(area), "--side", "odd"),
        ("name-street", "--from", "B", "--to", "A", *west, "--codes", str(codes)),
        ("renumber", "--street", "A", *west, "--numbers", str(numbers)),
        ("renumber", "--street", "A", *west, "--prefix", "48"),
        ("move-locality", *west, "--name", "Khu phố 1", "--new-name", "Khu phố Mẫu"),
    ):
        addrsvc("plan", *arguments, *BY)
    for wrong in (
        ("name-street", "--to", "A", *west),
        ("name-street", "--to", "A", *west, "--area", str(numbers)),
        ("renumber", "--street", "A", *west),
        ("reorganise",),
        ("reorganise", "--links"),
    ):
        with pytest.raises(InvalidInput):
            addrsvc("plan", *wrong, *BY)
    with pytest.raises(AssertionError, match="odd, even"):
        addrsvc("plan", "name-street", "--to", "A", *west, "--side", "left", *BY)
    addrsvc("cancel", "2")
    assert len(addrsvc("list").splitlines()) == 5
