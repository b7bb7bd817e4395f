"""Open, list, change and close accounts of people; grant to people who sign in elsewhere.

A password is asked for on the terminal, or made and printed once; it is never an argument, which
other users of the machine could read.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth import accounts, oidc_grants
from addrsvc.auth.accounts import Account
from addrsvc.auth.accounts_errors import IssuerUnknown, PasswordsDiffer
from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.passwords import Passwords
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")

_LOGIN = typer.Argument(help="The user name, such as lan.")
_ROLES = typer.Option([], "--role", help="A role; repeat for several.")
_SCOPES = typer.Option([], "--scope", help="A scope beside those of the roles; repeat.")
_AREAS = typer.Option([], "--area", help="A present commune it is limited to; repeat.")


@app.command()
def create(
    login: str = _LOGIN,
    name: str = typer.Option("", help="The person's name, as pages show it."),
    role: list[Role] = _ROLES,
    scope: list[Scope] = _SCOPES,
    area: list[str] = _AREAS,
    ask: bool = typer.Option(False, "--ask-password", help="Ask for the password."),
) -> None:
    """Open an account; its password is made and printed once, unless it is asked for."""
    password = _ask_password() if ask else None
    _, made = in_transaction(
        lambda conn: accounts.create_account(
            conn,
            operator(),
            Passwords(),
            login=login,
            display_name=name or login,
            roles=role,
            scopes=scope,
            areas=area or None,
            password=password,
            at=SystemClock().now(),
        )
    )
    if made is not None:
        _show_password(made)


@app.command("list")
def list_() -> None:
    """List the accounts: login, state, roles, scopes, areas, name."""
    for found in in_transaction(lambda conn: accounts.list_accounts(conn, operator())):
        state = "open" if found.disabled_at is None else "closed"
        may = ",".join([*found.roles, *found.scopes]) or "—"
        print(f"{found.login}  {state}  {may}  {_areas(found.areas)}  {found.display_name}")


@app.command()
def disable(login: str = _LOGIN) -> None:
    """Close an account; its sessions end at once."""
    _act(login, accounts.disable_account)
    print(f"closed {login}")


@app.command()
def enable(login: str = _LOGIN) -> None:
    """Open a closed account again."""
    _act(login, accounts.enable_account)
    print(f"opened {login}")


@app.command("set-password")
def set_password(
    login: str = _LOGIN,
    ask: bool = typer.Option(False, "--ask-password", help="Ask for the password."),
) -> None:
    """Set a new password, to be changed at sign-in; sessions and waits end."""
    password = _ask_password() if ask else None
    made = in_transaction(
        lambda conn: accounts.set_password(
            conn, operator(), Passwords(), login, password=password, at=SystemClock().now()
        )
    )
    if password is None:
        _show_password(made)


@app.command()
def roles(login: str = _LOGIN, role: list[Role] = _ROLES, scope: list[Scope] = _SCOPES) -> None:
    """Say anew which roles, and scopes beside them, an account has; none: it may do nothing."""
    _change(login, lambda found: {"roles": role, "scopes": scope, "areas": found.areas})
    print(f"changed {login}")


@app.command()
def areas(
    login: str = _LOGIN,
    area: list[str] = _AREAS,
    everywhere: bool = typer.Option(False, help="No limit any more."),
) -> None:
    """Say anew to which communes an account is limited."""
    if bool(area) == everywhere:
        raise typer.BadParameter("name communes with --area, or say --everywhere")
    _change(
        login,
        lambda found: {
            "roles": [Role(each) for each in found.roles],
            "scopes": [Scope(each) for each in found.scopes],
            "areas": area or None,
        },
    )
    print(f"changed {login}")


@app.command("grant-oidc")
def grant_oidc(
    issuer: str = typer.Argument(help="Name of the identity provider in the settings."),
    subject: str = typer.Argument(help="The claim sub of the person's tokens."),
    role: list[Role] = _ROLES,
    scope: list[Scope] = _SCOPES,
    area: list[str] = _AREAS,
    days: int = typer.Option(365, min=1, max=3650, help="Days until it ends."),
) -> None:
    """Grant to a person who signs in elsewhere, in place of what their token's claims say."""
    if issuer not in {each.name for each in Settings().oidc_issuers}:
        raise IssuerUnknown(issuer=issuer)
    now = SystemClock().now()
    in_transaction(
        lambda conn: oidc_grants.put_grant(
            conn,
            operator(),
            issuer=issuer,
            subject=subject,
            roles=role,
            scopes=scope,
            areas=area or None,
            expires_at=now + timedelta(days=days),
            at=now,
        )
    )
    print(f"granted to oidc:{issuer}:{subject}")


@app.command("list-oidc")
def list_oidc() -> None:
    """List what is, or was, granted to people who sign in elsewhere."""
    now = SystemClock().now()
    for found in in_transaction(lambda conn: oidc_grants.list_grants(conn, operator())):
        day = "—" if found.expires_at is None else _day(found.expires_at)
        until = f"until {day}" if found.is_in_force(now) else f"ended {day}"
        may = ",".join([*found.roles, *found.scopes]) or "—"
        who = f"{found.issuer}:{found.subject}"
        print(f"{who}  {until}  {may}  {_areas(found.areas)}  by {found.granted_by}")


@app.command("revoke-oidc")
def revoke_oidc(
    issuer: str = typer.Argument(help="Name of the identity provider."),
    subject: str = typer.Argument(help="The claim sub of the person's tokens."),
) -> None:
    """Take back what was granted to a person who signs in elsewhere."""
    in_transaction(
        lambda conn: oidc_grants.end_grant(
            conn, operator(), issuer=issuer, subject=subject, at=SystemClock().now()
        )
    )
    print(f"revoked oidc:{issuer}:{subject}")


def _act(login: str, act: Callable[..., Awaitable[T]]) -> T:
    return in_transaction(lambda conn: act(conn, operator(), login, at=SystemClock().now()))


def _change(login: str, changed: Callable[[Account], dict[str, Any]]) -> None:
    async def change(conn: AsyncConnection) -> None:
        someone: Principal = operator()
        found = await accounts.get_account(conn, someone, login)
        await accounts.change_account(
            conn,
            someone,
            login,
            display_name=found.display_name,
            at=SystemClock().now(),
            **changed(found),
        )

    in_transaction(change)


def _ask_password() -> str:
    """Ask on the terminal, twice; from a pipe one line is read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise PasswordsDiffer
    return password


def _show_password(password: str) -> None:
    print(password)
    print("Printed once; it is to be changed at the first sign-in.", file=sys.stderr)


def _areas(codes: Collection[str] | None) -> str:
    return "everywhere" if codes is None else ",".join(sorted(codes)) or "nowhere"


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
