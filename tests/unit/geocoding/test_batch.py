"""Files: rows in = rows out, killed and resumed, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from geocoding_world import (
    THU_DAU_MOT,
    TODAY,
    Register,
    house,
    place,
    reading,
    small_world,
)

from addrsvc.geocoding import batch
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.batch import COLUMNS, OutputOfAnother, geocode_file, receipt_path
from addrsvc.geocoding.forward import World, geocode
from addrsvc.geocoding.geocodejson import feature
from addrsvc.geocoding.probe import Probed, Wanted
from addrsvc.geocoding.structured import unit_components
from addrsvc.parsing.model import Component, ComponentType, Parsed, Status
from addrsvc.tabular.errors import ColumnUnknown

pytestmark = pytest.mark.anyio

REGISTER = {
    ("le loi", f"{n:05}"): [house(str(n), "Đường Lê Lợi", "25747", f"75123{n:05}")]
    for n in range(1, 6)
}


def _parsed(text: str) -> Parsed:
    number = text.split(" ", maxsplit=1)[0]
    if not number.isdigit():
        return Parsed(text, (), ())
    units = (reading(THU_DAU_MOT),)
    below = (
        Component(ComponentType.HOUSE_NUMBER, number, (0, 1), Status.UNCONFIRMED, f"{number:0>5}"),
        Component(ComponentType.THOROUGHFARE, "Lê Lợi", (2, 8), Status.UNCONFIRMED, "le loi"),
    )
    return Parsed(text, (*below, *unit_components(units[0])), units)


class _Reads(dict[str, Parsed]):
    def __missing__(self, text: str) -> Parsed:
        return _parsed(text)


@pytest.fixture
def world() -> World:
    return small_world(place("le loi", "Đường Lê Lợi", "25747"), texts=_Reads())


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(
        'id,address\n1,1 Lê Lợi\n=2+3,"2 Lê Lợi"\n3,\n4,99 Lê Lợi\n5,???\n'
        f'6,{"x" * 2001}\n7,cut,off,here\n8,"5 Lê Lợi, P. 1"\n',
        encoding="utf-8",
    )
    return path


async def test_every_row_comes_out_in_order(world: World, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    register = Register(REGISTER)
    receipt = await geocode_file(source, out, "address", probe=register, world=world, at=TODAY)
    rows = _rows(out)
    assert [row["id"] for row in rows] == ["1", "'=2+3", "3", "4", "5", "6", "7", "8"]
    assert [row["geocode_status"] for row in rows] == [
        "certain",
        "certain",
        "empty",
        "review",
        "not_found",
        "too_long",
        "unreadable",
        "certain",
    ]
    assert list(rows[0])[2:] == list(COLUMNS)
    assert register.trips == 1
    assert receipt.complete
    assert receipt.rows == sum(receipt.counts.values()) == 8
    assert json.loads(receipt_path(out).read_text())["sha256"] == receipt.sha256
    assert rows[3]["geocode_findings"] == "house-number-not-registered"


async def test_figures_are_those_of_the_api(world: World, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    register = Register(REGISTER)
    await geocode_file(source, out, "address", probe=register, world=world, at=TODAY)
    answer = await geocode(register, world, Query(at=TODAY, text="2 Lê Lợi"))
    api = feature(answer.matches[0])
    row = _rows(out)[1]
    shown = api["properties"]["geocoding"]
    assert row["geocode_label"] == shown["label"]
    assert float(row["geocode_confidence"]) == shown["confidence"]
    assert float(row["geocode_gap"]) == shown["gap"]
    assert [float(row["geocode_lon"]), float(row["geocode_lat"])] == api["geometry"]["coordinates"]
    assert row["geocode_code"] == shown["code"]


class _Dies(Register):
    """A registry that goes away after some trips."""

    def __init__(self, trips: int) -> None:
        super().__init__(REGISTER)
        self._left = trips

    async def find(self, wanted: Sequence[Wanted]) -> list[Probed]:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return await super().find(wanted)


async def test_killed_it_goes_on_where_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH", 2)
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = "".join(f"{n},{n % 6} Lê Lợi\n" for n in range(9))
    source.write_text(f"id,address\n{lines}", encoding="utf-8")
    for trips in (0, 1, 2):
        with pytest.raises(KeyboardInterrupt):
            await geocode_file(source, out, "address", probe=_Dies(trips), world=world, at=TODAY)
        if out.exists():
            assert all(len(row) == 2 + len(COLUMNS) for row in _rows(out))
    with out.open("ab") as file:
        file.write(b'"half a li')
    seen: list[int] = []
    receipt = await geocode_file(
        source,
        out,
        "address",
        probe=Register(REGISTER),
        world=world,
        at=TODAY,
        report=lambda done: seen.append(done.rows),
    )
    assert [row["id"] for row in _rows(out)] == [str(n) for n in range(9)]
    assert receipt.rows == 9
    assert seen[0] > 2
    again = await geocode_file(source, out, "address", probe=_Dies(0), world=world, at=TODAY)
    assert again == receipt


async def test_what_it_refuses(world: World, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    probe = Register()
    with pytest.raises(ColumnUnknown):
        await geocode_file(source, out, "nowhere", probe=probe, world=world, at=TODAY)
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputOfAnother):
        await geocode_file(source, out, "address", probe=probe, world=world, at=TODAY)
    assert out.read_text(encoding="utf-8") == "mine"
    out.unlink()
    await geocode_file(source, out, "address", probe=probe, world=world, at=TODAY)
    source.write_text("id,address\n1,2 Lê Lợi\n", encoding="utf-8")  # noqa: ASYNC240
    with pytest.raises(OutputOfAnother):
        await geocode_file(source, out, "address", probe=probe, world=world, at=TODAY)
