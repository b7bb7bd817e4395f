"""Pure: what pages show of what plans say of a place, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.errors import Language
from addrsvc.geo.corners import Corners
from addrsvc.geo.crs import ZONES
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Conflict,
    Described,
    Near,
    Plan,
    Planned,
    PlanSays,
    PlanStatus,
    Share,
)
from addrsvc.web.planning_words import ZONE_NAMES
from addrsvc.web.showing import day_words, distance_words, number_words
from addrsvc.web.words import words

LOOKS: Final = {
    PlanStatus.PUBLISHED: "status-current",
    PlanStatus.WITHDRAWN: "status-retired",
}


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """One plan in words."""

    id: int
    name: str
    kind: str
    level: str
    status: str
    status_name: str
    look: str
    """Class of the style sheet."""
    decision: str
    """Empty: none is given yet."""
    issuer: str
    scale: str
    period: str
    validity: str
    zones: str
    area: str
    note: str
    is_draft: bool
    is_synthetic: bool


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


def length_words(metres: float, language: Language) -> str:
    """Say the length of a side as certificates print it.

    >>> length_words(20, "vi")
    '20,00 m'
    """
    text = f"{metres:.2f} m"
    return text.replace(".", ",") if language == "vi" else text


def zone_choices(language: Language) -> list[tuple[int, str]]:
    """Give the zones of VN-2000 by number, those people meet here first."""
    others = sorted(set(ZONES) - set(ZONE_NAMES), key=lambda epsg: ZONES[epsg].meridian_deg)
    return [(epsg, zone_words(epsg, language)) for epsg in (*ZONE_NAMES, *others)]


def zone_words(epsg: int, language: Language) -> str:
    """Name a zone by where it is used, else by its meridian.

    >>> zone_words(9212, "en"), zone_words(9217, "vi")
    ('Bình Phước – meridian 106°15′', 'Kinh tuyến trục 108°15′')
    """
    if epsg in ZONE_NAMES:
        return ZONE_NAMES[epsg].in_(language)
    zone = ZONES[epsg]
    degrees, minutes = divmod(round(zone.meridian_deg * 60), 60)
    meridian = f"{degrees}°{minutes:02}′" + ("" if zone.scale == 0.9999 else " (UTM)")
    say = words(language)
    return str(say.planning_meridian.format(meridian=meridian))


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


def shown_plan(plan: Plan, language: Language) -> ShownPlan:
    """Give what pages say of a plan itself."""
    described = plan.described
    return ShownPlan(
        id=plan.plan_id,
        name=described.name,
        kind=KIND_NAMES[described.kind].in_(language),
        level=LEVEL_NAMES[described.level].in_(language),
        status=plan.status.value,
        status_name=STATUS_NAMES[plan.status].in_(language),
        look=LOOKS.get(plan.status, ""),
        decision=_decision(described, language),
        issuer=described.issuer or "",
        scale="" if described.scale is None else f"1:{number_words(described.scale, language)}",
        period=period_words(described.period_from, described.period_to),
        validity=_validity(plan, language),
        zones=number_words(plan.zones, language),
        area=area_words(plan.area_m2, language) if plan.zones else "",
        note=described.note or "",
        is_draft=plan.status is PlanStatus.DRAFT,
        is_synthetic=described.is_synthetic,
    )


def zone_words_of(crs: str, language: Language) -> str:
    """Name the reference system of a file: a zone of VN-2000 by where it is used.

    >>> zone_words_of("EPSG:9212", "vi"), zone_words_of("EPSG:4326", "vi")
    ('Bình Phước – kinh tuyến trục 106°15′ (EPSG:9212)', 'EPSG:4326')
    """
    number = crs.removeprefix("EPSG:")
    if number.isdigit() and int(number) in ZONES:
        return f"{zone_words(int(number), language)} ({crs})"
    return crs if len(crs) <= _LONG_CRS else f"{crs[:_LONG_CRS]}…"


_LONG_CRS: Final = 80


def area_words(area_m2: float, language: Language) -> str:
    """Say an area with as many digits as it deserves.

    >>> area_words(1234.5, "vi"), area_words(12.345, "vi"), area_words(0.03, "en")
    ('1.234 m²', '12,3 m²', '0.1 m²')
    >>> area_words(23_456_789, "en"), area_words(0, "vi")
    ('2,346 ha', '0 m²')
    """
    if area_m2 >= 1_000_000:
        return f"{number_words(round(area_m2 / 10_000), language)} ha"
    if area_m2 >= 100 or area_m2 <= 0:
        return f"{number_words(round(max(area_m2, 0)), language)} m²"
    text = f"{max(area_m2, 0.1):.1f}".removesuffix(".0") + " m²"
    return text.replace(".", ",") if language == "vi" else text


def percent_words(percent: float, language: Language) -> str:
    """Say a share; one that is not whole is never said to be.

    >>> percent_words(33.333, "vi"), percent_words(100.0, "en"), percent_words(99.99, "en")
    ('33,3%', '100%', '>99.9%')
    >>> percent_words(0.01, "vi")
    '<0,1%'
    """
    if 0 < percent < 0.1:
        text = "<0.1%"
    elif 99.95 <= percent < 99.9999:
        text = ">99.9%"
    else:
        text = f"{percent:.1f}%".replace(".0%", "%")
    return text.replace(".", ",") if language == "vi" else text


def period_words(first: int | None, last: int | None) -> str:
    """Say the years a plan plans for.

    >>> period_words(2021, 2030), period_words(None, 2030), period_words(None, None)
    ('2021–2030', '–2030', '')
    """
    if first is None and last is None:
        return ""
    return f"{first or ''}–{last or ''}"


def use_words(code: str, name: str) -> str:
    """Say a land use: its name, and its code where that is something else."""
    return f"{name} ({code})" if name != code else code


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


def _decision(described: Described, language: Language) -> str:
    say = words(language)
    if described.decision_number is None:
        return ""
    if described.decision_date is None:
        return described.decision_number
    return str(
        say.plan_decision_of.format(
            number=described.decision_number, day=day_words(described.decision_date, language)
        )
    )


def _validity(plan: Plan, language: Language) -> str:
    if plan.valid_from is None:
        return ""
    say, first = words(language), day_words(plan.valid_from, language)
    if plan.valid_to is None:
        return str(say.plan_holds_since.format(day=first))
    last = day_words(plan.valid_to, language)
    return str(say.plan_held.format(day=first, until=last))
