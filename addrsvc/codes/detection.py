"""How many slips of the hand each check-digit method lets through, counted over every code.

A method here is a machine of ten states, read out of the checksum function of
``python-stdnum`` itself. Each digit permutes the states (asserted), so a slip goes unseen
exactly when the digits it touched lead from one state to the same state as before. Counting
states instead of words makes the count exact over all 10^10 eleven-digit words in a moment.

>>> counted = count(METHODS["Damm"], SLIPS["single digit: a → b"])
>>> counted.unseen, counted.total
(0, 990000000000)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import stdnum.damm
import stdnum.iso7064.mod_11_10
import stdnum.verhoeff

from addrsvc.codes.slips import SLIPS, Slip, Window

PLATE_LENGTH = 11
"""Ten digits of the code and the check digit."""


@dataclass(frozen=True)
class Method:
    """A check-digit method: its checksum, the accepting value, the end it starts from."""

    checksum: Callable[[str], int]
    accept: int
    leftwards: bool = False


@dataclass(frozen=True)
class Count:
    """Pairs of (valid word, slip that changes it): all, and those ending on a valid word."""

    unseen: int
    total: int

    @property
    def caught_percent(self) -> float:
        """Give the share of slips the method notices, in percent."""
        return 100 * (1 - self.unseen / self.total)


METHODS: dict[str, Method] = {
    "Damm": Method(stdnum.damm.checksum, accept=0),
    "Verhoeff": Method(stdnum.verhoeff.checksum, accept=0, leftwards=True),
    "ISO 7064 mod 11,10": Method(stdnum.iso7064.mod_11_10.checksum, accept=1),
}

_Steps = list[dict[int, tuple[int, ...]]]
"""For each position in reading order: state → next state by digit."""


def _steps(method: Method) -> _Steps:
    """Read the machine out of the checksum, one representative word for each state."""
    words = {method.checksum(""): ""}
    steps: _Steps = []
    for _ in range(PLATE_LENGTH):
        step: dict[int, tuple[int, ...]] = {}
        longer: dict[int, str] = {}
        for state, word in words.items():
            grown = [f"{d}{word}" if method.leftwards else f"{word}{d}" for d in range(10)]
            step[state] = tuple(method.checksum(g) for g in grown)
            longer |= dict(zip(step[state], grown, strict=True))
        for digit in range(10):
            if len({row[digit] for row in step.values()}) != len(step):
                raise AssertionError("a digit merges two states: the count would be wrong")
        steps.append(step)
        words = longer
    return steps


def _words_into(steps: _Steps) -> list[dict[int, int]]:
    """Count the beginnings that lead to each state, by length."""
    reached = [dict.fromkeys(steps[0], 1)]
    for step in steps:
        following: dict[int, int] = {}
        for state, row in step.items():
            for target in row:
                following[target] = following.get(target, 0) + reached[-1][state]
        reached.append(following)
    return reached


def _words_out(steps: _Steps, accept: int) -> list[dict[int, int]]:
    """Count the endings that lead from each state to acceptance, by length already read."""
    endings = [{accept: 1}]
    for step in reversed(steps):
        following = endings[0]
        endings.insert(0, {s: sum(following.get(t, 0) for t in row) for s, row in step.items()})
    return endings


def _run(steps: _Steps, position: int, state: int, window: Window) -> int:
    for offset, digit in enumerate(window):
        state = steps[position + offset][state][digit]
    return state


def count(method: Method, slip: Slip) -> Count:
    """Count the slips of one kind over every valid word and every position."""
    steps = _steps(method)
    into, out = _words_into(steps), _words_out(steps, method.accept)
    turn = -1 if method.leftwards else 1
    unseen = total = 0
    for position in range(PLATE_LENGTH - slip.width + 1):
        after = out[position + slip.width]
        for state, beginnings in into[position].items():
            for window in product(range(10), repeat=slip.width):
                target = _run(steps, position, state, window[::turn])
                words = beginnings * after.get(target, 0)
                for changed in slip.outcomes(window):
                    total += words
                    if _run(steps, position, state, changed[::turn]) == target:
                        unseen += words
    return Count(unseen=unseen, total=total)


def table() -> str:
    """Write the comparison as a Markdown table: percent of slips noticed."""
    lines = [f"| slip | {' | '.join(METHODS)} |", "|---|" + "---|" * len(METHODS)]
    for name, slip in SLIPS.items():
        cells = (f"{count(method, slip).caught_percent:.2f} %" for method in METHODS.values())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
