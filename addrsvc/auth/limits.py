"""How often a client without a key may ask; misses are limited harder than hits.

A ten-digit code has a known prefix and 100,000 possible ends: without a limit on misses, a
ward could be walked through. Counted in each worker's memory: with N workers a client gets up
to N times the limit, which the edge proxy of a bigger installation narrows.
"""

from __future__ import annotations

import ipaddress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from addrsvc.auth.errors import RateLimited


class ClientLimits:
    """Counters of one worker process."""

    def __init__(self, *, per_minute: int, misses_per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._hits = RateLimitItemPerMinute(per_minute, namespace="hit")
        self._misses = RateLimitItemPerMinute(misses_per_minute, namespace="miss")

    def admit(self, host: str) -> None:
        """Count one lookup of a client.

        Raises:
            RateLimited: it asked too often, or missed too often, in the last minute.
        """
        client = client_of(host)
        if not self._limiter.test(self._misses, client):
            raise RateLimited(retry_after_s=60)
        if not self._limiter.hit(self._hits, client):
            raise RateLimited(retry_after_s=30)

    def miss(self, host: str) -> None:
        """Count one lookup that found nothing."""
        self._limiter.hit(self._misses, client_of(host))


def client_of(host: str) -> str:
    """Give what counts as one client: an IPv4 address, or an IPv6 /64 network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
