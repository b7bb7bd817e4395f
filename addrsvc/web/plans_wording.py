"""Pure: plans, areas, shares and zones of VN-2000 in words, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from addrsvc.errors import Language
from addrsvc.geo.crs import ZONES
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    STATUS_NAMES,
    Described,
    Plan,
    PlanStatus,
)
from addrsvc.web.planning_words import ZONE_NAMES
from addrsvc.web.words import words
from addrsvc.wording import day_words, figures, number_words

LOOKS: Final = {
    PlanStatus.PUBLISHED: "status-current",
    PlanStatus.WITHDRAWN: "status-retired",
}

_LONG_CRS: Final = 80


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


def area_words(area_m2: float, language: Language) -> str:
    """Say an area with as many digits as it deserves.

    >>> area_words(1234.5, "vi"), area_words(12.345, "vi"), area_words(0.03, "en")
    ('1.234 m²', '12,3 m²', '0.1 m²')
    >>> area_words(23_456_789, "en"), area_words(604_570, "vi"), area_words(0, "vi")
    ('2,346 ha', '60,5 ha', '0 m²')
    """
    if area_m2 >= _LARGE_M2 * 10:
        return f"{number_words(round(area_m2 / 10_000), language)} ha"
    if area_m2 >= _LARGE_M2:
        text = f"{area_m2 / 10_000:.1f} ha"
    elif area_m2 >= 100 or area_m2 <= 0:
        return f"{number_words(round(max(area_m2, 0)), language)} m²"
    else:
        text = f"{max(area_m2, 0.1):.1f}".removesuffix(".0") + " m²"
    return figures(text, language)


_LARGE_M2: Final = 100_000
"""What is larger is told in hectares."""


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
    return figures(text, language)


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


def length_words(metres: float, language: Language) -> str:
    """Say the length of a side as certificates print it.

    >>> length_words(20, "vi")
    '20,00 m'
    """
    text = f"{metres:.2f} m"
    return figures(text, language)


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


def zone_words_of(crs: str, language: Language) -> str:
    """Name the reference system of a file: a zone of VN-2000 by where it is used.

    >>> zone_words_of("EPSG:9212", "vi"), zone_words_of("EPSG:4326", "vi")
    ('Bình Phước – kinh tuyến trục 106°15′ (EPSG:9212)', 'EPSG:4326')
    """
    number = crs.removeprefix("EPSG:")
    if number.isdigit() and int(number) in ZONES:
        return f"{zone_words(int(number), language)} ({crs})"
    return crs if len(crs) <= _LONG_CRS else f"{crs[:_LONG_CRS]}…"


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
