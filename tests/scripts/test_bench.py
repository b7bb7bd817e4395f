"""The measuring itself: aims, medians of paired ratios, and the JSON others read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import http_rounds
from benchmarks.figures import Figure, as_json, as_table
from benchmarks.http_rounds import Comparison, Load

_SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def test_an_aim_is_met_on_its_better_side() -> None:
    assert Figure("f", 1, "s", aim=1).met is True
    assert Figure("f", 0.9, "s", aim=1).met is False
    assert Figure("f", 1, "s", aim=1, better="lower").met is True
    assert Figure("f", 1.1, "s", aim=1, better="lower").met is False


def test_figures_show_their_aims_to_people_and_programs() -> None:
    figures = [Figure("ratio", 0.71, "", 0.7), Figure("rate", 12345.6, "per s")]
    header, first, second = as_table(figures).splitlines()
    assert header.split() == ["figure", "value", "unit", "aim"]
    assert first.split() == ["ratio", "0.71", "≥", "0.7", "met"]
    assert second.split() == ["rate", "12,346", "per", "s"]
    assert json.loads(as_json(figures)) == {
        "ratio": {"value": 0.71, "unit": "", "aim": 0.7, "met": True},
        "rate": {"value": 12345.6, "unit": "per s", "aim": None, "met": None},
    }


def test_ratios_are_paired_within_rounds() -> None:
    # The machine slows down threefold in the last round; the endpoint stays at half the no-op.
    loads = {
        "no-op": [Load(9000, 1, 2), Load(8000, 1, 2), Load(3000, 1, 6)],
        "lookup": [Load(4500, 1, 4), Load(4400, 1, 4), Load(1500, 1, 12)],
    }
    comparison = Comparison("no-op", loads)
    assert comparison.ratio("lookup") == 0.5
    assert comparison.p99_ratio("lookup") == 2
    assert comparison.requests_per_s("lookup") == 4400
    assert comparison.unrest() == 3


def test_errors_under_load_are_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = 'RESULT {"requests":9,"us":1000000,"p50":1000.0,"p99":2000.0,"bad":%d}\n'
    endpoint = http_rounds.Endpoint("e", "http://127.0.0.1:9", ["/", "/missing"])

    def answer(bad: int) -> None:
        done = subprocess.CompletedProcess([], 0, stdout=said % bad)
        monkeypatch.setattr(http_rounds.subprocess, "run", lambda *_a, **_k: done)

    answer(bad=0)
    assert http_rounds.ask(endpoint, connections=1, seconds=1) == http_rounds.Load(9, 1, 2)
    answer(bad=1)
    with pytest.raises(RuntimeError, match="e failed under load"):
        http_rounds.ask(endpoint, connections=1, seconds=1)


def test_the_last_line_is_the_json(tmp_path: Path) -> None:
    printed = subprocess.check_output(
        [sys.executable, "-m", "benchmarks", "codes", "--json"],
        env={**os.environ, "PYTHONPATH": f"{_SCRIPTS}:{_SCRIPTS.parent}"},
        cwd=tmp_path,
        text=True,
    )
    figures = json.loads(printed.splitlines()[-1])
    assert figures["read a typed code"]["unit"] == "per s"
    assert all(figure["value"] > 0 for figure in figures.values())
