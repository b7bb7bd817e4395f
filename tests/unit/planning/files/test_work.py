"""The child's own code, in this process: nothing is shut in here."""

from __future__ import annotations

import io
import json
import struct
from base64 import b64encode
from pathlib import Path
from typing import Any

import planning_files as made
import pytest
import shapely
from shapely.errors import GEOSException

from addrsvc.planning.files import cage, kept, tasks, work
from addrsvc.planning.files.child import TOO_LARGE
from addrsvc.planning.files.report_json import from_json

Told = dict[str, Any]


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Told]:
    caps: list[Told] = []
    monkeypatch.setattr(cage, "shut", lambda **given: caps.append(given))
    monkeypatch.setattr("gc.disable", lambda: None)
    monkeypatch.chdir(tmp_path)
    return caps


def order(monkeypatch: pytest.MonkeyPatch, task: str, **given: Any) -> Told:
    told = {"task": task, "given": given, "memory_bytes": 5, "cpu_seconds": 6, "parent": 7}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(told)))
    work.main()
    found: Told = json.loads(Path("result.json").read_text(encoding="utf-8"))
    return found


def test_it_is_shut_in_before_it_does_what_is_ordered(
    monkeypatch: pytest.MonkeyPatch, shut: list[Told], tmp_path: Path
) -> None:
    path = made.write_geojson(tmp_path / "a", made.zones())
    told = order(monkeypatch, "layers", path=str(path))
    assert shut == [{"memory_bytes": 5, "cpu_seconds": 6, "parent": 7}]
    assert told == {"result": {"layers": [{"name": "GeoJSON", "is_areal": True}]}}


def test_errors_are_told_with_their_facts(
    monkeypatch: pytest.MonkeyPatch, shut: list[Told], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"%PDF")
    told = order(monkeypatch, "layers", path=str(tmp_path / "a"))
    assert told == {"error": {"slug": "plan-format-refused", "facts": {"found": "PDF"}}}


def test_want_of_memory_ends_it_at_once(monkeypatch: pytest.MonkeyPatch, shut: list[Told]) -> None:
    class EndedError(Exception):
        """Stands for the end of the process."""

    def ended(code: int) -> None:
        raise EndedError(code)

    def full(_: Told) -> Told:
        raise MemoryError

    monkeypatch.setattr(tasks, "list_layers", full)
    monkeypatch.setattr("os._exit", ended)
    with pytest.raises(EndedError, match=str(TOO_LARGE)):
        order(monkeypatch, "layers", path="a")


def given_for(path: Path, folder: Path) -> Told:
    lon, lat = made.HERE
    around = shapely.box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)
    return {
        "path": str(path),
        "folder": str(folder),
        "options": {"crs": None, "layer": None, "encoding": None},
        "terms": {
            "code_list": "land-use-2018",
            "territory": b64encode(shapely.to_wkb(around)).decode(),
            "code_column": None,
            "label_column": None,
        },
    }


def test_zones_are_checked_and_kept(tmp_path: Path) -> None:
    path = made.write_geojson(tmp_path / "a", made.in_metres(made.zones()))
    report = from_json(tasks.check_zones(given_for(path, tmp_path))["report"])
    assert (report.features, report.zones, report.crs_from) == (3, 3, "guessed")
    assert [row.n for row in kept.read(tmp_path, [])] == [1, 2, 3]


@pytest.mark.parametrize(
    ("said", "kind"), [("std::bad_alloc", MemoryError), ("TopologyException", GEOSException)]
)
def test_what_geos_says_of_memory_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, kind: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise GEOSException(said)

    monkeypatch.setattr(tasks, "check", fail)
    given = given_for(made.write_geojson(tmp_path / "a", made.zones()), tmp_path)
    with pytest.raises(kind):
        tasks.check_zones(given | {"terms": given["terms"] | {"territory": None}})


def answer_of(program: bytes, arch: int, call: int) -> int:
    """Run a filter as the kernel would."""
    steps = list(struct.iter_unpack("=HBBI", program))
    at, held = 0, 0
    while True:
        code, if_so, if_not, value = steps[at]
        if code == 0x20:
            held = {0: call, 4: arch}[value]
        elif code == 0x06:
            return int(value)
        else:
            holds = held == value if code == 0x15 else held >= value
            at += if_so if holds else if_not
        at += 1


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_its_calls_and_no_others(machine: str) -> None:
    audit, calls = cage._CALLS[machine]
    program = cage._program(audit, calls)
    refused = {n for n in range(500) if answer_of(program, audit, n) == cage._REFUSE}
    assert refused == set(calls)
    assert answer_of(program, audit, 0x40000000 + 1) == cage._REFUSE
    assert answer_of(program, audit + 1, 1) == cage._REFUSE
