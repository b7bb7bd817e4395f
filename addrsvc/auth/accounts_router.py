"""HTTP routes of accounts, and of people who sign in elsewhere.

An answer with a password is never kept: these routes take no Idempotency-Key. Who lost one asks
for a new password.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from addrsvc.auth import accounts, oidc_grants
from addrsvc.auth.accounts_errors import IssuerUnknown
from addrsvc.auth.accounts_schemas import (
    AccountChangeIn,
    AccountIn,
    GrantIn,
    PersonIn,
    account_out,
    grant_out,
)
from addrsvc.auth.model import Scope
from addrsvc.auth.web import Caller, passwords_of, shown_once
from addrsvc.db.web import AppClock, AppSettings, WriteConn

router = APIRouter(tags=["access"])

LoginPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$", examples=["lan"])]


@router.get("/v1/access/accounts", summary="Accounts of people, by login")
async def list_accounts(conn: WriteConn, caller: Caller) -> dict[str, Any]:
    """List who has an account here, with roles, scopes and areas."""
    return {"items": [account_out(each) for each in await accounts.list_accounts(conn, caller)]}


@router.post("/v1/access/accounts", status_code=201, summary="Open an account")
async def create_account(
    command: AccountIn, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> Response:
    """Open an account; its first password stands in this answer and nowhere else.

    Nobody opens an account that could do more than they may themselves.
    """
    made, password = await accounts.create_account(
        conn, caller, passwords_of(request), at=clock.now(), **command.model_dump()
    )
    return shown_once({**account_out(made), "password": password}, 201)


@router.get("/v1/access/accounts/{login}", summary="One account")
async def get_account(login: LoginPath, conn: WriteConn, caller: Caller) -> dict[str, Any]:
    """Give one account."""
    return account_out(await accounts.get_account(conn, caller, login))


@router.put("/v1/access/accounts/{login}", summary="Change an account")
async def change_account(
    login: LoginPath, command: AccountChangeIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Say anew who somebody is and what they may do; their sessions have it at once."""
    changed = await accounts.change_account(
        conn, caller, login, at=clock.now(), **command.model_dump()
    )
    return account_out(changed)


@router.post("/v1/access/accounts/{login}:disable", summary="Close an account")
async def disable_account(
    login: LoginPath, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Close an account; its sessions end at once."""
    return account_out(await accounts.disable_account(conn, caller, login, at=clock.now()))


@router.post("/v1/access/accounts/{login}:enable", summary="Open a closed account again")
async def enable_account(
    login: LoginPath, conn: WriteConn, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Open a closed account again, with the password it had."""
    return account_out(await accounts.enable_account(conn, caller, login, at=clock.now()))


@router.post("/v1/access/accounts/{login}:set-password", summary="Make a new password")
async def set_password(
    login: LoginPath, request: Request, conn: WriteConn, caller: Caller, clock: AppClock
) -> Response:
    """Make a new password, answered once and to be changed at sign-in; sessions end at once."""
    password = await accounts.set_password(
        conn, caller, passwords_of(request), login, at=clock.now()
    )
    return shown_once({"login": login.lower(), "password": password})


@router.get("/v1/access/people", summary="People of identity providers with grants")
async def list_grants(conn: WriteConn, caller: Caller, clock: AppClock) -> dict[str, Any]:
    """List what is granted by name to people who sign in elsewhere."""
    found = await oidc_grants.list_grants(conn, caller)
    return {"items": [grant_out(each, clock.now()) for each in found]}


@router.put("/v1/access/people", status_code=204, summary="Grant to a person by name")
async def put_grant(
    command: GrantIn, conn: WriteConn, caller: Caller, clock: AppClock, settings: AppSettings
) -> None:
    """Say what a person may do, in place of what was granted before and of their claims."""
    caller.require(Scope.ACCESS_WRITE)
    if command.issuer not in {issuer.name for issuer in settings.oidc_issuers}:
        raise IssuerUnknown(issuer=command.issuer)
    await oidc_grants.put_grant(conn, caller, at=clock.now(), **command.model_dump())


@router.post("/v1/access/people:revoke", status_code=204, summary="Take a grant back")
async def end_grant(command: PersonIn, conn: WriteConn, caller: Caller, clock: AppClock) -> None:
    """Take back what was granted by name; what the person's claims map to stays."""
    await oidc_grants.end_grant(conn, caller, at=clock.now(), **command.model_dump())
