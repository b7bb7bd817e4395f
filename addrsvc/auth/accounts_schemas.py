"""What the routes of accounts and people take and give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from addrsvc.auth.accounts import Account
from addrsvc.auth.model import Role, Scope
from addrsvc.auth.oidc_grants import Grant
from addrsvc.auth.schemas import Areas

Login = Annotated[
    str,
    Field(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]+$", examples=["lan"]),
]
DisplayName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]

Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
]
"""A time the database and its readers agree on."""


class _MayDo(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roles: Annotated[list[Role], Field(max_length=len(Role))] = []
    scopes: Annotated[list[Scope], Field(max_length=len(Scope))] = []
    """Scopes beside those of the roles."""
    areas: Areas | None = None
    """Present communes they hold in; None: everywhere."""


class AccountIn(_MayDo):
    """An account to open; its first password is made here and answered once."""

    login: Login
    display_name: DisplayName


class AccountChangeIn(_MayDo):
    """Everything about an account that may be changed, in place of what was there."""

    display_name: DisplayName


class PersonIn(BaseModel):
    """A person of an identity provider."""

    model_config = ConfigDict(extra="forbid")

    issuer: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", examples=["so"])]
    """Name of the provider in the settings."""
    subject: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]
    """The claim ``sub`` of their tokens."""


class GrantIn(_MayDo, PersonIn):
    """What a person of an identity provider may do, in place of what was granted before."""

    expires_at: Moment | None = None


def account_out(found: Account) -> dict[str, Any]:
    """Give an account as it is shown to those who manage accounts."""
    return {
        "login": found.login,
        "display_name": found.display_name,
        "roles": list(found.roles),
        "scopes": list(found.scopes),
        "areas": None if found.areas is None else list(found.areas),
        "must_change_password": found.must_change,
        "password_changed_at": found.password_changed_at,
        "created_at": found.created_at,
        "disabled_at": found.disabled_at,
    }


def grant_out(found: Grant, now: datetime) -> dict[str, Any]:
    """Give a grant as it is shown to those who manage access."""
    return {
        "issuer": found.issuer,
        "subject": found.subject,
        "roles": sorted(found.roles),
        "scopes": sorted(found.scopes),
        "areas": None if found.areas is None else sorted(found.areas),
        "granted_by": found.granted_by,
        "granted_at": found.granted_at,
        "expires_at": found.expires_at,
        "is_in_force": found.is_in_force(now),
    }
