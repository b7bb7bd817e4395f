"""Records of field collection as items of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.field_devices import FieldDevice, find_devices, list_collectors, list_devices
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection import reviewing, tasks
from addrsvc.collection.judging import words_of
from addrsvc.collection.model import ACT_NAMES, STATE_NAMES, State
from addrsvc.collection.model import Act as Found
from addrsvc.collection.reviewing import Look, Wanted
from addrsvc.collection.tasks_model import TaskState, WantedTasks
from addrsvc.db.transaction import transaction
from addrsvc.errors import Language
from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.reverse import nearest
from addrsvc.problems import RouteUnknown
from addrsvc.types import LonLat
from addrsvc.web.collection_showing import names_of
from addrsvc.web.desk_items import Act, Decision, Filter, Item, Portion
from addrsvc.web.desk_record_fields import chosen_values
from addrsvc.web.desk_record_item import Around, record_item
from addrsvc.web.desk_record_words import REASONS, RECORD_LABELS, RECORD_WORDS
from addrsvc.web.desk_words import ITEM_WORDS

_NEAR_M: Final = 50.0
_NEAREST: Final = 9
_MOST_LISTED: Final = 400
_MOST_TASKS: Final = 200
_STATES: Final = (State.RECEIVED, State.QUARANTINED)


class RecordDesk:
    """Gives out records that wait for review and decides on them; a ``DeskKind``."""

    scope = Scope.COLLECTION_REVIEW
    has_words = True
    has_fields = True

    def __init__(
        self, engine: AsyncEngine, communes: Callable[[], Mapping[str, Area]], clock: Clock
    ) -> None:
        self._engine, self._communes, self._clock = engine, communes, clock

    def labels(self, language: Language) -> Mapping[str, str]:
        """Give what the parts of the page are called."""
        return {name: text.in_(language) for name, text in RECORD_LABELS.items()}

    def acts(self, language: Language) -> Sequence[Act]:
        """Give the ways to decide."""

        def name(act: str) -> str:
            return RECORD_WORDS[f"act_{act}"].in_(language)

        return (
            Act("accept", "Enter", name("accept"), takes_fields=True),
            Act("send-back", "b", name("send-back"), needs_words=True),
            Act("refuse", "r", name("refuse"), needs_words=True),
        )

    async def filters(
        self, principal: Principal, given: Mapping[str, str], language: Language
    ) -> Sequence[Filter]:
        """Give the ways to narrow what waits: state, act, reason, task, collector, commune."""
        any_ = ("", ITEM_WORDS["filter_any"].in_(language))
        known = self._communes()
        listed = set(known) if principal.areas is None else principal.areas & set(known)
        names = sorted((known[code].full_name, code) for code in listed)
        communes = [(code, f"{name} ({code})") for name, code in names]
        states = {
            State.RECEIVED: RECORD_WORDS["waiting"],
            State.QUARANTINED: STATE_NAMES[State.QUARANTINED],
        }
        async with transaction(self._engine) as conn:
            devices = await list_devices(conn, principal)
            open_tasks, _ = await tasks.list_tasks(
                conn, principal, WantedTasks(state=TaskState.OPEN), limit=_MOST_TASKS
            )
            people = names_of(await list_collectors(conn, principal))
        held = [(each.key_id, _holder(each, people)) for each in devices]
        titles = [(str(each.task_id), each.title) for each in open_tasks]
        offered: dict[str, tuple[tuple[str, str], ...]] = {
            "state": (any_, *((each.value, states[each].in_(language)) for each in _STATES)),
            "act": (any_, *((each.value, ACT_NAMES[each].in_(language)) for each in Found)),
            "reason": (any_, *((slug, name.in_(language)) for slug, name in REASONS.items())),
            "task": (any_, *titles),
            "collector": (any_, *held[:_MOST_LISTED]),
            "commune": (any_, *communes) if len(communes) <= _MOST_LISTED else (),
        }
        return [
            Filter(
                name,
                RECORD_WORDS[f"filter_{name}"].in_(language),
                options,
                given.get(name, "")[:64],
            )
            for name, options in offered.items()
        ]

    async def take(
        self,
        principal: Principal,
        given: Mapping[str, str],
        language: Language,
        *,
        limit: int,
        is_first: bool,
    ) -> Portion:
        """Give the next that wait, the oldest first."""
        wanted = _wanted(given)
        async with transaction(self._engine) as conn:
            looks = await reviewing.claim_next(
                conn, principal, wanted, self._clock, limit=limit, is_first=is_first
            )
            left, decided = await reviewing.count(conn, principal, wanted, self._clock)
            items = await self._items(conn, principal, looks, language)
        return Portion(items, left, left >= reviewing.MOST_COUNTED, decided)

    async def get(self, principal: Principal, item: str, language: Language) -> Item:
        """Give one record as it stands now.

        Raises:
            SubmissionUnknown, RouteUnknown: there is none for the principal.
        """
        async with transaction(self._engine) as conn:
            look = await reviewing.get_look(conn, principal, _id(item))
            return (await self._items(conn, principal, [look], language))[0]

    async def decide(self, principal: Principal, decision: Decision) -> int:
        """Do what was decided.

        Raises:
            RouteUnknown: there is no such act.
            AddrsvcError: see ``collection.reviewing``.
        """
        submission_id, version, clock = _id(decision.item), decision.version, self._clock
        words = (decision.words or "").strip()
        async with transaction(self._engine) as conn:
            match decision.act:
                case "accept":
                    values = None
                    if decision.fields:
                        look = await reviewing.get_look(conn, principal, submission_id)
                        values = chosen_values(look.fields, decision.fields)
                    done = await reviewing.accept(
                        conn,
                        principal,
                        submission_id,
                        version,
                        values=values,
                        distinct_because=words or None,
                        address_version=int(decision.echo) if decision.echo.isdecimal() else None,
                        clock=clock,
                    )
                case "send-back":
                    done = await reviewing.send_back(
                        conn, principal, submission_id, version, words, clock
                    )
                case "refuse":
                    done = await reviewing.refuse(
                        conn, principal, submission_id, version, words or None, clock
                    )
                case "undo":
                    done = await reviewing.reopen(conn, principal, submission_id, version, clock)
                case _:
                    raise RouteUnknown
        return done.version

    async def _items(
        self,
        conn: AsyncConnection,
        principal: Principal,
        looks: Sequence[Look],
        language: Language,
    ) -> tuple[Item, ...]:
        devices = await find_devices(conn, {each.submission.device for each in looks})
        people = names_of(await list_collectors(conn, principal))
        named = {each.key_id: _holder(each, people) for each in devices.values()}
        items = []
        for each in looks:
            collector = named.get(each.submission.device, each.submission.device)
            around = await self._around(conn, each, collector, language)
            items.append(record_item(each, around, language))
        return tuple(items)

    async def _around(
        self, conn: AsyncConnection, look: Look, collector: str, language: Language
    ) -> Around:
        point = _place_of(look)
        nearby = []
        if point is not None:
            nearby = await nearest(conn, point, limit=_NEAREST, radius_m=_NEAR_M)
        area = self._communes().get(look.submission.commune_code or "")
        return Around(
            tuple(words_of(each, language) for each in look.findings),
            tuple(nearby),
            None if area is None else area.full_name,
            None if area is None or area.province is None else area.province.full_name,
            collector,
            None if look.submission.task_id is None else await _task(conn, look.submission.task_id),
        )


def _holder(device: FieldDevice, people: Mapping[str, str]) -> str:
    """Say who holds a device, and what it is called."""
    held_by = device.held_by
    return device.name if held_by is None else f"{people.get(held_by, held_by)} · {device.name}"


async def _task(conn: AsyncConnection, task_id: UUID) -> str:
    return (await tasks.find(conn, task_id)).title


def _place_of(look: Look) -> LonLat | None:
    position = look.payload.get("position")
    if position is not None:
        return LonLat(float(position["lon"]), float(position["lat"]))
    registered = None if look.address is None else look.address.document.position
    return None if registered is None else registered.point


def _id(item: str) -> UUID:
    found = _uuid(item)
    if found is None:
        raise RouteUnknown
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Read filters; what is none of the values offered narrows nothing."""
    state, act = given.get("state", ""), given.get("act", "")
    commune = given.get("commune", "").strip()
    return Wanted(
        commune=commune if len(commune) == 5 and commune.isascii() and commune.isdigit() else None,
        reason=given.get("reason", "")[:64] or None,
        act=Found(act) if act in {each.value for each in Found} else None,
        device=given.get("collector", "")[:80] or None,
        task=_uuid(given.get("task", "")),
        state=State(state) if state in {each.value for each in _STATES} else None,
    )
