"""Pure: what the result of a search shows, in the reader's language, ready for a template.

Of what was typed only the words that were put right come back; telephone numbers and names in it
are left out by whoever read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from addrsvc.admin_units.conversion import Certainty
from addrsvc.admin_units.model import BoundaryKind, LocatedCommune
from addrsvc.admin_units.schemas import NOTES
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.plus_code import encode
from addrsvc.errors import Language
from addrsvc.geocoding.answers import Candidate, Match
from addrsvc.geocoding.reverse import Nearby, Whereabouts
from addrsvc.geocoding.scopes import DescribeUnit
from addrsvc.geocoding.verdict import Verdict
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address
from addrsvc.types import LonLat
from addrsvc.web.search_words import (
    ACTIONS,
    CERTAINTIES,
    LEVEL_NAMES,
    PART_NAMES,
    PART_STATUSES,
    VERDICTS,
)
from addrsvc.web.showing import distance_words
from addrsvc.web.words import words
from addrsvc.wording import day_words, figures

NEAR_EDGE_M: Final = 50.0
"""So near to a boundary a point may lie beyond it."""


LEAST_SURE: Final = 0.01
"""A place less likely than that is not worth anybody's time."""


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """One place of a result."""

    label: str
    url: str
    """Of its page; of what is no registered address, of a search for just that."""
    plate: str
    level: str
    accuracy: str
    """Empty: not known."""
    sure: str
    """In per cent; empty: it does not apply."""
    distance: str
    is_retired: bool
    map: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What became of one part of a text."""

    name: str
    value: str
    written: str
    """As it was written, where that is something else."""
    status: str
    """Stable word: ``confirmed``, ``corrected`` …"""
    status_name: str


@dataclass(frozen=True, slots=True)
class ShownConversion:
    """The commune that was written, and what it is now."""

    written: str
    until: str
    is_settled: bool
    present: tuple[tuple[str, tuple[str, ...]], ...]
    """Names, and what is to be said of each."""


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """What may be done with an address that was typed."""

    title: str
    action: str
    look: str
    """``good``, ``warn`` or ``bad``."""
    parts: tuple[ShownPart, ...]
    best: ShownPlace | None
    others: tuple[ShownPlace, ...]
    conversion: ShownConversion | None
    findings: tuple[tuple[str, str], ...]
    """What was found, and the name of its kind."""


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """Where a point is."""

    coordinates: str
    plus_code: str
    commune: str
    """Empty: not known."""
    commune_notes: tuple[str, ...]
    nearby: tuple[ShownPlace, ...]
    notes: tuple[str, ...]
    """How it was read."""
    accuracy: str
    map: dict[str, Any]


def shown_verdict(
    verdict: Verdict, text: str, describe: DescribeUnit, language: Language
) -> ShownVerdict:
    """Give what a page shows of a verdict; ``text`` is what its spans are of."""
    places = [
        shown_candidate(each.candidate, language, confidence=each.confidence)
        for each in _worth_telling(verdict.matches)
    ]
    say, action = words(language), verdict.next_action
    named = VERDICTS.get((verdict.category, action), VERDICTS["C", "fix"])
    look = "good" if verdict.category in {"A", "B"} and places else "warn"
    return ShownVerdict(
        title=named.in_(language) if places else say.nothing_title,
        action=ACTIONS[action].in_(language) if places else say.nothing_text,
        look=look if places else "bad",
        parts=tuple(
            _part(each, text, verdict.matches, language)
            for each in verdict.components
            if _is_told(each)
        ),
        best=places[0] if places else None,
        others=tuple(places[1:]),
        conversion=_conversion(verdict, describe, language),
        findings=tuple((each.text(language), each.id) for each in verdict.findings),
    )


def _worth_telling(matches: Sequence[Match]) -> Iterator[Match]:
    """Give the first place, and others that may well be meant, each address once."""
    seen: set[str] = set()
    for at, each in enumerate(matches):
        code = each.candidate.code
        if (at and each.confidence < LEAST_SURE) or code in seen:
            continue
        if code is not None:
            seen.add(code)
        yield each


def _is_told(component: Component) -> bool:
    return bool(component.value) or component.status is Status.MISSING


def _part(
    component: Component, text: str, matches: Sequence[Match], language: Language
) -> ShownPart:
    """Give one part; a street that is registered by its name in the register, with accents."""
    value, written = component.value, ""
    street = matches[0].candidate.street if matches else None
    is_street = component.type is ComponentType.THOROUGHFARE
    if is_street and street and component.status is Status.CONFIRMED:
        value = street
    elif component.span is not None and component.status is Status.CORRECTED:
        written = text[slice(*component.span)].strip()
    return ShownPart(
        PART_NAMES[component.type].in_(language),
        value,
        written if written != value else "",
        component.status.value,
        PART_STATUSES[component.status].in_(language),
    )


def shown_candidate(
    found: Candidate,
    language: Language,
    *,
    confidence: float | None = None,
    distance_m: float | None = None,
) -> ShownPlace:
    """Give what a list shows of one place."""
    say = words(language)
    accuracy = ""
    if found.accuracy_m is not None:
        distance = distance_words(found.accuracy_m, language)
        accuracy = say.accuracy_value.format(distance=distance)
    return ShownPlace(
        label=found.label,
        url=f"/?q={quote(found.label)}" if found.code is None else f"/a/{found.code}",
        plate="" if found.code is None else DigitalCode.of(found.code).plate,
        level="" if distance_m is not None else LEVEL_NAMES[found.level].in_(language),
        accuracy=accuracy,
        sure="" if confidence is None else _percent(confidence, language),
        distance=""
        if distance_m is None
        else say.point_distance.format(distance=distance_words(distance_m, language)),
        is_retired=found.is_retired,
        map=_map_of(found.point, found.accuracy_m, found.area.code),
    )


def shown_registered(address: Address, language: Language) -> ShownPlace:
    """Give what a list shows of an address found by another identifier; it is public."""
    position, code = address.document.position, address.code or ""
    line = address_line(address.document.components, address.commune_name, address.province_name)
    accuracy_m = None if position is None else position.accuracy_m
    say = words(language)
    return ShownPlace(
        label=line,
        url=f"/a/{code}",
        plate=DigitalCode.of(code).plate,
        level="",
        accuracy=""
        if accuracy_m is None
        else say.accuracy_value.format(distance=distance_words(accuracy_m, language)),
        sure="",
        distance="",
        is_retired=address.status.value == "retired",
        map=_map_of(None if position is None else position.point, accuracy_m, address.commune_code),
    )


def _percent(share: float, language: Language) -> str:
    """Say a share; never that it is all, where it is not."""
    return figures(f"{min(share, 0.99) * 100:.0f} %", language)


def _map_of(point: LonLat | None, accuracy_m: float | None, commune: str) -> dict[str, Any] | None:
    if point is None:
        return None
    return {"lon": point.lon, "lat": point.lat, "accuracy_m": accuracy_m or 0, "commune": commune}


def map_of_places(places: Sequence[ShownPlace | None]) -> dict[str, Any] | None:
    """Give what a map shows of a result: the first place, and the others by their numbers."""
    placed = [each.map for each in places if each is not None and each.map is not None]
    if not placed:
        return None
    others = [{"lon": each["lon"], "lat": each["lat"]} for each in placed[1:]]
    return {**placed[0], "others": others, "first": 2}


def _conversion(
    verdict: Verdict, describe: DescribeUnit, language: Language
) -> ShownConversion | None:
    """Say what the commune that was written is now; None: it is in force under its name."""
    facts = None if verdict.written is None else describe(verdict.written)
    if facts is None or facts.period.end is None or not verdict.present:
        return None
    say, present = words(language), []
    for each in verdict.present:
        notes = [CERTAINTIES[each.certainty].in_(language)]
        if each.share is not None and each.share < 0.995:
            notes.append(say.conversion_share.format(share=_percent(each.share, language)))
        if each.instrument:
            notes.append(say.conversion_instrument.format(instrument=each.instrument))
        present.append((each.name, tuple(notes)))
    last = facts.period.end - timedelta(days=1)
    return ShownConversion(
        facts.name,
        say.conversion_until.format(day=day_words(last, language)),
        is_settled=verdict.present[0].certainty is not Certainty.CANDIDATE,
        present=tuple(present),
    )


def shown_point(
    found: Whereabouts,
    point: LonLat,
    language: Language,
    *,
    notes: Sequence[str] = (),
    accuracy_m: float | None = None,
) -> ShownPoint:
    """Give what a page shows of where a point is."""
    say, around = words(language), found.commune
    return ShownPoint(
        coordinates=f"{point.lat:.6f}, {point.lon:.6f}",
        plus_code=encode(point),
        commune="" if around is None else f"{around.full_name}, {around.province_name}",
        commune_notes=() if around is None else tuple(_edge(around, language)),
        nearby=tuple(_nearby(each, language) for each in found.nearby),
        notes=tuple(notes),
        accuracy=""
        if accuracy_m is None
        else say.accuracy_value.format(distance=distance_words(accuracy_m, language)),
        map={
            "lon": point.lon,
            "lat": point.lat,
            "accuracy_m": accuracy_m or 0,
            "commune": "" if around is None else around.code,
            "first": 1,
            "others": [
                {"lon": each.candidate.point.lon, "lat": each.candidate.point.lat}
                for each in found.nearby
                if each.candidate.point is not None
            ],
        },
    )


def _edge(commune: LocatedCommune, language: Language) -> list[str]:
    """Say how sure the commune around a point is."""
    say, notes = words(language), []
    if commune.certainty == "indicative":
        notes.append(NOTES[BoundaryKind.INDICATIVE].in_(language))
    if commune.edge_m is not None:
        sentence = say.point_edge_near if commune.edge_m < NEAR_EDGE_M else say.point_edge
        notes.append(sentence.format(distance=distance_words(commune.edge_m, language)))
    return notes


def _nearby(found: Nearby, language: Language) -> ShownPlace:
    return shown_candidate(found.candidate, language, distance_m=found.distance_m)
