"""Pure: what pages show of files of drafts: how they stand, what was read, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.errors import Language, Text
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.files.model import (
    FAULTS,
    FILE_STATE_NAMES,
    Fault,
    FileState,
    Mark,
    Repair,
    Report,
    Weight,
)
from addrsvc.planning.plan_files import PlanFile
from addrsvc.web.plans_showing import ShownCode
from addrsvc.web.plans_wording import area_words, zone_words_of
from addrsvc.web.plans_words import ENCODING_NAMES
from addrsvc.web.words import words
from addrsvc.wording import moment_words, number_words

MOVING: Final = frozenset(
    {FileState.RECEIVING, FileState.WAITING, FileState.CHECKING, FileState.STORING}
)
"""States in which nobody is asked anything, and more will happen."""

LOOKS: Final = {
    FileState.STORED: "status-current",
    FileState.REFUSED: "status-retired",
    FileState.FAILED: "status-retired",
    **dict.fromkeys(MOVING, "status-moving"),
}

WEIGHT_NAMES: Final[dict[Weight, Text]] = {
    Weight.ERROR: Text("Lỗi", "Error"),
    Weight.WARNING: Text("Cảnh báo", "Warning"),
    Weight.NOTE: Text("Lưu ý", "Note"),
}

MARKS_SHOWN: Final = 50
REPAIRS_SHOWN: Final = 1_000
CODES_SHOWN: Final = 40
OVERLAPS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file in words."""

    id: str
    name: str
    state: str
    state_name: str
    look: str
    is_moving: bool
    is_gone: bool
    sent: str
    kept: str


@dataclass(frozen=True, slots=True)
class ShownFault:
    """One kind of fault: how often, how much ground."""

    title: str
    weight: str
    weight_name: str
    count: str
    area: str


@dataclass(frozen=True, slots=True)
class ShownMark:
    """One fault and where it is."""

    title: str
    features: str
    area: str
    said: str
    coordinates: str


@dataclass(frozen=True, slots=True)
class ShownRepair:
    """What one zone would become."""

    n: int
    title: str
    before: str
    after: str
    lost: str
    gained: str
    overlap: str
    """What it would share with other zones, and which."""
    reason: str
    """Why there is none; empty: it can be taken."""


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report in words."""

    facts: tuple[tuple[str, str, str], ...]
    """Name, value, how that is known."""
    faults: tuple[ShownFault, ...]
    marks: tuple[ShownMark, ...]
    repairs: tuple[ShownRepair, ...]
    repairs_left: str
    """How many repairs are not listed; empty: none."""
    can_repair: int
    codes: tuple[ShownCode, ...]
    codes_left: str
    invalid: int
    """Features that cannot be stored as they are."""
    invalid_shown: str
    zones: str


def shown_file(file: PlanFile, language: Language) -> ShownFile:
    """Give what pages show of a file."""
    return ShownFile(
        id=str(file.file_id),
        name=file.name,
        state=file.state.value,
        state_name=FILE_STATE_NAMES[file.state].in_(language),
        look=LOOKS.get(file.state, ""),
        is_moving=file.state in MOVING,
        is_gone=file.gone_at is not None,
        sent=moment_words(file.created_at, language),
        kept=moment_words(file.expires_at, language),
    )


def shown_report(report: Report, language: Language) -> ShownReport:
    """Give what a page shows of a report."""
    marks = sorted(report.marks, key=lambda each: (_weight(each.fault), -(each.area_m2 or 0.0)))
    possible = [each for each in report.repairs if each.after_m2 is not None]
    listed = sorted(report.repairs, key=lambda each: (each.after_m2 is None, each.n))
    left = len(report.repairs) - REPAIRS_SHOWN
    codes_left = len(report.codes) - CODES_SHOWN
    invalid = report.features - report.zones
    return ShownReport(
        facts=tuple(_facts(report, language)),
        faults=tuple(_faults(report, language)),
        marks=tuple(_mark(each, language) for each in marks[:MARKS_SHOWN]),
        repairs=tuple(_repair(each, language) for each in listed[:REPAIRS_SHOWN]),
        repairs_left=number_words(left, language) if left > 0 else "",
        can_repair=len(possible),
        codes=tuple(_code(report, each, language) for each in report.codes[:CODES_SHOWN]),
        codes_left=number_words(codes_left, language) if codes_left > 0 else "",
        invalid=invalid,
        invalid_shown=number_words(invalid, language),
        zones=number_words(report.zones, language),
    )


def _facts(report: Report, language: Language) -> list[tuple[str, str, str]]:
    """Give how the file was read: name, value, and how that is known."""
    say = words(language)
    known = {"asked": say.report_asked, "file": say.report_of_file, "guessed": say.report_guessed}
    encoding = ENCODING_NAMES.get(report.encoding)
    order = say.report_exchanged if report.is_exchanged else ""
    crs_from = known.get(report.crs_from, "")
    return [
        (say.report_features, number_words(report.features, language), ""),
        (say.report_sound, number_words(report.zones, language), ""),
        (say.report_vertices, number_words(report.vertices, language), ""),
        (say.plan_area, area_words(report.area_m2, language), ""),
        (say.plan_option_crs, zone_words_of(report.crs, language), f"{crs_from} {order}".strip()),
        (
            say.plan_option_encoding,
            report.encoding if encoding is None else encoding.in_(language),
            known.get(report.encoding_from, ""),
        ),
        (say.plan_option_layer, report.layer, _others(report, language)),
        (say.plan_option_code_column, report.code_column or say.report_no_column, ""),
        (say.plan_option_label_column, report.label_column or say.report_no_column, ""),
    ]


def _others(report: Report, language: Language) -> str:
    """Say which other layers there are to choose from."""
    others = [each for each in report.layers if each != report.layer]
    if not others:
        return ""
    say = words(language)
    return str(say.report_other_layers.format(names=", ".join(others[:10])))


def _faults(report: Report, language: Language) -> list[ShownFault]:
    grounds = {
        Fault.OVERLAP: report.overlap_m2,
        Fault.GAP: report.gap_m2,
        Fault.OUTSIDE_PROVINCE: report.outside_m2,
    }
    found = [(fault, count) for fault, count in report.counts.items() if count]
    found.sort(key=lambda item: (_weight(item[0]), -item[1]))
    return [
        ShownFault(
            FAULTS[fault][1].in_(language),
            FAULTS[fault][0].value,
            WEIGHT_NAMES[FAULTS[fault][0]].in_(language),
            number_words(count, language),
            area_words(grounds[fault], language) if grounds.get(fault) else "",
        )
        for fault, count in found
    ]


def _weight(fault: Fault) -> int:
    return list(Weight).index(FAULTS[fault][0])


def _mark(mark: Mark, language: Language) -> ShownMark:
    numbers = [str(each) for each in (mark.n, mark.other_n) if each is not None]
    place = "" if mark.lon is None or mark.lat is None else f"{mark.lat:.6f}, {mark.lon:.6f}"
    return ShownMark(
        FAULTS[mark.fault][1].in_(language),
        " – ".join(numbers),
        "" if mark.area_m2 is None else area_words(mark.area_m2, language),
        mark.said or "",
        place,
    )


def _repair(repair: Repair, language: Language) -> ShownRepair:
    say = words(language)
    reasons = {
        "crashed": say.repair_crashed,
        "too-long": say.repair_too_long,
        "too-large": say.repair_too_large,
        "nothing-left": say.repair_nothing_left,
    }
    before, after, lost, gained = (
        "" if each is None else area_words(each, language)
        for each in (repair.before_m2, repair.after_m2, repair.lost_m2, repair.gained_m2)
    )
    reason = ""
    if repair.after_m2 is None:
        reason = reasons.get(repair.reason or "", say.repair_crashed)
    title = FAULTS[repair.fault][1].in_(language)
    overlap = _overlap(repair, language)
    return ShownRepair(repair.n, title, before, after, lost, gained, overlap, reason)


def _overlap(repair: Repair, language: Language) -> str:
    """Say what a zone would share with others as repaired."""
    say = words(language)
    if repair.overlap_m2 is None:
        return str(say.report_overlap_unknown)
    if not repair.overlap_m2:
        return "0"
    numbers = ", ".join(str(n) for n, _ in repair.overlaps[:OVERLAPS_SHOWN])
    more = ", …" if len(repair.overlaps) > OVERLAPS_SHOWN else ""
    area = area_words(repair.overlap_m2, language)
    return str(say.report_overlap_with.format(area=area, numbers=numbers + more))


def _code(report: Report, row: Sequence[Any], language: Language) -> ShownCode:
    code, zones, area_m2 = row
    use = use_of(report.code_list, code)
    return ShownCode(
        code,
        use.name.in_(language),
        use.colour,
        number_words(zones, language),
        area_words(area_m2, language),
    )
