"""Pure: what a change of an address means for the dossiers linked to it.

What was merged or replaced leads to what took its place; of what was split a person chooses; with
nothing in its place the link ends, if a person says so. Where the address itself goes on but is
called or lies otherwise, the link stays and the change is to be acknowledged. A corrected spelling
means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

from addrsvc.errors import Text
from addrsvc.geo.measure import distance_m
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.lifecycle import LIVING
from addrsvc.registry.model import Address, Document, Status

MOVED_M: Final = 20.0
"""A position that moved no further was measured anew: the dossier means the same place."""

_SLIPS: Final = 10
"""From so many letters on a name may have two slips, a shorter one lacks a letter at most: Lê Lợi
is not Lê Lai."""


class Why(StrEnum):
    """What happened to the address of a link."""

    MERGED = "merged"
    SPLIT = "split"
    RETIRED = "retired"
    """Nothing took its place."""
    REPLACED = "replaced"
    RESTORED = "restored"
    """What had happened was taken back: the address of before is in use again."""
    MOVED = "moved"
    """It lies elsewhere now, or in another commune."""
    RENUMBERED = "renumbered"
    """Its number, street or unit is another now."""
    REPLANNED = "replanned"
    """What is planned for its ground is something else now."""


WHY_NAMES: Final[dict[Why, Text]] = {
    Why.MERGED: Text("Địa chỉ đã nhập vào địa chỉ khác", "Merged into another address"),
    Why.SPLIT: Text("Địa chỉ đã tách thành nhiều địa chỉ", "Split into several addresses"),
    Why.RETIRED: Text("Địa chỉ không còn dùng", "No longer in use"),
    Why.REPLACED: Text("Địa chỉ đã được thay thế", "Replaced by another address"),
    Why.RESTORED: Text("Thay đổi trước đã được hủy", "An earlier change was taken back"),
    Why.MOVED: Text("Vị trí hoặc phường, xã đã đổi", "Position or commune changed"),
    Why.RENUMBERED: Text("Số nhà hoặc tên đường đã đổi", "Number or street changed"),
    Why.REPLANNED: Text("Quy hoạch tại đây đã đổi", "What is planned here changed"),
}

ACKNOWLEDGED: Final = frozenset({Why.MOVED, Why.RENUMBERED, Why.REPLANNED})
"""The link stays as it is; somebody is to know."""

_BY_ACT: Final = {
    "merge": Why.MERGED,
    "duplicate": Why.MERGED,
    "split": Why.SPLIT,
    "replace": Why.REPLACED,
}


class State(StrEnum):
    """How far a proposal has come."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The link stays as it is."""
    OBSOLETE = "obsolete"
    """Somebody linked the address otherwise meanwhile, or what happened was taken back."""


STATE_NAMES: Final[dict[State, Text]] = {
    State.OPEN: Text("Chờ quyết định", "Open"),
    State.ACCEPTED: Text("Đã chấp nhận", "Accepted"),
    State.REFUSED: Text("Đã từ chối", "Refused"),
    State.OBSOLETE: Text("Không còn cần", "Obsolete"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an address at one time."""

    status: Status
    document: Document


@dataclass(frozen=True, slots=True)
class Happened:
    """One change of an address."""

    code: str
    act: str
    """As the version it wrote names it, see ``registry.model.ACT_NAMES``."""
    before: Said
    after: Said
    successors: tuple[str, ...] = ()
    """Codes of what took its place, as told then."""
    predecessors: tuple[str, ...] = ()
    """Codes of what it had taken the place of, where that was taken back."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is proposed to all dossiers linked to an address."""

    why: Why
    candidates: tuple[str, ...] = ()
    to_former: bool = False
    """To those that were linked to it before and took something else in its place."""


def consequence_of(happened: Happened) -> Consequence | None:
    """Say what a change means for dossiers; None: nothing."""
    before, after = happened.before, happened.after
    if after.status not in LIVING:
        return _gone(happened) if before.status in LIVING else None
    if before.status not in LIVING:
        return Consequence(Why.RESTORED, (happened.code,), to_former=True)
    why = _called_otherwise(happened.act, before.document, after.document)
    return None if why is None else Consequence(why)


def _gone(happened: Happened) -> Consequence:
    if happened.predecessors:
        return Consequence(Why.RESTORED, happened.predecessors)
    if not happened.successors:
        return Consequence(Why.RETIRED)
    why = Why.REPLACED if len(happened.successors) == 1 else Why.SPLIT
    return Consequence(_BY_ACT.get(happened.act, why), happened.successors)


def _called_otherwise(act: str, before: Document, after: Document) -> Why | None:
    if before.commune.code != after.commune.code or _moved_m(before, after) > MOVED_M:
        return Why.MOVED
    street, number = before.components.search_keys()
    new_street, new_number = after.components.search_keys()
    inner = [[name_key(each or "") for each in _inner(one)] for one in (before, after)]
    if number != new_number or inner[0] != inner[1]:
        return Why.RENUMBERED
    if street == new_street or (act == "correct" and is_slip(street or "", new_street or "")):
        return None
    return Why.RENUMBERED


def _inner(document: Document) -> tuple[str | None, ...]:
    parts = document.components
    return (parts.unit, parts.floor, parts.building)


def _moved_m(before: Document, after: Document) -> float:
    if before.position is None or after.position is None:
        return 0.0
    return distance_m(before.position.point, after.position.point)


def is_slip(one: str, other: str) -> bool:
    """Tell whether two keys of a name differ by a slip of the pen; digits never do.

    >>> is_slip("le lo", "le loi"), is_slip("le loi", "le lai"), is_slip("so 5", "so 6")
    (True, False, False)
    """
    digits = [[letter for letter in each if letter.isdigit()] for each in (one, other)]
    shortest, distance = min(len(one), len(other)), OSA.distance(one, other)
    if shortest == 0 or digits[0] != digits[1]:
        return False
    if shortest >= _SLIPS:
        return distance <= 2
    return distance == 1 and len(one) != len(other)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands, for who may see its dossier."""

    proposal_id: int
    dossier: str
    """Code as written."""
    key: str
    dossier_id: int
    n: int
    """Of the address in the dossier."""
    role: str
    why: Why
    event_number: int
    act_id: int | None
    code: str
    """Of the address it happened to."""
    stored: tuple[str, ...]
    """Codes to link instead, as they were when it was made."""
    state: State
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    chosen: str | None
    link_id: int
    plan_id: int | None = None
    """Of the plan that changed what is planned there."""
    address: Address | None = None
    """What it happened to; None: not for who asks."""
    candidates: tuple[Address, ...] = ()
    """What may be linked instead by now: where something took a candidate's place, that."""
    reaches_beyond: bool = False
    """There are candidates that are not for who asks to link."""

    @property
    def is_acknowledged(self) -> bool:
        """Tell whether the link stays when it is accepted."""
        return self.why in ACKNOWLEDGED

    @property
    def left_for_person(self) -> Left | None:
        """Say why it is not accepted along with many others; None: it is."""
        if self.is_acknowledged:
            return None
        if self.reaches_beyond:
            return Left.ELSEWHERE
        if not self.candidates:
            return Left.NOTHING
        several = len(self.candidates) > 1 or (self.why is Why.SPLIT and len(self.stored) > 1)
        return Left.SEVERAL if several else None


class Left(StrEnum):
    """Why a proposal is left for a person when all are accepted."""

    SEVERAL = "several"
    NOTHING = "nothing"
    ELSEWHERE = "elsewhere"


LEFT_NAMES: Final[dict[Left, Text]] = {
    Left.SEVERAL: Text(
        "Có nhiều địa chỉ thay thế: cần người chọn", "Several took its place: a person chooses"
    ),
    Left.NOTHING: Text(
        "Không có địa chỉ thay thế: cần người quyết định",
        "Nothing took its place: a person decides",
    ),
    Left.ELSEWHERE: Text(
        "Địa chỉ thay thế ngoài phạm vi của bạn", "What took its place is outside your areas"
    ),
}


def in_use_instead(codes: Sequence[str], known: dict[str, Address]) -> tuple[str, ...]:
    """Give what stands at the end of each chain of successors, each once, in order.

    ``known`` holds all addresses of the chains; a chain ends, since what succeeds was in use then.
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(codes))
    while waiting:
        code = waiting.pop()
        address = known.get(code)
        if address is None or code in seen:
            continue
        seen.add(code)
        if address.status in LIVING:
            found[code] = None
        else:
            waiting += [each.code for each in reversed(address.successors)]
    return tuple(found)
