"""What all acts on addresses share: who acts and when, locks in one order, the traces left.

An act takes every lock it needs at once, in order of identity; codes are drawn only after that.
So two acts never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.clock import Clock, today
from addrsvc.codes.code import parse_code
from addrsvc.personal import holders
from addrsvc.personal.model import Person
from addrsvc.registry import identifying, repository, versions
from addrsvc.registry.act_errors import NamedTwice
from addrsvc.registry.acts import ActKind, NewAct, record_act
from addrsvc.registry.effects import Effects, effect_of
from addrsvc.registry.errors import AddressNotFound, ParentNotFound, VersionStale
from addrsvc.registry.fields import clean, clean_optional
from addrsvc.registry.model import Address, Alias, Holder, Instrument, Status
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.timeline import Rewriting, Slice
from addrsvc.registry.versions import Locked, Signature
from addrsvc.types import AddressId


@dataclass(frozen=True, slots=True)
class Act:
    """One decision under way."""

    principal: Principal
    at: datetime
    """Its moment on the register's clock, the same for all it writes."""
    today: date
    effects: Effects | None = None
    """Where to note what it does; None: nobody asks."""
    act_id: int | None = None
    """Of an act over several addresses."""

    def signed(self, what: str, reason: str | None) -> Signature:
        """Sign what is written."""
        return Signature(what, self.principal.id, self.at, reason, self.act_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """Every address an act holds, locked until its transaction ends."""

    by_id: Mapping[AddressId, Locked]
    sight: Sight
    """Of who acts: what they do not see is not there to be named."""

    def named(self, ref: AddressRef) -> Locked | None:
        """Find one by its reference."""
        if ref.address_id is not None:
            found = self.by_id.get(ref.address_id)
            is_there = found is not None and self.sight.reaches(found.area)
        else:
            found = next((each for each in self.by_id.values() if each.code == ref.code), None)
            is_there = found is not None
        if found is None or not is_there:
            return None
        return found if self.sight.sees(found.document.visibility, found.area) else None

    def coded(self, text: str) -> Locked | None:
        """Find one by its code in any written form."""
        return self.named(AddressRef.of_code(parse_code(text)))


@dataclass(frozen=True, slots=True)
class ActDone:
    """An act over several addresses, done."""

    act_id: int
    addresses: tuple[Address, ...]
    """All it wrote of, as they stand: those it was asked about first, the new ones last."""


def begin(principal: Principal, clock: Clock, effects: Effects | None = None) -> Act:
    """Begin an act.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to do.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    return Act(principal, clock.now(), today(clock), effects)


async def take(
    conn: AsyncConnection,
    act: Act,
    named: Sequence[tuple[AddressRef, int | None]],
    *,
    codes: Collection[str] = (),
    ids: Collection[AddressId] = (),
) -> tuple[Act, Taken]:
    """Lock the addresses an act names and all others it must hold still, in one order.

    ``named`` are references with the version expected (None: whichever); ``codes`` (in any
    written form) and ``ids`` may name what is not there. The act comes back with a moment after all
    that was written of ``named`` and ``ids``; addresses by ``codes`` are held only.

    Raises:
        AddressNotFound: no such address, or not for this principal.
        AreaForbidden: what would be written lies outside the principal's areas.
        VersionStale: somebody changed it since.
        NamedTwice: two names of one address.
    """
    written = {*ids, *await identities_named(conn, [ref for ref, _ in named])}
    held = await identities_named(conn, [AddressRef.of_code(parse_code(each)) for each in codes])
    locked = await versions.lock_all(conn, {*written, *held})
    taken = Taken({each.address_id: each for each in locked}, sight_of(act.principal))
    seen: set[AddressId] = set()
    for ref, version in named:
        found = taken.named(ref)
        if found is None:
            raise AddressNotFound(code=ref.text)
        act.principal.require_in(Scope.ADDRESSES_WRITE, [found.area])
        if found.address_id in seen:
            raise NamedTwice(code=ref.text)
        seen.add(found.address_id)
        if version is not None and version != found.version:
            raise VersionStale(given=str(version), current=found.version)
    before = [each for each in locked if each.address_id in written]
    return replace(act, at=versions.moment(act.at, before)), taken


async def identities_named(conn: AsyncConnection, refs: Collection[AddressRef]) -> list[AddressId]:
    """Give the identities of addresses by their references; what is not there is left out."""
    codes = [each.code for each in refs if each.code is not None]
    ids = [each.address_id for each in refs if each.address_id is not None]
    return await versions.identities(conn, codes, ids)


def one(taken: Taken, ref: AddressRef) -> Locked:
    """Give an address that was taken by name."""
    found = taken.named(ref)
    if found is None:
        raise AssertionError("taken, yet not there")
    return found


def parent_in_use(taken: Taken, text: str) -> Locked:
    """Give the parent a command names.

    Raises:
        ParentNotFound: it is not registered, or not in use.
    """
    found = taken.coded(text)
    if found is None or found.status is not Status.CURRENT:
        raise ParentNotFound(code=text)
    return found


async def open_act(
    conn: AsyncConnection,
    act: Act,
    kind: ActKind,
    *,
    reason: str | None,
    instrument: Instrument | None = None,
    on: date | None = None,
    undoes: int | None = None,
) -> Act:
    """Record an act over several addresses; what is written from here on carries its number.

    Raises:
        FieldInvalid: a text of the instrument is blank or holds control characters.
    """
    if instrument is not None:
        instrument = replace(
            instrument,
            number=clean("instrument.number", instrument.number),
            issuer=clean("instrument.issuer", instrument.issuer),
            title=clean_optional("instrument.title", instrument.title),
        )
    new = NewAct(kind, act.principal.id, act.at, reason, instrument, on, undoes=undoes)
    return replace(act, act_id=await record_act(conn, new))


async def write(
    conn: AsyncConnection,
    act: Act,
    found: Locked,
    rewriting: Rewriting,
    what: str,
    reason: str | None,
) -> None:
    """Write what an act makes of one address it holds.

    Raises:
        AreaForbidden: where it lies, or will lie, is outside the principal's areas.
    """
    areas = (found.area, rewriting.open.document.commune.code)
    act.principal.require_in(Scope.ADDRESSES_WRITE, areas)
    parent_id = await versions.identity_of(conn, rewriting.open.document.parent)
    await versions.rewrite(conn, found, rewriting, act.signed(what, reason), parent_id)


async def put_beside(
    conn: AsyncConnection,
    act: Act,
    address_id: AddressId,
    aliases: Sequence[Alias],
    holder: Holder | None,
) -> None:
    """Keep what stands beside the document: other identifiers, and the person, apart.

    Raises:
        IdentifierTaken: an identifier stands for another address, and may for one only.
        EncryptionKeyMissing: there is a person, and no key to encrypt with.
    """
    await identifying.keep_stated(conn, address_id, aliases, act.at)
    if holder is None:
        return
    person = Person(clean("holder.name", holder.name), clean_optional("holder.phone", holder.phone))
    await holders.put_holders(conn, act.principal, [(address_id, person)], act.at)


async def reread(conn: AsyncConnection, address_id: AddressId) -> Address:
    """Give an address as it stands now."""
    return (await repository.by_ids(conn, [address_id]))[0]


async def leave_traces(
    conn: AsyncConnection,
    act: Act,
    what: str,
    address_id: AddressId,
    before: Slice | None = None,
    after: Slice | None = None,
) -> Address:
    """Write the event followers read and the audit row; give the address as it stands.

    ``before`` and ``after``: what is said of the days the act is about. An act over several
    addresses has one audit row, see :func:`close_act`.
    """
    address = await repository.leave_traces(
        conn,
        address_id,
        action=f"address.{what}",
        principal=act.principal.id,
        at=act.at,
        act_id=act.act_id,
    )
    if act.effects is not None:
        act.effects.note(effect_of(what, address, before, after))
    return address


async def close_act(
    conn: AsyncConnection, act: Act, kind: ActKind, addresses: Sequence[Address]
) -> ActDone:
    """Write the one audit row of an act over several addresses."""
    if act.act_id is None:
        raise AssertionError("an act over several addresses has a number")
    await audit.record(
        conn,
        principal=act.principal.id,
        action=f"act.{kind}",
        subject=f"act:{act.act_id}",
        at=act.at,
        detail={"addresses": len(addresses)},
    )
    return ActDone(act.act_id, tuple(addresses))
