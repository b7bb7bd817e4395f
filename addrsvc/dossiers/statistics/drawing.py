"""Draw communes by their dossiers: how many addresses, how many wait, how many match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from addrsvc.commune_maps.classes import SHARE_LIMITS
from addrsvc.commune_maps.drawing import draw_communes
from addrsvc.commune_maps.model import Colouring, Shape, Told
from addrsvc.dossiers.statistics.model import PARTS, Counts, Dimension, Statistics
from addrsvc.errors import Language, Text
from addrsvc.wording import moment_words, number_words


class Measure(StrEnum):
    """What the colours of the map say."""

    COUNT = "count"
    WAITING = "waiting"
    QUALITY = "quality"


_NOBODY: Final = Text("không có", "none")
# lighter to darker, told apart without seeing colours too (ColorBrewer: Blues, Oranges, BrBG)
_COLOURINGS: Final = (
    Colouring(
        Measure.COUNT.value,
        Text("Số địa chỉ", "Addresses"),
        ("#deebf7", "#9ecae1", "#6baed6", "#3182bd", "#08519c"),
        none=_NOBODY,
    ),
    Colouring(
        Measure.WAITING.value,
        Text("Chờ người xem", "Waiting for a person"),
        ("#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603"),
        none=_NOBODY,
    ),
    Colouring(
        Measure.QUALITY.value,
        Text("Tỷ lệ đã liên kết", "Share linked"),
        ("#a6611a", "#dfc27d", "#f5f5f5", "#80cdc1", "#018571"),
        SHARE_LIMITS,
        unit=" %",
    ),
)
_TITLE: Final = Text("Địa chỉ hồ sơ theo phường, xã", "Addresses of dossiers by commune")
_AS_OF: Final = Text(
    "Số liệu lúc {at}; địa chỉ chưa rõ phường, xã hoặc chưa có vị trí trên bản đồ: {count}.",
    "As of {at}; addresses without a commune or a place on the map: {count}.",
)
_NEVER: Final = Text("chưa thống kê", "not counted yet")


def draw_map(
    found: Statistics,
    shapes: Sequence[Shape],
    language: Language,
    show: Measure = Measure.COUNT,
    npm_dir: Path | None = None,
) -> str:
    """Give a map of communes; ``found`` are counts by commune, ``shapes`` where these are.

    Raises:
        MapLibraryMissing: Leaflet is not there.
    """
    counts = {str(key[Dimension.COMMUNE] or ""): each for key, each in found.rows}
    return draw_communes(
        _TITLE.in_(language),
        _said(found, counts, shapes, language),
        _COLOURINGS,
        {code: Told(_values(each), _lines(each, language)) for code, each in counts.items()},
        shapes,
        language=language,
        show=show,
        npm_dir=npm_dir,
    )


def _values(counts: Counts) -> dict[str, float | None]:
    return {
        Measure.COUNT: counts.addresses,
        Measure.WAITING: counts.waiting,
        Measure.QUALITY: 100 * counts.settled / counts.addresses if counts.addresses else None,
    }


def _lines(counts: Counts, language: Language) -> tuple[str, ...]:
    """Say what a commune has, line by line; parts that are none are left out."""
    addresses = _COLOURINGS[0].name.in_(language)
    lines = [f"{addresses}: {number_words(counts.addresses, language)}"]
    for name, part in PARTS.items():
        count = getattr(counts, name)
        if count:
            share = number_words(round(100 * count / counts.addresses), language)
            lines.append(f"{part.in_(language)}: {number_words(count, language)} ({share} %)")
    return tuple(lines)


def _said(
    found: Statistics, counts: Mapping[str, Counts], shapes: Sequence[Shape], language: Language
) -> str:
    known = {each.code for each in shapes if each.is_placed}
    away = sum(each.addresses for code, each in counts.items() if code not in known)
    never = _NEVER.in_(language)
    at = never if found.counted_at is None else moment_words(found.counted_at, language)
    return _AS_OF.in_(language).format(at=at, count=number_words(away, language))
