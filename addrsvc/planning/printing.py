"""Pure: what plans say of a place, on paper: a PDF of one A4 page or more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import shapely
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from addrsvc.errors import Language
from addrsvc.geo.corners import Corners
from addrsvc.paper.fonts import BOLD
from addrsvc.paper.pages import BODY_MM, Foot, set_pages
from addrsvc.paper.qr import QrDrawing
from addrsvc.paper.styles import HEAD, NOTICE, SMALL, STRONG, TEXT, TITLE, WARNING, plain, words
from addrsvc.planning import printing_words as say
from addrsvc.planning.model import REFERENCE_NOTICE, Planned, PlanSays
from addrsvc.planning.printing_frame import Frame, frame_around
from addrsvc.planning.printing_map import Around, MapDrawing, Marked
from addrsvc.planning.printing_tables import conflicts, facts, legend, shares
from addrsvc.planning.printing_tables import corners as corner_table
from addrsvc.wording import day_words, moment_words, number_words

_KEPT_TOGETHER: Final = 15
"""Land uses; a longer table may begin on one page and end on the next."""

MAX_MAPS: Final = 3
"""Of the most detailed plans."""
MAX_ZONES: Final = 1_000
"""On one map."""
_MAX_LEGEND: Final = 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed."""

    planned: Planned
    language: Language
    printed_at: datetime
    link: str
    """To the same question on the service; what the QR code says."""
    around: Mapping[int, Sequence[Around]]
    """Zones of each plan in the frame of the map, the largest first, at most ``MAX_ZONES``."""
    is_cut: bool = False
    """There are more of them."""
    address: str | None = None
    """Its label."""
    code: str | None = None
    """Its code, as plates print it."""
    corners: Corners | None = None


def frame_of(planned: Planned) -> Frame:
    """Give the ground the map of an answer shows."""
    return frame_around(_asked(planned), planned.accuracy_m)


def make_pdf(sheet: Sheet, npm_dir: Path | None) -> bytes:
    """Set the pages. Takes a fraction of a second of one core: not for the event loop.

    Args:
        sheet: what stands on them.
        npm_dir: folder with the fonts' package; None: beside the package.

    Raises:
        PrintFontsMissing: they are not there.
    """
    language = sheet.language
    warning = say.SYNTHETIC.in_(language) if sheet.planned.is_synthetic else None
    return set_pages(
        _story(sheet),
        title=say.TITLE.in_(language),
        foot=Foot(REFERENCE_NOTICE.in_(language), warning),
        language=language,
        npm_dir=npm_dir,
    )


# --- pieces ----------------------------------------------------------------------------------


def _story(sheet: Sheet) -> Iterator[Flowable]:
    language, planned = sheet.language, sheet.planned
    yield _top(sheet)
    if planned.is_synthetic:
        yield words(say.SYNTHETIC.in_(language), WARNING)
    yield words(REFERENCE_NOTICE.in_(language), NOTICE)
    if not planned.plans:
        yield words(say.NOTHING.in_(language))
    if planned.conflicts:
        yield from conflicts(planned, language)
    for place, says in enumerate(planned.plans, 1):
        yield from _plan(place, says, sheet)
    if len(planned.plans) > MAX_MAPS:
        yield words(say.NO_MAP.in_(language).format(count=MAX_MAPS + 1), SMALL)
    if not planned.plans:
        yield from _map(sheet, ())
    if sheet.corners is not None:
        yield from corner_table(sheet.corners, language)


def _top(sheet: Sheet) -> Flowable:
    """Give what was asked, and the QR code beside it."""
    language, planned = sheet.language, sheet.planned
    place = say.LAT_LON.in_(language).format(lat=f"{planned.lat:.6f}", lon=f"{planned.lon:.6f}")
    if planned.accuracy_m is not None:
        metres = number_words(planned.accuracy_m, language, 1)
        place += "; " + say.ACCURACY.in_(language).format(metres=metres)
    area = planned.area_m2
    facts = [
        (say.ADDRESS, sheet.address),
        (say.CODE, sheet.code),
        (say.POSITION, place),
        (say.PLOT, None if area is None else f"{number_words(area, language, 1)} m²"),
        (say.AS_OF, day_words(planned.as_of, language)),
        (say.PRINTED, moment_words(sheet.printed_at, language)),
        (say.SCAN if area is None else say.SCAN_PLOT, sheet.link),
    ]
    left: list[Flowable] = [words(say.TITLE.in_(language), TITLE)]
    left += [
        Paragraph(f'<font name="{BOLD}">{name.in_(language)}:</font> {plain(value)}', TEXT)
        for name, value in facts
        if value is not None
    ]
    table = Table(
        [[left, QrDrawing(sheet.link, 32 * mm)]], colWidths=[BODY_MM * mm - 34 * mm, 34 * mm]
    )
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return table


def _plan(place: int, says: PlanSays, sheet: Sheet) -> Iterator[Flowable]:
    language, plan = sheet.language, says.plan
    head: list[Flowable] = [words(f"{place}. {plan.described.name}", HEAD)]
    if plan.described.is_synthetic:
        head.append(words(say.INVENTED.in_(language), WARNING))
    head.append(Paragraph("; ".join(map(plain, facts(plan, language))), TEXT))
    head.append(Spacer(1, 2 * mm))
    if len(says.shares) <= _KEPT_TOGETHER:
        yield KeepTogether([*head, shares(says, sheet.planned, language)])
    else:
        yield from head
        yield shares(says, sheet.planned, language)
    if says.near:
        near = [
            say.NEAR_M.in_(language).format(
                name=each.name, code=each.code, metres=number_words(each.distance_m, language, 1)
            )
            for each in says.near[:10]
        ]
        yield Paragraph(f"{say.NEAR.in_(language)}: {'; '.join(map(plain, near))}", TEXT)
    if place <= MAX_MAPS:
        yield from _map(sheet, sheet.around.get(plan.plan_id, ()))


def _map(sheet: Sheet, zones: Sequence[Around]) -> Iterator[Flowable]:
    language, planned, corners = sheet.language, sheet.planned, sheet.corners
    numbered: tuple[tuple[str, float, float], ...] = ()
    if corners is not None:
        points = shapely.get_coordinates(corners.polygon)[:-1].tolist()
        named = zip(corners.corners, points, strict=True)
        numbered = tuple((each.number, lon, lat) for each, (lon, lat) in named)
    frame = frame_of(planned)
    yield Spacer(1, 3 * mm)
    yield MapDrawing(frame, zones, Marked(_asked(planned), planned.accuracy_m, numbered))
    scale = say.MAP.in_(language).format(scale=number_words(frame.scale, language))
    asked = (say.ASKED_POINT if planned.area_m2 is None else say.ASKED_PLOT).in_(language)
    cut = " " + say.NOT_ALL.in_(language).format(count=MAX_ZONES) if sheet.is_cut else ""
    yield Paragraph(f'{scale}. <font color="#c00000">▬</font> {asked}.{cut}', SMALL)
    uses = {each.code: each for each in zones}
    if uses:
        yield words(say.LEGEND.in_(language), STRONG)
        yield legend(list(uses.values())[:_MAX_LEGEND])


def _asked(planned: Planned) -> shapely.Point | shapely.MultiPolygon:
    """Give the point or plot asked about, in degrees."""
    if planned.geometry is None:
        return shapely.Point(planned.lon, planned.lat)
    return shapely.MultiPolygon(shapely.get_parts(shapely.geometry.shape(dict(planned.geometry))))
