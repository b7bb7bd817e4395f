"""Following the feed, keeping secrets, forgetting: what goes on beside deliveries."""

from __future__ import annotations

import asyncio

import pytest
import tasks
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from webhook_fixtures import INTEGRATOR, Inbox, Post

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import reading
from addrsvc.personal.crypto import new_key
from addrsvc.webhooks import delivering, service
from addrsvc.webhooks.delivering import keep_delivering
from addrsvc.webhooks.enqueuing import enqueue_new
from addrsvc.webhooks.errors import ReceiverLimit, SecretKeyMissing
from addrsvc.webhooks.secrets_kept import re_encrypt_secrets

pytestmark = pytest.mark.anyio


async def test_a_receiver_that_is_down_gets_no_rows_without_end(post: Post, inbox: Inbox) -> None:
    await post.register(inbox)
    await post.happen(*["act.done"] * 30)
    await enqueue_new(post.engine, post.clock, room=10)
    before = await post.ask("SELECT count(*) FROM webhook_delivery")
    await post.happen(*["act.done"] * 30)
    assert not await enqueue_new(post.engine, post.clock, room=10)
    assert await post.ask("SELECT count(*) FROM webhook_delivery") == before
    await post.deliver()
    assert inbox.numbers == list(range(1, 61)), "it went on once there was room"


async def test_many_followers_at_once_put_each_event_on_its_way_once(
    post: Post, inbox: Inbox, other: Inbox
) -> None:
    await post.register(inbox)
    await post.register(other)
    await post.happen(*["act.done"] * 2_500)

    async def follow() -> None:
        while await enqueue_new(post.engine, post.clock):
            pass

    await asyncio.gather(*(follow() for _ in range(5)))
    await follow()
    found = await post.ask(
        "SELECT count(*) AS rows, count(DISTINCT number) AS numbers, max(number) AS last"
        " FROM webhook_delivery GROUP BY receiver_id"
    )
    assert found == [{"rows": 2_500, "numbers": 2_500, "last": 2_500}] * 2


async def test_who_begins_far_back_holds_up_nobody(
    post: Post, inbox: Inbox, other: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE_LIMIT", 10)
    await post.happen(*["act.done"] * 200)
    await post.register(inbox, after=0)
    await post.register(other)
    await post.happen("act.undone")
    deliverer = post.deliverer()
    await deliverer.begin()
    await deliverer.wait(5)
    [before] = await post.ask("SELECT min(followed_to) AS reached FROM webhook_receiver")
    assert before["reached"] <= 20
    await deliverer.drain()
    await deliverer.end()
    assert (other.numbers, inbox.numbers) == ([201], list(range(1, 202)))


async def test_a_database_from_an_older_backup_is_followed_from_its_end(
    post: Post, inbox: Inbox
) -> None:
    await post.register(inbox)
    await post.happen("act.done")
    await post.ask("UPDATE webhook_receiver SET followed_to = 500 RETURNING 1")
    await post.happen("act.undone")
    await post.deliver()
    assert inbox.got == []
    # what lies beyond the end is never asked for; once it is said where the end is, it goes on
    async with transaction(post.engine) as conn:
        owner = type(INTEGRATOR)(INTEGRATOR.id, INTEGRATOR.scopes)
        receiver = (await service.list_standings(conn, owner))[0].receiver
        await service.replay_from(conn, owner, receiver.receiver_id, 2, post.clock)
    await post.deliver()
    assert inbox.numbers == [2]


async def test_secrets_move_to_the_newest_key(post: Post, inbox: Inbox) -> None:
    _, secret = await post.register(inbox)
    newest = new_key()
    both = f"{newest},{post.settings.encryption_keys.get_secret_value()}"
    for keys, count in ((both, 1), (newest, 0)):
        settings = post.settings.model_validate(
            {**post.settings.model_dump(), "encryption_keys": keys}
        )
        engine = make_engine(settings)
        async with transaction(engine) as conn:
            assert await re_encrypt_secrets(conn) == count
        await engine.dispose()
    post.settings = settings
    await post.happen("act.done")
    await post.deliver()
    assert inbox.got[0].verify(secret)["data"]["number"] == 1


async def test_without_a_key_nothing_is_registered(post: Post, inbox: Inbox) -> None:
    bare = post.settings.model_copy(update={"encryption_keys": SecretStr("")})
    engine = make_engine(bare)
    with pytest.raises(SecretKeyMissing):
        async with transaction(engine) as conn:
            await service.register(conn, INTEGRATOR, post.clock, url=inbox.url)
    await engine.dispose()
    assert await post.ask("SELECT FROM webhook_receiver") == []


async def test_an_owner_has_so_many_receivers(post: Post, inbox: Inbox) -> None:
    url = inbox.url
    for number in range(service.RECEIVER_LIMIT):
        inbox.url = f"{url}?n={number}"
        await post.register(inbox)
    inbox.url = f"{url}?n=x"
    with pytest.raises(ReceiverLimit):
        await post.register(inbox)


async def test_deliveries_done_long_ago_are_forgotten_dead_letters_not(
    post: Post, inbox: Inbox
) -> None:
    await post.register(inbox)
    await post.happen("act.done", "act.undone")
    inbox.answer = lambda got: (200 if got.number == 1 else 404, {})
    await post.deliver()
    await post.ask(
        "UPDATE webhook_delivery SET state = 'dead', next_at = NULL WHERE number = 2 RETURNING 1"
    )
    for days, left in ((0, [1, 2]), (31, [2])):
        post.clock.move(days=days)
        async with transaction(post.engine) as conn:
            before = post.clock.now() - delivering.timedelta(days=30)
            await service.forget_delivered(conn, before=before)
        found = await post.ask("SELECT number FROM webhook_delivery ORDER BY 1")
        assert [each["number"] for each in found] == left


async def test_the_loop_waits_for_a_database_that_is_away(
    post: Post, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.register(inbox)
    await post.happen("act.done")
    real, asked = delivering.enqueue_new, 0

    async def away(*given: object) -> bool:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise OperationalError("SELECT 1", {}, ConnectionError())
        return await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "enqueue_new", away)
    loop = asyncio.create_task(keep_delivering(post.engine, post.settings, post.clock, poll_s=0.01))
    async with asyncio.timeout(60):
        while not inbox.got:
            await asyncio.sleep(0.01)
    await tasks.end(loop)
    assert (asked >= 3, inbox.numbers) == (True, [1])
    claimed = await post.ask("SELECT claimed_by FROM webhook_receiver")
    assert claimed == [{"claimed_by": None}], "given back at the end"
