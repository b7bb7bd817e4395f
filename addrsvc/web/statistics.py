"""The page of statistics of dossiers: totals, a table with bars, the map in a frame of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.web import principal_of
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.commune_maps.drawing import has_library
from addrsvc.db.web import doors_of
from addrsvc.dossiers.statistics import service
from addrsvc.dossiers.statistics.model import (
    PARTS,
    Counts,
    Dimension,
    Key,
    Statistics,
    Wanted,
)
from addrsvc.dossiers.statistics.tables import DIMENSION_NAMES
from addrsvc.errors import AddrsvcError, Language
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, to_sign_in
from addrsvc.wording import day_words, figures, number_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

ROWS_SHOWN: Final = 400
"""Most rows of the table; a year of days is one row each."""

_IN_TIME: Final = frozenset({Dimension.DAY, Dimension.MONTH})


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What became of some addresses: how many, and which share."""

    id: str
    name: str
    count: str
    share: str


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """Counts in words."""

    dossiers: str
    addresses: str
    waiting: str
    linked: str
    """Share."""
    days: str
    parts: tuple[ShownPart, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar, in hundredths of the longest one."""

    id: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the table."""

    name: str
    counts: ShownCounts
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Another table."""

    id: str
    name: str
    url: str


@router.api_route("/statistics", methods=["GET", "HEAD"])
async def statistics_page(request: Request) -> Response:
    """Show the numbers somebody signed in may see; who is not, is led to sign in."""
    pages, language = pages_of(request), page_language(request)
    day = today(cast("Clock", request.app.state.clock))
    by, days = _by(request.query_params.get("by")), _days(request)
    try:
        principal = await principal_of(request)
        if principal.is_anonymous:
            return to_sign_in(request)
        wanted = Wanted((by,), _day(days.get("from")), _day(days.get("to")))
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await service.get_statistics(conn, principal, wanted, day)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="", template="refused.html")
    asked = {**days, "lang": language}
    rows = _rows(found, by, language)
    has_map = has_library(pages.settings.npm_dir)
    return pages.respond(
        request,
        "statistics.html",
        headers={"Cache-Control": "private, no-store"},
        moment=_moment(found, language),
        event_number=found.event_number,
        limited=principal.areas is not None,
        by=by.value,
        by_name=DIMENSION_NAMES[by].in_(language),
        waiting_name=PARTS["waiting"].in_(language),
        first_day=days.get("from", ""),
        last_day=days.get("to", ""),
        total=_counts(found.total, language),
        total_dossiers=found.wanted.tells_dossiers,
        choices=[
            Choice(
                each.value,
                DIMENSION_NAMES[each].in_(language),
                f"/statistics?{urlencode({'by': each.value, **days})}",
            )
            for each in Dimension
        ],
        rows=rows[:ROWS_SHOWN],
        is_cut=len(rows) > ROWS_SHOWN,
        csv_url="/v1/dossiers/statistics?" + urlencode({"by": by.value, "format": "csv", **asked}),
        map_url=f"/v1/dossiers/statistics/map?{urlencode(asked)}" if has_map else None,
        map_file=f"ho-so-{day.isoformat()}.html",
    )


def _by(text: str | None) -> Dimension:
    return Dimension(text) if text in set(Dimension) else Dimension.COMMUNE


def _days(request: Request) -> dict[str, str]:
    """Give the days asked for, as they go into links; what is no day is left out."""
    asked = {name: request.query_params.get(name) for name in ("from", "to")}
    found = {name: _day(text) for name, text in asked.items()}
    return {name: day.isoformat() for name, day in found.items() if day is not None}


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _rows(found: Statistics, by: Dimension, language: Language) -> list[ShownRow]:
    """Give the rows: time runs backwards, all else goes by number of addresses."""
    rows = list(found.rows)
    if by in _IN_TIME:
        rows.reverse()
    else:
        rows.sort(key=lambda row: -row[1].addresses)
    longest = max((counts.addresses for _, counts in rows), default=0)
    return [
        ShownRow(_name(found, key, by, language), _counts(counts, language), _bar(counts, longest))
        for key, counts in rows
    ]


def _name(found: Statistics, key: Key, by: Dimension, language: Language) -> str:
    value = key[by]
    if isinstance(value, date):
        return day_words(value, language)
    if by is Dimension.MONTH and value:
        return f"{value[5:]}/{value[:4]}"
    return found.name_of(by, value, language)


def _bar(counts: Counts, longest: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    x = 0.0
    for part in PARTS:
        width = 100 * getattr(counts, part) / longest if longest else 0.0
        if width:
            pieces.append(Piece(part, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return tuple(pieces)


def _counts(counts: Counts, language: Language) -> ShownCounts:
    return ShownCounts(
        dossiers="–" if counts.dossiers is None else number_words(counts.dossiers, language),
        addresses=number_words(counts.addresses, language),
        waiting=number_words(counts.waiting, language),
        linked=_share(counts, counts.settled, language),
        days="" if counts.waiting_days is None else number_words(counts.waiting_days, language),
        parts=_parts(counts, language),
    )


def _parts(counts: Counts, language: Language) -> tuple[ShownPart, ...]:
    return tuple(
        ShownPart(
            name,
            PARTS[name].in_(language),
            number_words(getattr(counts, name), language),
            _share(counts, getattr(counts, name), language),
        )
        for name in PARTS
    )


def _share(counts: Counts, part: int, language: Language) -> str:
    """Say a share in per cent with one digit; nothing where there are no addresses."""
    share = counts.share(part)
    if share is None:
        return ""
    text = f"{share * 100:.1f} %"
    return figures(text, language)


def _moment(found: Statistics, language: Language) -> str:
    if found.counted_at is None:
        return ""
    local = found.counted_at.astimezone(VIETNAM)
    return f"{local:%H:%M}, {day_words(local.date(), language)}"
