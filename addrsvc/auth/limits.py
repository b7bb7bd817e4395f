"""How often a client without a key may ask; misses are limited harder than hits.

A ten-digit code has a known prefix and 100,000 possible ends: without a limit on misses, a
ward could be walked through. Counted in each worker's memory: with N workers a client gets up
to N times the limit, which the edge proxy of a bigger installation narrows.

The generic cell rate algorithm (GCRA, ITU-T I.371): one moment kept per client, the time when
all it has asked would be paid for.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from addrsvc.auth.errors import RateLimited

_WINDOW_S = 60.0
_SWEEP_FROM = 10_000
"""Clients remembered before those who owe nothing any more are forgotten."""


class Rate:
    """So many per minute for each client, all at once or evenly."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._cost_s = _WINDOW_S / per_minute
        self._monotonic = monotonic
        self._paid_at: dict[str, float] = {}
        self._sweep_at = _SWEEP_FROM

    def wait_s(self, client: str) -> float:
        """Give the seconds until one more is allowed; 0 when it is now."""
        now = self._monotonic()
        debt_s = max(self._paid_at.get(client, now), now) + self._cost_s - now
        # a hair of slack: the sum of costs is not exact
        return debt_s - _WINDOW_S if debt_s > _WINDOW_S + 1e-6 else 0.0

    def spend(self, client: str) -> None:
        """Count one."""
        now = self._monotonic()
        self._paid_at[client] = max(self._paid_at.get(client, now), now) + self._cost_s
        if len(self._paid_at) >= self._sweep_at:
            self._paid_at = {each: at for each, at in self._paid_at.items() if at > now}
            self._sweep_at = max(_SWEEP_FROM, 2 * len(self._paid_at))


class ClientLimits:
    """Counters of one worker process."""

    def __init__(
        self,
        *,
        per_minute: int,
        misses_per_minute: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._all = Rate(per_minute, monotonic)
        self._misses = Rate(misses_per_minute, monotonic)

    def admit(self, host: str) -> None:
        """Count one lookup of a client.

        Raises:
            RateLimited: it asked too often, or missed too often, in the last minute.
        """
        client = client_of(host)
        wait_s = max(self._misses.wait_s(client), self._all.wait_s(client))
        if wait_s > 0:
            raise RateLimited(retry_after_s=math.ceil(wait_s))
        self._all.spend(client)

    def miss(self, host: str) -> None:
        """Count one lookup that found nothing."""
        self._misses.spend(client_of(host))


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
