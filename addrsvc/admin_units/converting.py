"""Ask what a commune is on another day: by a text or a code, with a locality or a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from addrsvc.admin_units import service
from addrsvc.admin_units.conversion import Conversion, Converter, Named
from addrsvc.admin_units.conversion_errors import (
    CommuneNotNamed,
    TextOrCode,
    UnitCodeAmbiguous,
    UnitCodeUnknown,
)
from addrsvc.admin_units.errors import UnitNotFound
from addrsvc.admin_units.model import LocatedCommune
from addrsvc.admin_units.units_in_memory import LoadedUnits
from addrsvc.db.rows import Connection
from addrsvc.errors import Text
from addrsvc.parsing.keys import locality_key
from addrsvc.parsing.model import ComponentType, Parsed, Status, UnitMention
from addrsvc.types import LonLat, UnitId

MAX_CANDIDATES: Final = 20
"""More communes of one name than this are no help."""

_CORRECTED: Final = Text(
    "Tên phường, xã có chỗ viết sai và chỉ gần giống tên này. Hãy kiểm tra lại, hoặc ghi thêm "
    "quận, huyện cũ.",
    "The name of the commune has a slip in it and is only like this one. Check it, or add the "
    "old district.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a text or a code, and what else is known of the place."""

    text: str | None = None
    code: str | None = None
    since: date | None = None
    """Day on which the code held; None: not said."""
    locality: str | None = None
    """Khu phố or ấp, as people write it."""
    point: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """An answer, and how the commune stands in the text."""

    conversion: Conversion
    status: Status | None
    """Of the best reading: ``corrected`` where a slip was put right; None: a code was asked."""


async def convert(conn: Connection, loaded: LoadedUnits, asked: Asked, day: date) -> Converted:
    """Say what the commune written is on a day.

    Raises:
        UnitsNotKnownBefore: the day is earlier than the registers reach.
        TextOrCode: not exactly one of the two was given.
        CommuneNotNamed: the text names no commune that is known, or more than help.
        UnitCodeUnknown: no unit ever had the code.
        UnitNotFound: none had it on the day it is said to be from.
        UnitCodeAmbiguous: it named several units, which became different ones.
    """
    service.refuse_unknown_past(day)
    located = None if asked.point is None else await service.commune_at(conn, asked.point, day)
    return convert_located(loaded, asked, day, located)


def convert_located(
    loaded: LoadedUnits, asked: Asked, day: date, located: LocatedCommune | None
) -> Converted:
    """Say the same where the commune around the point is known; None: no point, or in none.

    Raises:
        InvalidInput, NotFound: as ``convert``.
    """
    service.refuse_unknown_past(day)
    keys = [] if asked.locality is None else [locality_key("place", asked.locality)]
    if (asked.text is None) == (asked.code is None):
        raise TextOrCode
    if asked.code is not None:
        written = _of_code(loaded.converter, asked.code, asked.since)
        answer = loaded.converter.convert(written, day, localities=keys, located=located)
        _refuse_ambiguous(asked.code, answer)
        return Converted(answer, None)
    parsed = loaded.reader.read(asked.text or "")
    named = _named(parsed)
    keys += [each.key for each in parsed.all(ComponentType.LOCALITY)]
    units = dict.fromkeys(each.unit for each in named if each.unit is not None)
    answer = loaded.converter.convert(units, day, localities=keys, located=located)
    if named[0].status is Status.CORRECTED and not _names_district(parsed, named[0]):
        answer = answer.doubted("corrected", _CORRECTED)
    return Converted(answer, named[0].status)


def _names_district(parsed: Parsed, commune: UnitMention) -> bool:
    """Tell whether the text names the district beside a commune, which bears its slip out."""
    districts = [each.district for each in parsed.units if each.commune == commune]
    return any(each is not None and each.span is not None for each in districts)


def _named(parsed: Parsed) -> Sequence[UnitMention]:
    """Give the communes a text may mean, best reading first.

    Raises:
        CommuneNotNamed: none that is known, or so many that a list is no help.
    """
    mentions = [each.commune for each in parsed.units if each.commune is not None]
    known = [each for each in mentions if each.unit is not None]
    if not 0 < len({each.unit for each in known}) <= MAX_CANDIDATES:
        raise CommuneNotNamed
    return known


def _of_code(converter: Converter, code: str, since: date | None) -> list[UnitId]:
    known = converter.of_code(code)
    if not known:
        raise UnitCodeUnknown(code=code[:5])
    if since is None:
        return [each.unit for each in known]
    service.refuse_unknown_past(since)
    held = [each.unit for each in known if each.period.holds(since)]
    if not held:
        raise UnitNotFound(code=code, day=since.isoformat())
    return held


def _refuse_ambiguous(code: str, answer: Conversion) -> None:
    """Pass where all units of the code are one and the same on the day asked for."""
    if len(answer.written) > 1 and answer.settled is None:
        raise UnitCodeAmbiguous(code=code, units="; ".join(map(_with_period, answer.written)))


def _with_period(named: Named) -> str:
    end = named.period.end
    return f"{named.name} ({named.period.start:%d/%m/%Y} – {f'{end:%d/%m/%Y}' if end else '…'})"
