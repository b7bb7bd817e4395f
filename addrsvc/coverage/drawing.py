"""Draw communes by how far collection is: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from addrsvc.commune_maps.drawing import draw_communes
from addrsvc.commune_maps.model import Colouring, Shape, Told
from addrsvc.coverage.model import Commune, Coverage
from addrsvc.coverage.wording import COUNT_NAMES, NO_DATA, OVER, percent
from addrsvc.errors import Language, Text
from addrsvc.findings import Severity
from addrsvc.wording import moment_words, number_words


class Measure(StrEnum):
    """What the colours of the map say."""

    SHARE = "share"
    COLLECTED = "collected"
    VERIFIED = "verified"
    PLATES = "plates"
    FINDINGS = "findings"
    DOSSIERS = "dossiers"


_BLUES: Final = ("#deebf7", "#9ecae1", "#6baed6", "#3182bd", "#08519c")
_GREENS: Final = ("#edf8e9", "#bae4b3", "#74c476", "#31a354", "#006d2c")
_PURPLES: Final = ("#f2f0f7", "#cbc9e2", "#9e9ac8", "#756bb1", "#54278f")
_ORANGES: Final = ("#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603")
_REDS: Final = ("#fee5d9", "#fcae91", "#fb6a4a", "#de2d26", "#a50f15")
# brown to green over white, and beside them violet for what cannot be (ColorBrewer: BrBG, PuOr)
_SHARES: Final = ("#a6611a", "#dfc27d", "#f5f5f5", "#80cdc1", "#018571", "#542788")
_NOBODY: Final = Text("không có", "none")
_COLOURINGS: Final = (
    Colouring(
        Measure.SHARE.value,
        Text("Hộ đã thu thập / dự kiến", "Households collected of those expected"),
        _SHARES,
        # above 100 % is a class of its own
        (0.0, 25.0, 50.0, 75.0, 95.0, 100.0001),
        class_names=(
            Text("0 – < 25 %", "0 – < 25 %"),
            Text("25 – < 50 %", "25 – < 50 %"),
            Text("50 – < 75 %", "50 – < 75 %"),
            Text("75 – < 95 %", "75 – < 95 %"),
            Text("95 – 100 %", "95 – 100 %"),
            Text("> 100 % (cần xem lại)", "> 100 % (look again)"),
        ),
        unknown=Text("chưa có số dự kiến hoặc dữ liệu", "no expected number or no data"),
    ),
    Colouring(
        Measure.COLLECTED.value, COUNT_NAMES["in_use"], _BLUES, none=_NOBODY, unknown=NO_DATA
    ),
    Colouring(
        Measure.VERIFIED.value, COUNT_NAMES["verified"], _GREENS, none=_NOBODY, unknown=NO_DATA
    ),
    Colouring(
        Measure.PLATES.value, COUNT_NAMES["plate_fixed"], _PURPLES, none=_NOBODY, unknown=NO_DATA
    ),
    Colouring(
        Measure.FINDINGS.value,
        Text("Phải sửa, cần xem lại", "To be mended or looked at"),
        _REDS,
        none=_NOBODY,
        unknown=Text("chưa kiểm tra", "not audited"),
    ),
)
_DOSSIERS: Final = Colouring(
    Measure.DOSSIERS.value,
    Text("Hồ sơ chờ người xem", "Dossiers waiting"),
    _ORANGES,
    none=_NOBODY,
    unknown=NO_DATA,
)
_TITLE: Final = Text("Tiến độ địa chỉ số theo phường, xã", "Digital addresses by commune")
_AS_OF: Final = Text(
    "Số liệu lúc {at}; phường, xã chưa có vị trí trên bản đồ: {count}. Viền đứt: ranh giới ước "
    "lượng. Bảng số liệu nằm trên trang chứa bản đồ này.",
    "As of {at}; communes without a place on the map: {count}. Dashed: estimated boundaries. The "
    "page this map stands on has all numbers as a table.",
)
_NEVER: Final = Text("chưa thống kê", "not counted yet")


def draw_map(
    coverage: Coverage,
    shapes: Sequence[Shape],
    language: Language,
    show: Measure = Measure.SHARE,
    npm_dir: Path | None = None,
) -> str:
    """Give a map of communes; ``shapes``: where they are.

    Raises:
        MapLibraryMissing: Leaflet is not there.
    """
    told = {each.code: Told(_values(each), _lines(each, language)) for each in coverage.communes}
    has_dossiers = any(each.dossiers is not None for each in coverage.communes)
    if show is Measure.DOSSIERS and not has_dossiers:
        show = Measure.SHARE
    known = {each.code for each in shapes if each.is_placed}
    never = _NEVER.in_(language)
    at = never if coverage.counted_at is None else moment_words(coverage.counted_at, language)
    away = number_words(sum(each.code not in known for each in coverage.communes), language)
    return draw_communes(
        _TITLE.in_(language),
        _AS_OF.in_(language).format(at=at, count=away),
        (*_COLOURINGS, _DOSSIERS) if has_dossiers else _COLOURINGS,
        told,
        [each for each in shapes if each.code in told],
        language=language,
        show=show,
        npm_dir=npm_dir,
    )


def _values(commune: Commune) -> dict[str, float | None]:
    counts, findings, share = commune.counts, commune.findings, commune.share
    heavy = None
    if findings is not None:
        heavy = findings.get(Severity.ERROR, 0) + findings.get(Severity.WARNING, 0)
    return {
        Measure.SHARE.value: None if share is None else share * 100,
        Measure.COLLECTED.value: None if counts is None else counts.in_use,
        Measure.VERIFIED.value: None if counts is None else counts.verified,
        Measure.PLATES.value: None if counts is None else counts.plate_fixed,
        Measure.FINDINGS.value: heavy,
        Measure.DOSSIERS.value: None if commune.dossiers is None else commune.dossiers.waiting,
    }


def _lines(commune: Commune, language: Language) -> tuple[str, ...]:
    """Say what a commune has, line by line."""
    counts = commune.counts
    if counts is None:
        return (NO_DATA.in_(language),)
    lines = []
    if commune.share is not None:
        over = f" – {OVER.in_(language)}" if commune.is_over else ""
        name = _COLOURINGS[0].name.in_(language)
        lines.append(f"{name}: {percent(commune.share, language)}{over}")
    lines += [
        f"{COUNT_NAMES[name].in_(language)}: {number_words(getattr(counts, name), language)}"
        for name in ("in_use", "households", "verified", "notified", "plate_fixed")
    ]
    return tuple(lines)
