"""A model of the register to hold the real one against: plain values, no clocks in rows, no SQL.

Each address is a list of what was said of it, and since which moment; what is said is a line of
days, each with a status and facts that hold from that day on. So any pair of times is answered by
looking back twice. Undoing is saying the second-last again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

LIVING = {"proposed", "reserved", "current"}

ALLOWED = {
    ("proposed", "correct"),
    ("proposed", "change"),
    ("proposed", "position"),
    ("proposed", "reserve"),
    ("proposed", "retire"),
    ("reserved", "correct"),
    ("reserved", "change"),
    ("reserved", "position"),
    ("reserved", "retire"),
    ("current", "correct"),
    ("current", "change"),
    ("current", "retire"),
    ("current", "merge"),
    ("current", "split"),
    ("current", "replace"),
    ("retired", "correct"),
}
"""What may be done to an address of a status; ``retire`` of a proposal is its rejection."""


class Facts(NamedTuple):
    """What of a document is compared."""

    number: str
    commune: str
    point: tuple[float, float] | None
    """None: nobody took its position."""
    parent: int | None
    is_unit: bool


class Step(NamedTuple):
    """What holds from a day on, until the next."""

    since: date
    status: str
    facts: Facts


@dataclass(frozen=True)
class Said:
    """What the register says of an address from a moment on."""

    line: tuple[Step, ...]
    links: frozenset[tuple[int, str]] = frozenset()
    """What took its place, and how."""
    act_id: int | None = None

    @property
    def now(self) -> Step:
        return self.line[-1]

    def on(self, day: date) -> Step | None:
        return next((step for step in reversed(self.line) if step.since <= day), None)

    def corrected(self, facts: Facts, day: date | None = None) -> Said:
        """Say otherwise what is said of a day; None: of the present."""
        wrong = self.now if day is None else self.on(day)
        line = tuple(step._replace(facts=facts) if step == wrong else step for step in self.line)
        return replace(self, line=line, act_id=None)

    def changed(self, since: date, status: str, facts: Facts) -> Said:
        """Say that it is otherwise from a day on."""
        kept = tuple(step for step in self.line if step.since < since)
        return replace(self, line=(*kept, Step(since, status, facts)), act_id=None)


@dataclass
class ModelAddress:
    """One address and all that was ever said of it."""

    address_id: int
    has_code: bool
    told: list[tuple[datetime, Said]] = field(default_factory=list)

    @property
    def said(self) -> Said:
        return self.told[-1][1]

    @property
    def status(self) -> str:
        return self.said.now.status

    @property
    def facts(self) -> Facts:
        return self.said.now.facts

    def known(self, moment: datetime) -> Said | None:
        return next((said for since, said in reversed(self.told) if since <= moment), None)

    def before(self, place: int) -> Said:
        """Give what was said before one of the writes; before the first: that it never was."""
        if place == 0:
            return Said((Step(self.said.line[0].since, "rejected", self.facts),))
        before = self.told[place - 1][1]
        last = before.now
        if last.status == "proposed" and self.has_code:
            last = last._replace(status="reserved")
        return replace(before, line=(*before.line[:-1], last), act_id=None)

    def place_of(self, act_id: int) -> int:
        """Give which of the writes is an act's."""
        return next(n for n, (_, said) in enumerate(self.told) if said.act_id == act_id)


@dataclass
class ModelAct:
    """One act over several addresses."""

    ids: tuple[int, ...]
    undone_by: int | None = None


@dataclass
class Model:
    """The whole register."""

    addresses: dict[int, ModelAddress] = field(default_factory=dict)
    acts: dict[int, ModelAct] = field(default_factory=dict)

    def of_status(self, *statuses: str) -> list[int]:
        return [each.address_id for each in self.addresses.values() if each.status in statuses]

    def living_parts(self, ids: Iterable[int]) -> list[int]:
        """Give the living parts of some addresses, and theirs."""
        parents, found = set(ids), list[int]()
        while parents:
            parents = {
                each.address_id
                for each in self.addresses.values()
                if each.facts.parent in parents and each.status in LIVING
            }
            found += sorted(parents)
        return found

    def is_left_hanging(self, after: Mapping[int, Said]) -> bool:
        """Tell whether a write would leave a part without its parent, or name what never was."""

        def said(address_id: int) -> Said:
            return after.get(address_id) or self.addresses[address_id].said

        for address_id in self.addresses.keys() | after.keys():
            one = said(address_id)
            parent = one.now.facts.parent
            concerned = address_id in after or parent in after
            if (
                concerned
                and parent is not None
                and one.now.status in LIVING
                and said(parent).now.status not in LIVING
            ):
                return True
            if any(
                successor in after and said(successor).now.status == "rejected"
                for successor, _ in one.links
            ):
                return True
        return False

    def write(self, address_id: int, moment: datetime, said: Said) -> None:
        """Say something of an address from a moment on."""
        address = self.addresses[address_id]
        assert not address.told or moment > address.told[-1][0]
        address.has_code = address.has_code or said.now.status in {"reserved", "current"}
        address.told.append((moment, said))

    def moments(self) -> list[datetime]:
        return sorted({moment for each in self.addresses.values() for moment, _ in each.told})

    def days(self) -> list[date]:
        return sorted(
            {
                step.since
                for each in self.addresses.values()
                for _, said in each.told
                for step in said.line
            }
        )
