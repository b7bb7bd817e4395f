"""Receivers from the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from anyio.to_thread import run_sync
from click.testing import Result
from typer.testing import CliRunner
from webhook_fixtures import Inbox, MovableClock, Post, listening, settings_for

from addrsvc.cli import build
from addrsvc.db.doors import make_engine
from addrsvc.errors import AddrsvcError

pytestmark = pytest.mark.anyio

Run = Callable[..., Result]


async def test_from_add_to_remove(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as inbox:
        settings = settings_for(registry_url, inbox)
        monkeypatch.setenv("ADDRSVC_DATABASE_URL", settings.database_url.get_secret_value())
        monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEYS", settings.encryption_keys.get_secret_value())
        monkeypatch.setenv("ADDRSVC_WEBHOOK_ALLOW", settings.webhook_allow)
        monkeypatch.setenv("ADDRSVC_WEBHOOK_PORTS", settings.webhook_ports)
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        engine = make_engine(settings)
        try:
            await _all_commands(inbox, Post(engine, settings, MovableClock()))
        finally:
            await engine.dispose()


async def run(*words: str) -> Result:
    return await run_sync(lambda: CliRunner().invoke(build(), ["webhooks", *words]))


async def _all_commands(inbox: Inbox, post: Post) -> None:
    refused = await run("add", "https://127.0.0.1.:443/")
    assert isinstance(refused.exception, AddrsvcError)
    assert refused.exception.slug == "webhook-url-refused"
    added = await run(
        "add", inbox.url, "--description", "Một cửa", "--type", "act.*", "--area", "25747"
    )
    assert added.exit_code == 0, added.output
    number, secret = added.stdout.split()
    kept = (await post.ask("SELECT scopes, areas FROM webhook_receiver"))[0]
    assert "addresses:secret" not in kept["scopes"]
    assert kept["areas"] == ["25747"]

    tried = await run("test", number)
    assert tried.output == "Delivered (status 200).\n"
    assert inbox.got.pop().verify(secret)["type"] == "webhook.test"
    inbox.answer = lambda _: (404, {})
    tried = await run("test", number)
    assert (tried.exit_code, tried.output) == (1, "Not delivered: status (status 404).\n")
    inbox.answer = lambda _: (200, {})
    inbox.got.clear()

    assert (await run("pause", number)).output == f"paused {number}\n"
    await post.happen("act.done", "act.undone")
    await post.deliver()
    assert inbox.got == []
    assert (await run("resume", number)).output == f"active {number}\n"
    await post.deliver()
    assert inbox.numbers == [1, 2]
    listed = (await run("list")).output
    assert "waiting 0  dead 0" in listed
    assert "Một cửa" in listed
    assert secret not in listed

    rotated = await run("rotate", number, "--grace-hours", "0")
    new = rotated.stdout.strip()
    assert (await run("replay", number, "--from-number", "2")).exit_code == 0
    assert "1 events" in (await run("replay", number, "--number", "1")).output
    assert "0 events" in (await run("replay", number)).output
    assert (await run("replay", number, "--number", "1", "--from-number", "1")).exit_code == 2
    await post.deliver()
    assert inbox.numbers == [1, 2, 1, 2]
    assert inbox.got[-1].verify(new)["data"]["number"] == 2

    assert (await run("remove", number)).output == f"removed {number}\n"
    assert (await run("list")).output == ""
    unknown = await run("pause", number)
    assert isinstance(unknown.exception, AddrsvcError)
    assert unknown.exception.slug == "webhook-unknown"
