"""Pure: what the register says of one address over legal days, and how an act rewrites that.

A timeline is the slices the register holds to be true now: in order, without gap or overlap, the
last one open. Nothing is ever overwritten: an act closes slices on the register's clock and adds
others, which is its ``Rewriting``. A *change* of the world ends the open slice on a day and begins
another. A *correction* says a slice again, as it should always have been said. An *undo* says again
what was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from addrsvc.registry.errors import DateRefused
from addrsvc.registry.model import Document, Status


@dataclass(frozen=True, slots=True)
class Slice:
    """What is said of an address for ``[valid_from, valid_to)``; ``valid_to`` None: still so."""

    version: int
    """Number of the row that says it; 0: not written yet."""
    valid_from: date
    valid_to: date | None
    status: Status
    document: Document

    def says(self, other: Slice) -> bool:
        """Tell whether two slices say the same of the same days."""
        return replace(self, version=0) == replace(other, version=0)

    def holds(self, day: date) -> bool:
        """Tell whether it speaks of a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


Timeline = tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What an act writes: versions closed on the register's clock, slices added in order.

    The open slice is always among both, so that its version is the highest there is.
    """

    closed: tuple[int, ...]
    added: Timeline

    @property
    def open(self) -> Slice:
        """Give the slice that is said of the present."""
        return self.added[-1]


def changed(timeline: Timeline, day: date, status: Status, document: Document) -> Rewriting:
    """Say that the world changed on a day: what held until then stays on record.

    Raises:
        DateRefused: the last thing known began later, so the change would hide it.
    """
    last = timeline[-1]
    if day < last.valid_from:
        raise DateRefused(day=day.isoformat(), earliest=last.valid_from.isoformat(), latest="…")
    new = Slice(0, day, None, status, document)
    if day == last.valid_from:
        return Rewriting((last.version,), (new,))
    past = replace(last, version=0, valid_to=day)
    return Rewriting((last.version,), (past, new))


def corrected(
    timeline: Timeline, status: Status, document: Document, *, on: date | None = None
) -> Rewriting:
    """Say one slice again, as it should have been said; ``on`` None: the open one.

    Of a past slice only the document is mended: its status was another.

    Raises:
        DateRefused: nothing is said of that day.
    """
    last = timeline[-1]
    if on is None or last.holds(on):
        return Rewriting(
            (last.version,), (replace(last, version=0, status=status, document=document),)
        )
    past = at(timeline, on)
    if past is None:
        first = timeline[0].valid_from.isoformat()
        raise DateRefused(day=on.isoformat(), earliest=first, latest="…")
    mended = replace(past, version=0, document=document)
    return Rewriting((past.version, last.version), (mended, replace(last, version=0)))


def restored(timeline: Timeline, before: Timeline) -> Rewriting:
    """Say again what was said before; slices that say the same still are left alone."""
    kept = [each for each in timeline[:-1] if any(each.says(old) for old in before)]
    closed = tuple(each.version for each in timeline if each not in kept)
    added = tuple(
        replace(old, version=0)
        for old in before
        if old.valid_to is None or not any(each.says(old) for each in kept)
    )
    return Rewriting(closed, added)


def withdrawn(timeline: Timeline) -> Rewriting:
    """Say that the address never was: what undoing its registration comes to."""
    first, last = timeline[0], timeline[-1]
    never = Slice(0, first.valid_from, None, Status.REJECTED, last.document)
    return Rewriting(tuple(each.version for each in timeline), (never,))


def at(timeline: Sequence[Slice], day: date) -> Slice | None:
    """Give the slice that speaks of a day; None: the address was not there yet."""
    return next((each for each in timeline if each.holds(day)), None)


def rewritten(timeline: Timeline, rewriting: Rewriting, version: int) -> Timeline:
    """Give the timeline after an act, whose slices are numbered from ``version`` on."""
    kept = [each for each in timeline if each.version not in rewriting.closed]
    added = [replace(each, version=version + n) for n, each in enumerate(rewriting.added)]
    return tuple(sorted([*kept, *added], key=lambda each: each.valid_from))


def after_each_write(written: Iterable[Slice]) -> list[Timeline]:
    """Give the timeline after each act, the first first, of all versions in order of their numbers.

    Every act adds one slice without end, as its last: so the acts can be told apart. A slice takes
    the place of whatever spoke of its days before: all timelines of an address begin on one day,
    so no rewriting leaves a day to an older slice that it closed. Numbers are told rather than
    clocks, since they never tie.
    """
    said: list[Slice] = []
    found: list[Timeline] = []
    for each in written:
        said = [old for old in said if not _overlap(old, each)]
        said.append(each)
        if each.valid_to is None:
            found.append(tuple(sorted(said, key=lambda one: one.valid_from)))
    return found


def _overlap(one: Slice, other: Slice) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def say_the_same(one: Timeline, other: Timeline) -> bool:
    """Tell whether two timelines say the same, whatever rows say it."""
    return len(one) == len(other) and all(
        mine.says(theirs) for mine, theirs in zip(one, other, strict=True)
    )


def former_keys(timeline: Timeline) -> dict[tuple[str, str | None], date]:
    """Give the search keys of past slices that are not those of the present, and until when.

    Only what was in use is found by its old number or street.
    """
    present = timeline[-1].document.components.search_keys()
    former: dict[tuple[str, str | None], date] = {}
    for each in timeline[:-1]:
        base, number = keys = each.document.components.search_keys()
        if base is not None and keys != present and each.status is Status.CURRENT:
            former[base, number] = each.valid_to or date.max
    return former
