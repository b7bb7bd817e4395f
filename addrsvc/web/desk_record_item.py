"""Pure: a record of field collection in words, as an item of the desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.codes.code import DigitalCode
from addrsvc.collection.model import (
    ACT_NAMES,
    FIELD_NAMES,
    STATE_NAMES,
    Act,
    Check,
    State,
    Waits,
)
from addrsvc.collection.pictures import Fault
from addrsvc.collection.reviewing import Look, Photo
from addrsvc.errors import Language
from addrsvc.geo.measure import distance_m
from addrsvc.geocoding.reverse import Nearby
from addrsvc.registry.label import address_line
from addrsvc.registry.model import (
    STATUS_NAMES,
    Address,
    Components,
    Locality,
    Method,
    Status,
)
from addrsvc.types import LonLat
from addrsvc.web.desk_items import Choice, Item, Note, Picture, Place
from addrsvc.web.desk_record_fields import difference, locality_words, ordered, point_of, said
from addrsvc.web.showing import distance_words, shown_address
from addrsvc.web.words import METHOD_NAMES
from addrsvc.wording import moment_words

DUPLICATES: Final = frozenset({Check.DUPLICATE_NEAR.value, Check.NUMBER_TAKEN.value})
"""Findings that take a reason to accept all the same."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a record."""

    findings: tuple[str, ...] = ()
    """In words."""
    nearby: tuple[Nearby, ...] = ()
    commune_name: str | None = None
    province_name: str | None = None
    collector: str | None = None
    task: str | None = None


def record_item(look: Look, around: Around, language: Language) -> Item:
    """Give a record as the desk shows it."""
    sub = look.submission
    label = _label(look, around, language)
    act = ACT_NAMES[sub.act].in_(language)
    return Item(
        id=str(sub.submission_id),
        subject=str(sub.submission_id),
        version=sub.version,
        title=said("title", language, act=act, label=_short(look, language)),
        state=_state(look, language),
        is_open=sub.waits_for is Waits.REVIEW or sub.state is State.QUARANTINED,
        confirms=None,
        facts=tuple(_facts(look, around, language)),
        text=label,
        is_text=True,
        marks=(),
        notes=tuple(_notes(look, around, language)),
        choices=tuple(_choices(look, around, language)),
        place=None,
        links=tuple(_links(look, language)),
        contact=_path(look, "private") if sub.has_private else None,
        pictures=tuple(_pictures(look, language)),
        differences=tuple(difference(look, each, language) for each in ordered(look.fields)),
        places=tuple(_places(look, language)),
        needs_words=("accept",) if any(map(_is_double, look.findings)) else (),
        echo="" if look.address is None else str(look.address.version),
    )


def _is_double(finding: Mapping[str, Any]) -> bool:
    """Tell whether something says that it may be there already, overridden or not."""
    return finding["slug"] in DUPLICATES or finding.get("check") in DUPLICATES


def _path(look: Look, tail: str) -> str:
    return f"/v1/collection/submissions/{look.submission.submission_id}/{tail}"


def _state(look: Look, language: Language) -> str:
    if look.submission.waits_for is Waits.REVIEW:
        return said("waiting", language)
    return STATE_NAMES[look.submission.state].in_(language)


def _components(given: Mapping[str, Any]) -> Components:
    texts = {
        name: given.get(name)
        for name in ("unit", "floor", "building", "house_number", "thoroughfare")
    }
    pairs = given.get("localities") or ()
    return Components(
        **texts,
        localities=tuple(Locality(kind, locality_words(kind, name)) for kind, name in pairs),
    )


def _label(look: Look, around: Around, language: Language) -> str:
    """Give the address collected in a line; of what says nothing of it, the one registered."""
    given = look.payload.get("fields")
    if given is not None:
        commune, province = around.commune_name or "", around.province_name or ""
        line = address_line(_components(given), commune, province)
        return ", ".join(each for each in (given.get("name"), line) if each)
    if look.address is not None:
        return _line_of(look.address, language)
    return said("unlabelled", language)


def _short(look: Look, language: Language) -> str:
    """Give number and street, or what else it is known by."""
    given = look.payload.get("fields")
    if given is None and look.address is not None:
        parts = look.address.document.components
        given = {"house_number": parts.house_number, "thoroughfare": parts.thoroughfare}
    given = given or {}
    line = " ".join(filter(None, (given.get("house_number"), given.get("thoroughfare"))))
    return line or given.get("name") or _printed(look) or said("unlabelled", language)


def _line_of(address: Address, language: Language) -> str:
    return str(shown_address(address, language).facts["label"])


def _printed(look: Look) -> str | None:
    code = look.submission.code or (None if look.address is None else look.address.code)
    return None if code is None else DigitalCode.of(code).printed


# --- facts and reasons ------------------------------------------------------------------------


def _facts(look: Look, around: Around, language: Language) -> Iterator[tuple[str, str]]:
    sub, payload = look.submission, look.payload

    def fact(name: str, value: object) -> Iterator[tuple[str, str]]:
        if value is not None:
            yield said(name, language), str(value)

    yield from fact("code", _printed(look))
    yield from fact("commune", _commune(look, around))
    yield from fact("collector", around.collector)
    yield from fact("carried", sub.carried_by)
    yield from fact("task", around.task)
    yield from fact("made", moment_words(sub.made_at, language))
    yield from fact("received", moment_words(sub.received_at, language))
    yield from _distances(look, language)
    counts = payload.get("counts") or {}
    yield from fact("rooms", counts.get("rooms"))
    yield from fact("households", counts.get("households"))
    yield from fact("revision", sub.revision if sub.revision > 1 else None)
    yield from fact("app", payload.get("app"))
    if sub.decided_at is not None:
        at = moment_words(sub.decided_at, language)
        yield said("decided", language), ", ".join(filter(None, (sub.decided_by, at)))


def _commune(look: Look, around: Around) -> str | None:
    code = look.submission.commune_code
    return None if code is None else f"{around.commune_name or ''} ({code})".strip()


def _distances(look: Look, language: Language) -> Iterator[tuple[str, str]]:
    """Say how exact the position is, and how far what was found is from what is known."""
    position = look.payload.get("position")
    entrance = point_of(position)
    if position is not None and position.get("accuracy_m") is not None:
        distance = distance_words(float(position["accuracy_m"]), language)
        method = METHOD_NAMES[Method(position["method"])].in_(language)
        value = said("accuracy_value", language, distance=distance, method=method)
        yield said("accuracy", language), value
    for name, point in (
        ("apart", _registered(look)),
        ("apart_base", _base(look)),
        ("building_apart", point_of(look.payload.get("building"))),
    ):
        if entrance is not None and point is not None:
            metres = distance_m(entrance, point)
            yield said(name, language), distance_words(metres, language)


def _notes(look: Look, around: Around, language: Language) -> Iterator[Note]:
    sub = look.submission
    if sub.state is State.QUARANTINED:
        yield Note(said("quarantined", language), "strong")
    if sub.act is Act.GONE:
        yield Note(said("about_gone", language), "strong")
    conflicts = [each.field for each in look.fields if each.standing == "conflict"]
    if conflicts and sub.act is not Act.GONE:
        names = ", ".join(FIELD_NAMES[each].in_(language) for each in conflicts)
        yield Note(said("differ", language, fields=names))
    yield from (Note(text) for text in around.findings)
    if sub.act is not Act.ADD and look.address is None:
        yield Note(said("no_address", language), "strong")
    if look.address is not None and look.address.status in {Status.RETIRED, Status.REJECTED}:
        status = STATUS_NAMES[look.address.status].in_(language)
        yield Note(said("retired", language, status=status), "strong")
    if sub.has_private:
        yield Note(said("private", language))
    if sub.note:
        yield Note(said("decided_note", language, note=sub.note), "past")


# --- where, and photos ------------------------------------------------------------------------


def _registered(look: Look) -> LonLat | None:
    position = None if look.address is None else look.address.document.position
    return None if position is None else position.point


def _base(look: Look) -> LonLat | None:
    """Give where the device saw the address, where that is not where it is now."""
    found = next((each for each in look.fields if each.field == "position"), None)
    point = None if found is None or not found.is_base_known else point_of(found.base)
    return None if point == _registered(look) else point


def _places(look: Look, language: Language) -> Iterator[Place]:
    says_position = look.submission.act in {Act.ADD, Act.CORRECT}
    for name, kind, words, point in (
        (
            "collected",
            "given",
            "collected" if says_position else "stood",
            point_of(look.payload.get("position")),
        ),
        ("registered", "present", "registered", _registered(look)),
        ("base", "seen", "base", _base(look)),
        ("building", "seen", "building", point_of(look.payload.get("building"))),
    ):
        if point is not None:
            sign = said(f"sign_{name}", language)
            yield Place(point, sign, kind, said(f"place_{words}", language))


def _choices(look: Look, around: Around, language: Language) -> Iterator[Choice]:
    """Give the addresses near by: they only show what is around."""
    own = None if look.address is None else look.address.code
    for near in around.nearby:
        candidate = near.candidate
        if candidate.code is None or candidate.code == own:
            continue
        distance = distance_words(near.distance_m, language)
        detail = f"{DigitalCode.of(candidate.code).printed} · {distance}"
        yield Choice(None, candidate.label, detail, candidate.point, is_present=False)


def _pictures(look: Look, language: Language) -> Iterator[Picture]:
    for number, photo in enumerate(look.photos, 1):
        name = "photo_gate" if photo.marks == "gate" else "photo"
        what = said("photo_number", language, what=said(name, language), number=number)
        yield _picture(look, photo, what, language)


def _picture(look: Look, photo: Photo, what: str, language: Language) -> Picture:
    if photo.is_erased:
        return Picture(said("photo_erased", language, what=what), None)
    if not photo.is_whole:
        return Picture(said("photo_away", language, what=what), None)
    if photo.fault is not None:
        why = {Fault.UNREADABLE: "photo_unreadable", Fault.TOO_LARGE: "photo_too_large"}
        return Picture(said(why[Fault(photo.fault)], language, what=what), None)
    return Picture(what, _path(look, f"photos/{photo.sha256}"))


def _links(look: Look, language: Language) -> Iterator[tuple[str, str]]:
    if look.address is not None and look.address.code is not None:
        yield said("open_address", language), f"/a/{look.address.code}"
    point = point_of(look.payload.get("position")) or _registered(look)
    if point is not None:
        yield said("open_place", language), f"/?q={point.lat:.6f},%20{point.lon:.6f}"
