"""Issue, list, rotate and revoke API keys."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

import typer
from psycopg.conninfo import conninfo_to_dict

from addrsvc.auth import service
from addrsvc.auth.model import Role, Scope
from addrsvc.auth.permissions import SANDBOX_SCOPES, scopes_of
from addrsvc.auth.service import ApiKey
from addrsvc.cli.serve_errors import SandboxNeedsDemo
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)

SANDBOX_DAYS: Final = 30


@app.command()
def create(
    name: str = typer.Argument(help="Whose key it is: a service or an office, not a person."),
    scope: list[Scope] = typer.Option([], help="What it may do; repeat for several."),
    role: list[Role] = typer.Option([], help="All that a role may do; repeat for several."),
    area: list[str] = typer.Option(
        [], help="Code of a commune it is limited to; repeat for several, leave out for all."
    ),
    days: int = typer.Option(365, min=1, max=3650, help="Days until it expires."),
    sandbox: bool = typer.Option(
        False,
        "--sandbox",
        help="To try with invented addresses: a demo’s only, 30 days, all an integrator may need.",
    ),
) -> None:
    """Issue a key and print it once; it is not kept."""
    if sandbox:
        if scope or role or area:
            raise typer.BadParameter("--sandbox goes without --scope, --role and --area")
        print(issue_sandbox_key(Settings(), name))
        return
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


def issue_sandbox_key(settings: Settings, name: str) -> str:
    """Issue a key to try with, in the database of a demo, and give its text.

    Raises:
        SandboxNeedsDemo: the database is not that of a demo.
    """
    url = settings.database_url.get_secret_value()
    database = str(conninfo_to_dict(url).get("dbname") or "")
    if not database.endswith("_demo"):
        raise SandboxNeedsDemo(database=database)
    now = SystemClock().now()
    return in_transaction(
        lambda conn: service.create_key(
            conn,
            operator(),
            name=name,
            scopes=SANDBOX_SCOPES,
            expires_at=now + timedelta(days=SANDBOX_DAYS),
            at=now,
            is_sandbox=True,
        ),
        settings,
    )


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
