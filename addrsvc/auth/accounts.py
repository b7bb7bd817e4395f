"""Local accounts of people: opened, changed, closed; only hashes of passwords are kept.

Who manages an account holds everything it may do, before the change and after it: otherwise to
set somebody's password would be a way to their rights.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.accounts_attempts import forgive_login
from addrsvc.auth.accounts_errors import AccountExists, AccountUnknown, LoginInvalid
from addrsvc.auth.accounts_facts import facts_of
from addrsvc.auth.accounts_tables import account
from addrsvc.auth.enrolling import narrow_devices
from addrsvc.auth.model import Principal, Role, Scope
from addrsvc.auth.passwords import Passwords, new_password, require_good
from addrsvc.auth.permissions import scopes_of
from addrsvc.auth.service import check_grant
from addrsvc.auth.sessions import end_sessions_of

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account; the hash of its password is not shown."""

    account_id: int
    login: str
    display_name: str
    roles: Sequence[str]
    scopes: Sequence[str]
    """Those given beside the roles'."""
    areas: Sequence[str] | None
    must_change: bool
    password_changed_at: datetime
    created_at: datetime
    disabled_at: datetime | None

    def all_scopes(self) -> frozenset[Scope]:
        """Give everything it may do."""
        return scopes_of(map(Role, self.roles), map(Scope, self.scopes))


_SHOWN = [account.c[name] for name in Account.__slots__]


def read_login(text: str) -> str:
    """Give a login as it is kept: small letters.

    Raises:
        LoginInvalid: it has other characters than logins have.
    """
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginInvalid
    return login


async def create_account(
    conn: AsyncConnection,
    principal: Principal,
    passwords: Passwords,
    *,
    login: str,
    display_name: str,
    at: datetime,
    roles: Collection[Role] = (),
    scopes: Collection[Scope] = (),
    areas: Collection[str] | None = None,
    password: str | None = None,
) -> tuple[Account, str | None]:
    """Open an account; with no password given, give a new one too, to be changed at sign-in.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to do.
        GrantTooWide: the account could do more than this principal.
        LoginInvalid, PasswordWeak, AreaInvalid: see there.
        AccountExists: the login is taken.
        PasswordsBusy: try again.
    """
    principal.require(Scope.ACCESS_WRITE)
    login, display_name = read_login(login), " ".join(display_name.split()) or login
    facts = facts_of(roles, scopes, areas)
    check_grant(principal, scopes_of(roles, scopes), areas)
    handed = new_password() if password is None else None
    if password is not None:
        require_good(password, login=login, display_name=display_name)
    made = await conn.execute(
        insert(account)
        .values(
            login=login,
            display_name=display_name,
            password_hash=await passwords.hash(handed or password or ""),
            password_changed_at=at,
            must_change=handed is not None,
            created_at=at,
            **facts,
        )
        .on_conflict_do_nothing(index_elements=["login"])
        .returning(*_SHOWN)
    )
    found = made.mappings().one_or_none()
    if found is None:
        raise AccountExists(login=login)
    await _note(conn, principal, "create", login, at, facts)
    return Account(**found), handed


async def get_account(conn: AsyncConnection, principal: Principal, login: str) -> Account:
    """Give one account.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to see.
        AccountUnknown: there is none of that login within its areas.
    """
    return await _find(conn, principal, login)


async def list_accounts(conn: AsyncConnection, principal: Principal) -> list[Account]:
    """Give the accounts within the principal's areas, by login.

    Raises:
        NotSignedIn, ScopeMissing: not for this principal to see.
    """
    principal.require(Scope.ACCESS_WRITE)
    rows = await conn.execute(sa.select(*_SHOWN).order_by(account.c.login))
    found = [Account(**row) for row in rows.mappings()]
    return [each for each in found if principal.covers(each.areas)]


async def change_account(
    conn: AsyncConnection,
    principal: Principal,
    login: str,
    *,
    display_name: str,
    roles: Collection[Role],
    scopes: Collection[Scope],
    areas: Collection[str] | None,
    at: datetime,
) -> Account:
    """Say anew who somebody is and what they may do; live sessions have it at once.

    Raises:
        NotSignedIn, ScopeMissing, GrantTooWide: not for this principal to do.
        AccountUnknown, AreaInvalid: see there.
    """
    found = await _lock(conn, principal, login)
    facts = facts_of(roles, scopes, areas)
    check_grant(principal, scopes_of(roles, scopes), areas)
    name = " ".join(display_name.split()) or found.login
    await _update(conn, found, display_name=name, **facts)
    await narrow_devices(conn, f"account:{found.login}", scopes_of(roles, scopes), areas, at)
    await _note(conn, principal, "change", found.login, at, facts)
    return await get_account(conn, principal, found.login)


async def disable_account(
    conn: AsyncConnection, principal: Principal, login: str, *, at: datetime
) -> Account:
    """Close an account and end its sessions; to close it twice changes nothing.

    Raises:
        NotSignedIn, ScopeMissing, GrantTooWide, AccountUnknown: as for ``change_account``.
    """
    found = await _lock(conn, principal, login)
    if found.disabled_at is None:
        await _update(conn, found, disabled_at=at)
        await narrow_devices(conn, f"account:{found.login}", (), found.areas, at)
        await _note(conn, principal, "disable", found.login, at)
    await end_sessions_of(conn, found.account_id)
    return await get_account(conn, principal, found.login)


async def enable_account(
    conn: AsyncConnection, principal: Principal, login: str, *, at: datetime
) -> Account:
    """Open a closed account again, with the password it had.

    Raises:
        NotSignedIn, ScopeMissing, GrantTooWide, AccountUnknown: as for ``change_account``.
    """
    found = await _lock(conn, principal, login)
    if found.disabled_at is not None:
        await _update(conn, found, disabled_at=None)
        await _note(conn, principal, "enable", found.login, at)
    return await get_account(conn, principal, found.login)


async def set_password(
    conn: AsyncConnection,
    principal: Principal,
    passwords: Passwords,
    login: str,
    *,
    at: datetime,
    password: str | None = None,
) -> str:
    """Set somebody's password, end their sessions and any wait; give the password, once.

    With none given a new one is made. Either way it is known to two, and is to be changed.

    Raises:
        NotSignedIn, ScopeMissing, GrantTooWide, AccountUnknown: as for ``change_account``.
        PasswordWeak, PasswordsBusy: see there.
    """
    found = await _lock(conn, principal, login)
    if password is not None:
        require_good(password, login=found.login, display_name=found.display_name)
    chosen = password or new_password()
    await _update(
        conn,
        found,
        password_hash=await passwords.hash(chosen),
        password_changed_at=at,
        must_change=True,
    )
    await end_sessions_of(conn, found.account_id)
    await forgive_login(conn, found.login)
    await _note(conn, principal, "set_password", found.login, at)
    return chosen


async def _lock(conn: AsyncConnection, principal: Principal, login: str) -> Account:
    """Give an account to change, when the principal holds all that it may do."""
    found = await _find(conn, principal, login, lock=True)
    check_grant(principal, found.all_scopes(), found.areas)
    return found


async def _find(
    conn: AsyncConnection, principal: Principal, login: str, *, lock: bool = False
) -> Account:
    principal.require(Scope.ACCESS_WRITE)
    statement = sa.select(*_SHOWN).where(account.c.login == login.strip().lower())
    found = await conn.execute(statement.with_for_update() if lock else statement)
    row = found.mappings().one_or_none()
    if row is None or not principal.covers((one := Account(**row)).areas):
        raise AccountUnknown(login=login[:64])
    return one


async def _update(conn: AsyncConnection, found: Account, **values: object) -> None:
    await conn.execute(
        account.update().where(account.c.account_id == found.account_id).values(**values)
    )


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    verb: str,
    login: str,
    at: datetime,
    facts: dict[str, list[str] | None] | None = None,
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"account.{verb}",
        subject=login,
        at=at,
        detail=facts,
    )
