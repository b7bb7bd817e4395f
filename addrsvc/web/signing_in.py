"""Pages of people with an account: sign in, sign out, see and look after one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.admin_units import service as admin_units
from addrsvc.auth import accounts_signing_in, csrf, sessions
from addrsvc.auth.accounts_errors import PasswordsDiffer
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.sessions import Session, find_session
from addrsvc.auth.sessions_web import (
    drop_cookie,
    origins_of,
    put_cookie,
    session_of,
    signed_form,
    token_sent,
)
from addrsvc.auth.web import count_visit, host_of, passwords_of
from addrsvc.clock import Clock, today
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.problems import STATUS, headers_of
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import local_path, look_who, see_other, to_sign_in
from addrsvc.web.words_people import ROLE_NAMES, SCOPE_NAMES
from addrsvc.wording import moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_DONE: Final = ("password_changed", "sessions_ended")
_NAMED: Final = 20


@router.api_route("/sign-in", methods=_READ)
async def sign_in_page(request: Request) -> Response:
    """Ask for login and password; who is signed in already goes on."""
    onward = local_path(request.query_params.get("next"))
    if await session_of(request) is not None:
        return see_other(onward if onward != "/" else "/account")
    return pages_of(request).respond(request, "sign_in.html", login="", onward=onward, problem=None)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session and lead back to where somebody came from, or first to a new password."""
    login, onward = "", "/"
    try:
        await count_visit(request)
        csrf.require_same_origin(request.headers, origins_of(request), may_be_silent=False)
        form = csrf.read_form(request.headers.get("content-type"), await request.body())
        login, onward = form.get("login", "")[:100], local_path(form.get("next"))
        async with in_time(request):
            token = await accounts_signing_in.sign_in(
                doors_of(request).engine,
                passwords_of(request),
                login=login,
                password=form.get("password", ""),
                host=host_of(request),
                clock=_clock_of(request),
                token_before=token_sent(request),
            )
            session = await find_session(doors_of(request).primary, token, _clock_of(request).now())
    except AddrsvcError as error:
        return pages_of(request).respond(
            request,
            "sign_in.html",
            status=STATUS[error.kind],
            headers=headers_of(error),
            asked_at="/sign-in",
            login=login,
            onward=onward,
            problem=_said(error, page_language(request)),
        )
    must_change = session is not None and session.must_change
    answer = see_other("/account" if must_change else onward)
    put_cookie(request, answer, token)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session, on the server too."""
    try:
        session, _ = await signed_form(request)
        async with in_time(request):
            await accounts_signing_in.sign_out(
                doors_of(request).engine, session, clock=_clock_of(request)
            )
    except NotSignedIn:
        pass  # it had ended already
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    answer = see_other("/")
    drop_cookie(request, answer)
    return answer


@router.api_route("/account", methods=_READ)
async def account_page(request: Request) -> Response:
    """Show who one is, what one may do and where one is signed in."""
    session = await session_of(request)
    if session is None:
        return to_sign_in(request)
    done = request.query_params.get("done")
    return await _account(request, session, done=done if done in _DONE else None)


@router.post("/account/password")
async def change_password(request: Request) -> Response:
    """Change one's own password, which ends all other sessions."""
    try:
        session, form = await signed_form(request)
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    try:
        await count_visit(request)
        if form.get("new", "") != form.get("again", ""):
            raise PasswordsDiffer
        async with in_time(request):
            token = await accounts_signing_in.change_own_password(
                doors_of(request).engine,
                passwords_of(request),
                session,
                present=form.get("present", ""),
                new=form.get("new", ""),
                host=host_of(request),
                clock=_clock_of(request),
            )
    except AddrsvcError as error:
        return await _account(request, session, problem=error)
    answer = see_other("/account?done=password_changed")
    put_cookie(request, answer, token)
    return answer


@router.post("/account/sign-out-everywhere")
async def sign_out_everywhere(request: Request) -> Response:
    """End all sessions but this browser's, which gets a new one."""
    try:
        session, _ = await signed_form(request)
        async with in_time(request):
            token = await accounts_signing_in.sign_out_everywhere(
                doors_of(request).engine, session, clock=_clock_of(request)
            )
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    answer = see_other("/account?done=sessions_ended")
    put_cookie(request, answer, token)
    return answer


@dataclass(frozen=True, slots=True)
class ShownSession:
    """One place where somebody is signed in, in words."""

    begun: str
    used: str
    is_this: bool


async def _account(
    request: Request,
    session: Session,
    *,
    done: str | None = None,
    problem: AddrsvcError | None = None,
) -> Response:
    language, pages = page_language(request), pages_of(request)
    pool, clock = doors_of(request).primary, _clock_of(request)
    try:
        async with in_time(request):
            uses = await sessions.list_sessions(pool, session, clock.now())
            areas = await _areas(request, session)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="", template="refused.html")
    shown: dict[str, Any] = {
        "roles": [name.in_(language) for role, name in ROLE_NAMES.items() if role in session.roles],
        "scopes": [
            name.in_(language)
            for scope, name in SCOPE_NAMES.items()
            if scope in session.principal.scopes
        ],
        "areas": areas,
        "sessions": [
            ShownSession(
                moment_words(each.begun_at, language),
                moment_words(each.last_used_at, language),
                each.is_this,
            )
            for each in uses
        ],
        "done": done,
        "problem": None if problem is None else _said(problem, language),
    }
    status = 200 if problem is None else STATUS[problem.kind]
    headers = {} if problem is None else headers_of(problem)
    return pages.respond(
        request, "account.html", status=status, headers=headers, asked_at="/account", **shown
    )


async def _areas(request: Request, session: Session) -> list[str] | None:
    """Name the communes somebody is limited to; None: everywhere. Many are given by code."""
    codes = session.principal.areas
    if codes is None:
        return None
    ordered, day = sorted(codes), today(_clock_of(request))
    named: list[str] = []
    async with doors_of(request).pool.connection() as conn:
        for code in ordered[:_NAMED]:
            unit = await admin_units.find_unit(conn, code, day)
            named.append(code if unit is None else f"{unit.full_name} ({code})")
    return named + ordered[_NAMED:]


def _said(error: AddrsvcError, language: Language) -> dict[str, str]:
    return {"title": error.title.in_(language), "detail": error.text(language)}


def _clock_of(request: Request) -> Clock:
    return cast("Clock", request.app.state.clock)
