"""What a client may ask: classes of routes, windows, misses, the alarm, guesses."""

from __future__ import annotations

import pytest

from addrsvc.auth.errors import RateLimited
from addrsvc.auth.limits import ClientLimits, RouteClass, Spending, class_of, client_of, table
from addrsvc.auth.limits.counts import DAY, MINUTE, LocalCounts

pytestmark = pytest.mark.anyio

NOON = 1_700_000_040.0 - 1_700_000_040.0 % 60
"""The beginning of a minute."""


def _spending(
    client: str = "203.0.113.1",
    route_class: RouteClass = RouteClass.LOOKUP,
    *,
    known: bool = False,
) -> Spending:
    return Spending(client, known, route_class)


async def _admitted(limits: ClientLimits, now_s: float, tries: int, **which: object) -> int:
    count = 0
    for _ in range(tries):
        try:
            await limits.admit(_spending(**which), now_s)  # type: ignore[arg-type]
        except RateLimited:
            continue
        count += 1
    return count


async def _miss(limits: ClientLimits, client: str, now_s: float) -> bool:
    """Ask for what is not there; tell whether the answer says so."""
    spending = _spending(client)
    try:
        await limits.admit(spending, now_s)
        await limits.miss(spending, now_s)
    except RateLimited:
        return False
    return True


async def test_within_any_minute_a_client_gets_what_is_published_and_no_more() -> None:
    limits = ClientLimits(anonymous_per_minute=3)
    assert await _admitted(limits, NOON + 59, 10) == 3
    assert await _admitted(limits, NOON + 59.9, 10, client="203.0.113.2") == 3
    assert await _admitted(limits, NOON + 60, 10) == 3
    with pytest.raises(RateLimited) as refused:
        await limits.admit(_spending(), NOON + 80)
    assert refused.value.retry_after_s == 40


async def test_what_may_still_be_missed_is_told_without_counting() -> None:
    limits, mine = ClientLimits(), _spending(known=True)
    for _ in range(2):
        assert await limits.misses_left(mine, NOON) == table.KNOWN_MISSES.per_minute
    await limits.miss(mine, NOON, 59)
    assert await limits.misses_left(mine, NOON) == 1
    await limits.miss(mine, NOON, 1)
    assert await limits.misses_left(mine, NOON) == 0
    with pytest.raises(RateLimited):
        await limits.miss(mine, NOON, 1)
    assert await limits.misses_left(mine, NOON) == 0
    assert await limits.misses_left(mine, NOON + 60) == table.KNOWN_MISSES.per_minute


async def test_classes_do_not_take_from_each_other() -> None:
    limits = ClientLimits()
    for each, allowance in table.ANONYMOUS.items():
        assert await _admitted(limits, NOON, 1_300, route_class=each) == allowance.per_minute


async def test_a_key_has_a_quota_of_the_day_in_vietnam() -> None:
    limits = ClientLimits()
    quota = table.KNOWN[RouteClass.LIST].per_day
    assert quota is not None
    morning = DAY.number(NOON) * 86_400 - 7 * 3600 + 60.0
    got, now_s = 0, morning
    while got < quota + 200 and now_s < morning + 3 * 3600:
        got += await _admitted(
            limits, now_s, 121, client="key:1", known=True, route_class=RouteClass.LIST
        )
        now_s += 60
    assert got == quota
    with pytest.raises(RateLimited) as refused:
        await limits.admit(_spending("key:1", RouteClass.LIST, known=True), now_s)
    assert refused.value.retry_after_s > 3600
    await limits.admit(_spending("key:2", RouteClass.LIST, known=True), now_s)
    await limits.admit(_spending("key:1", RouteClass.LIST, known=True), morning + 86_400)


async def test_each_worker_grants_its_share() -> None:
    limits = ClientLimits(anonymous_per_minute=120, workers=4)
    assert await _admitted(limits, NOON, 200) == 30
    spending = _spending("203.0.113.9")
    await limits.admit(spending, NOON)
    assert dict(limits.headers(spending)) == {
        b"ratelimit-policy": b'"lookup";q=30;w=60, "misses";q=5;w=60',
        b"ratelimit": b'"lookup";r=29;t=60',
    }


async def test_misses_hold_a_client_on_every_class_that_tells() -> None:
    limits = ClientLimits(anonymous_misses_per_minute=2)
    assert [await _miss(limits, "203.0.113.1", NOON) for _ in range(3)] == [True, True, False]
    for each in table.ANONYMOUS:
        spending = _spending(route_class=each)
        if each in table.TELLING:
            with pytest.raises(RateLimited):
                await limits.admit(spending, NOON + 59)
        else:
            await limits.admit(spending, NOON + 59)
    await limits.admit(_spending(), NOON + 60)
    await limits.admit(_spending("203.0.113.2"), NOON)


async def test_of_many_asked_at_once_none_is_told_after_the_last_miss() -> None:
    limits = ClientLimits(anonymous_misses_per_minute=2)
    at_once = [_spending() for _ in range(5)]
    for each in at_once:
        await limits.admit(each, NOON)
    await limits.miss(at_once[0], NOON)
    limits.require_misses(at_once[1], NOON)  # a hit meanwhile
    await limits.miss(at_once[2], NOON)
    with pytest.raises(RateLimited):
        limits.require_misses(at_once[3], NOON)
    with pytest.raises(RateLimited):
        await limits.miss(at_once[4], NOON)


async def test_a_day_of_misses_ends_before_a_ward_is_walked() -> None:
    limits = ClientLimits()
    start = DAY.number(NOON) * 86_400 - 7 * 3600
    told = 0
    for minute in range(70):
        told += sum([await _miss(limits, "203.0.113.1", start + minute * 60.0) for _ in range(25)])
    assert told == table.ANONYMOUS_MISSES.per_day


async def test_many_addresses_that_miss_are_held_and_who_missed_nothing_is_not() -> None:
    limits = ClientLimits(alarm_per_minute=100)
    walkers = [f"198.51.100.{i}" for i in range(50)]
    first = sum([await _miss(limits, each, NOON) for _ in range(20) for each in walkers])
    assert first <= 100 + 50 * table.ALARMED_MISSES_PER_MINUTE
    told = [await _miss(limits, each, NOON + 60) for _ in range(20) for each in walkers]
    assert sum(told) == 50 * table.ALARMED_MISSES_PER_MINUTE
    assert await _admitted(limits, NOON + 60, 120, client="203.0.113.1") == 120
    later = NOON + 60 + table.ALARM_S + 60
    assert [await _miss(limits, "198.51.100.1", later) for _ in range(20)] == [True] * 20


async def test_a_key_that_walks_is_held() -> None:
    limits = ClientLimits()
    told = 0
    for _ in range(100):
        spending = _spending("key:1", known=True)
        try:
            await limits.admit(spending, NOON)
            await limits.miss(spending, NOON)
        except RateLimited:
            continue
        told += 1
    assert told == table.KNOWN_MISSES.per_minute


async def test_guesses_are_few_and_good_credentials_beside_them_pass() -> None:
    limits = ClientLimits()
    host, allowed = "203.0.113.1", table.ANONYMOUS[RouteClass.SIGN_IN].per_minute
    limits.vouch("Bearer good")
    assert not limits.is_guessing(host, NOON)
    for _ in range(allowed):
        await limits.guess(host, NOON)
    with pytest.raises(RateLimited):
        await limits.guess(host, NOON)
    assert limits.is_guessing(host, NOON)
    limits.require_vouched("Bearer good", host, NOON)
    limits.require_vouched(None, host, NOON)
    with pytest.raises(RateLimited):
        limits.require_vouched("Bearer guess", host, NOON)
    assert not limits.is_guessing(host, NOON + 60)
    assert not limits.is_guessing("203.0.113.2", NOON)


async def test_clients_held_are_forgotten_when_their_time_is_over() -> None:
    limits = ClientLimits(anonymous_per_minute=1)
    for number in range(9_999):
        await _admitted(limits, NOON, 2, client=str(number))
    await _admitted(limits, NOON + 60, 2, client="last")
    assert list(limits._full_until) == ["lookup|last"]


def test_counts_of_a_window_are_dropped_with_it_and_never_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("addrsvc.auth.limits.counts._MOST_CLIENTS", 3)
    counts = LocalCounts()
    assert [counts.add("a", MINUTE, NOON) for _ in range(2)] == [1, 2]
    assert counts.add("a", DAY, NOON, 5) == 5
    assert counts.add("a", MINUTE, NOON + 60) == 1
    for name in "bcde":
        counts.add(name, MINUTE, NOON + 60)
    assert len(counts._counts[MINUTE][1]) <= 3


def test_head_counts_as_get_and_what_is_in_no_class_is_said() -> None:
    assert class_of("HEAD", "/v1/addresses/{ref}") is RouteClass.LOOKUP
    assert class_of("GET", "/v1/unheard-of") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "nonsense", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("x:y", "x:y", True),
    ],
)
def test_a_client_is_an_address_or_a_network(one: str, other: str, *, same: bool) -> None:
    assert (client_of(one) == client_of(other)) is same
