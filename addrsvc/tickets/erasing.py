"""Words and contacts of tickets that are kept no longer; a person taken out who asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.clock import Clock
from addrsvc.collection import erasing as collection
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.dossiers import erasing as dossiers
from addrsvc.dossiers.withheld import Persons, digits_in
from addrsvc.parsing.normalise import name_key
from addrsvc.personal.model import Person, name_key_of, phone_key_of
from addrsvc.personal.said import Contact, Said, erase_said, list_said, open_said, put_said
from addrsvc.settings import Settings
from addrsvc.tickets.service import QUERIES

_BATCH: Final = 500
_PRINCIPAL: Final = "service:retention"
_NOTHING_LEFT: Final = "—"


async def run_erasing(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """Erase words, contacts and answers of tickets closed long ago; may be run again any time."""
    before = clock.now() - timedelta(days=settings.keep_tickets_days)
    while True:
        async with transaction(engine) as conn:
            due = {"before": before, "limit": _BATCH}
            ids = [each["ticket_id"] for each in await rows(conn, QUERIES["due_for_erasing"], due)]
            if not ids:
                return
            await open_said(conn, None)
            await erase_said(conn, ids)
            await execute(conn, QUERIES["note_erased"], {"ids": ids, "at": clock.now()})
            await audit.record(
                conn,
                principal=_PRINCIPAL,
                action="retention.run",
                subject="retention",
                at=clock.now(),
                detail={"tickets": len(ids)},
            )


async def take_out_everywhere(
    conn: AsyncConnection, persons: Sequence[Person], patterns: Sequence[str]
) -> int:
    """Take persons out of all that is not the register's: dossiers, records, what is kept here."""
    count = await dossiers.take_out_persons(conn, persons, patterns)
    named = _all_of(persons)

    def cut(text: str) -> str:
        return _cut(text, persons, named) or _NOTHING_LEFT

    def is_theirs(contact: Contact) -> bool:
        return any(_is_of(contact, each) for each in persons)

    count += await collection.take_out_persons(conn, patterns, cut, is_theirs)
    return count + await take_out_persons(conn, persons, patterns)


async def take_out_persons(
    conn: AsyncConnection, persons: Sequence[Person], patterns: Sequence[str]
) -> int:
    """Cut persons out of what senders wrote, contacts and answers, where they ask to be erased.

    Args:
        conn: of the erasure.
        persons: whom to take out.
        patterns: of ILIKE, for names and numbers as they were typed.

    Returns:
        How many tickets named one of them.
    """
    await open_said(conn, None)
    named = _all_of(persons)
    changed: set[int] = set()
    gone: list[int] = []
    after = 0
    while True:
        page = await list_said(conn, after=after, limit=_BATCH)
        if not page:
            break
        after = page[-1][0]
        left = await asyncio.to_thread(_all_left, [one for *_, one in page], persons, named)
        for (ticket_id, commune, said), one in zip(page, left, strict=True):
            if one == said:
                continue
            await put_said(conn, ticket_id, commune, one)
            changed.add(ticket_id)
            if said.contact is not None and one.contact is None:
                gone.append(ticket_id)
    await execute(conn, QUERIES["note_contact_gone"], {"ids": gone})
    answers = await execute(conn, QUERIES["answers_naming"], {"patterns": list(patterns)})
    return len(changed) + answers


def _all_of(persons: Sequence[Person]) -> Persons:
    numbers = frozenset(digits_in(each.phone) for each in persons if each.phone)
    return Persons(frozenset(each.name for each in persons), numbers)


def _all_left(page: Sequence[Said], persons: Sequence[Person], named: Persons) -> list[Said]:
    return [_left(each, persons, named) for each in page]


def _left(said: Said, persons: Sequence[Person], named: Persons) -> Said:
    """Give what is left of what was said without some persons."""
    is_theirs = said.contact is not None and any(_is_of(said.contact, each) for each in persons)
    return replace(
        said,
        text=_cut(said.text, persons, named),
        place=_cut(said.place, persons, named),
        contact=None if is_theirs else said.contact,
    )


def _cut(text: str | None, persons: Sequence[Person], named: Persons) -> str | None:
    if text is None or not any(_is_named(text, each) for each in persons):
        return text
    return named.cut(text).text or _NOTHING_LEFT


def _is_named(text: str, person: Person) -> bool:
    phone = phone_key_of(person.phone or "")
    return name_key_of(person.name) in name_key(text) or (bool(phone) and phone in digits_in(text))


def _is_of(contact: Contact, person: Person) -> bool:
    """Tell whether a contact is a person's: the same phone, or the name where there is none."""
    phones = [phone_key_of(each) for each in (contact.phone or "", person.phone or "")]
    if all(phones):
        return phones[0] == phones[1]
    return contact.name is not None and name_key_of(contact.name) == name_key_of(person.name)
