"""Events arrive: signed, in order, again where it failed, once where repeats are dropped."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from standardwebhooks import WebhookVerificationError
from structlog.testing import capture_logs
from webhook_fixtures import Inbox, Post, kill

from addrsvc.db.transaction import transaction
from addrsvc.events.sighting import SealedEvent
from addrsvc.webhooks import service, signing
from addrsvc.webhooks.model import MOST_ATTEMPTS, ReceiverState

pytestmark = pytest.mark.anyio


async def stands(post: Post) -> list[tuple[str, int]]:
    found = await post.ask("SELECT state, count(*) FROM webhook_delivery GROUP BY 1 ORDER BY 1")
    return [(each["state"], each["count"]) for each in found]


async def receiver_row(post: Post) -> dict[str, object]:
    return (await post.ask("SELECT * FROM webhook_receiver ORDER BY receiver_id"))[0]


async def test_events_arrive_signed_in_order_and_once(post: Post, inbox: Inbox) -> None:
    await post.happen("prefix.imported")
    _, secret = await post.register(inbox)
    await post.happen("prefix.reserved", "act.done", "prefix.imported", data={"first": 7})
    await post.deliver()
    await post.deliver()
    assert inbox.numbers == [2, 3, 4]
    assert inbox.connections == 1
    first = inbox.got[0]
    told = first.verify(secret)
    assert (told["type"], told["data"]["number"]) == ("prefix.reserved", 2)
    assert told["timestamp"] == told["data"]["recorded_at"]
    assert told["data"]["data"] == {"first": 7}
    assert first.headers["host"] in inbox.url
    first.body = first.body.replace(b"reserved", b"rejected")
    with pytest.raises(WebhookVerificationError):
        first.verify(secret)
    assert await stands(post) == [("delivered", 3)]


async def test_only_types_asked_for_and_those_before_if_wished(post: Post, inbox: Inbox) -> None:
    await post.happen("prefix.imported", "act.done", "unit.renamed")
    await post.register(inbox, types=["prefix.*", "act.done"], after=1)
    await post.happen("act.done", "act.undone", "prefix.reserved")
    await post.deliver()
    assert inbox.numbers == [2, 4, 6]


async def test_a_failure_is_tried_again_under_the_same_id(post: Post, inbox: Inbox) -> None:
    _, secret = await post.register(inbox)
    await post.happen("act.done", "act.undone")
    inbox.answer = lambda _: (500, {})
    await post.deliver()
    assert inbox.numbers == [1], "a receiver that is down is not sent the next at once"
    post.clock.move(seconds=4)
    await post.deliver()
    assert inbox.numbers == [1]
    inbox.answer = lambda _: (200, {})
    post.clock.move(seconds=2)
    await post.deliver()
    assert inbox.numbers == [1, 1, 2]
    assert [each.id for each in inbox.got] == ["evt_1", "evt_1", "evt_2"]
    inbox.got[0].verify(secret)
    row = await receiver_row(post)
    assert (row["failures"], row["failing_since"], row["hold_until"]) == (0, None, None)


async def test_what_waited_while_it_was_down_goes_when_it_is_back(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    inbox.answer = lambda _: (502, {})
    await post.happen("act.done")
    for _ in range(4):
        await post.deliver()
        post.clock.move(minutes=34)
    await post.happen("act.undone")
    inbox.answer = lambda got: (200 if got.number == 2 else 502, {})
    await post.deliver()  # the first is due in two hours, the second at once
    assert inbox.numbers == [1, 1, 1, 1, 2, 1]


async def test_an_event_it_will_not_have_does_not_keep_the_others(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    await post.happen(*["act.done"] * 4)
    inbox.answer = lambda got: (422 if got.number == 2 else 200, {})
    await post.deliver()
    await post.deliver()
    assert inbox.numbers == [1, 2, 3, 4]
    assert await stands(post) == [("delivered", 3), ("waiting", 1)]


async def test_retry_after_is_honoured(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    await post.happen("act.done", "act.undone")
    inbox.answer = lambda _: (429, {"Retry-After": "120"})
    await post.deliver()
    inbox.answer = lambda _: (200, {})
    post.clock.move(seconds=115)
    await post.deliver()
    assert inbox.numbers == [1]
    post.clock.move(seconds=10)
    await post.deliver()
    assert inbox.numbers == [1, 1, 2]


async def test_a_defect_met_with_one_receiver_does_not_stop_the_others(
    post: Post, inbox: Inbox, other: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def body_of(event: SealedEvent) -> bytes:
        if event.number == 1:
            raise ZeroDivisionError
        return real(event)

    real = signing.body_of
    monkeypatch.setattr(signing, "body_of", body_of)
    await post.register(inbox)
    await post.register(other, types=["act.undone"])
    await post.happen("act.done", "act.undone")
    with capture_logs() as logged:
        await post.deliver()
    assert (inbox.numbers, other.numbers) == ([], [2])
    assert [(each["event"], each["to"][:9]) for each in logged if each["log_level"] == "error"] == [
        ("deliveries failed", "receiver ")
    ]


async def test_gone_disables_and_says_so(post: Post, inbox: Inbox) -> None:
    receiver, _ = await post.register(inbox)
    await post.happen("act.done", "act.undone")
    inbox.answer = lambda _: (410, {})
    await post.deliver()
    post.clock.move(days=1)
    await post.deliver()
    assert inbox.numbers == [1]
    row = await receiver_row(post)
    assert (row["state"], row["why_disabled"]) == ("disabled", "gone")
    told = await post.ask("SELECT subject, data FROM event WHERE type = 'webhook.disabled'")
    assert told == [{"subject": str(receiver.receiver_id), "data": {"why": "gone"}}]
    audited = await post.ask("SELECT principal FROM audit_entry WHERE action = 'webhook.disable'")
    assert audited == [{"principal": "service:webhooks"}]


async def test_ten_attempts_then_a_dead_letter_and_its_replay(post: Post, inbox: Inbox) -> None:
    receiver, _ = await post.register(inbox)
    await post.happen("act.done")
    inbox.answer = lambda _: (400, {})
    for _ in range(12):
        await post.deliver()
        post.clock.move(hours=26, minutes=30)
        if len(inbox.got) == 4:  # not five days of nothing but failures
            await post.ask(
                "UPDATE webhook_receiver SET failing_since = NULL, failures = 0 RETURNING 1"
            )
        if len(inbox.got) == 8:
            await post.ask(
                "UPDATE webhook_receiver SET failing_since = NULL, failures = 0 RETURNING 1"
            )
    assert len(inbox.got) == MOST_ATTEMPTS
    assert await stands(post) == [("dead", 1)]
    inbox.answer = lambda _: (200, {})
    async with transaction(post.engine) as conn:
        owner = receiver.principal
        owner = type(owner)(owner.id, owner.scopes | {service.Scope.WEBHOOKS_WRITE})
        assert await service.replay_dead(conn, owner, receiver.receiver_id, post.clock) == 1
    await post.deliver()
    assert await stands(post) == [("delivered", 1)]
    assert len({each.id for each in inbox.got}) == 1


async def test_failing_for_five_days_disables(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    inbox.answer = lambda _: (500, {})
    for day in range(7):
        await post.happen("act.done")
        await post.deliver()
        row = await receiver_row(post)
        assert row["state"] == ("active" if day < 5 else "disabled")
        post.clock.move(days=1)
    assert row["why_disabled"] == "failing"


@pytest.mark.parametrize("status", [0, -1])
async def test_a_receiver_that_hangs_or_hangs_up(
    post: Post, inbox: Inbox, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addrsvc.webhooks.delivering.TOTAL_S", 0.3)
    await post.register(inbox)
    await post.happen("act.done")
    inbox.answer = lambda _: (status, {})
    await post.deliver()
    row = await receiver_row(post)
    assert (row["last_status"], row["failures"]) == (None, 1)
    assert row["last_error"] in {"timeout", "protocol", "connection"}


async def test_a_slow_receiver_does_not_hold_up_a_quick_one(
    post: Post, inbox: Inbox, other: Inbox
) -> None:
    await post.register(inbox)
    await post.register(other)
    await post.happen(*["act.done"] * 20)
    inbox.may_answer = asyncio.Event()
    deliverer = post.deliverer()
    async with asyncio.timeout(60):
        while len(other.got) < 20:
            await deliverer.begin()
            await deliverer.wait(0.05)
    assert len(inbox.got) < 20
    inbox.may_answer.set()
    await deliverer.end()
    assert other.numbers == list(range(1, 21))


async def test_a_killed_deliverer_leaves_its_receiver_to_another(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    await post.happen(*["act.done"] * 3)
    inbox.answer = lambda got: (0 if got.number == 2 and len(inbox.got) == 2 else 200, {})
    killed = post.deliverer(lease=timedelta(seconds=60))
    await killed.begin()
    while len(inbox.got) < 2:
        await killed.wait(0.01)
    await kill(killed)
    await post.deliver()
    assert inbox.numbers == [1, 2], "the lease still runs"
    post.clock.move(seconds=61)
    await post.deliver()
    assert inbox.numbers == [1, 2, 2, 3]
    assert sorted(set(inbox.numbers)) == [1, 2, 3]
    assert await stands(post) == [("delivered", 3)]


async def test_several_deliverers_at_once_deliver_each_event_once(
    post: Post, inbox: Inbox, other: Inbox
) -> None:
    await post.register(inbox)
    await post.register(other, types=["act.done"])
    await post.happen(*["act.done", "act.undone"] * 60)
    crowd = [post.deliverer() for _ in range(4)]
    await asyncio.gather(*(each.drain() for each in crowd))
    for each in crowd:
        await each.end()
    assert inbox.numbers == list(range(1, 121))
    assert other.numbers == list(range(1, 121, 2))


async def test_deliverers_broken_off_at_random_lose_nothing(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    await post.happen(*["act.done"] * 60)
    inbox.delay_s = 0.005
    for turn in range(8):
        deliverer = post.deliverer(lease=timedelta(seconds=10))
        await deliverer.begin()
        await asyncio.sleep(0.02 + turn * 0.01)
        await kill(deliverer)
        post.clock.move(seconds=11)
    inbox.delay_s = 0
    await post.deliver()
    once = list(dict.fromkeys(inbox.numbers))
    assert once == list(range(1, 61))
    assert len(inbox.got) <= 60 + 8


async def test_nothing_is_sent_to_a_paused_receiver_and_nothing_is_left_out(
    post: Post, inbox: Inbox
) -> None:
    receiver, _ = await post.register(inbox)
    owner = type(receiver.principal)(
        receiver.owner, receiver.principal.scopes | {service.Scope.WEBHOOKS_WRITE}
    )
    for state, happens in ((ReceiverState.PAUSED, 3), (ReceiverState.ACTIVE, 2)):
        async with transaction(post.engine) as conn:
            wanted = service.Change(state=state)
            await service.change(conn, owner, receiver.receiver_id, wanted, post.clock)
        await post.happen(*["act.done"] * happens)
        await post.deliver()
        assert bool(inbox.got) == (state is ReceiverState.ACTIVE)
    assert inbox.numbers == [1, 2, 3, 4, 5]


async def test_secrets_that_cannot_be_read_are_the_receivers_failure(
    post: Post, inbox: Inbox, other: Inbox
) -> None:
    await post.register(inbox)
    await post.register(other)
    await post.ask(
        "UPDATE webhook_secret SET token = 'x' WHERE receiver_id ="
        " (SELECT min(receiver_id) FROM webhook_receiver) RETURNING 1"
    )
    await post.happen("act.done")
    await post.deliver()
    assert (inbox.got, other.numbers) == ([], [1])
    assert (await receiver_row(post))["last_error"] == "secret-unreadable"
