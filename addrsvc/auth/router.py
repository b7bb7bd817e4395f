"""HTTP routes of access: keys, devices and tokens.

Answers that hold a secret are never kept: these routes take no Idempotency-Key. Who lost such an
answer revokes the key by its id and asks again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus

import orjson
from fastapi import APIRouter, Path, Request, Response

from addrsvc.auth import service, tokens
from addrsvc.auth.credentials import require_at_home
from addrsvc.auth.errors import DeviceRevoked, KeyRefused, TokenScopeRefused
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.auth.schemas import DeviceIn, KeyIn, RevokeIn, RotateIn, key_out, secret_out
from addrsvc.auth.web import NO_STORE, Caller, shown_once
from addrsvc.db.web import AppClock, WriteConn

router = APIRouter(tags=["access"])

KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{8}$", examples=["1f2e3d4c"])]

_FORM: Final = "application/x-www-form-urlencoded"
_TOKEN_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_id": {"type": "string", "description": "the id of an API key"},
                        "client_secret": {"type": "string"},
                        "scope": {"type": "string", "description": "fewer than the key's"},
                    },
                }
            }
        },
    }
}


_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": "refused, in the words of RFC 6749 5.2",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {"type": "string"},
                        "error_description": {"type": "string"},
                    },
                }
            }
        },
    }
    for status in (400, 401)
}


@router.get("/v1/access/keys", summary="API keys, newest first")
async def list_keys(conn: WriteConn, caller: Caller, clock: AppClock) -> dict[str, Any]:
    """List keys with scopes, areas, expiry and last use; none of their secrets."""
    found = await service.list_keys(conn, caller)
    return {"items": [key_out(each, clock.now()) for each in found]}


@router.post("/v1/access/keys", status_code=201, summary="Issue an API key")
async def create_key(command: KeyIn, conn: WriteConn, caller: Caller, clock: AppClock) -> Response:
    """Issue a key; its secret stands in this answer and nowhere else.

    Nobody grants scopes or areas beyond their own.
    """
    now = clock.now()
    text = await service.create_key(
        conn,
        caller,
        name=command.name,
        scopes=command.all_scopes(),
        areas=command.areas,
        expires_at=now + timedelta(days=command.days),
        at=now,
    )
    return shown_once(secret_out(text), 201)


@router.post("/v1/access/keys/{key_id}:rotate", summary="Give an API key a new secret")
async def rotate_key(
    key_id: KeyId, command: RotateIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> Response:
    """Change the secret; the one before stays good for the hours asked for."""
    grace = timedelta(hours=command.grace_hours)
    text = await service.rotate_key(conn, caller, key_id, at=clock.now(), grace=grace)
    return shown_once(secret_out(text))


@router.post("/v1/access/keys/{key_id}:revoke", status_code=204, summary="Revoke an API key")
async def revoke_key(
    key_id: KeyId, command: RevokeIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> None:
    """Make the key and its tokens useless from now on."""
    await service.revoke_key(conn, caller, key_id, at=clock.now(), reason=command.reason)


@router.get("/v1/access/devices", summary="Devices in the field, newest first")
async def list_devices(conn: WriteConn, caller: Caller, clock: AppClock) -> dict[str, Any]:
    """List devices with who holds them, where they work, expiry and last use."""
    found = await service.list_keys(conn, caller, "device")
    return {"items": [key_out(each, clock.now()) for each in found]}


@router.post("/v1/access/devices", status_code=201, summary="Issue the key of a device")
async def create_device(
    command: DeviceIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> Response:
    """Issue a key to a device handed to somebody; it reads and writes addresses of its areas."""
    now = clock.now()
    text = await service.create_device(
        conn,
        caller,
        name=command.name,
        held_by=command.held_by,
        areas=command.areas,
        scopes=DEVICE_SCOPES if command.scopes is None else command.scopes,
        expires_at=now + timedelta(days=command.days),
        at=now,
    )
    return shown_once(secret_out(text), 201)


@router.post("/v1/access/devices/{key_id}:revoke", status_code=204, summary="Revoke a device")
async def revoke_device(
    key_id: KeyId, command: RevokeIn, conn: WriteConn, caller: Caller, clock: AppClock
) -> None:
    """Revoke it; from now on it is answered that it must erase the contacts it keeps."""
    await service.revoke_key(
        conn, caller, key_id, at=clock.now(), reason=command.reason, kind="device"
    )


@router.post(
    "/oauth/token",
    summary="Get an access token for an API key",
    openapi_extra=_TOKEN_BODY,
    responses=_REFUSED,
)
async def token(request: Request, conn: WriteConn, clock: AppClock) -> Response:
    """Give a token for minutes, by the client credentials grant (RFC 6749 4.4).

    The client is an API key: its id and secret, by HTTP Basic or in the form.
    """
    try:
        form = _form_of(request, await request.body())
        key_id, secret = _client_of(request, form)
        require_at_home(request, secret)
        asked = form["scope"].split() if "scope" in form else None
        issued = await tokens.issue_token(conn, key_id, secret, asked, clock.now())
    except _Refused as refused:
        return _refusal(refused.status, refused.error, refused.description)
    except (KeyRefused, DeviceRevoked) as error:
        return _refusal(401, "invalid_client", error.text("en"), error.facts())
    except TokenScopeRefused as error:
        return _refusal(400, "invalid_scope", error.text("en"))
    body = {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": int((issued.expires_at - clock.now()).total_seconds()),
        "scope": " ".join(issued.scopes),
    }
    return shown_once(body)


class _Refused(Exception):
    """A request for a token that cannot be understood, in the words of RFC 6749 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


def _form_of(request: Request, body: bytes) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise _Refused("invalid_request", f"send the parameters as {_FORM}")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict"
        )
    except ValueError:
        raise _Refused("invalid_request", "the form cannot be read") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _Refused("invalid_request", "a parameter is there twice")
    if "grant_type" not in form:
        raise _Refused("invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise _Refused("unsupported_grant_type", "grant_type must be client_credentials")
    return form


def _client_of(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    header = request.headers.get("authorization")
    if header is None:
        if "client_id" not in form or "client_secret" not in form:
            raise _Refused("invalid_client", "the id and secret of an API key are missing", 401)
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise _Refused("invalid_request", "send the secret by header or in the form, not both")
    scheme, _, sent = header.partition(" ")
    try:
        text = base64.b64decode(sent.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    name, found, secret = text.partition(":")
    if scheme.lower() != "basic" or not found:
        raise _Refused("invalid_client", "the header must be Basic", 401)
    return unquote_plus(name), unquote_plus(secret)


def _refusal(
    status: int, error: str, description: str, facts: Mapping[str, object] | None = None
) -> Response:
    headers = dict(NO_STORE)
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="addrsvc"'
    body = {"error": error, "error_description": description, **(facts or {})}
    return Response(orjson.dumps(body), status, headers=headers, media_type="application/json")
