"""How often a client may ask: per class of route, misses harder than hits.

``table`` says what is allowed and which class each route is of; ``counts`` counts, in each worker
or in a Redis all of them share; ``clients`` decides.
"""

from addrsvc.auth.limits.clients import ClientLimits, Spending, client_of
from addrsvc.auth.limits.counts import SharedCounts
from addrsvc.auth.limits.table import Allowance, RouteClass, class_of
from addrsvc.settings import Settings

__all__ = [
    "Allowance",
    "ClientLimits",
    "RouteClass",
    "Spending",
    "class_of",
    "client_of",
    "limits_of_settings",
]


def limits_of_settings(settings: Settings) -> ClientLimits:
    """Make the limits of one worker process."""
    redis_url = settings.redis_url
    return ClientLimits(
        anonymous_per_minute=settings.anonymous_per_minute,
        anonymous_misses_per_minute=settings.anonymous_misses_per_minute,
        known_per_minute=settings.known_per_minute,
        alarm_per_minute=settings.miss_alarm_per_minute,
        workers=settings.workers,
        shared=None if redis_url is None else SharedCounts(redis_url.get_secret_value()),
    )
