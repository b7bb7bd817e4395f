"""Issue, list, rotate and revoke API keys."""

from __future__ import annotations

from datetime import UTC, timedelta

import typer

from addrsvc.auth import service
from addrsvc.auth.model import Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.auth.service import ApiKey
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: str = typer.Argument(help="Whose key it is: a service or an office, not a person."),
    scope: list[Scope] = typer.Option([], help="What it may do; repeat for several."),
    role: list[Role] = typer.Option([], help="All that a role may do; repeat for several."),
    area: list[str] = typer.Option(
        [], help="Code of a commune it is limited to; repeat for several, leave out for all."
    ),
    days: int = typer.Option(365, min=1, max=3650, help="Days until it expires."),
) -> None:
    """Issue a key and print it once; it is not kept."""
    scopes = scopes_of(role, scope)
    if not scopes:
        raise typer.BadParameter("give --scope or --role")
    now = SystemClock().now()
    key = in_transaction(
        lambda conn: service.create_key(
            conn,
            operator(),
            name=name,
            scopes=scopes,
            areas=area or None,
            expires_at=now + timedelta(days=days),
            at=now,
        )
    )
    print(key)


@app.command("list")
def list_() -> None:
    """List the keys: id, state, expiry, last use, scopes, areas, name."""
    now = SystemClock().now()
    for key in in_transaction(lambda conn: service.list_keys(conn, operator())):
        state = "good" if key.is_good(now) else "ended"
        print(
            f"{key.key_id}  {state}  {dates(key)}  {','.join(key.scopes)}  {areas(key)}  {key.name}"
        )


def dates(key: ApiKey) -> str:
    """Say until when a key is good and when it was used last."""
    used = key.last_used_at.astimezone(UTC).isoformat("T", "minutes") if key.last_used_at else "—"
    expires = key.expires_at.date().isoformat() if key.expires_at else "—"
    return f"until {expires}  used {used}"


def areas(key: ApiKey) -> str:
    """Say where a key holds."""
    return "everywhere" if key.areas is None else ",".join(key.areas)


@app.command()
def rotate(
    key_id: str = typer.Argument(help="The eight characters after adr_."),
    grace_hours: int = typer.Option(
        168, min=0, max=720, help="Hours the old secret stays good; 0: none."
    ),
) -> None:
    """Give a key a new secret and print it once; the old one stays good for a while."""
    now = SystemClock().now()
    grace = timedelta(hours=grace_hours)
    print(
        in_transaction(
            lambda conn: service.rotate_key(conn, operator(), key_id, at=now, grace=grace)
        )
    )


@app.command()
def revoke(
    key_id: str = typer.Argument(help="The eight characters after adr_."),
    reason: str = typer.Option(None, help="Why; kept in the list and the audit log."),
) -> None:
    """Make a key and its tokens useless from now on."""
    now = SystemClock().now()
    in_transaction(lambda conn: service.revoke_key(conn, operator(), key_id, at=now, reason=reason))
    print(f"revoked {key_id}")
