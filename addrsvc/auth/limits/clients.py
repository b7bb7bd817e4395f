"""Decide whether a client may ask once more; what it has left goes into headers.

Where there is a Redis, all workers and machines count together. Without one each worker grants its
share, a limit divided by the number of workers, and so it does while Redis does not answer; only
signing in is then closed, for there a guess too many costs more than a wait.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from typing import Final

import structlog

from addrsvc.auth.errors import CountsAway, RateLimited
from addrsvc.auth.limits import table
from addrsvc.auth.limits.counts import DAY, MINUTE, LocalCounts, SharedCounts, Window
from addrsvc.auth.limits.table import Allowance, RouteClass

log = structlog.get_logger("addrsvc.limits")

_SWEEP_FROM: Final = 10_000
"""Clients held before those whose time is over are forgotten."""

_EVERYBODY: Final = "misses of everybody"


@dataclass(slots=True)
class Spending:
    """What one request took of its client's allowances."""

    client: str
    is_known: bool
    route_class: RouteClass
    left: int = 0
    """Of this minute, on this worker where each counts for itself."""

    left_of_day: int | None = None
    misses: int = 0
    """Of this request, not yet counted."""

    misses_left: int | None = None
    """None: it missed nothing."""

    resets_s: int = 60


class ClientLimits:
    """The limits as one worker process holds them."""

    def __init__(
        self,
        *,
        anonymous_per_minute: int = table.ANONYMOUS[RouteClass.LOOKUP].per_minute,
        anonymous_misses_per_minute: int = table.ANONYMOUS_MISSES.per_minute,
        known_per_minute: int = table.KNOWN[RouteClass.LOOKUP].per_minute,
        alarm_per_minute: int = 300,
        workers: int = 1,
        shared: SharedCounts | None = None,
    ) -> None:
        share = 1.0 if shared is not None else 1 / workers
        misses = anonymous_misses_per_minute / table.ANONYMOUS_MISSES.per_minute
        known_misses = known_per_minute / table.KNOWN[RouteClass.LOOKUP].per_minute
        self._whole = {
            False: table.scaled(table.ANONYMOUS, anonymous_per_minute),
            True: table.scaled(table.KNOWN, known_per_minute),
        }
        self._whole_misses = {
            False: table.ANONYMOUS_MISSES.times(misses),
            True: table.KNOWN_MISSES.times(known_misses),
        }
        self._alarm_from = alarm_per_minute
        self._workers = workers
        self._local = LocalCounts()
        self._shared = shared
        self._full_until: dict[str, float] = {}
        self._sweep_at = _SWEEP_FROM
        self._alarmed_until = 0.0
        self._vouched: set[int] = set()
        self._policies = {
            (known, each): _policy(each, rates[each].times(share), misses_of.times(share))
            for known, rates in self._whole.items()
            for misses_of in (self._whole_misses[known],)
            for each in rates
        }

    @property
    def holds_anybody(self) -> bool:
        """Tell whether any client has used something up, lately."""
        return bool(self._full_until)

    async def admit(self, spending: Spending, now_s: float) -> None:
        """Count one request of a client.

        Raises:
            RateLimited: it asked too often, or missed too often.
            CountsAway: it wants to sign in and nobody knows how often it tried.
        """
        route_class = spending.route_class
        name = f"{route_class}|{spending.client}"
        if self._full_until:
            self._require_left(spending, name, now_s)
        spending.resets_s = math.ceil(MINUTE.left_s(now_s))
        allowance = self._whole[spending.is_known][route_class]
        left, left_of_day = await self._count(name, allowance, now_s, route_class=route_class)
        spending.left, spending.left_of_day = max(0, left), left_of_day
        if left < 0 or (left_of_day is not None and left_of_day < 0):
            self._refuse(name, left_of_day, now_s)

    def _require_left(self, spending: Spending, name: str, now_s: float) -> None:
        if spending.route_class in table.TELLING:
            self.require_misses(spending, now_s)
        wait_s = self._wait_s(name, now_s)
        if wait_s > 0:
            spending.resets_s = math.ceil(wait_s)
            raise RateLimited(retry_after_s=spending.resets_s)

    async def miss(self, spending: Spending, now_s: float, amount: int = 1) -> None:
        """Count questions that found nothing.

        Raises:
            RateLimited: it had no misses left before; what was found must not be told.
        """
        name = f"misses|{spending.client}"
        allowance = await self._allowance_of_misses(spending, now_s, amount)
        left, left_of_day = await self._count(name, allowance, now_s, amount=amount)
        spending.misses_left = max(0, left)
        if left <= 0 or left_of_day == 0:
            window = DAY if left_of_day == 0 else MINUTE
            self._hold(name, now_s + window.left_s(now_s), now_s)
        if left < 0 or (left_of_day is not None and left_of_day < 0):
            self._refuse(name, left_of_day, now_s)

    async def misses_left(self, spending: Spending, now_s: float) -> int:
        """Give how many questions may still find nothing; counts none of them."""
        allowance = await self._allowance_of_misses(spending, now_s, 0)
        name = f"misses|{spending.client}"
        left, left_of_day = await self._count(name, allowance, now_s, amount=0)
        return max(0, left if left_of_day is None else min(left, left_of_day))

    async def _allowance_of_misses(
        self, spending: Spending, now_s: float, amount: int
    ) -> Allowance:
        allowance = self._whole_misses[spending.is_known]
        if not await self._is_alarmed(spending, now_s, amount):
            return allowance
        least = min(table.ALARMED_MISSES_PER_MINUTE, allowance.per_minute)
        return Allowance(least, allowance.per_day)

    def require_misses(self, spending: Spending, now_s: float) -> None:
        """Pass a client that has not missed too often.

        Asked once more before an answer goes out: of many questions asked at once, those answered
        after the last miss must not tell hits from misses by being answered at all.

        Raises:
            RateLimited: it has.
        """
        wait_s = self._wait_s(f"misses|{spending.client}", now_s)
        if wait_s > 0:
            spending.resets_s = math.ceil(wait_s)
            raise RateLimited(retry_after_s=spending.resets_s)

    def is_guessing(self, host: str, now_s: float) -> bool:
        """Tell whether an address has sent too many credentials that were no good."""
        return self.holds_anybody and self._wait_s(_guesses(host), now_s) > 0

    def vouch(self, header: str | None) -> None:
        """Remember credentials that were good: who shares an address with a guesser needs them."""
        if len(self._vouched) >= _SWEEP_FROM:
            self._vouched.clear()
        self._vouched.add(hash(header))

    def require_vouched(self, header: str | None, host: str, now_s: float) -> None:
        """Pass from an address that guesses only who guesses nothing, or was good before.

        Raises:
            RateLimited: these are new.
        """
        if header is not None and hash(header) not in self._vouched:
            raise RateLimited(retry_after_s=math.ceil(self._wait_s(_guesses(host), now_s)))

    async def guess(self, host: str, now_s: float) -> None:
        """Count credentials that were no good.

        Raises:
            RateLimited: there had been too many before.
        """
        name = _guesses(host)
        allowance = self._whole[False][RouteClass.SIGN_IN]
        left, left_of_day = await self._count(name, allowance, now_s)
        if left <= 0:
            self._hold(name, now_s + MINUTE.left_s(now_s), now_s)
        if left < 0:
            self._refuse(name, left_of_day, now_s)

    def headers(self, spending: Spending) -> list[tuple[bytes, bytes]]:
        """Give what is allowed and what is left, as headers of the answer.

        Source: draft-ietf-httpapi-ratelimit-headers-10.
        """
        name, resets_s = spending.route_class, spending.resets_s
        left = f'"{name}";r={spending.left};t={resets_s}'
        if spending.left_of_day is not None:
            left += f', "{name}-day";r={max(0, spending.left_of_day)}'
        if spending.misses_left is not None:
            left += f', "misses";r={spending.misses_left};t={resets_s}'
        policy = self._policies[spending.is_known, name]
        return [(b"ratelimit-policy", policy), (b"ratelimit", left.encode())]

    async def close(self) -> None:
        """Close the connections to shared counts."""
        if self._shared is not None:
            await self._shared.close()

    async def _count(
        self,
        name: str,
        allowance: Allowance,
        now_s: float,
        *,
        amount: int = 1,
        route_class: RouteClass | None = None,
    ) -> tuple[int, int | None]:
        """Count in the minute and the day; give what is left of both, negative when too much."""
        used, workers = await self._add(name, MINUTE, now_s, amount, route_class)
        left = max(1, allowance.per_minute // workers) - used
        if allowance.per_day is None or left < 0:
            return left, None
        used, workers = await self._add(name, DAY, now_s, amount, route_class)
        return left, max(1, allowance.per_day // workers) - used

    async def _add(
        self,
        name: str,
        window: Window,
        now_s: float,
        amount: int,
        route_class: RouteClass | None = None,
    ) -> tuple[int, int]:
        """Count, and give the count and among how many workers the limit is divided."""
        if self._shared is not None:
            used = await self._shared.add(name, window, now_s, amount)
            if used is not None:
                return used, 1
            if route_class is RouteClass.SIGN_IN:
                raise CountsAway
        return self._local.add(name, window, now_s, amount), self._workers

    async def _is_alarmed(self, spending: Spending, now_s: float, amount: int) -> bool:
        """Count a miss of anybody; tell whether those without credentials are held shorter."""
        if spending.is_known:
            return False
        used, workers = await self._add(_EVERYBODY, MINUTE, now_s, amount)
        if used > max(1, self._alarm_from // workers):
            if now_s >= self._alarmed_until:
                log.warning("codes are being walked through", misses_of_minute=used)
            self._alarmed_until = now_s + table.ALARM_S
        return now_s < self._alarmed_until

    def _wait_s(self, name: str, now_s: float) -> float:
        until = self._full_until.get(name)
        return 0.0 if until is None or until <= now_s else until - now_s

    def _hold(self, name: str, until_s: float, now_s: float) -> None:
        """Remember that an allowance is used up: what follows is refused without counting."""
        self._full_until[name] = until_s
        if len(self._full_until) >= self._sweep_at:
            held = {each: until for each, until in self._full_until.items() if until > now_s}
            self._full_until = held
            self._sweep_at = max(_SWEEP_FROM, 2 * len(held))

    def _refuse(self, name: str, left_of_day: int | None, now_s: float) -> None:
        window = DAY if left_of_day is not None and left_of_day < 0 else MINUTE
        wait_s = window.left_s(now_s)
        self._hold(name, now_s + wait_s, now_s)
        raise RateLimited(retry_after_s=math.ceil(wait_s))


def _policy(name: RouteClass, allowance: Allowance, misses: Allowance) -> bytes:
    told = [f'"{name}";q={allowance.per_minute};w=60']
    if allowance.per_day is not None:
        told.append(f'"{name}-day";q={allowance.per_day};w=86400')
    if name in table.TELLING:
        told.append(f'"misses";q={misses.per_minute};w=60')
    return ", ".join(told).encode()


def _guesses(host: str) -> str:
    return f"guesses|{client_of(host)}"


def client_of(host: str) -> str:
    """Give what counts as one client: an IPv4 address, or an IPv6 /64 network."""
    if ":" not in host:
        return host  # the server gives IPv4 addresses in one spelling
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
