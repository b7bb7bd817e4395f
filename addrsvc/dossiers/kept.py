"""Pure: dossiers as they are kept, and the jsonb forms of what is kept of their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from addrsvc.dossiers.model import (
    AddressRole,
    Correction,
    GivenAddress,
    LinkCandidate,
    LinkState,
    Settlement,
)
from addrsvc.errors import Text
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.ranking import Category
from addrsvc.types import LonLat


@dataclass(frozen=True, slots=True)
class Judged:
    """What the service itself makes of an address as given."""

    category: Category
    settlement: Settlement
    reasons: tuple[Correction, ...] = ()
    """All that was found about it, in words."""
    communes: tuple[str, ...] = ()
    """Present communes of candidates that are no address of the register."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """The link an address of a dossier has now."""

    code: str
    how: str
    """``found``, ``corrected``, ``confirmed`` or ``chosen``."""
    valid_from: datetime
    linked_by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about an address."""

    what: str
    """``confirmed``, ``rejected`` or ``chosen``."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class KeptAddress:
    """One address a dossier carries now; never logged (so: no repr)."""

    n: int
    given: GivenAddress
    state: LinkState
    judged: Judged
    link: OpenLink | None
    decision: Decision | None
    recorded_at: datetime

    def codes(self) -> list[str]:
        """Give the codes of all addresses it names: the one linked, and those to choose from."""
        linked = [] if self.link is None else [self.link.code]
        candidates = self.judged.settlement.candidates
        return [*linked, *(each.code for each in candidates if each.code is not None)]


@dataclass(frozen=True, slots=True, repr=False)
class Dossier:
    """A dossier with its addresses; never logged (so: no repr)."""

    dossier_id: int
    code: str
    """As written first."""
    key: str
    canonical: str | None
    facts: Mapping[str, Any]
    """See ``FACTS``."""
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    addresses: tuple[KeptAddress, ...] = ()
    alike: tuple[str, ...] = ()
    """Codes of dossiers that may be the same one: same agency, day and number."""

    @property
    def received_on(self) -> date | None:
        """Give the legal day it was received."""
        found: date | None = self.facts["received_on"]
        return found

    def address(self, n: int) -> KeptAddress | None:
        """Give the address of a number."""
        return next((each for each in self.addresses if each.n == n), None)

    def reach(self) -> tuple[set[str], set[str]]:
        """Give codes of the addresses it may lie at, and communes where it may lie elsewhere."""
        unlinked = [each for each in self.addresses if each.link is None]
        linked = {each.link.code for each in self.addresses if each.link is not None}
        around = {code for each in unlinked for code in each.judged.communes}
        return linked | {code for each in unlinked for code in each.codes()}, around


def states_of(dossier: Dossier) -> list[dict[str, Any]]:
    """Give what became of its addresses as events tell it: never what was given, nor which."""
    return [
        {"n": each.n, "role": each.given.role.value, "state": each.state.value}
        for each in dossier.addresses
    ]


FACTS = (
    "received_on",
    "received_at",
    "due_at",
    "finished_at",
    "procedure_code",
    "field_code",
    "office",
    "status",
    "channel",
)
"""Columns of what is said of a dossier itself."""


def given_json(given: GivenAddress) -> dict[str, Any]:
    """Give the jsonb form of an address as given, but for its role.

    >>> given_json(GivenAddress(AddressRole.OBJECT, point=LonLat(106.65, 10.98)))
    {'point': [106.65, 10.98]}
    """
    point = None if given.point is None else [given.point.lon, given.point.lat]
    said = {
        "text": given.text,
        "code": given.code,
        "parcel": given.parcel,
        "point": point,
        "note": given.note,
    }
    return {name: value for name, value in said.items() if value is not None}


def given_of(role: str, kept: Mapping[str, Any]) -> GivenAddress:
    """Read the jsonb form; the inverse of ``given_json``."""
    point = kept.get("point")
    return GivenAddress(
        AddressRole(role),
        kept.get("text"),
        kept.get("code"),
        kept.get("parcel"),
        None if point is None else LonLat(*point),
        kept.get("note"),
    )


def verdict_json(judged: Judged) -> dict[str, Any]:
    """Give the jsonb form of what was found about an address."""
    settlement = judged.settlement
    return {
        "confidence": round(settlement.confidence, 4),
        "corrections": [[each.id, *each.text] for each in settlement.corrections],
        "reasons": [[each.id, *each.text] for each in judged.reasons],
        "candidates": [_candidate_json(each) for each in settlement.candidates],
        "communes": list(judged.communes),
    }


def judged_of(category: Category, state: LinkState, kept: Mapping[str, Any]) -> Judged:
    """Read the jsonb form; the inverse of ``verdict_json``."""
    settlement = Settlement(
        state,
        confidence=kept["confidence"],
        corrections=_words(kept["corrections"]),
        candidates=tuple(map(_candidate_of, kept["candidates"])),
    )
    return Judged(category, settlement, _words(kept["reasons"]), tuple(kept["communes"]))


def without_codes(address: KeptAddress, unseen: frozenset[str]) -> KeptAddress:
    """Give an address without links and candidates that somebody may not see."""
    settlement = address.judged.settlement
    kept = tuple(each for each in settlement.candidates if each.code not in unseen)
    hides = address.link is not None and address.link.code in unseen
    return replace(
        address,
        link=None if hides else address.link,
        judged=replace(address.judged, settlement=replace(settlement, candidates=kept)),
    )


def _words(kept: list[list[str]]) -> tuple[Correction, ...]:
    return tuple(Correction(id_, Text(vi, en)) for id_, vi, en in kept)


def _candidate_json(candidate: LinkCandidate) -> dict[str, Any]:
    point = candidate.point
    return {
        "code": candidate.code,
        "label": candidate.label,
        "confidence": round(candidate.confidence, 4),
        "gap": round(candidate.gap, 4),
        "level": candidate.level.value,
        "point": None if point is None else [point.lon, point.lat],
    }


def _candidate_of(kept: Mapping[str, Any]) -> LinkCandidate:
    point = kept["point"]
    return LinkCandidate(
        kept["code"],
        kept["label"],
        kept["confidence"],
        kept["gap"],
        MatchLevel(kept["level"]),
        None if point is None else LonLat(*point),
    )
