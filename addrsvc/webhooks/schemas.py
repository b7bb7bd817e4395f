"""The JSON of receivers and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from addrsvc.events.chain import moment
from addrsvc.webhooks.model import Delivery, Outcome, Standing
from addrsvc.webhooks.signing import message_id
from addrsvc.webhooks.targets import URL_LIMIT

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=URL_LIMIT,
        description="https, a public host; no user name, no redirect is followed",
        examples=["https://mot-cua.example.vn/hooks/dia-chi"],
    ),
]
Description = Annotated[str, Field(max_length=200, examples=["Phần mềm một cửa"])]
Types = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        min_length=1,
        max_length=50,
        description="types of events; * at the end for all that begin so",
        examples=[["address.*", "prefix.imported"]],
    ),
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReceiverIn(_Closed):
    """A receiver to register."""

    url: Url
    description: Description = ""
    types: Types | None = None
    """None: all."""
    after: Annotated[
        int | None, Field(ge=0, lt=2**62, description="begin behind this event; none: from now on")
    ] = None


class ReceiverChangeIn(_Closed):
    """What to change; what is left out stays."""

    url: Url | None = None
    description: Description | None = None
    types: Types | None = None
    """None, when given: all."""
    state: Literal["active", "paused"] | None = None


class RotateIn(_Closed):
    """How long the old secret signs beside the new one."""

    grace_hours: Annotated[int, Field(ge=0, le=168)] = 24


class ReplayIn(_Closed):
    """What to send again: one of the three."""

    from_number: Annotated[
        int | None, Field(ge=1, lt=2**62, description="every event from this number on")
    ] = None
    dead_letters: Annotated[Literal[True] | None, Field(description="all that was given up")] = None
    number: Annotated[int | None, Field(ge=1, lt=2**62, description="this event")] = None

    @model_validator(mode="after")
    def _is_one(self) -> ReplayIn:
        given = [each for each in (self.from_number, self.dead_letters, self.number) if each]
        if len(given) != 1:
            raise ValueError("from_number, dead_letters or number")
        return self


def standing_out(standing: Standing, newest: int) -> dict[str, Any]:
    """Give a receiver with what waits for it; ``newest``: number of the last event."""
    receiver = standing.receiver
    return {
        "id": receiver.receiver_id,
        "url": receiver.url,
        "description": receiver.description,
        "types": receiver.types,
        "state": receiver.state.value,
        "why_disabled": receiver.why_disabled and receiver.why_disabled.value,
        "owner": receiver.owner,
        "scopes": receiver.scopes,
        "areas": receiver.areas,
        "created_at": moment(receiver.created_at),
        "followed_to": receiver.followed_to,
        "newest": newest,
        "waiting": standing.waiting,
        "dead": standing.dead,
        "next_at": _moment(standing.next_at),
        "failures": receiver.failures,
        "failing_since": _moment(receiver.failing_since),
        "last_attempt_at": _moment(receiver.last_attempt_at),
        "last_success_at": _moment(receiver.last_success_at),
        "last_status": receiver.last_status,
        "last_error": receiver.last_error,
    }


def delivery_out(delivery: Delivery) -> dict[str, Any]:
    """Give one event on its way; what receivers answer beside the status is not kept."""
    return {
        "number": delivery.number,
        "webhook_id": message_id(delivery.number),
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_at": _moment(delivery.next_at),
        "attempted_at": _moment(delivery.attempted_at),
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    }


def outcome_out(outcome: Outcome) -> dict[str, Any]:
    """Give what came of a test."""
    failure = outcome.failure
    return {
        "delivered": failure is None,
        "status": outcome.status,
        "error": failure and failure.value,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moment(at)
