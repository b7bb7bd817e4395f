"""Errors as RFC 9457 problem+json, in the asker's language.

Every expected error becomes ``{type, title, status, detail, request_id, …facts}``; invalid
input adds ``errors: [{pointer, detail}]``. Unexpected ones carry fixed text and are logged
once with the request id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.responses import Response

from addrsvc.errors import (
    AddrsvcError,
    InvalidInput,
    Kind,
    Language,
    NotFound,
    Pointer,
    Text,
    Unavailable,
)
from addrsvc.validation_texts import validation_text

log = structlog.get_logger("addrsvc")

MEDIA_TYPE = "application/problem+json"


@dataclass(eq=False)
class RequestInvalid(InvalidInput):
    """Fields of the request are missing or of the wrong form."""

    slug = "request-invalid"
    title = Text("Yêu cầu không hợp lệ", "Invalid request")
    message = Text(
        "Có {count} chỗ cần sửa trong yêu cầu; xem “errors”.",
        "{count} things to mend in the request; see “errors”.",
    )
    count: int
    errors: Sequence[Pointer] = field(default=())


@dataclass(eq=False)
class BodyUnreadable(InvalidInput):
    """The body is not UTF-8 JSON."""

    slug = "body-unreadable"
    title = Text("Không đọc được nội dung gửi lên", "Body cannot be read")
    message = Text(
        "Nội dung gửi lên không phải JSON mã hóa UTF-8. "
        "Hãy kiểm tra dấu ngoặc, dấu nháy và bảng mã.",
        "The body is not JSON in UTF-8. Check brackets, quotes and the encoding.",
    )


@dataclass(eq=False)
class DatabaseUnreachable(Unavailable):
    """The database does not answer, or not in time."""

    slug = "database-unreachable"
    title = Text("Cơ sở dữ liệu không trả lời", "Database does not answer")
    message = Text(
        "Hiện không kết nối được cơ sở dữ liệu. Không có gì bị mất; hãy thử lại sau ít phút.",
        "The database cannot be reached just now. Nothing is lost; try again in a moment.",
    )


@dataclass(eq=False)
class ReadOnlyNow(Unavailable):
    """Nothing can be changed just now; reading goes on."""

    slug = "read-only"
    title = Text("Tạm thời chỉ tra cứu được", "Read-only for now")
    message = Text(
        "Hệ thống tạm thời chỉ cho tra cứu, chưa nhận thay đổi. Yêu cầu này chưa được thực hiện; "
        "hãy gửi lại sau ít phút.",
        "The service can be read but takes no changes just now. Nothing of this request was done; "
        "send it again in a few minutes.",
    )


@dataclass(eq=False)
class RouteUnknown(NotFound):
    """Nothing lives at this path."""

    slug = "route-unknown"
    title = Text("Không có trang này", "No such page")
    message = Text(
        "Không có gì ở đường dẫn này. Danh sách chức năng ở /docs.",
        "There is nothing at this path. The list of functions is at /docs.",
    )


STATUS: dict[Kind, int] = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.STALE: 412,
    Kind.PRECONDITION_REQUIRED: 428,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
"""The HTTP status of each kind of failure; a test holds it complete."""


_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "/problems/{slug}: says what it means"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what happened and what to do next"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def _documented(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _documented("refused: what is wrong and what to do next (RFC 9457)"),
    "5XX": _documented("our fault, or a part of ours away: try again (RFC 9457)"),
}
"""What every route may answer besides success, for the OpenAPI document."""


def preferred_language(accept_language: str | None) -> Language:
    """Choose between Vietnamese and English from an Accept-Language header (RFC 9110).

    Vietnamese when neither is named: the service is Vietnamese first.
    """
    best: Language = "vi"
    best_quality = -1.0
    for part in (accept_language or "")[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        language: Language
        if primary == "en":
            language = "en"
        elif primary == "vi":
            language = "vi"
        else:
            continue
        try:
            quality = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        if quality > best_quality:
            best, best_quality = language, quality
    return best


def language_of(request: Request) -> Language:
    """Give the language to answer this request in."""
    return preferred_language(request.headers.get("accept-language"))


def body_of(
    error: AddrsvcError, language: Language, request_id: str | None, status: int | None = None
) -> dict[str, Any]:
    """Give the problem body of an expected error; ``status``: None, as its kind has it."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": error.title.in_(language),
        "status": status or STATUS[error.kind],
        "detail": error.text(language),
    }
    if request_id is not None:
        body["request_id"] = request_id
    body.update(error.facts())
    pointers = error.pointers()
    if pointers:
        body["errors"] = [
            {"pointer": pointer, "detail": detail.in_(language)} for pointer, detail in pointers
        ]
    return body


def headers_of(error: AddrsvcError) -> dict[str, str]:
    """Give the headers a kind of failure calls for."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    retry_after = error.facts().get("retry_after_s")
    if isinstance(retry_after, int):
        headers["Retry-After"] = str(retry_after)
    elif error.kind is Kind.UNAVAILABLE:
        headers["Retry-After"] = "5"
    return headers


def response_of(
    error: AddrsvcError,
    language: Language,
    request_id: str | None = None,
    *,
    status: int | None = None,
) -> Response:
    """Give the complete answer for an expected error.

    ``status``: for routes whose standard wants another than its kind has.
    """
    return Response(
        orjson.dumps(body_of(error, language, request_id, status), default=str),
        status_code=status or STATUS[error.kind],
        media_type=MEDIA_TYPE,
        headers={
            "Content-Language": language,
            "X-Content-Type-Options": "nosniff",
            **headers_of(error),
        },
    )


def unexpected(language: Language, request_id: str | None) -> Response:
    """Give the fixed answer for a failure nobody expected: nothing internal leaves."""
    title = Text("Lỗi của hệ thống", "Our fault")
    detail = Text(
        "Hệ thống gặp lỗi khi xử lý yêu cầu này. Hãy thử lại; nếu vẫn lỗi, báo cho quản trị "
        "viên kèm mã yêu cầu (request_id).",
        "Something went wrong on our side. Try again; if it stays, tell the operator the "
        "request_id.",
    )
    body = {
        "type": "/problems/unexpected",
        "title": title.in_(language),
        "status": 500,
        "detail": detail.in_(language),
        "request_id": request_id,
    }
    return Response(orjson.dumps(body), status_code=500, media_type=MEDIA_TYPE)


def _pointer(location: Sequence[object]) -> str:
    """Give a JSON pointer (RFC 6901) from a validator's location, body fields at the root."""
    parts = [str(part) for part in location]
    if parts and parts[0] == "body":
        parts = parts[1:]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def from_validation(errors: Sequence[Mapping[str, Any]]) -> AddrsvcError:
    """Give our error for what the request validator found."""
    if any(error["type"] == "json_invalid" for error in errors):
        return BodyUnreadable()
    pointers = [
        Pointer(_pointer(error["loc"]), validation_text(error["type"], error.get("ctx") or {}))
        for error in errors[:50]
    ]
    return RequestInvalid(count=len(errors), errors=pointers)


def _request_id(request: Request) -> str | None:
    return request.scope.get("addrsvc.request_id")


async def _expected(request: Request, error: Exception) -> Response:
    if not isinstance(error, AddrsvcError):
        raise TypeError(error)
    request.scope["addrsvc.problem"] = error.slug
    return response_of(error, language_of(request), _request_id(request))


async def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError(error)
    return response_of(from_validation(error.errors()), language_of(request), _request_id(request))


async def _http(request: Request, error: Exception) -> Response:
    """Dress the framework's own errors: unknown path, wrong method, unreadable body."""
    if not isinstance(error, HTTPException):
        raise TypeError(error)
    language = language_of(request)
    if error.status_code == 404:
        return response_of(RouteUnknown(), language, _request_id(request))
    if error.status_code == 400:
        return response_of(BodyUnreadable(), language, _request_id(request))
    body = {
        "type": "about:blank",
        "title": error.detail,
        "status": error.status_code,
        "request_id": _request_id(request),
    }
    return Response(
        orjson.dumps(body),
        status_code=error.status_code,
        media_type=MEDIA_TYPE,
        headers=dict(error.headers or {}),
    )


async def _database(request: Request, error: Exception) -> Response:
    """Answer 503 when the database is away or too slow; other database errors are bugs."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    away = (
        psycopg.OperationalError,  # includes query_canceled, admin_shutdown, connection loss
        psycopg.InterfaceError,
        PoolTimeout,
        PoolExhausted,
    )
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction):
        return response_of(ReadOnlyNow(), language_of(request), _request_id(request))
    if not isinstance(cause, away):
        raise error
    log.warning("database unreachable", error=type(cause).__name__)
    return response_of(DatabaseUnreachable(), language_of(request), _request_id(request))


def install(app: FastAPI) -> None:
    """Make the app answer every failure as a problem document."""
    app.add_exception_handler(AddrsvcError, _expected)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in (DBAPIError, PoolExhausted, psycopg.Error, PoolTimeout):
        app.add_exception_handler(kind, _database)
