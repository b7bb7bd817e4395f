"""What the routes of keys and devices take and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.auth.keys import split_key
from addrsvc.auth.model import Role, Scope
from addrsvc.auth.permissions import scopes_of
from addrsvc.auth.service import DEVICE_DAYS, DEVICE_DAYS_LIMIT, ApiKey

_PRINTED = r"^[^\x00-\x1f]*$"
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTED)]
Reason = Annotated[str, Field(min_length=3, max_length=500, pattern=_PRINTED)]
Areas = Annotated[
    list[Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["25747"])]],
    Field(min_length=1, max_length=4_000),
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KeyIn(_Closed):
    """A key to issue: what it may do by scopes, by roles, or both."""

    name: Name
    scopes: Annotated[list[Scope], Field(max_length=len(Scope))] = []
    roles: Annotated[list[Role], Field(max_length=len(Role))] = []
    areas: Areas | None = None
    """Present communes it is limited to; None: everywhere."""
    days: Annotated[int, Field(ge=1, le=3650)] = 365

    def all_scopes(self) -> frozenset[Scope]:
        """Give all that it may do."""
        return scopes_of(self.roles, self.scopes)


class DeviceIn(_Closed):
    """A device to hand to somebody."""

    name: Name
    held_by: Name
    areas: Areas
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] | None = None
    """None: all that a device may do."""
    days: Annotated[int, Field(ge=1, le=DEVICE_DAYS_LIMIT)] = DEVICE_DAYS


class RotateIn(_Closed):
    """How long the old secret stays good."""

    grace_hours: Annotated[int, Field(ge=0, le=720)] = 168


class RevokeIn(_Closed):
    """Why a key is taken back."""

    reason: Reason


def key_out(key: ApiKey, now: datetime) -> dict[str, Any]:
    """Give what may be known of a key; of its secrets nothing."""
    out: dict[str, Any] = {
        "id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "areas": None if key.areas is None else list(key.areas),
        "is_good": key.is_good(now),
        "created_at": key.created_at.isoformat(),
        "expires_at": _iso(key.expires_at),
        "revoked_at": _iso(key.revoked_at),
        "revoked_because": key.revoked_because,
        "last_used_at": _iso(key.last_used_at),
        "old_secret_until": _iso(key.previous_until),
    }
    if key.kind == "device":
        out["held_by"] = key.held_by
    return out


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def secret_out(text: str) -> Mapping[str, str]:
    """Give a key just made, whole and in the two parts tokens are asked for with."""
    parts = split_key(text)
    if parts is None:
        raise AssertionError("a key just made has the form of a key")
    return {"id": parts[0], "key": text, "client_id": parts[0], "client_secret": parts[1]}
