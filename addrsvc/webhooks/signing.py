"""Secrets and signatures of webhooks, as Standard Webhooks has them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook

from addrsvc import __version__
from addrsvc.events.chain import moment
from addrsvc.events.schemas import event_out
from addrsvc.events.sighting import SealedEvent

_SECRET_BYTES = 32


def new_secret() -> str:
    """Make the secret a receiver verifies with: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def message_id(number: int) -> str:
    """Name the message about an event: the same at every attempt, so that repeats are dropped.

    >>> message_id(1204)
    'evt_1204'
    """
    return f"evt_{number}"


def body_of(event: SealedEvent) -> bytes:
    """Give the body that tells of an event, in the form ``/v1/events`` gives it."""
    told = {"type": event.type, "timestamp": moment(event.recorded_at), "data": event_out(event)}
    return orjson.dumps(told)


def try_out_body(at: datetime) -> bytes:
    """Give the body of a message that only shows whether messages arrive."""
    return orjson.dumps({"type": "webhook.test", "timestamp": moment(at), "data": {}})


def headers_of(
    keys: Sequence[str], *, message: str, at: datetime, body: bytes
) -> list[tuple[bytes, bytes]]:
    """Give the headers of one attempt, signed with the present secret and those replaced.

    Args:
        keys: ``whsec_…``, the present one first.
        message: its id.
        at: the attempt's moment: receivers refuse what is older than a few minutes.
        body: as it is sent.
    """
    seconds, text = at.astimezone(UTC), body.decode()
    signatures = " ".join(Webhook(key).sign(message, seconds, text) for key in keys)
    return [
        (b"Content-Type", b"application/json"),
        (b"User-Agent", f"addrsvc/{__version__}".encode()),
        (b"webhook-id", message.encode()),
        (b"webhook-timestamp", str(int(seconds.timestamp())).encode()),
        (b"webhook-signature", signatures.encode()),
    ]
