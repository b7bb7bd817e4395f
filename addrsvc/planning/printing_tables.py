"""Pure: tables and paragraphs of a printed page about plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from addrsvc.errors import Language
from addrsvc.geo.corners import Corners
from addrsvc.paper.styles import (
    HEAD,
    MAX_TEXT,
    RIGHT,
    RULE,
    SMALL,
    STRONG,
    TIGHT,
    WARNING,
    ruled,
    words,
)
from addrsvc.planning import printing_words as say
from addrsvc.planning.model import KIND_NAMES, LEVEL_NAMES, STATUS_NAMES, Plan, Planned, PlanSays
from addrsvc.planning.printing_map import Around, hex_colour
from addrsvc.wording import day_words, number_words

_MAX_SHARES: Final = 100
_MAX_CONFLICTS: Final = 40


def conflicts(planned: Planned, language: Language) -> Iterator[Flowable]:
    """Say where plans differ."""
    names = {each.plan.plan_id: each.plan.described.name for each in planned.plans}
    yield words(say.CONFLICTS.in_(language), HEAD)
    for each in planned.conflicts[:_MAX_CONFLICTS]:
        said = say.CONFLICT.in_(language).format(
            one=names.get(each.plan_id, each.plan_id),
            code=each.code,
            other=names.get(each.other_plan_id, each.other_plan_id),
            other_code=each.other_code,
        )
        area = "" if each.area_m2 is None else f": {number_words(each.area_m2, language, 1)} m²"
        yield words(f"• {said}"[:MAX_TEXT] + area)
    yield words(say.CONFLICTS_NEXT.in_(language))


def facts(plan: Plan, language: Language) -> Iterator[str]:
    """Say what a plan is and since when it holds."""
    described = plan.described
    kind, level = KIND_NAMES[described.kind], LEVEL_NAMES[described.level]
    yield f"{kind.in_(language)}, {level.in_(language)}"
    decision = described.decision_number or say.UNKNOWN.in_(language)
    if described.decision_date is not None:
        day = day_words(described.decision_date, language)
        decision = say.DATED.in_(language).format(number=decision, day=day)
    yield f"{say.DECISION.in_(language)}: {decision}"
    if described.issuer is not None:
        yield f"{say.ISSUER.in_(language)}: {described.issuer}"
    scale = say.UNKNOWN.in_(language)
    if described.scale is not None:
        scale = f"1:{number_words(described.scale, language)}"
    yield f"{say.SCALE.in_(language)}: {scale}"
    years = [str(each) for each in (described.period_from, described.period_to) if each is not None]
    if years:
        yield f"{say.PERIOD.in_(language)}: {'–'.join(years)}"
    if plan.valid_from is not None:
        held = say.FROM if plan.valid_to is None else say.UNTIL
        end = "" if plan.valid_to is None else day_words(plan.valid_to, language)
        day = day_words(plan.valid_from, language)
        yield f"{say.VALID.in_(language)}: {held.in_(language).format(day=day, end=end)}"
    yield f"{say.STATUS.in_(language)}: {STATUS_NAMES[plan.status].in_(language)}"


def shares(says: PlanSays, planned: Planned, language: Language) -> Flowable:
    """Give what a plan has there: coloured squares, uses, square metres and per cent."""
    heads = [words(each.in_(language), STRONG) for each in (say.USE, say.AREA, say.PERCENT)]
    table: list[list[Any]] = [["", *heads]]
    colours: list[Any] = []
    for row, each in enumerate(says.shares[:_MAX_SHARES], 1):
        area = say.HERE.in_(language)
        if each.area_m2 is not None:
            area = number_words(each.area_m2, language, 1)
        percent = "" if each.percent is None else number_words(each.percent, language, 2)
        named = each.code if each.name == each.code else f"{each.name} ({each.code})"
        table.append(["", words(named), words(area, RIGHT), words(percent, RIGHT)])
        colours.append(("BACKGROUND", (0, row), (0, row), hex_colour(each.colour)))
    if not says.shares:
        table.append(["", words(say.NONE_HERE.in_(language)), "", ""])
    if len(says.shares) > _MAX_SHARES:
        more = say.MORE_USES.in_(language).format(count=len(says.shares) - _MAX_SHARES)
        table.append(["", words(more), "", ""])
    kept_apart = ((say.UNCOVERED, says.uncovered_m2), (say.OVERLAPPING, says.overlapping_m2))
    for said, part_m2 in kept_apart:
        if part_m2 is not None:
            of_all = part_m2 / planned.area_m2 * 100 if planned.area_m2 else 0.0
            table.append([
                "",
                words(said.in_(language), STRONG),
                words(number_words(part_m2, language, 1), RIGHT),
                words(number_words(of_all, language, 2), RIGHT),
            ])  # fmt: skip
    return ruled(table, [7, 117, 28, 22], colours)


def legend(uses: Sequence[Around]) -> Flowable:
    """Give the uses of a map in two columns."""
    half = (len(uses) + 1) // 2
    table: list[list[Any]] = [["", "", "", ""] for _ in range(half)]
    colours: list[Any] = []
    for place, each in enumerate(uses):
        row, column = place % half, place // half * 2
        named = each.code if each.name == each.code else f"{each.code} – {each.name}"
        table[row][column + 1] = words(named, SMALL)
        colours.append(("BACKGROUND", (column, row), (column, row), hex_colour(each.colour)))
        colours.append(("BOX", (column, row), (column, row), 0.3, RULE))
    drawn = Table(table, colWidths=[each * mm for each in (7, 80, 7, 80)], hAlign="LEFT")
    drawn.setStyle([*colours, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *TIGHT])
    return drawn


def corners(read: Corners, language: Language) -> Iterator[Flowable]:
    """Give the corners as they were read, beside what was printed."""
    yield words(say.CORNERS.in_(language).format(epsg=read.epsg), HEAD)
    if read.likelier_epsg is not None:
        said = say.LIKELIER.in_(language).format(epsg=read.likelier_epsg)
        yield words(said, WARNING)
    heads = (say.POINT, say.NORTHING, say.EASTING, say.EDGE, say.EDGE_PRINTED, say.EDGE_OFF)
    table: list[list[Any]] = [[words(each.in_(language), STRONG) for each in heads]]
    for corner, edge in zip(read.corners, read.edges, strict=True):
        printed, off = edge.printed_m, edge.off_m
        table.append([
            words(corner.number, SMALL),
            f"{corner.northing_m:.3f}",
            f"{corner.easting_m:.3f}",
            f"{edge.length_m:.2f}",
            "" if printed is None else f"{printed:.2f}",
            f"{off:+.2f}" if off is not None and edge.is_off else "",
        ])  # fmt: skip
    yield ruled(table, [18, 36, 36, 30, 27, 27], [("ALIGN", (1, 1), (-1, -1), "RIGHT")])
