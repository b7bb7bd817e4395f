"""Issue, list and revoke API keys."""

from __future__ import annotations

from datetime import UTC, timedelta

import typer

from addrsvc.auth import service
from addrsvc.auth.model import Scope
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: str = typer.Argument(help="Whose key it is: a service or an office, not a person."),
    scope: list[Scope] = typer.Option(..., help="What it may do; repeat for several."),
    days: int = typer.Option(365, min=1, max=3650, help="Days until it expires."),
) -> None:
    """Issue a key and print it once; it is not kept."""
    now = SystemClock().now()
    key = in_transaction(
        lambda conn: service.create_key(
            conn,
            operator(),
            name=name,
            scopes=scope,
            expires_at=now + timedelta(days=days),
            at=now,
        )
    )
    print(key)


@app.command("list")
def list_() -> None:
    """List the keys: id, name, scopes, expiry, last use."""
    now = SystemClock().now()
    for key in in_transaction(service.list_keys):
        state = "good" if key.is_good(now) else "ended"
        used = (
            key.last_used_at.astimezone(UTC).isoformat("T", "minutes") if key.last_used_at else "—"
        )
        expires = key.expires_at.date().isoformat() if key.expires_at else "—"
        print(
            f"{key.key_id}  {state}  until {expires}  used {used}  "
            f"{','.join(key.scopes)}  {key.name}"
        )


@app.command()
def revoke(key_id: str = typer.Argument(help="The eight characters after adr_.")) -> None:
    """Make a key useless from now on."""
    now = SystemClock().now()
    in_transaction(lambda conn: service.revoke_key(conn, operator(), key_id, at=now))
    print(f"revoked {key_id}")
