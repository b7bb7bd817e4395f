"""Pure: fields of a record as seen, as registered and as collected; read back as typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from addrsvc.collection.errors import PositionUnreadable
from addrsvc.collection.merging import position_json
from addrsvc.collection.model import ACT_NAMES, FIELD_NAMES, Act
from addrsvc.collection.reviewing import FieldLook, Look
from addrsvc.errors import InvalidInput, Language
from addrsvc.geo.measure import distance_m
from addrsvc.geo.typed_point import Degrees, is_in_vietnam, read_point
from addrsvc.registry.bulk import values
from addrsvc.registry.model import KIND_NAMES, STATUS_NAMES, Kind, Marks, Method, Position, Status
from addrsvc.types import LonLat
from addrsvc.web.desk_items import Difference, Given
from addrsvc.web.desk_record_words import RECORD_WORDS
from addrsvc.web.showing import distance_words

_CHANGES: Final = {"registered": "elsewhere", "collected": "changed"}
_UNTYPED: Final = "existence"
_TYPED_ACCURACY_M: Final = 10.0
"""Of a position somebody types, as read off a map."""
_TITLES: Final = {"khu_pho": "Khu phố", "ap": "Ấp", "to": "Tổ", "thon": "Thôn"}


def ordered(fields: Sequence[FieldLook]) -> list[FieldLook]:
    """Put first what somebody has to choose, then what changed; else in the order of forms."""
    rank = {"conflict": 0, "collected": 1, "registered": 2}
    return sorted(fields, key=lambda each: rank.get(each.standing, 3))


def difference(look: Look, field: FieldLook, language: Language) -> Difference:
    """Give a field in words, with what will be registered of it."""
    if look.submission.act is Act.GONE:
        return _since(field, language)
    is_new = look.submission.act is Act.ADD and look.address is None
    change = "new" if is_new else _CHANGES.get(field.standing, field.standing)
    outcome = field.registered if field.standing == "registered" else field.collected
    base = _words(field.field, field.base, language)
    if not field.is_base_known and not is_new:
        base = said("base_unknown", language)
    is_typed = field.field != _UNTYPED
    is_chosen = change == "conflict" or (change == "changed" and field.field == "position")
    return Difference(
        field=field.field,
        label=FIELD_NAMES[field.field].in_(language),
        base=base,
        registered=_words(field.field, field.collected if is_new else field.registered, language),
        collected=_words(field.field, field.collected, language),
        change=change,
        mark="" if is_new and field.collected is None else _mark(field, change, language),
        value=_as_typed(field.field, outcome) if is_typed and not is_chosen else "",
        options=_kinds(language) if field.field == "kind" else (),
        is_typed=is_typed,
    )


def _since(field: FieldLook, language: Language) -> Difference:
    """Show what the register says otherwise by now of an address said to be gone."""
    return Difference(
        field=field.field,
        label=FIELD_NAMES[field.field].in_(language),
        base=_words(field.field, field.base, language),
        registered=_words(field.field, field.registered, language),
        collected=ACT_NAMES[Act.GONE].in_(language),
        change="elsewhere",
        mark=said("change_since", language),
        value="",
        is_typed=False,
    )


def _mark(field: FieldLook, change: str, language: Language) -> str:
    """Say what changed; of a position also how far."""
    words = said(f"change_{change}", language)
    one, other = point_of(field.registered), point_of(field.collected)
    if change in {"same", "new"} or one is None or other is None:
        return words
    distance = distance_words(distance_m(one, other), language)
    return said("change_moved", language, change=words, distance=distance)


def _kinds(language: Language) -> tuple[tuple[str, str], ...]:
    return tuple((kind.value, name.in_(language)) for kind, name in KIND_NAMES.items())


def _words(field: str, value: Any, language: Language) -> str:
    """Say the value of a field; nothing: an empty text."""
    if value is None:
        return ""
    if field == "kind" and value in set(Kind):
        return KIND_NAMES[Kind(value)].in_(language)
    if field == "localities":
        return "; ".join(locality_words(kind, name) for kind, name in value)
    point = point_of(value)
    if field == "position" and point is not None:
        return f"{point.lat:.6f}, {point.lon:.6f}"
    if field == "existence" and value in set(Status):
        return STATUS_NAMES[Status(value)].in_(language)
    return str(value)


def locality_words(kind: str, name: str) -> str:
    """Write a locality in full: devices may say ``3`` where the register says ``Khu phố 3``."""
    return f"{_TITLES[kind]} {name}" if name[:1].isdigit() and kind in _TITLES else name


def _as_typed(field: str, value: Any) -> str:
    """Write a value as :func:`typed_value` reads it."""
    if value is None:
        return ""
    point = point_of(value)
    if point is not None:
        return f"{point.lat:.7f}, {point.lon:.7f}"
    if field != "localities":
        return str(value)
    pairs = [[kind, locality_words(kind, name)] for kind, name in value]
    plain = "; ".join(name for _, name in pairs)
    try:
        is_plain = values.localities(plain) == pairs
    except InvalidInput:
        is_plain = False
    return plain if is_plain else "; ".join(f"{kind}:{name}" for kind, name in pairs)


def typed_value(field: str, text: str) -> Any:
    """Read what a clerk typed of a field, as the register takes it; nothing typed: None.

    Raises:
        InvalidInput: it cannot be that.
    """
    kept = " ".join(text.split())
    if field == "position":
        return _typed_position(kept)
    if not kept:
        return None
    return values.localities(kept) if field == "localities" else kept


def _typed_position(text: str) -> dict[str, Any]:
    found = read_point(text)
    point = LonLat(found.lon, found.lat) if isinstance(found, Degrees) else None
    if point is None or not is_in_vietnam(point):
        raise PositionUnreadable(given=text[:40])
    return position_json(Position(point, _TYPED_ACCURACY_M, Method.MAP, Marks.ENTRANCE))


def chosen_values(fields: Iterable[FieldLook], given: Mapping[str, Given]) -> dict[str, Any]:
    """Give the value of each field a clerk chose or typed over; others are left out.

    Raises:
        InvalidInput: something typed cannot be that.
    """
    values = {}
    for each in fields:
        said = given.get(each.field)
        if said is None:
            continue
        match said.chosen:
            case "registered":
                values[each.field] = each.registered
            case "collected":
                values[each.field] = each.collected
            case _:
                values[each.field] = typed_value(each.field, said.value)
    return values


def point_of(value: Any) -> LonLat | None:
    """Read a point as records and documents keep it; None: it is none."""
    if not isinstance(value, Mapping):
        return None
    return LonLat(float(value["lon"]), float(value["lat"]))


def said(name: str, language: Language, **facts: object) -> str:
    """Say something of ``RECORD_WORDS``."""
    return RECORD_WORDS[name].in_(language).format(**facts)
