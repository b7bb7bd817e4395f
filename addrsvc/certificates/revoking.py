"""Revoke a key certificates were signed with: for good, with a reason anybody can read."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope
from addrsvc.certificates.errors import (
    CertificateKeyNotOurs,
    CertificateKeyRevokedAlready,
    CertificateRevocationUnclear,
)
from addrsvc.certificates.service import QUERIES, find_revocation, keys_by_id, list_keys
from addrsvc.certificates.trusting import Revocation
from addrsvc.clock import Clock
from addrsvc.db.rows import rows
from addrsvc.events.chain import moment
from addrsvc.paper.styles import shown
from addrsvc.settings import Settings

_MOST_LETTERS: Final = 500


async def revoke_key(
    conn: AsyncConnection,
    principal: Principal,
    key_id: str,
    reason: str,
    since: datetime | None,
    settings: Settings,
    clock: Clock,
) -> Revocation:
    """Trust a key no longer.

    Args:
        conn: the write door.
        principal: who does it.
        key_id: of a key that signs or signed here.
        reason: for anybody to read.
        since: from when on; None: whatever it signed.
        settings: for keys that have not signed yet.
        clock: for when it was said.

    Raises:
        NotSignedIn, ScopeMissing: for who may give access.
        CertificateRevocationUnclear: no reason, or a moment to come.
        CertificateKeyNotOurs: no such key.
        CertificateKeyRevokedAlready: it was before.
    """
    principal.require(Scope.ACCESS_WRITE)
    now, said = clock.now(), shown(reason)
    if not said or len(reason) > _MOST_LETTERS or (since is not None and since > now):
        raise CertificateRevocationUnclear
    key = keys_by_id(await list_keys(conn, settings)).get(key_id)
    if key is None:
        raise CertificateKeyNotOurs(key_id=key_id[:40])
    params = {
        "key_id": key_id,
        "public_key": key.public_bytes_raw(),
        "revoked_from": since,
        "reason": said,
        "at": now,
        "by": principal.id,
    }
    if not await rows(conn, QUERIES["revoke_key"], params):
        before = await find_revocation(conn, key_id)
        at = "" if before is None else moment(before.at)
        raise CertificateKeyRevokedAlready(key_id=key_id, at=at)
    await audit.record(
        conn,
        principal=principal.id,
        action="certificate.revoke-key",
        subject=key_id,
        at=now,
        detail={"from": None if since is None else moment(since), "reason": said},
    )
    return Revocation(now, since, said)
