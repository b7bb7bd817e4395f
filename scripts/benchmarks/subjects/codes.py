"""How fast codes are drawn and read: neither may be what an import or a lookup waits for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import cycle

from addrsvc.codes.allocation import CodeSpace, take
from addrsvc.codes.code import parse_code
from addrsvc.codes.permutation import suffix_at, suffixes
from benchmarks.figures import Figure

_KEY = bytes(range(32))
_PREFIX = "00001"
_REPEATS = 9


def run() -> list[Figure]:
    """Measure shuffles, draws and readings; medians of nine repeats."""
    space = CodeSpace(_PREFIX, _KEY, next_counter=0)
    drawn = take(space, 50_000)
    typed = [code.plate for code in drawn.codes()[:1000]]
    turn = cycle(range(100_000))
    return [
        # Once per prefix and process: a first assignment waits for it.
        Figure("shuffle of a prefix", _shuffle_ms(), "ms", aim=100, better="lower"),
        Figure("suffix of a counter", _rate(lambda: _each_suffix(turn), 10_000), "per s", 500_000),
        # A province's 286,947 objects must be drawn in well under a second of its import.
        Figure(
            "draw 50,000 codes",
            _rate(lambda: take(space, 50_000).texts(), 50_000),
            "codes per s",
            aim=1e6,
        ),
        Figure("draw one code, prefix empty", _rate(lambda: _draw_one(space), 200), "per s", 500),
        Figure(
            "draw one code, half drawn", _rate(lambda: _draw_one(drawn.space), 200), "per s", 500
        ),
        Figure("read a typed code", _rate(lambda: _read(typed), 1000), "per s", aim=50_000),
    ]


def _shuffle_ms() -> float:
    def shuffle() -> None:
        suffixes.cache_clear()
        suffixes(_PREFIX, _KEY)

    return 1000 / _rate(shuffle, 1)


def _each_suffix(turn: cycle[int]) -> None:
    for _ in range(10_000):
        suffix_at(_PREFIX, _KEY, next(turn))


def _draw_one(space: CodeSpace) -> None:
    for _ in range(200):
        space = take(space, 1).space


def _read(typed: list[str]) -> None:
    for text in typed:
        parse_code(text)


def _rate(work: Callable[[], object], units: int) -> float:
    """Give units per second of some work that does so many; the median repeat."""
    work()
    taken_s = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        taken_s.append(time.perf_counter() - began)
    return units / statistics.median(taken_s)
