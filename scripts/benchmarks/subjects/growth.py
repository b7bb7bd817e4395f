"""How reading time grows with the length of a hostile text: the exponent, which must be ≤ 1.2.

``normalise``, ``tokenise``, ``UnitReader.read`` and ``AddressReader.read`` are given each text of
``benchmarks.hostile`` at 1,000 to 64,000 characters; the exponent is the slope of logarithms over
the last three doublings: processor time, best of five readings, the garbage collector off, measured
again where it is above, since other work bends a line. The reader's caps on the length of a text
are lifted for this, so that the layers below are measured and not the caps; ``AddressReader.read``
as it stands (capped) is shown beside, in milliseconds at the longest text. Ends with 1 when an
exponent is above. About two minutes.
"""

from __future__ import annotations

import gc
import math
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from benchmarks import reading
from benchmarks.figures import Figure
from benchmarks.hostile import TEXTS

GATE = True
LIMIT = 1.2
_LENGTHS = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)
_READINGS = 5
_AGAIN = 3
_LONGEST_S = 20.0
"""A reading that takes longer says enough; longer texts are not tried."""
_NEGLIGIBLE_S = 2e-4
"""Faster than this, the clock and the caches are measured."""


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--longest", type=int, default=_LENGTHS[-1], help="characters")


def run(arguments: Namespace) -> list[Figure]:
    """Measure every layer on every text; show the worst text of each layer."""
    figures = []
    lengths = [length for length in _LENGTHS if length <= arguments.longest]
    layers = reading.layers_without_cap()
    for layer, read in layers.items():
        exponents = {}
        for name, make in TEXTS.items():
            exponents[name] = _exponent(read, make, lengths)
        worst = max(exponents, key=exponents.__getitem__)
        figures.append(
            Figure(f"{layer}: worst exponent ({worst})", exponents[worst], "", LIMIT, "lower")
        )
    capped = reading.layers()["AddressReader.read"]
    slowest = max(_best_s(capped, make(lengths[-1])) for make in TEXTS.values())
    figures.append(
        Figure(f"AddressReader.read as it stands, {lengths[-1]:,} characters", slowest * 1e3, "ms")
    )
    return figures


def exponent(times: dict[int, float]) -> float:
    """Give the slope of log(time) over log(length), over the longest four lengths.

    >>> exponent({1000: 1.0, 2000: 4.0, 4000: 16.0, 8000: 64.0}), exponent({1000: 1.0})
    (2.0, 0.0)
    """
    told = {length: seconds for length, seconds in times.items() if seconds > _NEGLIGIBLE_S}
    last = sorted(told)[-4:]
    if len(last) < 2:
        return 0.0
    across = [math.log(length) for length in last]
    along = [math.log(told[length]) for length in last]
    middle, height = sum(across) / len(across), sum(along) / len(along)
    over = sum((x - middle) * (y - height) for x, y in zip(across, along, strict=True))
    return round(over / sum((x - middle) ** 2 for x in across), 3)


def _exponent(
    read: Callable[[str], object], make: Callable[[int], str], lengths: list[int]
) -> float:
    """Measure; again where it is above the limit, since other work on the machine bends a line."""
    found = exponent(_times(read, make, lengths))
    for _ in range(_AGAIN):
        if found <= LIMIT:
            break
        found = min(found, exponent(_times(read, make, lengths)))
    return found


def _times(
    read: Callable[[str], object], make: Callable[[int], str], lengths: list[int]
) -> dict[int, float]:
    times: dict[int, float] = {}
    for length in lengths:
        times[length] = _best_s(read, make(length))
        if times[length] > _LONGEST_S:
            break
    return times


def _best_s(read: Callable[[str], object], text: str) -> float:
    best = math.inf
    gc.disable()
    try:
        for _ in range(_READINGS):
            begun = time.process_time()
            read(text)
            best = min(best, time.process_time() - begun)
            if best > 1:
                break
    finally:
        gc.enable()
    return best
