"""Bring many dossiers in, each by the same rules: what is wrong with one fails no other.

Dossiers go in by the hundred, a transaction and one statement for each thing to be written. Two
callers never wait for each other in a ring: in a transaction all that are new are inserted first,
then those that are there are locked, both in the order of their keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.audit.service import Entry
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import bulk_repository, repository
from addrsvc.dossiers.errors import TooManyAddresses
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.kept import Dossier, KeptAddress, states_of
from addrsvc.dossiers.model import ADDRESS_LIMIT, DossierInput, GivenAddress
from addrsvc.dossiers.register_errors import DossierElsewhere, DossierReceivedLater
from addrsvc.dossiers.repository import Written, open_dossiers
from addrsvc.errors import AddrsvcError
from addrsvc.events import service as events
from addrsvc.events.service import Event

CHUNK: Final = 200
"""Dossiers of one transaction: they are locked while their texts are looked up."""

_ATTEMPTS: Final = 5
"""An act on the addresses themselves may cross a chunk; one of both begins again."""

Became = Literal["received", "changed", "unchanged"]
"""What bringing a dossier in came to."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A dossier that was brought in, as the principal may see it."""

    became: Became
    dossier: Dossier


_Became = list[Brought | AddrsvcError]


async def put_many(
    engine: AsyncEngine,
    principal: Principal,
    judge: Judge,
    given: Sequence[DossierInput | AddrsvcError],
    clock: Clock,
    *,
    since: datetime | None = None,
    is_rehearsal: bool = False,
) -> list[Brought | AddrsvcError]:
    """Bring dossiers in, or in line with what is sent; give what became of each, in order.

    One that stands twice is brought in twice, one after the other. Stopped half-way, what is done
    stays, and sending everything again does the rest.

    Args:
        engine: each chunk is a transaction of its own.
        principal: in whose name.
        judge: of addresses.
        given: dossiers, and in the place of others why they cannot be read.
        clock: of the legal day, and of what is written.
        since: when a list began of which each item says one part of a dossier: see ``_beside``.
        is_rehearsal: nothing stays.

    Raises:
        NotSignedIn, ScopeMissing: it may not bring dossiers in.
        GeocoderLoading: names are not read yet.
    """
    principal.require(Scope.DOSSIERS_WRITE)
    found = {n: each for n, each in enumerate(given) if isinstance(each, AddrsvcError)}
    became: dict[int, Brought | AddrsvcError] = dict(found)
    for places in _chunks(given):
        chunk = [each for n in places if isinstance(each := given[n], DossierInput)]

        async def put(conn: AsyncConnection, chunk: Sequence[DossierInput] = chunk) -> _Became:
            done = await put_chunk(conn, principal, judge, chunk, clock, since=since)
            if is_rehearsal:
                await conn.rollback()
            return done

        became |= zip(places, await _settled(engine, put), strict=True)
    return [became[n] for n in range(len(given))]


def _chunks(given: Sequence[DossierInput | AddrsvcError]) -> Iterator[list[int]]:
    """Give places of dossiers to be brought in together: no dossier twice in one chunk."""
    rounds: list[list[int]] = []
    times: dict[str, int] = defaultdict(int)
    for n, each in enumerate(given):
        if isinstance(each, AddrsvcError):
            continue
        time = times[each.code.key]
        times[each.code.key] += 1
        if time == len(rounds):
            rounds.append([])
        rounds[time].append(n)
    for places in rounds:
        yield from (places[at : at + CHUNK] for at in range(0, len(places), CHUNK))


async def _settled(
    engine: AsyncEngine, put: Callable[[AsyncConnection], Awaitable[_Became]]
) -> _Became:
    """Put a chunk in a transaction of its own."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with transaction(engine) as conn:
                return await put(conn)
        except psycopg.errors.DeadlockDetected:
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError


@dataclass(slots=True)
class _Due:
    """A dossier on its way in."""

    before: Dossier
    is_new: bool
    facts: dict[str, Any]
    added: list[GivenAddress]
    removed: list[KeptAddress]

    @property
    def changes(self) -> bool:
        """Tell whether there is anything to write."""
        is_other = dict(self.before.facts) != self.facts
        return self.is_new or is_other or bool(self.added) or bool(self.removed)

    def after(self, written: Written) -> Dossier:
        """Give it once it is written, but for its addresses."""
        version = self.before.version + (not self.is_new)
        return replace(self.before, facts=self.facts, version=version, changed_at=written.at)


async def put_chunk(
    conn: AsyncConnection,
    principal: Principal,
    judge: Judge,
    given: Sequence[DossierInput],
    clock: Clock,
    *,
    since: datetime | None = None,
) -> list[Brought | AddrsvcError]:
    """Bring dossiers in, in one transaction, no dossier twice; see ``put_many``.

    Raises:
        NotSignedIn, ScopeMissing: it may not bring dossiers in.
        GeocoderLoading: names are not read yet.
    """
    principal.require(Scope.DOSSIERS_WRITE)
    day, written = today(clock), Written(principal.id, clock.now())
    became: dict[str, Brought | AddrsvcError] = {}
    fit: dict[str, DossierInput] = {}
    for each in given:
        wrong = _wrong(principal, each, day)
        if wrong is None:
            fit[each.code.key] = each
        else:
            became[each.code.key] = wrong
    await open_dossiers(conn, principal)
    facts = {key: facts_of(each) for key, each in fit.items()}
    new = await bulk_repository.insert_dossiers(
        conn, [(each.code, facts[key]) for key, each in fit.items()], written
    )
    there = await bulk_repository.lock_dossiers(conn, fit.keys() - new.keys())
    dues: dict[str, _Due] = {}
    for key, each in fit.items():
        before = new.get(key) or there.get(key)
        if before is None:
            became[key] = DossierElsewhere()
            continue
        due = _due(before, facts[key], each.addresses, since, is_new=key in new)
        if len(before.addresses) + len(due.added) - len(due.removed) > ADDRESS_LIMIT:
            became[key] = TooManyAddresses(limit=ADDRESS_LIMIT)
        else:
            dues[key] = due
    writing = [each for each in dues.values() if each.changes]
    await _write(conn, principal, judge, writing, written)
    after = [each.after(written) for each in writing]
    changed = {each.key: each for each in await bulk_repository.with_addresses_anew(conn, after)}
    done = [changed.get(key, due.before) for key, due in dues.items()]
    seen = await repository.in_sight(conn, done, sight_of(principal))
    known = {each.before.dossier_id for each in writing if not each.is_new}
    await _leave(conn, list(changed.values()), known, written)
    for (key, due), dossier in zip(dues.items(), seen, strict=True):
        became[key] = Brought(_became(due, dossier, principal, since), dossier)
    return [became[each.code.key] for each in given]


def _wrong(principal: Principal, given: DossierInput, day: date) -> AddrsvcError | None:
    """Say why a dossier cannot be brought in, whatever is there of it."""
    try:
        if any(each.parcel is not None for each in given.addresses):
            principal.require(Scope.ADDRESSES_READ)
    except AddrsvcError as error:
        return error
    if len(given.addresses) > ADDRESS_LIMIT:
        return TooManyAddresses(limit=ADDRESS_LIMIT)
    if given.code.is_after(day):
        return DossierReceivedLater(day=f"{given.code.received_on}", today=day.isoformat())
    return None


def facts_of(given: DossierInput) -> dict[str, Any]:
    """Give what is said of a dossier itself, by the columns of ``kept.FACTS``."""
    received_on = given.code.received_on
    if received_on is None and given.received_at is not None:
        received_on = given.received_at.astimezone(VIETNAM).date()
    return {
        "received_on": received_on,
        "received_at": given.received_at,
        "due_at": given.due_at,
        "finished_at": given.finished_at,
        "procedure_code": given.procedure,
        "field_code": given.field,
        "office": given.office,
        "status": given.status,
        "channel": None if given.channel is None else given.channel.value,
    }


def _due(
    before: Dossier,
    facts: dict[str, Any],
    given: Sequence[GivenAddress],
    since: datetime | None,
    *,
    is_new: bool,
) -> _Due:
    if since is None:
        return _Due(before, is_new, facts, *_differences(before.addresses, given))
    staying, new = _beside(before, given, since)
    told = before.changed_at >= since or is_new
    kept = {name: value for name, value in before.facts.items() if value is not None}
    said = {name: value for name, value in facts.items() if value is not None}
    merged = dict.fromkeys(facts) | (said | kept if told else kept | said)
    stays = {each.n for each in staying}
    return _Due(before, is_new, merged, new, [e for e in before.addresses if e.n not in stays])


def _differences(
    kept: Sequence[KeptAddress], given: Sequence[GivenAddress]
) -> tuple[list[GivenAddress], list[KeptAddress]]:
    """Give the addresses that are new, and those that are not given any more."""
    left: dict[GivenAddress, list[KeptAddress]] = defaultdict(list)
    for each in kept:
        left[each.given].append(each)
    added = []
    for one in given:
        if left[one]:
            left[one].pop(0)
        else:
            added.append(one)
    return added, [each for some in left.values() for each in some]


def _beside(
    before: Dossier, given: Sequence[GivenAddress], since: datetime
) -> tuple[list[KeptAddress], list[GivenAddress]]:
    """Give the addresses that stay and those to be added, where a list says one part of a dossier.

    Other parts may stand anywhere in the list, done before or after, or done already when a part
    is done again. So what is said takes the place of what an earlier list said in the same role;
    what was said since this one began stays beside it, and so do roles it does not speak of.
    """
    roles, said = {each.role for each in given}, set(given)
    staying = [
        each
        for each in before.addresses
        if each.given.role not in roles or each.given in said or each.recorded_at >= since
    ]
    there = {each.given for each in staying}
    return staying, [each for each in dict.fromkeys(given) if each not in there]


def _became(due: _Due, after: Dossier, principal: Principal, since: datetime | None) -> Became:
    """Say what a dossier came to; of a list, whichever of its items did it.

    So a part that is done again, since nobody knew that it was done, tells the same.
    """
    if since is not None and after.changed_at >= since:
        is_own = after.created_by == principal.id and after.created_at >= since
        return "received" if is_own else "changed"
    if due.is_new:
        return "received"
    return "changed" if due.changes else "unchanged"


async def _write(
    conn: AsyncConnection,
    principal: Principal,
    judge: Judge,
    dues: Sequence[_Due],
    written: Written,
) -> None:
    """Write what changes, but where dossiers may lie: after that rows may be closed."""
    day = written.at.astimezone(VIETNAM).date()
    judged = iter(await judge.judge(principal, [one for each in dues for one in each.added], day))
    removed = [(each.before.dossier_id, one.n) for each in dues for one in each.removed]
    added = [
        (each.before.dossier_id, [(one, next(judged)) for one in each.added])
        for each in dues
        if each.added
    ]
    known = [each for each in dues if not each.is_new]
    await bulk_repository.remove_addresses(conn, removed, written)
    await bulk_repository.add_addresses(
        conn, added, {each.before.dossier_id for each in known}, written
    )
    facts = [(each.before.dossier_id, each.facts) for each in known]
    await bulk_repository.update_dossiers(conn, facts, written)


async def _leave(
    conn: AsyncConnection, changed: Sequence[Dossier], known: Collection[int], written: Written
) -> None:
    """Note where dossiers may lie; leave an event and an audit entry of each."""
    if not changed:
        return
    communes = await bulk_repository.put_reaches(conn, changed, known)
    entries, told = [], []
    for each in changed:
        is_known = each.dossier_id in known
        verb, type_ = ("change", "changed") if is_known else ("receive", "received")
        data = {
            "version": each.version,
            "communes": communes.get(each.dossier_id, []),
            "addresses": states_of(each),
        }
        entries.append(Entry(f"dossier.{verb}", each.key, {"version": each.version}))
        told.append(Event(f"dossier.{type_}", each.key, data))
    at = written.at
    await audit.record_many(conn, principal=written.principal, at=at, entries=entries)
    await events.record_many(conn, at=at, told=told)
