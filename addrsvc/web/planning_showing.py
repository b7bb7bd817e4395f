"""Pure: what pages show of what plans say of a place, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.errors import Language
from addrsvc.geo.corners import Corners
from addrsvc.planning.code_lists import GREY, LISTS
from addrsvc.planning.model import (
    REFERENCE_NOTICE,
    Conflict,
    Near,
    Planned,
    PlanSays,
    Share,
)
from addrsvc.web.plans_wording import (
    ShownPlan,
    area_words,
    length_words,
    percent_words,
    shown_plan,
    use_words,
    zone_words,
)
from addrsvc.web.showing import distance_words
from addrsvc.web.words import words
from addrsvc.wording import day_words, number_words


@dataclass(frozen=True, slots=True)
class ShownUse:
    """One land use of the ground asked about."""

    code: str
    name: str
    colour: str
    area: str
    percent: str


@dataclass(frozen=True, slots=True)
class ShownNear:
    """A land use that begins close by."""

    code: str
    name: str
    colour: str
    distance: str


@dataclass(frozen=True, slots=True)
class ShownSays:
    """What one plan says, in words."""

    plan: ShownPlan
    uses: tuple[ShownUse, ...]
    uncovered: str
    """A sentence; empty: the plan covers all of it."""
    overlapping: str
    """A sentence; empty: no zones overlap there."""
    edge: str
    """A sentence where a point has several uses; else empty."""
    near: tuple[ShownNear, ...]


@dataclass(frozen=True, slots=True)
class ShownPlanned:
    """What all plans say, in words."""

    as_of: str
    coordinates: str
    """Latitude first, as on pages of addresses."""
    area: str
    accuracy: str
    plans: tuple[ShownSays, ...]
    conflicts: tuple[str, ...]
    is_synthetic: bool
    is_plot: bool
    notice: str


@dataclass(slots=True)
class Place:
    """What was asked about, as it was understood; empty: there is nothing to say of it."""

    label: str = ""
    """Of an address."""
    url: str = ""
    plot: str = ""
    notes: tuple[str, ...] = ()
    """How numbers were read."""
    zone: str = ""
    print_url: str = ""
    print_form: tuple[tuple[str, str], ...] = ()
    share_url: str = ""


def place_of_corners(read: Corners, area_m2: float, language: Language) -> Place:
    """Say how a list of corners was read, and what does not go with the paper it is from.

    ``area_m2``: on the ellipsoid, as shares are measured.
    """
    say = words(language)
    zone = zone_words(read.epsg, language)
    notes = [say.planning_order_xy if read.is_exchanged else say.planning_order_yx]
    if read.likelier_epsg is not None:
        likelier = zone_words(read.likelier_epsg, language)
        notes.append(say.planning_zone_likelier.format(zone=likelier))
    notes += [
        say.planning_edge_off.format(
            edge=f"{each.from_number}–{each.to_number}",
            length=length_words(each.length_m, language),
            printed=length_words(each.printed_m, language),
        )
        for each in read.edges
        if each.is_off and each.printed_m is not None
    ][:_EDGES_SHOWN]
    count = number_words(len(read.corners), language)
    return Place(
        plot=say.planning_plot_corners.format(count=count, area=area_words(area_m2, language)),
        notes=tuple(notes),
        zone=say.planning_zone_found.format(zone=zone) if read.is_zone_found else zone,
    )


_EDGES_SHOWN: Final = 5


def shown_planned(planned: Planned, language: Language) -> ShownPlanned:
    """Give what a page shows of an answer."""
    area, accuracy = planned.area_m2, planned.accuracy_m
    return ShownPlanned(
        as_of=day_words(planned.as_of, language),
        coordinates=f"{planned.lat:.6f}, {planned.lon:.6f}",
        area="" if area is None else area_words(area, language),
        accuracy="" if accuracy is None else distance_words(accuracy, language),
        plans=tuple(_says(each, planned, language) for each in planned.plans),
        conflicts=tuple(_conflict(each, planned.plans, language) for each in planned.conflicts),
        is_synthetic=planned.is_synthetic,
        is_plot=area is not None,
        notice=REFERENCE_NOTICE.in_(language),
    )


def map_of(planned: Planned) -> dict[str, Any]:
    """Give what a map shows: the place, and for each plan how its codes are coloured."""
    return {
        "place": {
            "lon": planned.lon,
            "lat": planned.lat,
            "accuracy_m": planned.accuracy_m,
            "geometry": planned.geometry,
        },
        "plans": [
            {"id": each.plan.plan_id, "colours": _colours(each), "grey": GREY}
            for each in planned.plans
        ],
    }


def _colours(says: PlanSays) -> dict[str, str]:
    """Give colours by code: those of the plan's list, and what is said here."""
    said: tuple[Share | Near, ...] = (*says.shares, *says.near)
    known = LISTS.get(says.plan.described.code_list)
    listed = {} if known is None else {code: use.colour for code, use in known.uses.items()}
    return {**listed, **{each.code: each.colour for each in said}}


def _says(says: PlanSays, planned: Planned, language: Language) -> ShownSays:
    say, total = words(language), planned.area_m2
    has_several = total is None and len(says.shares) > 1
    return ShownSays(
        plan=shown_plan(says.plan, language),
        uses=tuple(_use(each, language) for each in says.shares),
        uncovered=_part(say.planning_uncovered, says.uncovered_m2, total, language),
        overlapping=_part(say.planning_overlapping, says.overlapping_m2, total, language),
        edge=say.planning_edge if has_several else "",
        near=tuple(_near(each, language) for each in says.near),
    )


def _part(sentence: str, part_m2: float | None, total_m2: float | None, language: Language) -> str:
    """Say a part of a plot; what is smaller than a hand is left out."""
    if part_m2 is None or total_m2 is None or part_m2 < _SEEN_M2:
        return ""
    return sentence.format(
        area=area_words(part_m2, language),
        percent=percent_words(part_m2 / total_m2 * 100, language) if total_m2 > 0 else "–",
    )


_SEEN_M2: Final = 0.01


def _use(share: Share, language: Language) -> ShownUse:
    return ShownUse(
        share.code,
        share.name,
        share.colour,
        "" if share.area_m2 is None else area_words(share.area_m2, language),
        "" if share.percent is None else percent_words(share.percent, language),
    )


def _near(near: Near, language: Language) -> ShownNear:
    return ShownNear(near.code, near.name, near.colour, distance_words(near.distance_m, language))


def _conflict(conflict: Conflict, plans: Sequence[PlanSays], language: Language) -> str:
    """Say which two plans say what; without an area where a point was asked about."""
    say = words(language)
    named = {each.plan.plan_id: each for each in plans}
    facts = {
        "plan": named[conflict.plan_id].plan.described.name,
        "use": _named_use(named[conflict.plan_id], conflict.code),
        "other_plan": named[conflict.other_plan_id].plan.described.name,
        "other_use": _named_use(named[conflict.other_plan_id], conflict.other_code),
    }
    if conflict.area_m2 is None:
        return str(say.planning_conflict_point.format(**facts))
    area = area_words(conflict.area_m2, language)
    return str(say.planning_conflict.format(**facts, area=area))


def _named_use(says: PlanSays, code: str) -> str:
    names = {each.code: each.name for each in says.shares}
    return use_words(code, names.get(code, code))
