"""Issue, list and revoke API keys."""

from __future__ import annotations

import asyncio
import getpass
from datetime import UTC, timedelta

import typer

from addrsvc.auth import service
from addrsvc.auth.model import Principal, Scope, command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)


def operator() -> Principal:
    """Give the principal of whoever sits at this machine."""
    return command_line(getpass.getuser())


@app.command()
def create(
    name: str = typer.Argument(help="Whose key it is: a service or an office, not a person."),
    scope: list[Scope] = typer.Option(..., help="What it may do; repeat for several."),
    days: int = typer.Option(365, min=1, max=3650, help="Days until it expires."),
) -> None:
    """Issue a key and print it once; it is not kept."""

    async def run() -> str:
        now = SystemClock().now()
        engine = make_engine(Settings())
        try:
            async with transaction(engine) as conn:
                return await service.create_key(
                    conn,
                    operator(),
                    name=name,
                    scopes=scope,
                    expires_at=now + timedelta(days=days),
                    at=now,
                )
        finally:
            await engine.dispose()

    print(asyncio.run(run()))


@app.command("list")
def list_() -> None:
    """List the keys: id, name, scopes, expiry, last use."""

    async def run() -> list[service.ApiKey]:
        engine = make_engine(Settings())
        try:
            async with transaction(engine) as conn:
                return await service.list_keys(conn)
        finally:
            await engine.dispose()

    now = SystemClock().now()
    for key in asyncio.run(run()):
        state = "good" if key.is_good(now) else "ended"
        used = (
            key.last_used_at.astimezone(UTC).isoformat("T", "minutes") if key.last_used_at else "—"
        )
        expires = key.expires_at.date().isoformat() if key.expires_at else "—"
        print(
            f"{key.key_id}  {state}  until {expires}  used {used}  {','.join(key.scopes)}  {key.name}"
        )


@app.command()
def revoke(key_id: str = typer.Argument(help="The eight characters after adr_.")) -> None:
    """Make a key useless from now on."""

    async def run() -> None:
        engine = make_engine(Settings())
        try:
            async with transaction(engine) as conn:
                await service.revoke_key(conn, operator(), key_id, at=SystemClock().now())
        finally:
            await engine.dispose()

    asyncio.run(run())
    print(f"revoked {key_id}")
