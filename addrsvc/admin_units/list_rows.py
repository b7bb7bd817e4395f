"""Check the rows of lists of names: canonical name, kind, unit, period. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units.commune_text import CommuneNames
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.errors import AddrsvcError, Text
from addrsvc.parsing.normalise import canonical, name_key
from addrsvc.types import LonLat, UnitId

THOROUGHFARE_KINDS = ("street", "numbered_road", "alley")
LOCALITY_KINDS = (
    "khu_pho",
    "ap",
    "to",
    "thon",
    "residential_area",
    "industrial_area",
    "place",
)
_KIND_WORDS = {
    "khu pho": "khu_pho",
    "kp": "khu_pho",
    "ap": "ap",
    "to": "to",
    "to dan pho": "to",
    "thon": "thon",
    "khu dan cu": "residential_area",
    "kdc": "residential_area",
    "khu do thi": "residential_area",
    "khu cong nghiep": "industrial_area",
    "kcn": "industrial_area",
    "cum cong nghiep": "industrial_area",
    "duong": "street",
    "pho": "street",
    "hem": "alley",
    "ngo": "alley",
    "kiet": "alley",
    "ngach": "alley",
}
_MAX_NAME = 200
_GENERIC = re.compile(r"^(?:đường|phố)\s+(?!số\b)(?=\D)", re.IGNORECASE)
_ALLEY = re.compile(r"^(?:(?:hem|ngo|kiet|ngach) |\d+ \d+(?: \d+)*$)")
_NUMBERED = re.compile(r"^(?:duong )?(?:so )?(?:(?:dt|dh|dx|ql|hl|tl|[a-z]{1,2}) ?)?\d{1,4}[a-z]?$")


class RowRefused(Exception):
    """A row cannot be taken; the text says why."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.reason = Text(vi, en)


@dataclass(frozen=True, slots=True)
class NameRow:
    """A row ready to be stored."""

    name: str
    name_key: str
    kind: str
    status: str
    units: tuple[UnitId, ...]
    """Most telling first: the new commune, the old one, the old district."""
    aliases: tuple[str, ...]
    segment_from: str | None
    segment_to: str | None
    centre: LonLat | None
    external_id: str | None
    valid_from: date | None
    source: str
    licence: str | None


@dataclass(frozen=True, slots=True)
class ListRules:
    """What the rows are checked against."""

    kinds: tuple[str, ...]
    units: frozenset[UnitId]
    names: CommuneNames
    day: date
    source: str
    kind: str | None = None
    """Of rows that do not say theirs; None: guessed for thoroughfares, refused otherwise."""


def check_row(fields: Mapping[str, str], rules: ListRules) -> NameRow:
    """Make one row of a list ready.

    Raises:
        RowRefused: with the reason in both languages.
    """
    name = _name(fields["name"])
    status = fields.get("status") or "observed"
    if status not in ("official", "observed"):
        raise RowRefused(f"trạng thái lạ: {status[:40]}", f"unknown status: {status[:40]}")
    aliases = (canonical(part) for part in fields.get("aliases", "").split(";"))
    return NameRow(
        name=name,
        name_key=name_key(name),
        kind=_kind(fields.get("kind", ""), name, rules),
        status=status,
        units=_units(fields, rules),
        aliases=tuple(dict.fromkeys(a for a in aliases if a and a != name)),
        segment_from=canonical(fields.get("segment_from", "")) or None,
        segment_to=canonical(fields.get("segment_to", "")) or None,
        centre=_centre(fields),
        external_id=fields.get("external_id") or None,
        valid_from=_date(fields.get("valid_from", "")),
        source=fields.get("source") or rules.source,
        licence=fields.get("licence") or None,
    )


def _name(text: str) -> str:
    name = _GENERIC.sub("", canonical(text))
    if not name_key(name):
        raise RowRefused("thiếu tên", "no name")
    if len(name) > _MAX_NAME:
        raise RowRefused(f"tên dài quá {_MAX_NAME} ký tự", f"name over {_MAX_NAME} characters")
    if not name.isprintable():
        raise RowRefused("tên có ký tự không in được", "name holds unprintable characters")
    return name


def _kind(text: str, name: str, rules: ListRules) -> str:
    kind = text if text in rules.kinds else _KIND_WORDS.get(name_key(text))
    if kind in rules.kinds:
        return kind
    if rules.kind is not None:
        return rules.kind
    if text or rules.kinds != THOROUGHFARE_KINDS:
        raise RowRefused(f"loại lạ: {text[:40]}", f"unknown kind: {text[:40]}")
    key = name_key(name)
    if _ALLEY.match(key):
        return "alley"
    return "numbered_road" if _NUMBERED.match(key) else "street"


def _units(fields: Mapping[str, str], rules: ListRules) -> tuple[UnitId, ...]:
    """Find the units of a row: communes by code, else the old district, else by names."""
    given = [
        UnitId(fields[field], valid_from)
        for field, valid_from in (
            ("new_commune_code", REORGANISED),
            ("old_commune_code", KNOWN_FROM),
            ("district_code", KNOWN_FROM),
        )
        if fields.get(field)
    ]
    unknown = [unit.code for unit in given if unit not in rules.units]
    if unknown:
        raise RowRefused(f"không có đơn vị mã {unknown[0][:10]}", f"no unit {unknown[0][:10]}")
    communes = [unit for unit in given if len(unit.code) == 5]
    if communes or given:
        return tuple(communes or given)
    words = (fields.get("commune"), fields.get("district"), fields.get("province"))
    text = ", ".join(word for word in words if word)
    if not text:
        raise RowRefused("thiếu phường, xã", "no commune")
    match = rules.names.resolve(text, rules.day)
    if match.verdict != "certain":
        raise RowRefused(
            f"chưa rõ phường, xã: {match.reason.vi}", f"commune not certain: {match.reason.en}"
        )
    return match.communes


def _centre(fields: Mapping[str, str]) -> LonLat | None:
    lon, lat = fields.get("lon"), fields.get("lat")
    if not lon and not lat:
        return None
    try:
        return LonLat(float(lon or ""), float(lat or ""))
    except ValueError:
        raise RowRefused("tọa độ không phải là số", "coordinates are no numbers") from None
    except AddrsvcError as error:
        raise RowRefused(error.text("vi"), error.text("en")) from error


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RowRefused(
            f"ngày không hợp lệ: {text[:20]} (cần YYYY-MM-DD)",
            f"no date: {text[:20]} (YYYY-MM-DD is needed)",
        ) from None
