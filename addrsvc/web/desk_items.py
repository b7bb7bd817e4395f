"""Pure: what the desk shows and takes, whatever is decided on it: dossiers, reports, records.

One *item* is one thing to decide: a text with what was read in it, facts, reasons, candidates with
their places. One *kind* of items says which wait, and does what the clerk decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from addrsvc.auth.model import Principal, Scope
from addrsvc.errors import Language
from addrsvc.types import LonLat


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of the text that one part was read from; half open, code points."""

    start: int
    end: int
    type: str
    """Of part, such as ``house_number``: chooses the colour."""
    name: str
    status: str
    """What became of it, in words."""
    value: str
    """As the registers have it."""
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One candidate."""

    choice: str | None
    """What is sent when it is chosen; None: it cannot be, it only shows where."""
    label: str
    detail: str
    """Code, and how sure it is, in words."""
    place: LonLat | None
    is_present: bool
    """It is what holds now."""


@dataclass(frozen=True, slots=True)
class Note:
    """A reason or hint in words."""

    text: str
    weight: str = "plain"
    """``plain``, ``strong``: nearly settles it, or ``past``: what somebody decided."""
    choice: str | None = None
    """What it speaks for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that came with it."""

    alt: str
    """What it shows, for who does not see it; its caption too."""
    path: str | None
    """None: it is still on its way, or erased; the caption says so."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field as it was seen, as it is registered now, and as it was collected, side by side."""

    field: str
    label: str
    base: str
    """In words, as the following two; nothing: an empty text."""
    registered: str
    collected: str
    change: str
    """``same``, ``new``: nothing is registered yet, ``changed``, ``elsewhere``: only the register
    changed since, or ``conflict``: somebody has to choose."""
    mark: str
    """The change in words; none: an empty text."""
    value: str
    """What will be registered, as it may be typed; nothing where one chooses: of a conflict, and
    of what changed and is chosen sooner than typed."""
    options: tuple[tuple[str, str], ...] = ()
    """Values and words to choose from; without any it is typed."""
    is_typed: bool = True
    """Another value may be given; else it only shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point to show beside those of choices."""

    point: LonLat
    sign: str
    """On the map, one or two characters."""
    kind: str
    """``given``, ``present``, ``seen`` or ``choice``: chooses the looks."""
    label: str


@dataclass(frozen=True, slots=True)
class Act:
    """One way to decide, beside choosing a candidate."""

    id: str
    key: str
    """Key that does it."""
    name: str
    needs_words: bool = False
    """It is nothing without what is written beside it."""
    keeps_open: bool = False
    """It decides nothing yet, so there is nothing to take back."""
    takes_fields: bool = False
    """It does what was said of fields, and takes a choice for each conflict."""


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One thing to decide; may hold personal data, never logged (so: no repr)."""

    id: str
    subject: str
    """What its version counts changes of; several items may share it."""
    version: int
    title: str
    state: str
    """In words."""
    is_open: bool
    """Nobody decided yet."""
    confirms: str | None
    """Candidate that plain confirming takes; None: there is no single one."""
    facts: tuple[tuple[str, str], ...]
    text: str
    is_text: bool
    """Written by somebody; else a code or point in words."""
    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]
    choices: tuple[Choice, ...]
    place: LonLat | None
    """Given with it."""
    links: tuple[tuple[str, str], ...] = ()
    """Words and path of pages to look at."""
    contact: str | None = None
    """Path that tells how to reach who sent it, asked for one by one; None: nothing is kept."""
    pictures: tuple[Picture, ...] = ()
    differences: tuple[Difference, ...] = ()
    places: tuple[Place, ...] = ()
    needs_words: tuple[str, ...] = ()
    """Acts that are nothing without words for this very item."""
    echo: str = ""
    """What else was read with it: comes back with the decision."""

    def shown(self) -> dict[str, Any]:
        """Give it as the page's script takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Portion:
    """What is given out at once."""

    items: tuple[Item, ...]
    left: int
    is_more: bool
    """There are more than ``left`` says."""
    decided: int
    """By this clerk today."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a clerk says of one field."""

    chosen: str
    """``registered``, ``collected`` or ``other``."""
    value: str = ""
    """With ``other``: as typed; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clerk decided about an item."""

    item: str
    act: str
    """``confirm``, ``choose``, ``undo`` or one of the kind's own acts."""
    version: int
    choice: str | None = None
    words: str | None = None
    """Written beside it."""
    fields: Mapping[str, Given] = field(default_factory=dict)
    """Fields chosen or typed over; others stay as they are."""
    echo: str = ""
    """Of the item decided on."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow what waits."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    """Value and words; without any it is typed."""
    value: str


class DeskKind(Protocol):
    """Says which items of a kind wait, and does what a clerk decides about them."""

    scope: Scope
    """What it takes to decide."""
    has_words: bool
    """Something may be written beside a decision."""
    has_fields: bool
    """Its items have pictures and fields to compare."""

    def labels(self, language: Language) -> Mapping[str, str]:
        """Give what the parts of the page are called: ``title``, ``text``, ``facts`` and so on."""
        ...

    def acts(self, language: Language) -> Sequence[Act]:
        """Give the ways to decide beside confirming and choosing."""
        ...

    async def filters(
        self, principal: Principal, given: Mapping[str, str], language: Language
    ) -> Sequence[Filter]:
        """Give the ways to narrow what waits, with what is given now."""
        ...

    async def take(
        self,
        principal: Principal,
        given: Mapping[str, str],
        language: Language,
        *,
        limit: int,
        is_first: bool,
    ) -> Portion:
        """Give the next that wait, to nobody else for a while."""
        ...

    async def get(self, principal: Principal, item: str, language: Language) -> Item:
        """Give one item as it stands now."""
        ...

    async def decide(self, principal: Principal, decision: Decision) -> int:
        """Do what was decided; give the version that its subject has now.

        Raises:
            Stale: somebody changed it since.
            AddrsvcError: what else the kind refuses.
        """
        ...


def marked(marks: Sequence[Mark], length: int) -> tuple[Mark, ...]:
    """Give marks in the order of the text, none within or over another, none beyond its end.

    >>> m = lambda a, b: Mark(a, b, "commune", "", "", "", False)
    >>> [(x.start, x.end) for x in marked([m(5, 9), m(0, 3), m(7, 12), m(2, 5), m(20, 30)], 20)]
    [(0, 3), (5, 9)]
    """
    kept: list[Mark] = []
    for each in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if each.start >= (kept[-1].end if kept else 0) and each.start < each.end <= length:
            kept.append(each)
    return tuple(kept)
