"""Refuse a second address for one place, in the transaction that would write it.

Order of locks in any transaction: rows of addresses, then prefixes, then the locks of places taken
here, the gate last. Prefixes come before places because an import holds prefixes until its commit
and passes the gate then: who waited for a prefix with the gate in hand would wait for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.db.rows import Connection, execute, rows
from addrsvc.events import service as events
from addrsvc.registry import repository
from addrsvc.registry.duplicates.cells import GATE, lock_keys
from addrsvc.registry.duplicates.errors import DuplicateAddress
from addrsvc.registry.duplicates.finding import (
    QUERIES,
    Alike,
    Described,
    in_order,
    look_for,
    subjects_of,
)
from addrsvc.registry.duplicates.rules import Likeness, Subject, likeness, subject_of
from addrsvc.registry.fields import clean
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address, Document
from addrsvc.registry.reading import is_seen

_SHOWN = 20
"""Most candidates in an answer."""


class Unwritten(NamedTuple):
    """An address of the same act, which no statement finds yet."""

    code: str | None
    document: Document


async def refuse(
    conn: AsyncConnection,
    principal: Principal,
    at: datetime,
    described: Sequence[Described],
    *,
    distinct_because: str | None = None,
    instead_of: Collection[int] = (),
    since: datetime | None = None,
) -> None:
    """Pass addresses that look like no other in use, and none like another of the same act.

    To be called with the identity at hand, after a code is drawn and before the version is
    written. The places stay locked until the transaction ends.

    Args:
        conn: the transaction of the act.
        principal: who asks: what they may not see is told without its code.
        at: the act's moment.
        described: what will be said of each address. One that was there before is asked about
            only where its kind, commune, components or position become others.
        distinct_because: why they are distinct from all that they look like; recorded.
        instead_of: addresses that go out of use in the same act.
        since: they come back into use, as they were at this moment: only what was registered later
            counts, and not each other.

    Raises:
        DuplicateAddress: there are such addresses and no reason is given.
        NotSignedIn, ScopeMissing: a reason is given without the right to.
    """
    if distinct_because is not None:
        principal.require(Scope.ADDRESSES_OVERRIDE)
        distinct_because = clean("distinct_because", distinct_because)
    news = [each for each in described if each.is_news]
    subjects = await subjects_of(conn, news)
    keys = lock_keys(subjects)
    if not keys:
        return
    await take_locks(conn, keys)
    before = {
        each.address_id: subject_of(each.address_id, each.before, each.parent_id)
        for each in news
        if each.before is not None
    }
    alike = await look_for(conn, subjects, before=before, not_ids=instead_of)
    if since is None:
        _add_each_other(subjects, alike)
    else:
        alike = await _registered_since(conn, alike, since)
    found = {
        subject.address_id: each for subject, each in zip(subjects, alike, strict=True) if each
    }
    if not found:
        return
    if distinct_because is None:
        unwritten = {each.address_id: Unwritten(None, each.document) for each in news}
        candidates = [each for alikes in found.values() for each in alikes]
        raise await refusal(conn, principal, candidates, unwritten)
    pairs = [(one, each.address_id) for one, alikes in found.items() for each in alikes]
    await declare(conn, principal, at, pairs, distinct_because)


async def take_locks(conn: Connection, keys: Sequence[int]) -> None:
    """Wait for the locks of places; they are held until the transaction ends."""
    await rows(conn, QUERIES["take_locks"], {"keys": keys, "gate": GATE})


async def _registered_since(
    conn: Connection, alike: Sequence[Sequence[Alike]], since: datetime
) -> list[list[Alike]]:
    ids = [each.address_id for alikes in alike for each in alikes]
    found = await rows(conn, QUERIES["registered_since"], {"ids": ids, "since": since})
    later = {each["address_id"] for each in found}
    return [[each for each in alikes if each.address_id in later] for alikes in alike]


def _add_each_other(subjects: Sequence[Subject], alike: list[list[Alike]]) -> None:
    """Add, to the later of two addresses of one act that look alike, the earlier."""
    for (_, one), (at, other) in combinations(enumerate(subjects), 2):
        said = likeness(one, other)
        if said is not None:
            alike[at].append(Alike(one.address_id, said))


async def refusal(
    conn: Connection,
    principal: Principal,
    alike: Sequence[Alike],
    unwritten: Mapping[int, Unwritten],
) -> DuplicateAddress:
    """Make the answer that names the candidates, as far as the asker may see them."""
    likenesses: dict[int, Likeness] = {}
    for each in alike:
        likenesses.setdefault(each.address_id, each.likeness)
    shown = in_order(likenesses)[:_SHOWN]
    ids = [each.address_id for each in shown]
    known: dict[int, Address] = {
        each.address_id: each for each in await repository.by_ids(conn, ids)
    }
    candidates = []
    for each in shown:
        address = known.get(each.address_id)
        if address is not None and not _is_told(address, principal):
            address = None
        candidates.append(candidate(each.likeness, address, unwritten.get(each.address_id)))
    return DuplicateAddress(nearest=_in_words(candidates), candidates=candidates)


def _is_told(address: Address, principal: Principal) -> bool:
    """Tell whether a candidate is named; proposals are known within the areas only."""
    is_there = address.code is not None or principal.reaches(address.area)
    return is_there and is_seen(address, principal)


def candidate(
    said: Likeness, address: Address | None, unwritten: Unwritten | None = None
) -> dict[str, Any]:
    """Give one candidate as an answer shows it; without the address: what may be said of it."""
    code, ref, label = None, None, None
    if address is not None:
        code, ref = address.code, address.ref
        parts = address.document.components
        label = address_line(parts, address.commune_name, address.province_name)
    elif unwritten is not None:
        code = ref = unwritten.code
        label = address_line(unwritten.document.components, "", "")
    metres = said.distance_m
    return {
        "ref": ref,
        "printed": None if code is None else DigitalCode.of(code).printed,
        "label": label,
        "why": said.why.value,
        "distance_m": None if metres is None else round(metres, 1),
    }


def _in_words(candidates: Sequence[Mapping[str, Any]]) -> str:
    words = []
    for each in candidates[:3]:
        metres = each["distance_m"]
        where = "" if metres is None else f" ({metres:g} m)"
        words.append(f"{each['printed'] or each['ref'] or '…'}{where}")
    return ", ".join(words) + (", …" if len(candidates) > 3 else "")


async def declare(
    conn: AsyncConnection,
    principal: Principal,
    at: datetime,
    pairs: Sequence[tuple[int, int]],
    reason: str,
) -> None:
    """Record that pairs of addresses are distinct, with an event and an audit row for each first.

    The reason is free text and may name people: it stays out of the feed.
    """
    await declare_pairs(conn, principal.id, at, pairs, reason)
    ids = sorted({each for pair in pairs for each in pair})
    refs = {
        each["address_id"]: each["ref"] for each in await rows(conn, QUERIES["refs"], {"ids": ids})
    }
    others: dict[int, list[str]] = {}
    for one, other in pairs:
        others.setdefault(one, []).append(refs[other])
    for one, told_apart in others.items():
        facts = {"from": told_apart}
        what = "address.told-apart"
        await events.record(conn, type=what, subject=refs[one], at=at, data=facts)
        await audit.record(
            conn,
            principal=principal.id,
            action="address.tell-apart",
            subject=refs[one],
            at=at,
            detail=facts,
        )


async def declare_pairs(
    conn: Connection,
    principal: str,
    at: datetime,
    pairs: Sequence[tuple[int, int]],
    reason: str,
) -> None:
    """Insert pairs that are distinct; saying it again changes nothing."""
    params = {
        "low_ids": [min(pair) for pair in pairs],
        "high_ids": [max(pair) for pair in pairs],
        "reason": reason,
        "principal": principal,
        "at": at,
    }
    await execute(conn, QUERIES["declare_distinct"], params)
