"""One person in the register: found, handed out, corrected, erased. The address stays.

A code is on doors, maps and dossiers of others: by law and purpose the address is kept, and with
it its history. What goes is who lives there: the holder, what readers noted of them, and the
texts of any version that name them. Followers need no event: none ever held a person.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import readings
from addrsvc.audit import service as audit
from addrsvc.audit.readings import HolderReading
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.db import idempotency
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Row, execute, rows
from addrsvc.parsing.normalise import name_key
from addrsvc.personal import holders, requests
from addrsvc.personal.errors import PersonNotNamed
from addrsvc.personal.model import Person, name_key_of, phone_key_of
from addrsvc.personal.requests import RequestKind, RequestStatus
from addrsvc.registry.fields import clean, clean_optional
from addrsvc.registry.reading import AddressRef, get_address
from addrsvc.types import AddressId

QUERIES = Queries("addrsvc.registry", "queries_persons.sql")

_SCOPE_TO_SEE = {"restricted": Scope.ADDRESSES_READ, "secret": Scope.ADDRESSES_SECRET}

_SHORTEST_PHONE = 6
"""Fewer digits are found in house numbers and dates."""

_SHORTEST_TEXT = 6
"""Shorter names of one word are found in other words."""


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """Whom somebody asks about: the name, with the phone or an address of theirs."""

    person: Person
    address: str | None = None
    """A code of an address, in any written form."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address of a person."""

    address_id: AddressId
    ref: str
    commune: str

    def all_refs(self) -> tuple[str, ...]:
        """Give what the log calls it, or did before it had a code."""
        return (self.ref, f"p{self.address_id}")


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """What is kept of a person at one address."""

    place: Place
    person: Person
    recorded_at: datetime
    readings: Sequence[HolderReading]
    """Who read it, latest first; of these, too, the person may know."""


TakeOut = Callable[[AsyncConnection, Sequence[Person], Sequence[str]], Awaitable[int]]
"""Takes persons out of what is kept beside the register; patterns of ILIKE for them, as typed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took out: counts only."""

    addresses: int
    """Addresses that had this person; all stay, without them."""
    texts: int
    """Versions of these addresses whose texts named the person."""
    rejections: int
    """Reasons of refused import rows that quoted them."""
    answers: int
    """Answers kept for repeats that quoted them."""
    elsewhere: int
    """What is kept beside the register and named them: addresses of dossiers."""

    def to_json(self) -> dict[str, object]:
        """Give it as facts for the log and the answer."""
        return {
            "addresses": self.addresses,
            "texts": self.texts,
            "rejections": self.rejections,
            "answers": self.answers,
            "elsewhere": self.elsewhere,
        }


async def find_person(
    conn: AsyncConnection, principal: Principal, named: Named, *, at: datetime
) -> list[Place]:
    """Find the addresses one person is kept at; the search itself is audited.

    Raises:
        NotSignedIn, EverywhereForbidden: not for this principal to do.
        ScopeMissing: nor is this; or the person is kept at an address it must not know of, such as
            a secret one: whoever may is to handle all of it.
        PersonNotNamed: a name without phone and address.
        FieldInvalid: name or phone is blank, or holds control characters.
        AddressNotFound, InvalidInput: the address named beside is none.
        EncryptionKeyMissing: nobody can be found without keys.
    """
    found = await _find(conn, principal, named)
    await audit.record(
        conn,
        principal=principal.id,
        action="person.find",
        subject="person",
        at=at,
        detail={"addresses": len(found)},
    )
    return found


async def hand_out(
    conn: AsyncConnection,
    principal: Principal,
    named: Named,
    *,
    at: datetime,
    request_id: int | None = None,
) -> list[Kept]:
    """Give all that is kept of one person, for them; closes the request that asked for it.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden, PersonNotNamed, AddressNotFound,
        InvalidInput, EncryptionKeyMissing: see :func:`find_person`.
        EncryptionKeyUnknown: a row cannot be decrypted.
        RequestNotFound, RequestClosed, RequestOfOtherKind: see ``requests.close``.
    """
    places = {each.address_id: each for each in await _find(conn, principal, named)}
    refs = [ref for each in places.values() for ref in each.all_refs()]
    seen = await readings.list_readings(conn, refs=refs)
    kept = [
        Kept(
            places[address_id],
            person,
            recorded_at,
            [each for each in seen if each.subject in places[address_id].all_refs()],
        )
        for address_id, person, recorded_at in await holders.holders_of(conn, list(places))
    ]
    await _trace(conn, principal, "holder.export", places.values(), at)
    await _close(conn, principal, request_id, RequestKind.ACCESS, {"addresses": len(kept)}, at)
    return kept


async def correct_person(
    conn: AsyncConnection,
    principal: Principal,
    named: Named,
    corrected: Person,
    *,
    at: datetime,
    request_id: int | None = None,
) -> list[Place]:
    """Put a person right everywhere at once; closes the request that asked for it.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden, PersonNotNamed, AddressNotFound,
        InvalidInput, EncryptionKeyMissing: see :func:`find_person`.
        FieldInvalid: the new name or phone is blank, or holds control characters.
        RequestNotFound, RequestClosed, RequestOfOtherKind: see ``requests.close``.
    """
    places = await _find(conn, principal, named)
    person = Person(clean("name", corrected.name), clean_optional("phone", corrected.phone))
    people = [(each.address_id, person) for each in places]
    await holders.put_holders(conn, principal, people, at)
    await _trace(conn, principal, "holder.correct", places, at)
    await _close(conn, principal, request_id, RequestKind.CORRECT, {"addresses": len(places)}, at)
    return places


async def erase_person(
    conn: AsyncConnection,
    principal: Principal,
    named: Named,
    *,
    at: datetime,
    take_out: TakeOut,
    request_id: int | None = None,
) -> Erased:
    """Erase a person everywhere; the addresses stay. Erasing twice changes nothing.

    ``take_out``: for what knows the register, and not the other way round.

    Raises:
        NotSignedIn, ScopeMissing, EverywhereForbidden, PersonNotNamed, AddressNotFound,
        InvalidInput, EncryptionKeyMissing: see :func:`find_person`.
        RequestNotFound, RequestClosed, RequestOfOtherKind: see ``requests.close``.
    """
    named = _cleaned(named)
    places = await _find(conn, principal, named)
    people = await holders.holders_of(conn, [each.address_id for each in places])
    persons = [person for _, person, _ in people] or [named.person]
    texts = await _take_out_texts(conn, places, persons)
    patterns = _patterns([*persons, named.person])
    rejections = await execute(conn, QUERIES["rejections_naming"], {"patterns": patterns})
    answers = await idempotency.forget_naming(conn, patterns)
    elsewhere = await take_out(conn, [*persons, named.person], patterns)
    await holders.erase_holders(conn, [each.address_id for each in places])
    await _trace(conn, principal, "holder.erase", places, at)
    erased = Erased(len(places), texts, rejections, answers, elsewhere)
    await _close(conn, principal, request_id, RequestKind.ERASE, erased.to_json(), at)
    return erased


def _cleaned(named: Named) -> Named:
    person = named.person
    kept = Person(clean("name", person.name), clean_optional("phone", person.phone))
    return Named(kept, named.address)


async def _find(conn: AsyncConnection, principal: Principal, named: Named) -> list[Place]:
    await requests.open_for(conn, principal)
    named = _cleaned(named)
    address_id = None
    if named.address is not None:
        ref = AddressRef.parse(named.address)
        address_id = (await get_address(conn, principal, ref)).address_id
    phone = phone_key_of(named.person.phone or "")
    if not name_key_of(named.person.name) or (not phone and address_id is None):
        raise PersonNotNamed
    found = await holders.find_addresses(conn, named.person, address_id)
    places = await rows(conn, QUERIES["places_of"], {"ids": found})
    sight = sight_of(principal)
    for each in places:
        if not sight.sees(each["visibility"], each["commune_code"]):
            principal.require(_SCOPE_TO_SEE[each["visibility"]])
    return [_place_of(each) for each in places]


def _place_of(row: Row) -> Place:
    commune = ", ".join(filter(None, (row["commune_name"], row["province_name"])))
    return Place(row["address_id"], row["ref"], commune)


async def _trace(
    conn: AsyncConnection,
    principal: Principal,
    action: str,
    places: Iterable[Place],
    at: datetime,
) -> None:
    for each in places:
        await audit.record(conn, principal=principal.id, action=action, subject=each.ref, at=at)


async def _close(
    conn: AsyncConnection,
    principal: Principal,
    request_id: int | None,
    kind: RequestKind,
    outcome: Mapping[str, object],
    at: datetime,
) -> None:
    if request_id is not None:
        done = RequestStatus.DONE
        await requests.close(conn, principal, request_id, done, outcome, at=at, answers=kind)


async def _take_out_texts(
    conn: AsyncConnection, places: Sequence[Place], persons: Sequence[Person]
) -> int:
    """Take the texts that name these persons out of every version; give how many had some."""
    names = _Naming(persons)
    found = await rows(conn, QUERIES["texts_of"], {"ids": [each.address_id for each in places]})
    count = 0
    for each in found:
        keys = [key for key in ("name", "text") if names.occur_in(each[key])]
        has_reason = names.occur_in(each["reason"])
        if keys or has_reason:
            where = {"address_id": each["address_id"], "version": each["version"]}
            what = {"keys": keys, "has_reason": has_reason}
            await execute(conn, QUERIES["take_out_texts"], where | what)
            count += 1
    return count


class _Naming:
    """Tells whether a text names one of some persons."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self._names = {f" {name_key_of(each.name)} " for each in persons}
        phones = {phone_key_of(each.phone or "") for each in persons}
        self._phones = {phone for phone in phones if len(phone) >= _SHORTEST_PHONE}

    def occur_in(self, text: str | None) -> bool:
        if not text:
            return False
        folded = f" {name_key(text)} "
        digits = re.sub(r"[\s.()-]", "", text)
        return any(name in folded for name in self._names) or any(
            phone in digits or phone.removeprefix("0") in digits for phone in self._phones
        )


def _patterns(persons: Sequence[Person]) -> list[str]:
    """Give patterns of ILIKE for the names and numbers of persons, as they were typed."""
    texts = {each.name for each in persons} | {each.phone for each in persons if each.phone}
    telling = sorted(text for text in texts if len(text) >= _SHORTEST_TEXT or " " in text)
    return ["%" + re.sub(r"([\\%_])", r"\\\1", text) + "%" for text in telling]
