"""Reports of citizens as items of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.db.transaction import transaction
from addrsvc.errors import Language
from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.reverse import nearest
from addrsvc.problems import RouteUnknown
from addrsvc.registry import reading
from addrsvc.registry.model import Address
from addrsvc.tickets import answering
from addrsvc.tickets.answering import MOST_COUNTED, Answered, Look
from addrsvc.tickets.model import KIND_NAMES, STATE_NAMES, Kind, State, Wanted
from addrsvc.tickets.model import Act as Does
from addrsvc.web.desk_items import Act, Decision, Filter, Item, Portion
from addrsvc.web.desk_ticket_item import Around, ticket_item
from addrsvc.web.desk_words import ITEM_WORDS, TICKET_WORDS

_NEAR_M: Final = 50.0
_NEAREST: Final = 6
_MOST_LISTED: Final = 400
_OPEN: Final = (State.RECEIVED, State.LOOKING)

_BY_ACT: Final = {
    "take": Does.TAKE,
    "answer": Does.ANSWER,
    "done": Does.DONE,
    "confirm": Does.DONE,
    "choose": Does.DONE,
    "refuse": Does.REFUSE,
    "undo": Does.REOPEN,
}


class TicketDesk:
    """Gives out reports of citizens and closes them; a ``DeskKind``."""

    scope = Scope.TICKETS_WRITE
    has_words = True
    has_fields = False

    def __init__(
        self, engine: AsyncEngine, communes: Callable[[], Mapping[str, Area]], clock: Clock
    ) -> None:
        self._engine, self._communes, self._clock = engine, communes, clock

    def labels(self, language: Language) -> Mapping[str, str]:
        """Give what the parts of the page are called."""
        return {
            name: TICKET_WORDS[f"label_{name}"].in_(language)
            for name in ("title", "text", "notes", "facts", "choices", "no_choices", "choose")
        }

    def acts(self, language: Language) -> Sequence[Act]:
        """Give the ways to decide beside confirming and choosing."""
        return tuple(
            Act(
                does.value,
                key,
                TICKET_WORDS[f"act_{does.value}"].in_(language),
                needs_words=does.needs_words,
                keeps_open=does in {Does.TAKE, Does.ANSWER},
            )
            for does, key in (
                (Does.DONE, "d"),
                (Does.REFUSE, "r"),
                (Does.ANSWER, "a"),
                (Does.TAKE, "t"),
            )
        )

    async def filters(
        self, principal: Principal, given: Mapping[str, str], language: Language
    ) -> Sequence[Filter]:
        """Give the ways to narrow what waits: state, what it is about, commune."""
        any_ = ("", ITEM_WORDS["filter_any"].in_(language))
        known = self._communes()
        listed = set(known) if principal.areas is None else principal.areas & set(known)
        names = sorted((known[code].full_name, code) for code in listed)
        communes = [(code, f"{name} ({code})") for name, code in names]
        offered: dict[str, tuple[tuple[str, str], ...]] = {
            "state": (any_, *((each.value, STATE_NAMES[each].in_(language)) for each in _OPEN)),
            "about": (any_, *((each.value, KIND_NAMES[each].in_(language)) for each in Kind)),
            "commune": (any_, *communes) if len(communes) <= _MOST_LISTED else (),
        }
        return [
            Filter(
                name,
                TICKET_WORDS[f"filter_{name}"].in_(language),
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
        """Give the next that wait, those due first."""
        wanted = _wanted(given)
        async with transaction(self._engine) as conn:
            looks = await answering.claim_next(
                conn, principal, wanted, self._clock, limit=limit, is_first=is_first
            )
            left, closed = await answering.count(conn, principal, wanted, self._clock)
            items = await self._items(conn, principal, looks, language)
        return Portion(items, left, left >= MOST_COUNTED, closed)

    async def get(self, principal: Principal, item: str, language: Language) -> Item:
        """Give one report as it stands now.

        Raises:
            TicketUnknown, RouteUnknown: there is none for the principal.
        """
        async with transaction(self._engine) as conn:
            look = await answering.get_look(conn, principal, _id(item))
            return (await self._items(conn, principal, [look], language))[0]

    async def decide(self, principal: Principal, decision: Decision) -> int:
        """Do what was decided.

        Raises:
            RouteUnknown: there is no such act.
            AddrsvcError: see ``tickets.answering.decide``.
        """
        act = _BY_ACT.get(decision.act)
        if act is None:
            raise RouteUnknown
        ticket_id = _id(decision.item)
        async with transaction(self._engine) as conn:
            code = decision.choice
            if decision.act == "confirm":
                code = (await answering.get_look(conn, principal, ticket_id)).ticket.code
            answered = Answered(act, decision.words, code)
            done = await answering.decide(
                conn, principal, ticket_id, decision.version, answered, self._clock
            )
        return done.version

    async def _items(
        self,
        conn: AsyncConnection,
        principal: Principal,
        looks: Iterable[Look],
        language: Language,
    ) -> tuple[Item, ...]:
        looks = list(looks)
        codes = {code for look in looks for code in (look.ticket.code, look.ticket.result) if code}
        known = await reading.find_addresses(conn, codes)
        seen = {code: one for code, one in known.items() if reading.is_seen(one, principal)}
        day, items = today(self._clock), []
        for look in looks:
            around = await self._around(conn, look, seen)
            items.append(ticket_item(look, around, day, language))
        return tuple(items)

    async def _around(
        self, conn: AsyncConnection, look: Look, seen: Mapping[str, Address]
    ) -> Around:
        ticket = look.ticket
        nearby = []
        if ticket.point is not None:
            nearby = await nearest(conn, ticket.point, limit=_NEAREST, radius_m=_NEAR_M)
        area = self._communes().get(ticket.commune or "")
        return Around(
            seen.get(ticket.code or ""),
            seen.get(ticket.result or ""),
            tuple(nearby),
            None if area is None else area.full_name,
        )


def _id(item: str) -> int:
    number = item.removeprefix("t")
    if not (item.startswith("t") and number.isascii() and number.isdigit() and len(number) < 19):
        raise RouteUnknown
    return int(number)


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Read filters; what is none of the values offered narrows nothing."""
    state, about = given.get("state", ""), given.get("about", "")
    commune = given.get("commune", "").strip()
    return Wanted(
        State(state) if state in {each.value for each in _OPEN} else None,
        Kind(about) if about in {each.value for each in Kind} else None,
        commune if len(commune) == 5 and commune.isascii() and commune.isdigit() else None,
    )
