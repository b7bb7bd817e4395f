"""Addresses of dossiers that wait for a person, as items of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import deciding, service, waiting
from addrsvc.dossiers.deciding import Place
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.model import ROLE_NAMES, AddressRole, LinkState
from addrsvc.dossiers.register_errors import DossierAddressNotFound
from addrsvc.dossiers.waiting import MOST_COUNTED, Wanted
from addrsvc.errors import Language
from addrsvc.geocoding.answers import Area
from addrsvc.problems import RouteUnknown
from addrsvc.web.desk_dossier_item import item_of
from addrsvc.web.desk_items import Act, Decision, Filter, Item, Portion
from addrsvc.web.desk_words import DOSSIER_LABELS, ITEM_WORDS

_MOST_LISTED: Final = 400
"""Communes offered in a list; of more the code is typed."""

_STATES: Final = {
    LinkState.WAITING: ITEM_WORDS["filter_waiting"],
    LinkState.CORRECTED: ITEM_WORDS["filter_corrected"],
}


class DossierDesk:
    """Gives out addresses of dossiers and decides on them; a ``DeskKind``."""

    scope = Scope.DOSSIERS_WRITE
    has_words = False
    has_fields = False

    def __init__(
        self,
        engine: AsyncEngine,
        judge: Judge,
        communes: Callable[[], Mapping[str, Area]],
        clock: Clock,
    ) -> None:
        self._engine, self._judge, self._communes = engine, judge, communes
        self._clock = clock

    def labels(self, language: Language) -> Mapping[str, str]:
        """Give what the parts of the page are called."""
        return {name: text.in_(language) for name, text in DOSSIER_LABELS.items()}

    def acts(self, language: Language) -> Sequence[Act]:
        """Give the ways to decide beside confirming and choosing."""
        return (
            Act("reject", "r", ITEM_WORDS["act_reject"].in_(language)),
            Act("no_match", "n", ITEM_WORDS["act_no_match"].in_(language)),
        )

    async def filters(
        self, principal: Principal, given: Mapping[str, str], language: Language
    ) -> Sequence[Filter]:
        """Give the ways to narrow what waits: the queue, role, reason, commune, procedure."""
        wanted = _wanted(given)
        async with transaction(self._engine) as conn:
            reasons = await waiting.list_reasons(conn, principal, wanted.state)
        any_ = ("", ITEM_WORDS["filter_any"].in_(language))
        roles = [(role.value, ROLE_NAMES[role].in_(language)) for role in AddressRole]
        why = [(each.id, f"{each.text.in_(language)} ({each.count})") for each in reasons]
        known = self._communes()
        listed = set(known) if principal.areas is None else principal.areas & set(known)
        names = sorted((known[code].full_name, code) for code in listed)
        communes = [(code, f"{name} ({code})") for name, code in names]
        offered: dict[str, tuple[tuple[str, str], ...]] = {
            "state": tuple((state.value, name.in_(language)) for state, name in _STATES.items()),
            "reason": (any_, *why),
            "role": (any_, *roles),
            "commune": (any_, *communes) if len(communes) <= _MOST_LISTED else (),
            "procedure": (),
        }
        return [
            Filter(
                name, ITEM_WORDS[f"filter_{name}"].in_(language), options, given.get(name, "")[:64]
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
        """Give the next that wait, alike ones together."""
        wanted = _wanted(given)
        async with transaction(self._engine) as conn:
            taken = await waiting.claim_next(
                conn, principal, wanted, self._clock, limit=limit, is_first=is_first
            )
            looks = await waiting.look_at(conn, principal, self._judge, taken, self._clock)
            counts = await waiting.count(conn, principal, wanted, self._clock)
        items = tuple(item_of(each, language) for each in looks)
        return Portion(items, counts.left, counts.left >= MOST_COUNTED, counts.decided)

    async def get(self, principal: Principal, item: str, language: Language) -> Item:
        """Give one address as it stands now.

        Raises:
            DossierNotFound, DossierAddressNotFound, RouteUnknown: there is none for the principal.
        """
        code, n = _place(item)
        async with transaction(self._engine) as conn:
            dossier = await service.get_dossier(conn, principal, code)
            looks = await waiting.look_at(conn, principal, self._judge, [(dossier, n)], self._clock)
        if not looks:
            raise DossierAddressNotFound(n=n)
        return item_of(looks[0], language)

    async def decide(self, principal: Principal, decision: Decision) -> int:
        """Do what was decided.

        Raises:
            RouteUnknown: there is no such act.
            AddrsvcError: see ``dossiers.deciding``.
        """
        place, version, clock = _place(decision.item), decision.version, self._clock
        unknown = decision.act == "no_match"
        async with transaction(self._engine) as conn:
            match decision.act:
                case "confirm":
                    done = await deciding.confirm_address(conn, principal, place, version, clock)
                case "choose" if decision.choice is not None:
                    done = await deciding.choose_address(
                        conn, principal, place, version, decision.choice, clock
                    )
                case "reject" | "no_match":
                    done = await deciding.reject_address(
                        conn, principal, place, version, clock, not_in_register=unknown
                    )
                case "undo":
                    done = await deciding.undo_decision(conn, principal, place, version, clock)
                case _:
                    raise RouteUnknown
        return done.version


def _place(item: str) -> Place:
    code, _, n = item.rpartition("#")
    if not code or not (n.isascii() and n.isdigit()) or len(n) > 4:
        raise RouteUnknown
    return code, int(n)


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Read filters; what is none of the values offered narrows nothing."""
    state, role = given.get("state", ""), given.get("role", "")
    commune = given.get("commune", "").strip()
    return Wanted(
        LinkState(state) if state in {each.value for each in _STATES} else LinkState.WAITING,
        commune if len(commune) == 5 and commune.isdigit() else None,
        given.get("reason", "")[:64] or None,
        AddressRole(role) if role in {each.value for each in AddressRole} else None,
        given.get("procedure", "").strip()[:64] or None,
    )
