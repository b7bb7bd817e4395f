"""How long somebody who guessed wrong waits, so that nobody can lock out a colleague for ever.

Three counts, of which the first is the strict one:

- **one login from one client** (an IPv4 address or IPv6 /64): five failures are free, then each
  doubles the wait, from half a minute to an hour. Who guesses from their own place only shuts
  out themselves.
- **all logins from one client**: fifty are free, since a whole office may share an address;
  it stops one password being tried on many logins.
- **one login from all clients**: a hundred are free, then up to a quarter of an hour; it slows
  guessing from many places. A client from which the person signed in within thirty days does
  not wait for it, so that such an attack does not shut the person out where they work.

An attempt is counted before the password is looked at, and taken back when it was right: many
at once cannot race the count. While somebody waits nothing is counted and no password looked
at. A day without failures begins the count anew, however many sign in meanwhile. All logins are
counted under 16 bits of a hash, those nobody has too: what is typed as a login may be a password.
That two may share a count is so for both kinds, or filling one would tell which logins exist.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.accounts_errors import SignInHeld
from addrsvc.auth.sessions import QUERIES
from addrsvc.db.rows import Row, execute, rows

_FORGOTTEN_AFTER = timedelta(days=1)
_KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures are free, and the shortest and longest wait after them."""

    free: int
    longest: timedelta
    shortest: timedelta = timedelta(seconds=30)

    def wait_s(self, failures: int, last_at: datetime, now: datetime) -> int:
        """Give the seconds to wait after so many failures, the last at a moment; 0: none."""
        if failures < self.free or now - last_at >= _FORGOTTEN_AFTER:
            return 0
        doubled = self.shortest * (1 << min(failures - self.free, 20))
        return max(0, math.ceil((last_at + min(doubled, self.longest) - now).total_seconds()))


BY_PAIR = Patience(5, timedelta(hours=1))
BY_CLIENT = Patience(50, timedelta(hours=1))
BY_LOGIN = Patience(100, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was counted, and may turn out right."""

    login_key: str
    client: str
    at: datetime
    seen_before: Mapping[tuple[str, str], datetime]
    """When the counts it falls under had risen last."""


def key_of(login: str) -> str:
    """Give what a login is counted under."""
    return hashlib.sha256(login.encode()).hexdigest()[:4]


def wait_s(counts: list[Row], login_key: str, client: str, now: datetime) -> int:
    """Give the seconds until another attempt is looked at, by the counts it falls under."""
    by_key = {(each["login_key"], each["client"]): each for each in counts}
    pair = by_key.get((login_key, client))
    succeeded_at = None if pair is None else pair["succeeded_at"]
    is_known = succeeded_at is not None and now - succeeded_at < _KNOWN_FOR
    held = [(pair, BY_PAIR), (by_key.get(("", client)), BY_CLIENT)]
    if not is_known:
        held.append((by_key.get((login_key, "")), BY_LOGIN))
    waits = [
        patience.wait_s(count["failures"], count["seen_at"], now)
        for count, patience in held
        if count is not None
    ]
    return max(waits, default=0)


async def count_attempt(conn: AsyncConnection, login: str, client: str, now: datetime) -> Attempt:
    """Count an attempt as failed, in a transaction that ends before the password is looked at.

    Raises:
        SignInHeld: it is too early for another; nothing is counted.
    """
    login_key = key_of(login)
    params = {"login_key": login_key, "client": client}
    await execute(conn, QUERIES["lock_attempts"], {"login_key": login_key})
    counts = await rows(conn, QUERIES["attempts_of"], params)
    waiting_s = wait_s(counts, login_key, client, now)
    if waiting_s > 0:
        raise SignInHeld(retry_after_s=waiting_s, wait_min=math.ceil(waiting_s / 60))
    since = now - _FORGOTTEN_AFTER
    await execute(conn, QUERIES["count_attempt"], {**params, "now": now, "since": since})
    seen_before = {(each["login_key"], each["client"]): each["seen_at"] for each in counts}
    return Attempt(login_key, client, now, seen_before)


async def forgive_attempt(conn: AsyncConnection, attempt: Attempt) -> None:
    """Take an attempt back that was right after all; counts of long ago are forgotten."""
    key, client, now = attempt.login_key, attempt.client, attempt.at
    params = {
        "login_key": key,
        "client": client,
        "now": now,
        "client_seen_at": attempt.seen_before.get(("", client)),
        "login_seen_at": attempt.seen_before.get((key, "")),
    }
    await execute(conn, QUERIES["lock_attempts"], {"login_key": key})
    await execute(conn, QUERIES["forgive_attempt"], params)
    limits = {"failed_before": now - _FORGOTTEN_AFTER, "succeeded_before": now - _KNOWN_FOR}
    await execute(conn, QUERIES["forget_attempts"], limits)


async def forgive_login(conn: AsyncConnection, login: str) -> None:
    """Hold nothing against a login any more."""
    params = {"login_key": key_of(login)}
    await execute(conn, QUERIES["lock_attempts"], params)
    await execute(conn, QUERIES["forgive_login"], params)
