"""Pure: receivers of events, their deliveries, and what becomes of a delivery after an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from addrsvc.auth.model import Principal, Scope

RETRY_DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between one attempt and the next; the first is made at once. Source: Standard Webhooks."""

MOST_ATTEMPTS: Final = len(RETRY_DELAYS) + 1

FAILING_LIMIT: Final = timedelta(days=5)
"""A receiver that only failed for so long is disabled."""

_LONGEST_HOLD: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=24)


class ReceiverState(StrEnum):
    """Whether anything is sent to a receiver."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class WhyDisabled(StrEnum):
    """Why the service itself stopped sending."""

    GONE = "gone"
    """The receiver answered 410."""

    FAILING = "failing"
    """It failed for days."""

    OWNER_ENDED = "owner-ended"
    """The key or account it belongs to has ended, or may not follow changes any more."""


class DeliveryState(StrEnum):
    """Where one event is on its way to one receiver."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Failure(StrEnum):
    """Why an attempt failed: the only thing kept of it beside the status."""

    STATUS = "status"
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    UNRESOLVED = "unresolved"
    ADDRESS_REFUSED = "address-refused"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    PROTOCOL = "protocol"
    SECRET_UNREADABLE = "secret-unreadable"  # noqa: S105 - a kind of failure


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where events are sent, for whom, and how it goes. Secrets are kept apart."""

    receiver_id: int
    owner: str
    url: str
    description: str
    types: tuple[str, ...] | None
    """As in ``/v1/events?types=``; None: all."""
    scopes: tuple[str, ...]
    areas: tuple[str, ...] | None
    state: ReceiverState
    why_disabled: WhyDisabled | None
    created_at: datetime
    followed_to: int
    failures: int
    failing_since: datetime | None
    hold_until: datetime | None
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    last_status: int | None
    last_error: str | None

    @property
    def principal(self) -> Principal:
        """Give its owner as it was at registration; see ``owners.owner_now`` for what is left."""
        areas = None if self.areas is None else frozenset(self.areas)
        return Principal(self.owner, frozenset(map(Scope, self.scopes)), areas)


@dataclass(frozen=True, slots=True)
class Standing:
    """A receiver with what waits for it."""

    receiver: Receiver
    waiting: int
    dead: int
    next_at: datetime | None
    """When the next attempt is due; None: nothing waits, or nothing is sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one receiver."""

    number: int
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    attempted_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    status: int | None
    failure: Failure | None
    retry_after: timedelta | None = None
    """As the receiver wished."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the delivery and its receiver."""

    state: DeliveryState
    next_at: datetime | None
    hold_until: datetime | None
    """Nothing is sent to this receiver before; None: go on with what is next."""
    disable: WhyDisabled | None


def judge(
    outcome: Outcome,
    *,
    attempts: int,
    failures: int,
    failing_since: datetime | None,
    at: datetime,
    jitter: float,
) -> Verdict:
    """Decide what becomes of a delivery after an attempt.

    What is wrong with the receiver as a whole (it cannot be reached, 429, 5xx) also holds up
    what else is on its way there, so that a receiver that is down is not asked without pause and
    the attempts of thousands of events are not used up on it. What it says of this event alone
    (another 4xx) does not.

    Args:
        outcome: of this attempt.
        attempts: made so far, with this one.
        failures: in a row before this one, of the receiver.
        failing_since: when the first of those was; None: the attempt before succeeded.
        at: now.
        jitter: 0…1, drawn by the caller: up to a tenth is added, so that not all come at once.
    """
    if outcome.failure is None:
        return Verdict(DeliveryState.DELIVERED, None, None, None)
    disable = None
    if outcome.status == 410:
        disable = WhyDisabled.GONE
    elif failing_since is not None and at - failing_since >= FAILING_LIMIT:
        disable = WhyDisabled.FAILING
    wished = min(outcome.retry_after, _LONGEST_WAIT) if outcome.retry_after is not None else None
    hold_until = None
    if outcome.status is None or outcome.status == 429 or outcome.status >= 500:
        hold = min(timedelta(seconds=5) * 2 ** min(failures, 10), _LONGEST_HOLD)
        hold_until = at + (wished if wished is not None else hold)
    if attempts >= MOST_ATTEMPTS:
        return Verdict(DeliveryState.DEAD, None, hold_until, disable)
    delay = RETRY_DELAYS[attempts - 1] * (1 + jitter / 10)
    next_at = at + (wished if wished is not None else delay)
    return Verdict(DeliveryState.WAITING, next_at, hold_until, disable)
