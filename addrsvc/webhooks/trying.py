"""Try a receiver out: a signed test message now, in the open, beside the deliveries."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.personal.crypto import keyring_of
from addrsvc.webhooks import service, signing
from addrsvc.webhooks.model import Outcome
from addrsvc.webhooks.secrets_kept import signing_keys
from addrsvc.webhooks.sending import Sender

_TOTAL_S: Final = 5.0
"""Somebody waits for what comes of it."""


async def try_out(
    engine: AsyncEngine, sender: Sender, principal: Principal, receiver_id: int, clock: Clock
) -> Outcome:
    """Send a message of type ``webhook.test`` and give what came of it, which is audited.

    In two transactions of its own: none is open while the receiver answers.

    Raises:
        ReceiverUnknown: and others as for ``service.get_receiver``.
        EncryptionKeyMissing, EncryptionKeyUnknown: its secret cannot be read.
    """
    at = clock.now()
    async with transaction(engine) as conn:  # readers may not see secrets
        receiver = await service.get_receiver(conn, principal, receiver_id)
        keys = await signing_keys(conn, keyring_of(conn), receiver_id, at)
    body = signing.try_out_body(at)
    message = f"test_{secrets.token_hex(8)}"
    headers = signing.headers_of(keys, message=message, at=at, body=body)
    async with sender.line(receiver.url) as line:
        outcome = await line.post(headers, body, now=at, total_s=_TOTAL_S)
    async with transaction(engine) as conn:
        await audit.record(
            conn,
            principal=principal.id,
            action="webhook.test",
            subject=str(receiver_id),
            at=clock.now(),
            detail={
                "status": outcome.status,
                "failure": outcome.failure and outcome.failure.value,
            },
        )
    return outcome
