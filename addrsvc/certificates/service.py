"""Certificates: issue them, find them again, say whether what they say is still so."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.certificates.errors import (
    CertificateForged,
    CertificateNotFound,
    CertificateNotInUse,
    CertificateSignerRevoked,
)
from addrsvc.certificates.facts import changed_since, facts_of
from addrsvc.certificates.keys import Signer, configured_keys
from addrsvc.certificates.signing import (
    Keys,
    Signed,
    canonical,
    grouped,
    key_id_of,
    read,
    sign,
    verify,
)
from addrsvc.certificates.trusting import Revocation, require_trusted
from addrsvc.clock import VIETNAM, Clock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.events import reading as events
from addrsvc.events.chain import moment
from addrsvc.registry import reading
from addrsvc.registry.model import Address, Status, Visibility
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings

QUERIES: Final = Queries("addrsvc.certificates")

_SERIAL = re.compile(r"[A-Z2-7]{16}")
_SERIAL_BYTES: Final = 10

State = Literal["unchanged", "changed", "retired"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate, and what has become of its address."""

    signed: Signed
    issued_at: datetime
    state: State
    changed: tuple[str, ...]
    """Facts that are no longer as certified; names of ``facts.FACTS``."""
    address: Address
    """As it stands now."""
    successors: tuple[str, ...] = ()
    """Codes that took its place, with check digits; public ones only."""
    revocation: Revocation | None = None
    """Of the key it was signed with; None: that is trusted."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs or signed."""

    key: Ed25519PublicKey
    first_used_at: datetime | None
    """None: it has not signed yet."""
    is_current: bool
    revocation: Revocation | None = None


async def issue(
    conn: AsyncConnection, principal: Principal, ref: AddressRef, signer: Signer, clock: Clock
) -> Standing:
    """Certify what the register says of a public address now; the same again on the same day.

    What is not public is certified for nobody: who has the paper shows it to anybody.

    Raises:
        AddressNotFound: there is no public address of that code.
        NotSignedIn: a proposal.
        CertificateNotInUse: it is not in use.
        CertificateSignerRevoked: the key is no longer trusted.
    """
    address = await reading.get_address(conn, ANONYMOUS, ref)
    if address.status is not Status.CURRENT or address.code is None:
        code = address.ref if address.code is None else DigitalCode.of(address.code).plate
        raise CertificateNotInUse(code=code, successors=list(_successors(address)))
    if await find_revocation(conn, signer.key_id) is not None:
        raise CertificateSignerRevoked(key_id=signer.key_id)
    now = clock.now()
    facts = facts_of(address)
    facts_hash = sha256(canonical(facts)).digest()
    day = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    params = {
        "address_id": address.address_id,
        "since": day,
        "facts_hash": facts_hash,
        "key_id": signer.key_id,
    }
    known = await row(conn, QUERIES["certificate_of_day"], params)
    if known is not None:
        return _standing(known, address, None)
    serial = base64.b32encode(secrets.token_bytes(_SERIAL_BYTES)).decode()
    payload = {
        **facts,
        "serial": serial,
        "issuer": signer.issuer or address.issuer or "",
        "issued_at": moment(now.replace(microsecond=0)),
        "as_of_event": await events.last_number(conn),
        "address_version": address.version,
        "is_demo": signer.is_demo,
    }
    signed = sign(payload, signer.key)
    await _keep(conn, signed, address, facts_hash, signer, now)
    await audit.record(
        conn,
        principal=principal.id,
        action="certificate.issue",
        subject=address.code,
        at=now,
        detail={"serial": serial, "key_id": signer.key_id},
    )
    return Standing(signed, now, "unchanged", (), address)


async def _keep(
    conn: AsyncConnection,
    signed: Signed,
    address: Address,
    facts_hash: bytes,
    signer: Signer,
    at: datetime,
) -> None:
    public = signer.key.public_key().public_bytes_raw()
    key = {"key_id": signer.key_id, "public_key": public, "at": at}
    await execute(conn, QUERIES["keep_key"], key)
    payload = canonical(signed.payload)
    params = {
        "serial": signed.serial,
        "address_id": address.address_id,
        "key_id": signer.key_id,
        "payload": payload.decode(),
        "payload_hash": sha256(payload).digest(),
        "signature": signed.signature,
        "facts_hash": facts_hash,
        "issued_at": at,
    }
    await execute(conn, QUERIES["keep_certificate"], params)


async def get_standing(conn: Connection, serial_text: str) -> Standing:
    """Give a certificate, and what has become of its address since.

    Raises:
        CertificateNotFound: none of this serial, or its address is not public any more; which, is
            not told.
    """
    serial = re.sub(r"[\s-]", "", serial_text).upper()[:20]
    if _SERIAL.fullmatch(serial) is None:
        raise CertificateNotFound(serial=grouped(serial))
    found = await row(conn, QUERIES["certificate_by_serial"], {"serial": serial})
    if found is None:
        raise CertificateNotFound(serial=grouped(serial))
    code = str(orjson.loads(found["payload"])["code"])
    address = (await reading.find_addresses(conn, [code])).get(code)
    if address is None or not reading.is_seen(address, ANONYMOUS):
        raise CertificateNotFound(serial=grouped(serial))
    return _standing(found, address, await find_revocation(conn, found["key_id"]))


async def verify_text(conn: Connection, text: str, settings: Settings) -> Standing:
    """Verify a certificate in any written form by all keys of this service, and find it again.

    Raises:
        CertificateUnreadable, CertificateKeyUnknown, CertificateForged: see ``signing``; forged,
            too, where it is signed and this service knows another one of its serial.
        CertificateNotFound: see ``get_standing``.
        CertificateKeyRevoked: this service does not know it, and its key is not trusted.
    """
    signed = read(text)
    keys = await list_keys(conn, settings)
    verify(signed, keys_by_id(keys))
    try:
        standing = await get_standing(conn, signed.serial)
    except CertificateNotFound:
        require_trusted(signed, revocations_by_id(keys))
        raise
    if canonical(standing.signed.payload) != canonical(signed.payload):
        raise CertificateForged(key_id=signed.key_id)
    return standing


async def list_keys(conn: Connection, settings: Settings) -> list[PublicKey]:
    """Give all keys that sign or ever signed, the one that signs now first."""
    configured = [each.public_key() for each in configured_keys(settings)]
    known = {key_id_of(key): PublicKey(key, None, is_current=False) for key in configured}
    for each in await rows(conn, QUERIES["certificate_keys"], {}):
        key = Ed25519PublicKey.from_public_bytes(bytes(each["public_key"]))
        known[each["key_id"]] = PublicKey(
            key, each["first_used_at"], is_current=False, revocation=_revocation(each)
        )
    if configured:
        current = key_id_of(configured[0])
        if known[current].revocation is None:
            known[current] = replace(known[current], is_current=True)
    return sorted(known.values(), key=lambda each: not each.is_current)


def keys_by_id(keys: Sequence[PublicKey]) -> Keys:
    """Give keys as verifying takes them."""
    return {key_id_of(each.key): each.key for each in keys}


def revocations_by_id(keys: Sequence[PublicKey]) -> dict[str, Revocation]:
    """Give which keys are no longer trusted, by their ids."""
    return {key_id_of(each.key): each.revocation for each in keys if each.revocation is not None}


async def find_revocation(conn: Connection, key_id: str) -> Revocation | None:
    """Tell whether a key is no longer trusted."""
    found = await row(conn, QUERIES["revocation"], {"key_id": key_id})
    return None if found is None else _revocation(found)


def _revocation(found: Row) -> Revocation | None:
    if found["revoked_at"] is None:
        return None
    return Revocation(found["revoked_at"], found["revoked_from"], found["reason"])


def _standing(found: Row, address: Address, revocation: Revocation | None) -> Standing:
    signed = Signed(orjson.loads(found["payload"]), bytes(found["signature"]))
    changed = tuple(changed_since(signed.payload, address))
    is_gone = address.status in {Status.RETIRED, Status.REJECTED}
    state: State = "retired" if is_gone else "changed" if changed else "unchanged"
    return Standing(
        signed, found["issued_at"], state, changed, address, _successors(address), revocation
    )


def _successors(address: Address) -> tuple[str, ...]:
    return tuple(
        DigitalCode.of(each.code).plate
        for each in address.successors
        if each.visibility is Visibility.PUBLIC
    )
