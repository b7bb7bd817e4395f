"""What waits for a person, given out in portions: to two clerks never the same for some minutes.

A claim is soft. It lapses by itself, decisions do not ask for it, and what keeps two decisions
apart is the version they are made on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.db.queries import Queries
from addrsvc.db.rows import execute, row, rows
from addrsvc.dossiers import repository
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import AddressRole, LinkCandidate, LinkState, candidate_of
from addrsvc.dossiers.repository import open_dossiers
from addrsvc.errors import Text
from addrsvc.geocoding.by_code import judge_code
from addrsvc.parsing.model import Component

CLAIM: Final = timedelta(minutes=3)
"""How long what was given out is given to nobody else, unless the clerk comes for more."""

MOST_COUNTED: Final = 10_000
"""Where counting ends: more is more than anybody does in a week."""

_QUERIES: Final = Queries("addrsvc.dossiers", "queries_waiting.sql")
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of those that wait; None: any."""

    state: LinkState = LinkState.WAITING
    """``corrected``: linked by itself, for a second look."""
    commune: str | None = None
    reason: str | None = None
    role: AddressRole | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Decided:
    """What people decided about other addresses of the very same text."""

    state: LinkState
    address: LinkCandidate | None
    """What they are linked to; None: not linked."""
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """One address with everything a person needs to decide; never logged (so: no repr)."""

    dossier: Dossier
    address: KeptAddress
    components: tuple[Component, ...]
    """As the text is read today."""
    linked: LinkCandidate | None
    """The address it is linked to, where the principal may see it."""
    same_text: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far somebody has come."""

    left: int
    """Of those wanted, whoever looks at them; ``MOST_COUNTED`` and more: at least so many."""
    decided: int
    """By the principal since midnight in Vietnam, not taken back."""


@dataclass(frozen=True, slots=True)
class WaitingReason:
    """A reason for which addresses wait."""

    id: str
    text: Text
    """As said of one of them."""
    count: int


async def claim_next(
    conn: AsyncConnection,
    principal: Principal,
    wanted: Wanted,
    clock: Clock,
    *,
    limit: int,
    is_first: bool,
) -> list[tuple[Dossier, int]]:
    """Give the next addresses that wait, by dossier and number, alike ones together.

    ``is_first``: whoever asks has none before it, so what it claimed before is free again.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
        AreaForbidden: the commune asked for lies outside its areas.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.DOSSIERS_WRITE, communes)
    await open_dossiers(conn, principal)
    at = clock.now()
    params = {
        **_params(principal, wanted),
        "principal": principal.id,
        "at": at,
        "until": at + CLAIM,
        "all": is_first,
    }
    await execute(conn, _QUERIES["end_claims"], params)
    await execute(conn, _QUERIES["renew_claims"], params)
    query = _QUERIES[_within("claim_next", params)]
    taken: list[Any] = []
    for _ in range(_TRIES):  # somebody may have been quicker with all of them
        taken = list(await rows(conn, query, {**params, "limit": limit}))
        if taken:
            break
    return await _in_order(conn, principal, taken)


async def look_at(
    conn: AsyncConnection,
    principal: Principal,
    judge: Judge,
    given: Sequence[tuple[Dossier, int]],
    clock: Clock,
) -> list[Look]:
    """Give addresses with what a person needs to decide; those a dossier has no more are left out.

    Raises:
        GeocoderLoading: names are not read yet.
    """
    await open_dossiers(conn, principal)
    found = [(each, one) for each, n in given if (one := each.address(n)) is not None]
    texts = [one.given.text for _, one in found if one.given.text is not None]
    verdicts = iter(await judge.read(texts, today(clock)))
    decided = iter(await _decided(conn, principal, judge, texts))
    looks = []
    for dossier, one in found:
        is_text = one.given.text is not None
        components = next(verdicts).components if is_text else ()
        linked = None if one.link is None else await _candidate(principal, judge, one.link.code)
        same_text = next(decided) if is_text else ()
        looks.append(Look(dossier, one, components, linked, same_text))
    return looks


async def count(
    conn: AsyncConnection, principal: Principal, wanted: Wanted, clock: Clock
) -> Counts:
    """Count what is left of those wanted, and what the principal decided today.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
    """
    principal.require(Scope.DOSSIERS_WRITE)
    await open_dossiers(conn, principal)
    params = {**_params(principal, wanted), "most": MOST_COUNTED}
    left = await row(conn, _QUERIES[_within("count_waiting", params)], params)
    midnight = datetime.combine(today(clock), datetime.min.time(), VIETNAM)
    mine = {"principal": principal.id, "since": midnight}
    decided = await row(conn, _QUERIES["decided_since"], mine)
    return Counts(0 if left is None else left["count"], 0 if decided is None else decided["count"])


async def list_reasons(
    conn: AsyncConnection, principal: Principal, state: LinkState
) -> list[WaitingReason]:
    """Give the reasons for which addresses wait, the most frequent first.

    Raises:
        NotSignedIn, ScopeMissing: it may not decide.
    """
    principal.require(Scope.DOSSIERS_WRITE)
    await open_dossiers(conn, principal)
    params = {**_params(principal, Wanted(state)), "most": MOST_COUNTED}
    found = await rows(conn, _QUERIES[_within("reasons_waiting", params)], params)
    return [
        WaitingReason(each["id"], Text(each["vi"], each["en"]), each["count"]) for each in found
    ]


def _params(principal: Principal, wanted: Wanted) -> dict[str, Any]:
    areas = None if principal.areas is None else sorted(principal.areas)
    return {
        "state": wanted.state.value,
        "role": None if wanted.role is None else wanted.role.value,
        "reason": None if wanted.reason is None else Jsonb([[wanted.reason]]),
        "procedure": wanted.procedure,
        "communes": areas if wanted.commune is None else [wanted.commune],
        "own": principal.id if wanted.commune is None else None,
    }


def _within(query: str, params: Mapping[str, Any]) -> str:
    """Name the query that starts from communes, where there are any: the other walks them all."""
    return query if params["communes"] is None else f"{query}_in"


async def _in_order(
    conn: AsyncConnection, principal: Principal, taken: Sequence[Any]
) -> list[tuple[Dossier, int]]:
    """Give what was taken, as the principal may see it, in the order of the queue."""
    ids, numbers = [each["dossier_id"] for each in taken], [each["n"] for each in taken]
    if not ids:
        return []
    order = await rows(conn, _QUERIES["order_of"], {"ids": ids, "numbers": numbers})
    found = await rows(conn, _QUERIES["dossiers_of"], {"ids": ids})
    dossiers = await repository.with_addresses(conn, found)
    seen = await repository.in_sight(conn, dossiers, sight_of(principal))
    by_id = {each.dossier_id: each for each in seen}
    return [(by_id[each["dossier_id"]], each["n"]) for each in order]


async def _decided(
    conn: AsyncConnection, principal: Principal, judge: Judge, texts: Sequence[str]
) -> list[tuple[Decided, ...]]:
    """Give what was decided about each of some texts elsewhere, the most frequent first."""
    told: list[list[Decided]] = [[] for _ in texts]
    for each in await rows(conn, _QUERIES["same_text"], {"texts": list(texts)}) if texts else []:
        address = None
        if each["code"] is not None:
            address = await _candidate(principal, judge, each["code"])
            if address is None:
                continue
        told[each["number"] - 1].append(Decided(LinkState(each["state"]), address, each["count"]))
    return [tuple(each) for each in told]


async def _candidate(principal: Principal, judge: Judge, code: str) -> LinkCandidate | None:
    """Give an address as something to choose, where the principal may see it."""
    address = await judge.address_of(principal, code)
    if address is None:
        return None
    (match,) = judge_code(address, (), verified=True).matches
    return candidate_of(match)
