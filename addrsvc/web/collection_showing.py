"""Pure: tasks, records, phones and figures as pages of field collection show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from addrsvc.auth.field_devices import Collector, FieldDevice
from addrsvc.codes.code import DigitalCode
from addrsvc.collection.areas import shown_name
from addrsvc.collection.model import ACT_NAMES, STATE_NAMES, Act, State
from addrsvc.collection.progress import Found, Progress
from addrsvc.collection.quality import Figures
from addrsvc.collection.tasks_model import KIND_NAMES, TASK_STATE_NAMES, Part, Task
from addrsvc.errors import Language
from addrsvc.web.words import words
from addrsvc.wording import day_words, moment_words, number_words

MOST_PARTS = 200
"""Shown to be ticked; others take the API or a name."""


@dataclass(frozen=True, slots=True)
class ShownTask:
    """One task of the list, or the one of a page."""

    id: str
    title: str
    where: str
    state: str
    is_open: bool
    person: str
    due: str
    is_late: bool
    share: float
    """0…100."""
    percent: str
    visited: str
    counts: tuple[tuple[str, str], ...]
    """Names and numbers; none of what there is none of."""


def shown_task(
    task: Task,
    progress: Progress,
    names: Mapping[str, str],
    people: Mapping[str, str],
    day: date,
    language: Language,
) -> ShownTask:
    """Word a task and how far it is."""
    say = words(language)
    left = task.days_left(day)
    counts = (
        (say.collection_new, progress.new),
        (say.collection_corrected, progress.corrected),
        (say.collection_gone, progress.gone),
        (say.collection_nobody_home, progress.nobody_home),
        (say.collection_waiting, progress.waiting),
        (say.collection_sent_back, progress.sent_back),
        (say.collection_refused, progress.refused),
        (say.collection_kept_apart, progress.kept_apart),
    )
    commune = names.get(task.commune_code, task.commune_code)
    return ShownTask(
        str(task.task_id),
        task.title,
        f"{KIND_NAMES[task.kind].in_(language)}, {commune}",
        TASK_STATE_NAMES[task.state].in_(language),
        task.is_open,
        person_words(task.assigned_to, people, language),
        "" if task.due_on is None else _due(task.due_on, left or 0, language, is_open=task.is_open),
        task.is_open and left is not None and left < 0,
        round(progress.share * 100, 1),
        f"{number_words(int(progress.share * 100), language)}%",
        say.collection_of.format(
            visited=number_words(progress.visited, language),
            addresses=number_words(progress.addresses, language),
        ),
        tuple((name, number_words(count, language)) for name, count in counts if count),
    )


def _due(due_on: date, left: int, language: Language, *, is_open: bool) -> str:
    said = day_words(due_on, language)
    if not is_open:
        return said
    say = words(language)
    if left == 0:
        return f"{said}, {say.collection_due_today}"
    text = say.collection_days_left if left > 0 else say.collection_overdue
    return f"{said}, {text.format(days=abs(left))}"


def person_words(person: str | None, people: Mapping[str, str], language: Language) -> str:
    """Name who has a task."""
    if person is None:
        return str(words(language).collection_nobody)
    return people.get(person, person.removeprefix("account:"))


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One record of a task."""

    id: str
    act: str
    state: str
    mark: str
    """``waiting``, ``bad`` or none."""
    made_at: str
    plate: str
    page: str
    note: str


def shown_record(found: Found, language: Language) -> ShownRecord:
    """Word a record."""
    is_waiting = found.waits_for is not None or found.state is State.QUARANTINED
    is_bad = found.state in {State.NEEDS_YOU, State.REFUSED}
    say = words(language)
    plate = "" if found.code is None else DigitalCode.of(found.code).plate
    state = STATE_NAMES[found.state].in_(language)
    return ShownRecord(
        str(found.submission_id),
        ACT_NAMES[found.act].in_(language),
        say.collection_waiting if found.waits_for is not None else state,
        "waiting" if is_waiting else "bad" if is_bad else "",
        moment_words(found.made_at, language),
        plate,
        "" if found.code is None else f"/a/{found.code}",
        found.note or "",
    )


def drawn_records(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Give what a map marks of records: houses that are new, and addresses reported gone."""
    drawn: list[dict[str, Any]] = []
    for each in found:
        is_live = each.state not in {State.REFUSED, State.QUARANTINED}
        if is_live and each.act is Act.GONE and each.code is not None:
            drawn.append({"gone": each.code})
        if is_live and each.act is Act.ADD:
            place = each.point
            drawn.append(
                {
                    "new": each.code,
                    "lon": None if place is None else round(place.lon, 6),
                    "lat": None if place is None else round(place.lat, 6),
                }
            )
    return drawn


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A locality or street to be ticked."""

    name: str
    addresses: str


def shown_parts(parts: Sequence[Part], language: Language) -> list[ShownPart]:
    """Word what a commune may be split by."""
    return [
        ShownPart(shown_name(each.named), number_words(each.addresses, language))
        for each in parts[:MOST_PARTS]
    ]


@dataclass(frozen=True, slots=True)
class ShownDevice:
    """A phone of the areas."""

    key_id: str
    name: str
    held_by: str
    state: str
    is_revoked: bool
    used: str
    until: str


def shown_device(
    device: FieldDevice, people: Mapping[str, str], now: datetime, language: Language
) -> ShownDevice:
    """Word a phone."""
    say = words(language)
    is_revoked = device.revoked_at is not None
    good = say.devices_good if device.is_good(now) else say.devices_expired
    used, until = device.last_used_at, device.expires_at
    return ShownDevice(
        device.key_id,
        device.name,
        person_words(device.held_by or "", people, language),
        say.devices_revoked if is_revoked else good,
        is_revoked,
        say.devices_never if used is None else moment_words(used, language),
        "" if until is None else moment_words(until, language),
    )


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """The figures of one collector, in the order of the columns."""

    name: str
    numbers: tuple[str, ...]


def shown_figures(figures: Figures, people: Mapping[str, str], language: Language) -> ShownFigures:
    """Word the figures of a collector."""
    each = figures
    counts = (
        each.records,
        each.unchanged,
        each.corrected,
        each.waiting,
        each.sent_back,
        each.refused,
        each.kept_apart,
        each.overridden,
        each.duplicates,
        each.impossible,
        each.clock_off,
    )
    return ShownFigures(
        person_words(each.holder, people, language),
        (
            *(number_words(count, language) for count in counts),
            metres_words(each.accuracy_m, language),
            wait_words(each.review_s, language),
        ),
    )


def metres_words(metres: float | None, language: Language) -> str:
    """Word a median of metres.

    >>> metres_words(4.25, "vi"), metres_words(None, "vi")
    ('4,2 m', '–')
    """
    return "–" if metres is None else f"{number_words(metres, language, 1)} m"


def wait_words(seconds: float | None, language: Language) -> str:
    """Word a median of waits.

    >>> wait_words(90, "vi"), wait_words(9_000, "vi"), wait_words(200_000, "en")
    ('2 phút', '2,5 giờ', '2.3 days')
    """
    if seconds is None:
        return "–"
    is_vietnamese = language == "vi"
    for most, unit, vietnamese, english, decimals in (
        (3_600, 60, "phút", "min", 0),
        (86_400, 3_600, "giờ", "h", 1),
    ):
        if seconds < most:
            said = number_words(seconds / unit, language, decimals)
            return f"{said} {vietnamese if is_vietnamese else english}"
    return f"{number_words(seconds / 86_400, language, 1)} {'ngày' if is_vietnamese else 'days'}"


def names_of(collectors: Sequence[Collector]) -> dict[str, str]:
    """Give the names of people by every id a device or task may call them."""
    return {
        called: each.name
        for each in collectors
        for called in (each.person, each.person.removeprefix("account:"))
    }
